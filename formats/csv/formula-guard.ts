/** What Excel, WPS or LibreOffice may take for the start of a formula, after any spaces; full-width forms included. */
const DANGEROUS = /^[ \u00a0\u3000]*[=+\-@\t\r\n＝＋－＠|%]/;
const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A text that no spreadsheet runs as a formula: an apostrophe before it when it could, unless it is a plain number. */
export function guardFormula(text: string): string {
  return DANGEROUS.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
}
