import { breakLines, PAGE_WIDTH, shorten, widthOfText, type PdfDocument } from '../../formats/index.js';
import { changeText, shareText, valueText } from './cell-text.js';
import { LEADING, STYLES } from './document-look.js';
import { PALETTE } from './palette.js';
import type { Highlight, ReportDocument } from './report-document.js';
import { stateText } from './stamp.js';
import { instantText } from './wall-clock.js';
import { say } from './wording.js';

/** Contents shorter than this are seen at a glance. */
const LEAST_CONTENTS = 3;
/** A card with one line below its figure, and what each further line adds, in points. */
const CARD_HEIGHT = 92;
const CARD_LINE = 16;

/** An entry of the contents, to be completed with the page it turned out to be on. */
export interface ContentsLine {
  readonly target: string;
  /** Right edge and baseline of the page number on the first page. */
  readonly right: number;
  readonly baseline: number;
}

/** Draws the top of the first page: title, state, whose and which time, key figures, summary, contents. */
export function drawCover(
  pdf: PdfDocument,
  document: ReportDocument,
  contents: readonly { readonly title: string; readonly target: string }[],
): ContentsLine[] {
  drawBand(pdf, document);
  drawFacts(pdf, document);
  if (document.state === 'provisional') drawProvisional(pdf, document);
  drawHighlights(pdf, document);
  drawSummary(pdf, document);
  const lines = contents.length < LEAST_CONTENTS ? [] : drawContents(pdf, document, contents);
  pdf.y += 14;
  return lines;
}

function drawBand(pdf: PdfDocument, document: ReportDocument): void {
  const { title, subtitle } = STYLES;
  const { left } = pdf.margins;
  const badge = stateText(document);
  const badgeWidth = widthOfText(badge, 11, 'bold') + 24;
  const room = pdf.contentWidth - badgeWidth - 18;
  const titles = breakLines(document.title, room, title.size, title.weight, 2);
  const subtitles =
    document.subtitle === '' ? [] : breakLines(document.subtitle, room, subtitle.size, 'regular', 2);
  const height = 40 + titles.length * 33 + subtitles.length * 19 + 22;
  pdf.rect(0, 0, PAGE_WIDTH, height, { fill: PALETTE.primary });
  let y = 40;
  for (const line of titles) {
    pdf.text(line, left, y + 24, title);
    y += 33;
  }
  y += 4;
  for (const line of subtitles) {
    pdf.text(line, left, y + 12, subtitle);
    y += 19;
  }
  const complete = document.state === 'complete';
  const badgeLeft = PAGE_WIDTH - pdf.margins.right - badgeWidth;
  pdf.rect(
    badgeLeft,
    44,
    badgeWidth,
    24,
    { fill: complete ? PALETTE.primaryTint : PALETTE.provisionalTint },
    12,
  );
  const color = complete ? PALETTE.primary : PALETTE.provisional;
  pdf.text(badge, badgeLeft + badgeWidth / 2, 60, { size: 11, weight: 'bold', color }, 'center');
  pdf.y = height + 18;
}

function drawFacts(pdf: PdfDocument, document: ReportDocument): void {
  const { language } = document;
  const facts = [
    [say(language, 'period'), document.period.label],
    [say(language, 'dataAsOf'), instantText(document.dataAsOf, document.timeZone)],
    ...(document.recipient === null ? [] : [[say(language, 'recipient'), document.recipient]]),
  ];
  const width = pdf.contentWidth / facts.length;
  let lines = 1;
  facts.forEach(([label = '', value = ''], index) => {
    const x = pdf.margins.left + index * width;
    pdf.text(label, x, pdf.y + 9, STYLES.label);
    const set = breakLines(value, width - 12, STYLES.meta.size, STYLES.meta.weight, 2);
    lines = Math.max(lines, set.length);
    set.forEach((line, row) => {
      pdf.text(line, x, pdf.y + 27 + row * 16, STYLES.meta);
    });
  });
  pdf.y += 20 + lines * 16 + 2;
  pdf.text(
    say(language, 'timeZoneNote', { timeZone: document.timeZone }),
    pdf.margins.left,
    pdf.y + 8,
    STYLES.furniture,
  );
  pdf.y += 22;
}

function drawProvisional(pdf: PdfDocument, document: ReportDocument): void {
  const text = document.stateNote ?? say(document.language, 'provisionalNote');
  const lines = breakLines(`${stateText(document)} · ${text}`, pdf.contentWidth - 28, 10.5, 'regular', 4);
  const height = lines.length * 17 + 14;
  pdf.rect(pdf.margins.left, pdf.y, pdf.contentWidth, height, { fill: PALETTE.provisionalTint }, 4);
  pdf.rect(pdf.margins.left, pdf.y, 4, height, { fill: PALETTE.provisional }, 2);
  lines.forEach((line, index) => {
    const baseline = pdf.y + 7 + index * 17 + 12;
    pdf.text(line, pdf.margins.left + 16, baseline, { size: 10.5, color: PALETTE.provisional });
  });
  pdf.y += height + 16;
}

