import type { BorderLine, CellStyle, StyleId } from '../../../formats/index.js';
import { StyleSheet } from '../../../formats/index.js';
import { PALETTE } from '../palette.js';
import type { ColumnKind, TableColumn } from '../table-model.js';
import { alignmentOf } from '../table-model.js';

/** A change as a spreadsheet shows it; the same signs as `changeText`. */
export const CHANGE_FORMAT = '"▲ "0.0%;"▼ "0.0%;"● "0.0%';

/** The number format of a kind of value; undefined for text. */
export function numberFormatOf(kind: ColumnKind, decimals?: number): string | undefined {
  switch (kind) {
    case 'text':
      return undefined;
    case 'integer':
      return '#,##0';
    case 'decimal':
      return withDecimals('#,##0', decimals ?? 2);
    case 'percent':
      return `${withDecimals('0', decimals ?? 1)}%`;
    case 'money_fen':
      return '#,##0.00';
    case 'duration_seconds':
      return '[h]:mm:ss';
    case 'instant':
      return 'yyyy-mm-dd hh:mm:ss';
    case 'day':
      return 'yyyy-mm-dd';
  }
}

function withDecimals(whole: string, decimals: number): string {
  return decimals === 0 ? whole : `${whole}.${'0'.repeat(decimals)}`;
}

const HAIRLINE: BorderLine = { weight: 'thin', color: PALETTE.line };
const STRONG_LINE: BorderLine = { weight: 'medium', color: PALETTE.primary };
/** Keeps neighbouring cards apart. */
const CARD_EDGE: BorderLine = { weight: 'medium', color: PALETTE.white };
const CARD: CellStyle = {
  fill: PALETTE.primaryTint,
  border: { left: CARD_EDGE, right: CARD_EDGE },
  horizontal: 'center',
};

/** The named looks of a workbook, one design for all reports. */
export class Looks {
  readonly sheet = new StyleSheet();

  readonly title = this.sheet.add({ font: { size: 22, bold: true, color: PALETTE.primary } });
  readonly subtitle = this.sheet.add({ font: { size: 11, color: PALETTE.muted } });
  readonly heading = this.sheet.add({
    font: { size: 12, bold: true, color: PALETTE.primary },
    border: { bottom: STRONG_LINE },
    vertical: 'bottom',
  });
  readonly factLabel = this.sheet.add({ font: { color: PALETTE.muted } });
  readonly fact = this.sheet.add({ font: { size: 11, color: PALETTE.ink } });
  readonly factInstant = this.sheet.add({
    font: { size: 11, color: PALETTE.ink },
    numberFormat: 'yyyy-mm-dd hh:mm',
    horizontal: 'left',
  });
  readonly complete = this.sheet.add({ font: { size: 11, bold: true, color: PALETTE.better } });
  readonly provisional = this.sheet.add({
    font: { size: 11, bold: true, color: PALETTE.provisional },
    fill: PALETTE.provisionalTint,
  });
  readonly factNote = this.sheet.add({ font: { size: 9, color: PALETTE.muted }, wrap: true });
  readonly sentence = this.sheet.add({ font: { size: 11, color: PALETTE.ink }, wrap: true, vertical: 'top' });
  readonly watermark = this.sheet.add({ font: { size: 10, bold: true, color: PALETTE.provisional } });

  readonly cardLabel = this.sheet.add({
    ...CARD,
    font: { size: 10, color: PALETTE.muted },
    vertical: 'bottom',
  });
  readonly cardNote = this.sheet.add({ ...CARD, font: { size: 9, color: PALETTE.muted } });
  readonly cardChangeNote = this.sheet.add({
    ...CARD,
    border: { right: CARD_EDGE },
    font: { size: 9, color: PALETTE.muted },
    horizontal: 'left',
  });

  /** The share of a target below it. */
  readonly cardShare = this.sheet.add({
    ...CARD,
    border: { left: CARD_EDGE },
    font: { size: 10, bold: true, color: PALETTE.ink },
    numberFormat: '0.0%',
    horizontal: 'right',
  });

