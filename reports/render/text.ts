import { clustersOf, cutToWidth, piecesOf, textWidth } from '../../formats/index.js';
import type { Language } from '../../schemas/index.js';
import { cellText, groupedNumber, headerText, valueText } from './cell-text.js';
import type { FunnelChart } from './chart-model.js';
import type { ListedTable, TableCells, TableColumn } from './table-model.js';
import { alignmentOf } from './table-model.js';

export interface TextOptions {
  readonly language: Language;
  /** IANA name; instants are shown in it. */
  readonly timeZone: string;
  /** Columns of the terminal (default 80); a hanzi takes two. */
  readonly width?: number;
}

const GAP = '  ';
/** A text column is not squeezed below this while another can give. */
const LEAST_TEXT_WIDTH = 6;
/** So much of a label above a column is always shown. */
const LABEL_WIDTH = 24;

/**
 * A table for a terminal: title, header, rule, rows, total; figures to the right; never wider than the terminal. When
 * the figures and their labels need more room than there is, the rest of the columns follow below, each block with the
 * first column, so that nothing of a figure is cut.
 */
export function renderTable(table: ListedTable, options: TextOptions): string {
  const width = options.width ?? 80;
  const { columns } = table;
  const textRow = (cells: TableCells) =>
    columns.map((column, index) => oneLine(cellText(cells[index] ?? null, column, options.timeZone)));
  const lines: TableLines = {
    header: columns.map((column) => oneLine(headerText(column, options.language))),
    rows: table.rows.map(textRow),
    total: table.totalRow === undefined || table.rows.length === 0 ? null : textRow(table.totalRow),
  };
  const blocks = columnBlocks(columns, lines, width).map((block) =>
    renderBlock(columns, lines, block, width, table.emptyNote).join('\n'),
  );
  return [
    ...(table.title === '' ? [] : [cutToWidth(oneLine(table.title), width)]),
    (lines.rows.length === 0 ? blocks.slice(0, 1) : blocks).join('\n\n'),
    ...(table.note === undefined ? [] : wrapText(oneLine(table.note), width)),
  ].join('\n');
}

/** The texts of a table, column by column. */
interface TableLines {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: readonly string[] | null;
}

/**
 * Which columns stand side by side: all of them, or as many as fit beside the first, time and again. Where there is more
 * than one block, the names of the first column are not shortened for a figure that finds room in another block.
 */
function columnBlocks(
  columns: readonly TableColumn[],
  lines: TableLines,
  width: number,
): readonly number[][] {
  const least = columns.map((column, index) => leastWidth(column, index, lines));
  const squeezed = blocksOf(least, width);
  if (squeezed.length === 1) return squeezed;
  const named = Math.max(least[0] ?? 0, Math.min(widestText(0, lines), LABEL_WIDTH));
  const roomy = blocksOf([named, ...least.slice(1)], width);
  return roomy.length === squeezed.length ? roomy : squeezed;
}

function blocksOf(least: readonly number[], width: number): number[][] {
  const blocks: number[][] = [[]];
  let used = 0;
  for (const index of least.keys()) {
    const needed = (least[index] ?? 0) + (index === 0 ? 0 : GAP.length);
    const block = blocks.at(-1) ?? [];
    // A block of the first column alone says nothing: one more is put in whatever its width.
    if (used + needed > width && block.length > 1) {
      blocks.push([0, index]);
      used = (least[0] ?? 0) + needed;
    } else {
      block.push(index);
      used += needed;
    }
  }
  return blocks;
}

/** What a column can be squeezed to: a figure not at all, a label of it not below a few words. */
function leastWidth({ kind }: TableColumn, index: number, lines: TableLines): number {
  const label = textWidth(lines.header[index] ?? '');
  const widest = widestText(index, lines);
  if (kind !== 'text') return Math.max(widest, Math.min(label, LABEL_WIDTH));
  return Math.min(Math.max(widest, label), Math.max(LEAST_TEXT_WIDTH, Math.min(label, LABEL_WIDTH)));
}

function widestText(index: number, { rows, total }: TableLines): number {
  const cells = [...rows, ...(total === null ? [] : [total])];
  return cells.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), 0);
}

