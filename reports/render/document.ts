import { setImmediate } from 'node:timers/promises';
import { PAGE_HEIGHT, PAGE_WIDTH, PdfDocument, shorten, widthOfText } from '../../formats/index.js';
import { drawCover } from './document-cover.js';
import { MARGINS, STYLES } from './document-look.js';
import { drawSection } from './document-section.js';
import { metricTable } from './metric-sheet.js';
import { PALETTE } from './palette.js';
import type { ReportDocument, Section } from './report-document.js';
import { stateText, watermarkText } from './stamp.js';
import { instantText } from './wall-clock.js';
import { say } from './wording.js';

/** How a document is protected: the password that opens it (`pdfPasswordFailure` says which can be used). */
export interface DocumentProtection {
  readonly userPassword: string;
}

/** The program's name in the properties of the file. */
const CREATOR = 'wxlive';
/** Of the slanted line across each page, in points. */
const WATERMARK_LENGTH = 560;
/** Columns of the metric dictionary that fit a page; the workbook has all. */
const DICTIONARY_COLUMNS = new Set(['name', 'definition', 'caveat', 'unit', 'base', 'source']);

/**
 * A report as a PDF: cover, sections, metric dictionary. Bytes come as they are made and are never on disk; with
 * `protection` they are AES-256 (revision 6) with a random owner password. Equal reports give equal bytes but for
 * what encryption salts. Throws TypeError for a password PDFs cannot have.
 */
export async function* renderDocument(
  document: ReportDocument,
  protection: DocumentProtection | null,
): AsyncIterable<Uint8Array> {
  const { language, title } = document;
  const pdf = new PdfDocument({
    metadata: {
      title: document.period.label === '' ? title : `${title} · ${document.period.label}`,
      subject: document.subtitle,
      creator: CREATOR,
      language: language === 'zh' ? 'zh-CN' : 'en',
      // not the time of rendering: the same data are the same document
      createdAt: document.dataAsOf,
    },
    margins: MARGINS,
    userPassword: protection?.userPassword ?? null,
  });
  const sections = withDictionary(document);
  const targets = sections.map((section, index) => ({ title: section.title, target: `section-${index}` }));
  const contents = drawCover(pdf, document, targets);
  const pages = new Map<string, number>();
  for (const [index, section] of sections.entries()) {
    const target = `section-${index}`;
    await drawSection(pdf, section, target, document, () => pages.set(target, pdf.pageCount));
    // others' requests are served between sections
    await setImmediate();
  }
  pdf.switchToPage(0);
  for (const { target, right, baseline } of contents) {
    pdf.text(String(pages.get(target) ?? ''), right, baseline, STYLES.body, 'right');
  }
  for (let page = 0; page < pdf.pageCount; page++) {
    pdf.switchToPage(page);
    drawFurniture(pdf, document, page);
  }
  yield* pdf.finish();
}

/** The sections and, last, the definitions of the metrics they show. */
function withDictionary(document: ReportDocument): readonly Section[] {
  if (document.metrics.length === 0) return document.sections;
  const whole = metricTable(document);
  const shown = whole.columns.flatMap((column, index) => (DICTIONARY_COLUMNS.has(column.key) ? [index] : []));
  const dictionary = {
    ...whole,
    columns: whole.columns.filter(({ key }) => DICTIONARY_COLUMNS.has(key)),
    rows: whole.rows.map((row) => shown.map((index) => row[index] ?? null)),
  };
  return [
    ...document.sections,
    { id: 'metric-dictionary', title: dictionary.title, tables: [dictionary], charts: [] },
  ];
}

/** What stands on every page: running title, watermark, data-as-of, page number. */
function drawFurniture(pdf: PdfDocument, document: ReportDocument, page: number): void {
  const { furniture } = STYLES;
  const { left } = pdf.margins;
  const right = PAGE_WIDTH - pdf.margins.right;
  const hairline = { stroke: PALETTE.line, strokeWidth: 0.6 };
  if (page > 0) {
    const period =
      document.state === 'complete'
        ? document.period.label
        : `${document.period.label} · ${stateText(document)}`;
    const room = pdf.contentWidth - widthOfText(period, furniture.size, 'regular') - 20;
    pdf.text(shorten(document.title, room, furniture.size, 'bold'), left, 38, {
      ...furniture,
      weight: 'bold',
    });
    pdf.text(period, right, 38, furniture, 'right');
    pdf.line(left, 46, right, 46, hairline);
  }
  const baseline = PAGE_HEIGHT - 28;
  pdf.line(left, baseline - 14, right, baseline - 14, hairline);
  const number = say(document.language, 'page', { page: page + 1, pages: pdf.pageCount });
  const asOf = `${say(document.language, 'dataAsOf')} ${instantText(document.dataAsOf, document.timeZone)}`;
  pdf.text(number, right, baseline, furniture, 'right');
  const watermark = watermarkText(document);
  const room = pdf.contentWidth - widthOfText(number, furniture.size, 'regular') - 24;
  pdf.text(
    shorten(watermark === null ? asOf : `${watermark} · ${asOf}`, room, furniture.size, 'regular'),
    left,
    baseline,
    furniture,
  );
  if (watermark !== null) {
    // as large as fits the slope of the page
    const size = Math.min(30, (30 * WATERMARK_LENGTH) / widthOfText(watermark, 30, 'regular'));
    for (const y of [PAGE_HEIGHT * 0.36, PAGE_HEIGHT * 0.72]) {
      pdf.outlinedText(watermark, PAGE_WIDTH / 2, y, -28, { size, color: PALETTE.ink }, 0.05);
    }
  }
}