  readonly sectionTitle = this.sheet.add({ font: { size: 16, bold: true, color: PALETTE.primary } });
  readonly stamp = this.sheet.add({ font: { size: 9, color: PALETTE.muted } });
  readonly note = this.sheet.add({ font: { size: 9, color: PALETTE.muted }, wrap: true, vertical: 'top' });
  readonly tableTitle = this.sheet.add({
    font: { size: 11, bold: true, color: PALETTE.ink },
    vertical: 'bottom',
  });
  readonly empty = this.sheet.add({
    font: { italic: true, color: PALETTE.muted },
    border: { bottom: HAIRLINE },
  });
  readonly gridHeader = this.sheet.add({
    font: { bold: true, color: PALETTE.white },
    fill: PALETTE.primary,
    horizontal: 'center',
  });
  readonly gridLabel = this.sheet.add({ font: { color: PALETTE.ink }, horizontal: 'left', indent: 1 });
  readonly rises = this.sheet.overlay({ color: PALETTE.better });
  readonly falls = this.sheet.overlay({ color: PALETTE.worse });

  /** The big figure of a card; `characters` long, so that it fits: a number too wide would be shown as ####. */
  cardValue(kind: ColumnKind, characters: number): StyleId {
    const size = characters <= 10 ? 20 : characters <= 13 ? 15 : 11;
    // whole 元 here, the tables have the rest
    const numberFormat = kind === 'money_fen' ? '#,##0' : numberFormatOf(kind);
    return this.sheet.add({
      ...CARD,
      font: { size, bold: true, color: PALETTE.ink },
      ...formatted(numberFormat),
    });
  }

  /** The change below it: `good` news, bad, or none. */
  cardChange(good: boolean | null): StyleId {
    const color = good === null ? PALETTE.muted : good ? PALETTE.better : PALETTE.worse;
    return this.sheet.add({
      ...CARD,
      border: { left: CARD_EDGE },
      font: { size: 10, bold: true, color },
      numberFormat: CHANGE_FORMAT,
      horizontal: 'right',
    });
  }

  /** A cell of a heatmap. */
  gridValue(kind: ColumnKind): StyleId {
    return this.sheet.add({
      font: { color: PALETTE.ink },
      horizontal: 'center',
      ...formatted(numberFormatOf(kind)),
    });
  }

  header(column: TableColumn): StyleId {
    return this.sheet.add({
      font: { bold: true, color: PALETTE.white },
      fill: PALETTE.primary,
      border: { bottom: HAIRLINE },
      ...aligned(column),
      wrap: true,
    });
  }

  cell(column: TableColumn, wrap: boolean): StyleId {
    return this.sheet.add({
      font: { color: PALETTE.ink },
      border: { bottom: HAIRLINE },
      ...aligned(column),
      ...formatted(columnFormat(column)),
      ...(wrap ? { wrap, vertical: 'top' } : {}),
    });
  }

  total(column: TableColumn): StyleId {
    return this.sheet.add({
      font: { bold: true, color: PALETTE.ink },
      fill: PALETTE.primaryTint,
      border: { top: { weight: 'thin', color: PALETTE.primary } },
      ...aligned(column),
      ...formatted(columnFormat(column)),
    });
  }
}

function columnFormat(column: TableColumn): string | undefined {
  return column.emphasis === 'change' ? CHANGE_FORMAT : numberFormatOf(column.kind, column.decimals);
}

function formatted(numberFormat: string | undefined): Pick<CellStyle, 'numberFormat'> {
  return numberFormat === undefined ? {} : { numberFormat };
}

/** Cells to the left keep off the figure to the right of the column before. */
function aligned(column: TableColumn): Pick<CellStyle, 'horizontal' | 'indent'> {
  const horizontal = alignmentOf(column);
  return horizontal === 'left' ? { horizontal, indent: 1 } : { horizontal };
}
