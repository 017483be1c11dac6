import type { SheetPlan } from '../../../formats/index.js';
import { excelSerial, textWidth } from '../../../formats/index.js';
import { valueText } from '../cell-text.js';
import { PALETTE } from '../palette.js';
import type { Highlight, ReportDocument } from '../report-document.js';
import { stateText, watermarkText } from '../stamp.js';
import { instantText, wallClockOf } from '../wall-clock.js';
import { say } from '../wording.js';
import { SheetCanvas } from './canvas.js';
import { footerOf } from './frame.js';
import type { Looks } from './looks.js';
import { sheetValueOf } from './values.js';

/** A margin, and six columns that three cards of two share. */
const MARGIN_WIDTH = 2;
const COLUMN_WIDTH = 13;
const FIRST = 1;
const LAST = 6;
const CARD_COLUMNS = 2;
/** Half-width characters that stand in one line over all columns at 11 points. */
const SENTENCE_WIDTH = 68;
const SENTENCE_POINTS = 18;

/** A sheet as the list of contents names it. */
export interface ContentsLine {
  readonly sheet: string;
  readonly content: string;
}

/** The first sheet: what the report is, the figures that matter, what moved, what lies where. */
export function coverSheet(
  document: ReportDocument,
  name: string,
  contents: readonly ContentsLine[],
  looks: Looks,
): SheetPlan {
  const canvas = new SheetCanvas();
  const { language } = document;
  canvas.height(0, 12);
  canvas.band(1, FIRST, LAST, document.title, looks.title);
  canvas.height(1, 36);
  if (document.subtitle !== '') {
    canvas.band(2, FIRST, LAST, document.subtitle, looks.subtitle);
    canvas.height(2, 20);
  }
  spacer(canvas);
  facts(canvas, document, looks);
  if (document.highlights.length > 0) {
    heading(canvas, say(language, 'keyFigures'), looks);
    cards(canvas, document, looks);
  }
  if (document.summary.length > 0) {
    heading(canvas, say(language, 'summary'), looks);
    for (const sentence of document.summary) paragraph(canvas, `• ${sentence}`, looks);
  }
  heading(canvas, say(language, 'contents'), looks);
  for (const line of contents) {
    const row = canvas.rowCount;
    canvas.band(row, FIRST, FIRST + 1, line.sheet, looks.fact);
    canvas.band(row, FIRST + 2, LAST, line.content, looks.factNote);
    canvas.height(row, 20);
  }
  spacer(canvas);
  const row = canvas.rowCount;
  canvas.band(row, FIRST, LAST, say(language, 'blankCells'), looks.factNote);
  return {
    name,
    rows: canvas.rows(),
    columnWidths: [MARGIN_WIDTH, ...Array.from({ length: LAST - FIRST + 1 }, () => COLUMN_WIDTH)],
    merges: canvas.merges,
    gridLines: false,
    tabColor: PALETTE.primary,
    footer: footerOf(document),
  };
}

function spacer(canvas: SheetCanvas): void {
  const row = canvas.rowCount;
  canvas.put(row, 0, null, 0);
  canvas.height(row, 12);
}

function heading(canvas: SheetCanvas, text: string, looks: Looks): void {
  spacer(canvas);
  const row = canvas.rowCount;
  canvas.band(row, FIRST, LAST, text, looks.heading);
  canvas.height(row, 24);
}

function paragraph(canvas: SheetCanvas, text: string, looks: Looks): void {
  const row = canvas.rowCount;
  canvas.band(row, FIRST, LAST, text, looks.sentence);
  canvas.height(row, 4 + SENTENCE_POINTS * Math.max(1, Math.ceil(textWidth(text) / SENTENCE_WIDTH)));
}

