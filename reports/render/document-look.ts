import type { ChartLook, PageMargins, TableLook, TextStyle } from '../../formats/index.js';
import { PALETTE, seriesColor } from './palette.js';

/** The one look of all PDFs: sizes that are read on a phone held upright. */
export const MARGINS: PageMargins = { top: 66, bottom: 58, left: 42, right: 42 };

export const STYLES = {
  title: { size: 25, weight: 'bold', color: PALETTE.white },
  subtitle: { size: 11.5, color: PALETTE.primaryTint },
  section: { size: 16, weight: 'bold', color: PALETTE.primary },
  tableTitle: { size: 11, weight: 'bold', color: PALETTE.ink },
  body: { size: 11, color: PALETTE.ink },
  note: { size: 9, color: PALETTE.muted },
  label: { size: 9.5, color: PALETTE.muted },
  meta: { size: 11, weight: 'bold', color: PALETTE.ink },
  furniture: { size: 8, color: PALETTE.muted },
} as const satisfies Record<string, TextStyle>;

/** Line height of running text as a multiple of its size: hanzi need more than Latin. */
export const LEADING = 1.6;

export const TABLE_LOOK: TableLook = {
  ink: PALETTE.ink,
  headerInk: PALETTE.primary,
  headerFill: PALETTE.primaryTint,
  rule: PALETTE.primary,
  stripe: PALETTE.stripe,
  line: PALETTE.line,
  bar: PALETTE.bar,
  muted: PALETTE.muted,
};

export const CHART_LOOK: ChartLook = {
  ink: PALETTE.ink,
  muted: PALETTE.muted,
  line: PALETTE.line,
  primary: PALETTE.primary,
  tint: PALETTE.primaryTint,
  white: PALETTE.white,
  seriesColor,
};
