/** The one look of all outputs, as RRGGBB. */
export const PALETTE = {
  /** Text. */
  ink: '1F2933',
  /** Notes and labels. */
  muted: '6B7785',
  /** Titles, headers, the first series. */
  primary: '0B5F59',
  /** Behind table headers on white and behind key figures. */
  primaryTint: 'E3F1EF',
  /** Every other row. */
  stripe: 'F6F9F9',
  /** Hairlines. */
  line: 'D5DEDD',
  /** Bars inside cells. */
  bar: '8CC9C0',
  /** A change for the better, and for the worse. */
  better: '0B7A4B',
  worse: 'C2410C',
  /** 暂定. */
  provisional: 'B45309',
  provisionalTint: 'FEF3E2',
  white: 'FFFFFF',
} as const;

/** Colours of chart series in order; told apart also by those who see no red or green. */
export const SERIES_COLORS = [
  '0F8B80',
  'E07A3F',
  '3B6FB6',
  'C9A227',
  '8A5AA8',
  '5C6B73',
  'C4527A',
  '6FA23B',
] as const;

/** The colour of series number `index` (from 0). */
export function seriesColor(index: number): string {
  return SERIES_COLORS[index % SERIES_COLORS.length] ?? SERIES_COLORS[0];
}