function facts(canvas: SheetCanvas, document: ReportDocument, looks: Looks): void {
  const { language, timeZone } = document;
  const fact = (label: string, value: string | number, look: number, note: string | null) => {
    const row = canvas.rowCount;
    canvas.put(row, FIRST, label, looks.factLabel);
    canvas.band(row, FIRST + 1, note === null ? LAST : FIRST + 2, value, look);
    if (note !== null) canvas.band(row, FIRST + 3, LAST, note, looks.factNote);
    canvas.height(row, note !== null && textWidth(note) > 42 ? 32 : 20);
  };
  fact(say(language, 'period'), document.period.label, looks.fact, null);
  fact(
    say(language, 'dataAsOf'),
    excelSerial(wallClockOf(timeZone)(document.dataAsOf)) ?? instantText(document.dataAsOf, timeZone),
    looks.factInstant,
    say(language, 'timeZoneNote', { timeZone }),
  );
  fact(
    say(language, 'state'),
    stateText(document),
    document.state === 'complete' ? looks.complete : looks.provisional,
    document.state === 'complete'
      ? document.stateNote
      : (document.stateNote ?? say(language, 'provisionalNote')),
  );
  const watermark = watermarkText(document);
  if (document.recipient !== null && watermark !== null) {
    fact(say(language, 'recipient'), document.recipient, looks.fact, null);
    const row = canvas.rowCount;
    canvas.band(row, FIRST, LAST, watermark, looks.watermark);
    canvas.height(row, 22);
  }
}

/** Up to three cards side by side: label, figure, change. */
function cards(canvas: SheetCanvas, document: ReportDocument, looks: Looks): void {
  spacer(canvas);
  const row = canvas.rowCount;
  document.highlights.slice(0, 3).forEach((highlight, index) => {
    const left = FIRST + index * CARD_COLUMNS;
    const right = left + CARD_COLUMNS - 1;
    const unit =
      highlight.kind === 'money_fen' && !highlight.label.includes('元') ? say(document.language, 'yuan') : '';
    canvas.band(row, left, right, highlight.label + unit, looks.cardLabel);
    const value = sheetValueOf(highlight.kind, document.timeZone)(highlight.value);
    canvas.band(
      row + 1,
      left,
      right,
      value ?? '–',
      looks.cardValue(highlight.kind, figureCharacters(highlight, document.timeZone)),
    );
    if (highlight.change === null) {
      canvas.band(row + 2, left, right, say(document.language, 'noComparison'), looks.cardNote);
    } else {
      canvas.put(row + 2, left, highlight.change, looks.cardChange(isGoodNews(highlight)));
      canvas.put(
        row + 2,
        right,
        highlight.comparedWith ?? say(document.language, 'comparedWithPrevious'),
        looks.cardChangeNote,
      );
    }
    highlight.also?.forEach(({ label, fraction, kind }, line) => {
      const look =
        kind === 'share' ? looks.cardShare : looks.cardChange(isGoodNews({ ...highlight, change: fraction }));
      canvas.put(row + 3 + line, left, fraction, look);
      canvas.put(row + 3 + line, right, label, looks.cardChangeNote);
    });
  });
  canvas.height(row, 24);
  canvas.height(row + 1, 36);
  const lines = Math.max(0, ...document.highlights.map(({ also }) => also?.length ?? 0));
  for (let line = 0; line <= lines; line += 1) canvas.height(row + 2 + line, 22);
}

/** How many characters a card's figure takes. */
function figureCharacters({ value, kind }: Highlight, timeZone: string): number {
  const shown = kind === 'money_fen' && value !== null ? value / 100 : value;
  return valueText(shown, kind === 'money_fen' ? 'integer' : kind, { timeZone }).length;
}

/** Whether the change is for the better; null when there is none to speak of. */
export function isGoodNews(highlight: Pick<Highlight, 'change' | 'better'>): boolean | null {
  if (highlight.change === null || Math.abs(highlight.change) < 0.0005) return null;
  return highlight.change > 0 === (highlight.better !== 'down');
}
