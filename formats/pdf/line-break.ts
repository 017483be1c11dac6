import { clustersOf, piecesOf } from '../break-places.js';
import { widthOfText, type FontWeight } from './fonts.js';

/**
 * Breaks text into lines no wider than `width` points: between hanzi by the rules of Chinese setting (no 、。 at the
 * start of a line, no （ at its end), between words at spaces, and within a word only when it alone is too wide.
 * Line feeds break; with `maxLines` the last line ends in ….
 */
export function breakLines(
  text: string,
  width: number,
  size: number,
  weight: FontWeight,
  maxLines = Infinity,
): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r\n|[\n\r\u2028\u2029]/)) {
    breakParagraph(paragraph, width, size, weight, lines, maxLines);
    if (lines.length > maxLines) break;
  }
  if (lines.length <= maxLines) return lines;
  const kept = lines.slice(0, maxLines);
  kept[maxLines - 1] = shorten(kept[maxLines - 1] ?? '', width, size, weight, true);
  return kept;
}

/** Like `breakLines`, with lines as even as they can be in as few: 点击 / 人数 rather than 点击人 / 数. */
export function balanceLines(
  text: string,
  width: number,
  size: number,
  weight: FontWeight,
  maxLines: number,
): string[] {
  const lines = breakLines(text, width, size, weight, maxLines);
  if (lines.length < 2 || lines.length >= maxLines || text.includes('\n')) return lines;
  for (
    let narrower = widthOfText(text, size, weight) / lines.length;
    narrower < width;
    narrower += size / 4
  ) {
    const even = breakLines(text, narrower, size, weight, maxLines + 1);
    if (even.length === lines.length) return even;
  }
  return lines;
}

/** The text, or as much of it as fits into `width` with … at the end. */
export function shorten(
  text: string,
  width: number,
  size: number,
  weight: FontWeight,
  always = false,
): string {
  if (!always && widthOfText(text, size, weight) <= width) return text;
  const room = width - widthOfText('…', size, weight);
  let kept = '';
  let used = 0;
  for (const cluster of clustersOf(text)) {
    used += widthOfText(cluster, size, weight);
    if (used > room) break;
    kept += cluster;
  }
  return `${kept}…`;
}

/** The widest piece that is not broken inside while there is room: a column narrower than it breaks words. */
export function widestWord(text: string, size: number, weight: FontWeight): number {
  let widest = 0;
  for (const word of piecesOf(text)) widest = Math.max(widest, widthOfText(word.trimEnd(), size, weight));
  return widest;
}

function breakParagraph(
  text: string,
  width: number,
  size: number,
  weight: FontWeight,
  lines: string[],
  maxLines: number,
): void {
  if (widthOfText(text, size, weight) <= width) {
    lines.push(text.trimEnd());
    return;
  }
  let line = '';
  let lineWidth = 0;
  for (const word of piecesOf(text)) {
    const wordWidth = widthOfText(word, size, weight);
    if (lineWidth + widthOfText(word.trimEnd(), size, weight) <= width) {
      line += word;
      lineWidth += wordWidth;
      continue;
    }
    if (line.trim() !== '') lines.push(line.trimEnd());
    if (lines.length > maxLines) return;
    line = word;
    lineWidth = wordWidth;
    while (lineWidth > width) {
      const head = fitting(line, width, size, weight);
      if (head === line) break;
      lines.push(head);
      if (lines.length > maxLines) return;
      line = line.slice(head.length);
      lineWidth = widthOfText(line, size, weight);
    }
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
}

/** As many clusters from the start as fit, at least one. */
function fitting(text: string, width: number, size: number, weight: FontWeight): string {
  let head = '';
  let used = 0;
  for (const cluster of clustersOf(text)) {
    used += widthOfText(cluster, size, weight);
    if (head !== '' && used > width) break;
    head += cluster;
  }
  return head;
}
