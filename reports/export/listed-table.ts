import { csvLine } from '../../formats/index.js';
import { instantText } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { Cell, ListedTable, TableColumn } from '../render/table-model.js';

import { BYTE_ORDER_MARK, ENGINE_FORMATS, type TableFormat } from './table-format.js';

export interface ListedOptions {
  readonly timeZone: string;
  /** CSV: a byte order mark first, for a file that Excel opens. */
  readonly byteOrderMark: boolean;
}

/**
 * A table of an analysis as data: columns by their keys, bare values (fen, seconds, fractions), no total row. CSV has
 * instants with their offset; Arrow and Parquet are written by the database, in types of their own.
 */
export async function* renderListed(
  warehouse: Warehouse,
  table: ListedTable,
  format: Exclude<TableFormat, 'xlsx'>,
  options: ListedOptions,
): AsyncGenerator<Uint8Array> {
  if (format === 'csv') {
    if (options.byteOrderMark) yield BYTE_ORDER_MARK;
    yield Buffer.from(csvLine(table.columns.map(({ key }) => key)));
    for (const cells of table.rows) {
      const values = table.columns.map((column, index) => csvValue(cells[index] ?? null, column, options));
      yield Buffer.from(csvLine(values));
    }
    return;
  }
  const columns = table.columns.map((column, index) => typedColumn(table, column, index, options.timeZone));
  const structure = columns.map(({ name, type }) => `\`${name}\` Nullable(${type})`).join(', ');
  // The database makes no table of no text.
  const given = table.rows.length === 0 ? [[]] : table.rows;
  const rows = given
    .map((cells) => JSON.stringify(columns.map(({ value }, index) => value(cells[index] ?? null))))
    .join('\n');
  const { name, settings } = ENGINE_FORMATS[format];
  yield* warehouse.stream(
    loadSql('export/listed'),
    name,
    { structure, rows, count: table.rows.length },
    { settings: { ...settings, date_time_input_format: 'best_effort' } },
  );
}

function csvValue(cell: Cell, { kind }: TableColumn, { timeZone }: ListedOptions): Cell {
  return kind === 'instant' && typeof cell === 'number' ? instantText(cell, timeZone) : cell;
}

interface TypedColumn {
  readonly name: string;
  /** Of ClickHouse. */
  readonly type: string;
  readonly value: (cell: Cell) => Cell;
}

function typedColumn(table: ListedTable, column: TableColumn, index: number, timeZone: string): TypedColumn {
  // Nothing of a name can end its quotes.
  const name = column.key.replaceAll(/[`\\]/g, '_');
  const cells = table.rows.map((row) => row[index] ?? null).filter((cell) => cell !== null);
  const asText = { name, type: 'String', value: (cell: Cell) => (cell === null ? null : String(cell)) };
  switch (column.kind) {
    case 'text':
      return asText;
    case 'day': {
      const days = cells.every((cell) => typeof cell === 'string' && /^\d{4}-\d\d-\d\d$/.test(cell));
      return days ? { name, type: 'Date32', value: (cell) => cell } : asText;
    }
    case 'instant':
      return {
        name,
        type: `DateTime64(3, '${timeZone}')`,
        value: (cell) => (typeof cell === 'number' ? new Date(cell).toISOString() : null),
      };
    case 'integer':
    case 'money_fen':
      if (cells.every((cell) => Number.isSafeInteger(cell)))
        return { name, type: 'Int64', value: (cell) => cell };
      return cells.every((cell) => typeof cell === 'number') ? decimalColumn(name) : asText;
    case 'decimal':
    case 'percent':
    case 'duration_seconds':
      return cells.every((cell) => typeof cell === 'number') ? decimalColumn(name) : asText;
  }
}

function decimalColumn(name: string): TypedColumn {
  return { name, type: 'Float64', value: (cell) => cell };
}
