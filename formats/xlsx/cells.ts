/** What the number in a cell means: number formats, spreadsheet dates, cell references. */

/** How a number format shows its number. A number format is judged once, each cell only by this. */
export const CellKind = { Number: 0, Date: 1, DateTime: 2, Time: 3, Duration: 4 } as const;
export type CellKindCode = (typeof CellKind)[keyof typeof CellKind];

/** Number formats every workbook has without writing them down; 27 to 36 and 50 to 58 are the East Asian ones. */
const builtinKinds: readonly (readonly [first: number, last: number, kind: CellKindCode])[] = [
  [14, 17, CellKind.Date],
  [18, 21, CellKind.Time],
  [22, 22, CellKind.DateTime],
  [27, 31, CellKind.Date],
  [32, 35, CellKind.Time],
  [36, 36, CellKind.Date],
  [45, 45, CellKind.Time],
  [46, 46, CellKind.Duration],
  [47, 47, CellKind.Time],
  [50, 54, CellKind.Date],
  [55, 56, CellKind.Time],
  [57, 58, CellKind.Date],
];

/** The kind of a number format that the workbook does not describe. */
export function builtinFormatKind(id: number): CellKindCode {
  return builtinKinds.find(([first, last]) => id >= first && id <= last)?.[2] ?? CellKind.Number;
}

/** The kind of a number format by its code, such as `yyyy/m/d h:mm`, `[h]:mm:ss` or `0.00%`. */
export function formatKind(code: string): CellKindCode {
  const section = code.split(';', 1)[0] ?? '';
  const bare = section
    .replace(/"[^"]*"?/g, '')
    .replace(/[\\_*]./gs, '')
    .replace(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '')
    .replace(/general/gi, '')
    .toLowerCase();
  if (/\[(?:h+|m+|s+)\]/.test(bare)) return CellKind.Duration;
  const hasTime = /[hs]/.test(bare);
  const hasDate = /[yd]/.test(bare) || (bare.includes('m') && !hasTime && !/am\/pm|a\/p/.test(bare));
  if (hasDate) return hasTime ? CellKind.DateTime : CellKind.Date;
  return hasTime ? CellKind.Time : CellKind.Number;
}

const dayMilliseconds = 86_400_000;
/** 1970-01-01 as a spreadsheet day. */
const unixEpochDay = 25_569;
/** Days between the two date systems. */
const offset1904 = 1_462;
/** The 29 February 1900 that never was; days before it are one off. */
const phantomDay = 60;
/** 9999-12-31. */
const lastDay = 2_958_465;

const twoDigits = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));

/**
 * Wall-clock text of the number in a cell with a date or time format: `2026-09-10`, `2026-09-10 15:09:34[.sss]`,
 * `00:52:00`, `125:00:00` for a duration. A number that is no date stays a number.
 */
export class CellDates {
  readonly #uses1904: boolean;
  #cachedDay = -1;
  #cachedText = '';

  constructor(uses1904: boolean) {
    this.#uses1904 = uses1904;
  }

  text(serial: number, kind: CellKindCode): string | number {
    const milliseconds = Math.round(serial * dayMilliseconds);
    if (!Number.isSafeInteger(milliseconds)) return serial;
    const magnitude = Math.abs(milliseconds);
    if (kind === CellKind.Duration) return milliseconds < 0 ? `-${clock(magnitude)}` : clock(magnitude);
    if (milliseconds < 0) return serial;
    const day = Math.floor(milliseconds / dayMilliseconds);
    // A time of day, or hours counted past midnight: no live happened in early 1900.
    if (kind === CellKind.Time && day <= phantomDay) return clock(milliseconds);
    if (day > lastDay) return serial;
    const ofDay = milliseconds - day * dayMilliseconds;
    if (day === 0 && !this.#uses1904) return clock(ofDay);
    const date = this.#dayText(day);
    return kind === CellKind.Date && ofDay === 0 ? date : `${date} ${clock(ofDay)}`;
  }

  #dayText(day: number): string {
    if (day !== this.#cachedDay) {
      this.#cachedDay = day;
      this.#cachedText = this.#uses1904 ? isoDay(day + offset1904) : dayText1900(day);
    }
    return this.#cachedText;
  }
}

function dayText1900(day: number): string {
  if (day === phantomDay) return '1900-02-29';
  return isoDay(day < phantomDay ? day + 1 : day);
}

function isoDay(day: number): string {
  return new Date((day - unixEpochDay) * dayMilliseconds).toISOString().slice(0, 10);
}

/** Hours may pass 24. */
function clock(milliseconds: number): string {
  const rest = milliseconds % 1000;
  const seconds = (milliseconds - rest) / 1000;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const hourText = twoDigits[hours] ?? String(hours);
  const text = `${hourText}:${twoDigits[minutes % 60] ?? ''}:${twoDigits[seconds % 60] ?? ''}`;
  return rest === 0 ? text : `${text}.${String(rest).padStart(3, '0')}`;
}

/** A cell of type `d`, `2026-09-10T15:09:34.000Z` or parts of it, in the same form as other dates. */
export function isoCellText(value: string, kind: CellKindCode): string {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,3})\d*)?Z?)?$/.exec(value);
  if (match === null) return value;
  const [, date = '', time, fraction = ''] = match;
  const milliseconds = fraction.padEnd(3, '0');
  const isWholeSecond = milliseconds === '000';
  if (time === undefined || (kind === CellKind.Date && time === '00:00:00' && isWholeSecond)) return date;
  return isWholeSecond ? `${date} ${time}` : `${date} ${time}.${milliseconds}`;
}

const escapedCharacter = /_x([0-9a-fA-F]{4})_/g;

/** Cell text writes characters that XML cannot hold as `_x000D_`. */
export function unescapeCellText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(escapedCharacter, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Row from 1 and column from 0 of a reference such as `$AB$12`, null for what is none. */
export function parseReference(reference: string): { readonly row: number; readonly column: number } | null {
  const match = /^\$?([A-Za-z]{1,3})\$?(\d{1,9})$/.exec(reference.trim());
  if (match === null) return null;
  const [, letters = '', digits = ''] = match;
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return { row: Number(digits), column: column - 1 };
}
