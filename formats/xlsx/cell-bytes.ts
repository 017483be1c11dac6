/** What stands in attributes and values of cells, read from the bytes without a text being made of them. */

/** The value of `t` of a cell. */
export const CellType = { Number: 0, Shared: 1, Text: 2, Boolean: 3, Error: 4, Inline: 5, Date: 6 } as const;
export type CellTypeCode = (typeof CellType)[keyof typeof CellType];

/** Exact in a double, each. */
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** The digits at a place; text without any is 0. */
export function wholeNumber(bytes: Buffer, start: number): number {
  let value = 0;
  for (let at = start; ; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || value > 1e12) return value;
    value = value * 10 + digit;
  }
}

/** Column from 0 of the reference at a place; -1 without letters. */
export function columnAt(bytes: Buffer, start: number): number {
  let column = 0;
  for (let at = start; at < start + 4; at += 1) {
    const letter = ((bytes[at] ?? 0) & 0xdf) - 0x40;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}

/** `n`, `s`, `str`, `b`, `e`, `inlineStr`, `d`: all told apart by their first letters. */
export function typeAt(bytes: Buffer, start: number): CellTypeCode {
  const first: number = bytes[start] ?? 0;
  switch (first) {
    case 0x73:
      return bytes[start + 1] === 0x74 ? CellType.Text : CellType.Shared;
    case 0x62:
      return CellType.Boolean;
    case 0x65:
      return CellType.Error;
    case 0x69:
      return CellType.Inline;
    case 0x64:
      return CellType.Date;
    default:
      return CellType.Number;
  }
}

/**
 * A decimal number of at most 15 digits without exponent, read from the bytes: an integer divided by a power of
 * ten, both exact, which rounds as the decimal itself does. NaN for anything else.
 */
export function plainNumber(bytes: Buffer, start: number, end: number): number {
  const isNegative = bytes[start] === 0x2d;
  const first = isNegative ? start + 1 : start;
  let value = 0;
  let point = -1;
  if (end - first > 16) return Number.NaN;
  for (let at = first; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x2e && point < 0) {
      point = at;
      continue;
    }
    if (byte < 0x30 || byte > 0x39) return Number.NaN;
    value = value * 10 + byte - 0x30;
  }
  const digits = end - first - (point < 0 ? 0 : 1);
  if (digits === 0 || digits > 15) return Number.NaN;
  const number = point < 0 ? value : value / (powersOfTen[end - point - 1] ?? 1);
  return isNegative ? -number : number;
}
