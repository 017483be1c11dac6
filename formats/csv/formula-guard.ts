/**
 * What Excel, WPS or LibreOffice may take for the start of a formula, after any spaces; full-width forms included.
 * Both patterns are read the same by JavaScript and by RE2, so that the database can apply the rule to columns.
 */
export const FORMULA_START = '^[ \u00a0\u3000]*[=+\\-@\\t\\r\\n＝＋－＠|%]';
export const PLAIN_NUMBER = '^[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?$';

const DANGEROUS = new RegExp(FORMULA_START);
const NUMBER = new RegExp(PLAIN_NUMBER);

/** A text that no spreadsheet runs as a formula: an apostrophe before it when it could, unless it is a plain number. */
export function guardFormula(text: string): string {
  return DANGEROUS.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
