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
}

/**
 * Words of one page. Items may hold several cells with spaces between: they are cut at spaces, at estimated places.
 * Text that runs in another direction than most of the page (a watermark) is left out; a page that was written
 * sideways is turned upright.
 */
export function buildWords(items: readonly TextItem[]): Word[] {
  const quarter = mainQuarter(items);
  const words: Word[] = [];
  for (const item of items) {
    if (quarterOf(item.angle) !== quarter || item.size <= 0) continue;
    const { x, y } = turn(item, quarter);
    splitWords(words, unifyRadicals(item.text), x, y, item);
  }
  return words;
}

/** Share of the width a character takes, in ems; exact enough to find the gap between two cells. */
export function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x2e80) return code >= 0xff61 && code <= 0xffdc ? 0.5 : 1;
  if (character >= '0' && character <= '9') return 0.56;
  if (" .,:;'|!il".includes(character)) return 0.28;
  if ('mwMW@%'.includes(character)) return 0.85;
  return character >= 'A' && character <= 'Z' ? 0.67 : 0.5;
}

function splitWords(words: Word[], text: string, x: number, y: number, item: TextItem): void {
  const { width, size } = item;
  if (!/\s/.test(text)) {
    if (text !== '') words.push({ text, left: x, right: x + width, y, size });
    return;
  }
  let total = 0;
  for (const character of text) total += characterWidth(character);
  const scale = total === 0 ? 0 : width / total;
  let at = x;
  for (const piece of text.split(/(\s+)/)) {
    let pieceWidth = 0;
    for (const character of piece) pieceWidth += characterWidth(character) * scale;
    if (piece.trim() !== '') words.push({ text: piece, left: at, right: at + pieceWidth, y, size });
    at += pieceWidth;
  }
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