function drawHighlights(pdf: PdfDocument, document: ReportDocument): void {
  const { highlights } = document;
  if (highlights.length === 0) return;
  const gap = 12;
  const width = (pdf.contentWidth - gap * (highlights.length - 1)) / highlights.length;
  const lines = Math.max(0, ...highlights.map(({ also }) => also?.length ?? 0));
  const height = CARD_HEIGHT + lines * CARD_LINE;
  highlights.forEach((highlight, index) => {
    drawHighlight(pdf, document, highlight, pdf.margins.left + index * (width + gap), width, height);
  });
  pdf.y += height + 20;
}

function drawHighlight(
  pdf: PdfDocument,
  document: ReportDocument,
  highlight: Highlight,
  x: number,
  width: number,
  height: number,
): void {
  const { language } = document;
  const room = width - 28;
  pdf.rect(x, pdf.y, width, height, { fill: PALETTE.primaryTint }, 6);
  pdf.text(shorten(highlight.label, room, 10.5, 'regular'), x + 14, pdf.y + 23, {
    size: 10.5,
    color: PALETTE.muted,
  });
  const text = valueText(highlight.value, highlight.kind, { timeZone: document.timeZone });
  const value = highlight.kind === 'money_fen' && highlight.value !== null ? `¥${text}` : text;
  // the figure is made smaller rather than cut
  const size = Math.min(25, (25 * room) / widthOfText(value, 25, 'bold'));
  pdf.text(value, x + 14, pdf.y + 54, { size, weight: 'bold', color: PALETTE.ink });
  const line = (row: number, figure: string, color: string, beside: string | null): void => {
    const y = pdf.y + 78 + row * CARD_LINE;
    pdf.text(figure, x + 14, y, { size: 10.5, weight: beside === null ? 'regular' : 'bold', color });
    if (beside === null) return;
    const left = x + 14 + widthOfText(figure, 10.5, 'bold') + 8;
    pdf.text(shorten(beside, x + width - 10 - left, 9.5, 'regular'), left, y, STYLES.label);
  };
  if (highlight.change === null) line(0, say(language, 'noComparison'), PALETTE.muted, null);
  else {
    const against = highlight.comparedWith ?? say(language, 'comparedWithPrevious');
    line(0, changeText(highlight.change), changeColor(highlight), against);
  }
  highlight.also?.forEach(({ label, fraction, kind }, index) => {
    if (kind === 'share') line(index + 1, shareText(fraction), PALETTE.ink, label);
    else line(index + 1, changeText(fraction), changeColor({ ...highlight, change: fraction }), label);
  });
}

function changeColor(highlight: Pick<Highlight, 'change' | 'better'>): string {
  const change = highlight.change ?? 0;
  if (change === 0) return PALETTE.muted;
  return change > 0 === ((highlight.better ?? 'up') === 'up') ? PALETTE.better : PALETTE.worse;
}

function drawSummary(pdf: PdfDocument, document: ReportDocument): void {
  if (document.summary.length === 0) return;
  drawSmallHeading(pdf, say(document.language, 'summary'));
  const { body } = STYLES;
  for (const sentence of document.summary) {
    pdf.circle(pdf.margins.left + 4, pdf.y + (body.size * LEADING) / 2, 2.2, { fill: PALETTE.primary });
    for (const line of breakLines(sentence, pdf.contentWidth - 16, body.size, 'regular')) {
      pdf.text(line, pdf.margins.left + 16, pdf.y + (body.size * LEADING) / 2 + body.size * 0.36, body);
      pdf.y += body.size * LEADING;
    }
    pdf.y += 3;
  }
  pdf.y += 12;
}

function drawContents(
  pdf: PdfDocument,
  document: ReportDocument,
  contents: readonly { readonly title: string; readonly target: string }[],
): ContentsLine[] {
  drawSmallHeading(pdf, say(document.language, 'contents'));
  const { body } = STYLES;
  const right = pdf.margins.left + pdf.contentWidth;
  return contents.flatMap(({ title, target }) => {
    if (pdf.y + 20 > pdf.contentBottom) return [];
    const baseline = pdf.y + 14;
    const shown = shorten(title, pdf.contentWidth - 60, body.size, 'regular');
    pdf.text(shown, pdf.margins.left, baseline, body);
    const from = pdf.margins.left + widthOfText(shown, body.size, 'regular') + 8;
    pdf.line(from, baseline - 3, right - 28, baseline - 3, {
      stroke: PALETTE.line,
      strokeWidth: 0.8,
      dash: [1, 3],
    });
    pdf.link(pdf.margins.left, pdf.y, pdf.contentWidth, 20, target);
    pdf.y += 20;
    return [{ target, right, baseline }];
  });
}

function drawSmallHeading(pdf: PdfDocument, text: string): void {
  pdf.text(text, pdf.margins.left, pdf.y + 12, { size: 12.5, weight: 'bold', color: PALETTE.primary });
  pdf.y += 24;
}
