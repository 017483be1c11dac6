import { unifyRadicals } from './radicals.js';

/** A run of characters without a space, where it stands on the upright page; y grows downwards, in points. */
export interface Word {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** Baseline. */
  readonly y: number;
  /** Font size. */
  readonly size: number;
}

/** A piece of text as pdf.js gives it, already in the coordinates of the page as it is shown. */
export interface TextItem {
  readonly text: string;
  /** Where the first character starts. */
  readonly x: number;
  readonly y: number;
  /** Direction of writing in radians. */
  readonly angle: number;
  readonly width: number;
  readonly size: number;
  /** Name of the font: texts of one font tell each other's widths. */
  readonly font: string;
}

/**
 * Words of one page. Items may hold several cells with spaces between: they are cut at spaces, at estimated places.
 * Text that runs in another direction than most of the page (a watermark) is left out; a page that was written
 * sideways is turned upright.
 */
export function buildWords(items: readonly TextItem[]): Word[] {
  const quarter = mainQuarter(items);
  const scales = fontScales(items);
  const words: Word[] = [];
  for (const item of items) {
    if (quarterOf(item.angle) !== quarter || item.size <= 0) continue;
    const { x, y } = turn(item, quarter);
    splitWords(words, unifyRadicals(item.text), x, y, item, scales.get(item.font) ?? 1);
  }
  return words;
}

/** What a gap within one piece of text can be, in ems; outside of it the estimate of the characters is wrong. */
const LEAST_GAP = 0.1;
const MOST_GAP = 0.9;

/** Widths of the printable ASCII characters in Helvetica, in thousandths of an em; other sans-serifs are alike. */
const ASCII_WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/** Width of a character in ems; exact enough to find the gap between two cells. */
export function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  const ascii = ASCII_WIDTHS[code - 0x20];
  if (ascii !== undefined) return ascii / 1000;
  return code < 0x1100 || (code >= 0xff61 && code <= 0xffdc) ? 0.55 : 1;
}

/** How much wider than estimated the characters of each font are, from the pieces of text that hold no space. */
function fontScales(items: readonly TextItem[]): Map<string, number> {
  const sums = new Map<string, { width: number; estimate: number }>();
  for (const { text, width, size, font } of items) {
    if (text.length < 2 || /\s/.test(text)) continue;
    const sum = sums.get(font) ?? { width: 0, estimate: 0 };
    sum.width += width;
    sum.estimate += textWidth(text) * size;
    sums.set(font, sum);
  }
  return new Map(Array.from(sums, ([font, { width, estimate }]) => [font, width / estimate]));
}

/** Cuts a piece of text at its spaces; what its characters leave of its width is shared among them. */
function splitWords(
  words: Word[],
  text: string,
  x: number,
  y: number,
  item: TextItem,
  fontScale: number,
): void {
  const { width, size } = item;
  if (!/\s/.test(text)) {
    if (text !== '') words.push({ text, left: x, right: x + width, y, size });
    return;
  }
  const pieces = text.split(/(\s+)/);
  const spaces = pieces.filter((piece) => /^\s/.test(piece)).length;
  const characters = textWidth(text.replace(/\s/g, '')) * size;
  let scale = fontScale;
  let gap = (width - characters * scale) / spaces;
  if (gap < LEAST_GAP * size || gap > MOST_GAP * size) {
    scale = width / (textWidth(text) * size);
    gap = characterWidth(' ') * size * scale;
  }
  let at = x;
  for (const piece of pieces) {
    const isGap = /^\s/.test(piece);
    const right = at + (isGap ? gap : textWidth(piece) * size * scale);
    if (piece !== '' && !isGap) words.push({ text: piece, left: at, right, y, size });
    at = right;
  }
}

function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** 0, 1, 2, 3: upright, turned by 90°, 180°, 270°; null for anything between. */
function quarterOf(angle: number): number | null {
  const quarters = angle / (Math.PI / 2);
  const nearest = Math.round(quarters);
  return Math.abs(quarters - nearest) < 0.05 ? ((nearest % 4) + 4) % 4 : null;
}

function mainQuarter(items: readonly TextItem[]): number {
  const characters = [0, 0, 0, 0];
  for (const { angle, text } of items) {
    const quarter = quarterOf(angle);
    if (quarter !== null) characters[quarter] = (characters[quarter] ?? 0) + text.length;
  }
  return characters.indexOf(Math.max(...characters));
}

function turn({ x, y }: TextItem, quarter: number): { x: number; y: number } {
  switch (quarter) {
    case 1:
      return { x: y, y: -x };
    case 2:
      return { x: -x, y: -y };
    case 3:
      return { x: -y, y: x };
    default:
      return { x, y };
  }
}