function renderBlock(
  allColumns: readonly TableColumn[],
  lines: TableLines,
  block: readonly number[],
  width: number,
  emptyNote: string,
): string[] {
  const pick = <Item>(list: readonly Item[]): Item[] =>
    block.flatMap((index) => list.slice(index, index + 1));
  const columns = pick(allColumns);
  const header = pick(lines.header);
  const rows = lines.rows.map(pick);
  const total = lines.total === null ? [] : [pick(lines.total)];
  const widths = fitWidths(columns, [header, ...rows, ...total], width);
  // one figure that is wider than the terminal is cut off
  const line = (cells: readonly string[]) => cutToWidth(joinCells(cells, columns, widths), width);
  const wholeWidth = widths.reduce((sum, one) => sum + one, 0) + GAP.length * Math.max(0, widths.length - 1);
  const rule = '─'.repeat(Math.min(width, wholeWidth));
  return [
    line(header),
    rule,
    ...(rows.length === 0 ? wrapText(oneLine(emptyNote), width) : rows.map(line)),
    ...total.flatMap((cells) => [rule, line(cells)]),
  ];
}

/** A funnel for a terminal: a bar a step, its count, its share of the first step. */
export function renderFunnel(funnel: FunnelChart, options: TextOptions): string {
  const width = options.width ?? 80;
  const names = funnel.steps.map(({ name }) => oneLine(name));
  const counts = funnel.steps.map(({ count }) => groupedNumber(count, 0));
  const shares = funnel.steps.map(({ fromFirst }) =>
    valueText(fromFirst, 'percent', { timeZone: options.timeZone }),
  );
  const nameWidth = Math.min(Math.max(0, ...names.map(textWidth)), Math.floor(width / 3));
  const countWidth = Math.max(0, ...counts.map(textWidth));
  const shareWidth = Math.max(0, ...shares.map(textWidth));
  const barWidth = Math.max(4, width - nameWidth - countWidth - shareWidth - 3 * GAP.length);
  const largest = Math.max(1, ...funnel.steps.map(({ count }) => count));
  const lines = funnel.steps.map(({ count }, index) =>
    [
      padEnd(cutToWidth(names[index] ?? '', nameWidth), nameWidth),
      padEnd(bar(count / largest, barWidth), barWidth),
      padStart(counts[index] ?? '', countWidth),
      padStart(shares[index] ?? '', shareWidth),
    ].join(GAP),
  );
  return [...(funnel.title === '' ? [] : [cutToWidth(oneLine(funnel.title), width)]), ...lines].join('\n');
}

/** A bar to an eighth of a character; what is not nothing is seen. */
function bar(fraction: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, fraction)) * width * 8);
  const shown = fraction > 0 ? Math.max(1, eighths) : 0;
  return '█'.repeat(Math.floor(shown / 8)) + (['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][shown % 8] ?? '');
}

/** The width of each column, taken from the widest text columns first when the terminal is too narrow. */
function fitWidths(
  columns: readonly TableColumn[],
  lines: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const widths = columns.map((_, index) =>
    lines.reduce((most, cells) => Math.max(most, Math.min(width, textWidth(cells[index] ?? ''))), 1),
  );
  const room = width - GAP.length * Math.max(0, columns.length - 1);
  let excess = widths.reduce((sum, one) => sum + one, 0) - room;
  const isText = (index: number) => columns[index]?.kind === 'text';
  while (excess > 0) {
    const giver =
      widestIndex(widths, (index) => isText(index) && (widths[index] ?? 0) > LEAST_TEXT_WIDTH) ??
      widestIndex(widths, () => true);
    if (giver === undefined || (widths[giver] ?? 0) <= 1) break;
    widths[giver] = (widths[giver] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function widestIndex(widths: readonly number[], may: (index: number) => boolean): number | undefined {
  return widths.reduce<number | undefined>(
    (best, width, index) =>
      may(index) && (best === undefined || width > (widths[best] ?? 0)) ? index : best,
    undefined,
  );
}

function joinCells(
  cells: readonly string[],
  columns: readonly TableColumn[],
  widths: readonly number[],
): string {
  return columns
    .map((column, index) => {
      const width = widths[index] ?? 0;
      const text = cutToWidth(cells[index] ?? '', width);
      return alignmentOf(column) === 'right' ? padStart(text, width) : padEnd(text, width);
    })
    .join(GAP)
    .trimEnd();
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}

/** No text of a row can break the line or steer the terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}

/** Lines of at most `width` columns, broken where the text may be broken; within a word only when it alone is too wide. */
function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  const end = (): void => {
    if (line.trim() !== '') lines.push(line.trimEnd());
    line = '';
  };
  for (const piece of piecesOf(text)) {
    if (textWidth((line + piece).trimEnd()) <= width) {
      line += piece;
      continue;
    }
    end();
    for (const character of clustersOf(piece)) {
      if (textWidth((line + character).trimEnd()) > width) end();
      line += character;
    }
  }
  end();
  return lines;
}
