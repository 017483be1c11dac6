import { z } from 'zod';

import { FORMULA_START, PLAIN_NUMBER } from '../../formats/index.js';
import {
  didYouMean,
  fail,
  resolveTimeRange,
  shownName,
  succeed,
  type AnalysisFailure,
  type Condition,
  type Language,
  type Outcome,
} from '../../schemas/index.js';
import {
  checkPatterns,
  createFilter,
  fillSlots,
  loadSql,
  outputColumns,
  readViews,
  viewFields,
  viewName,
  viewRange,
  type Filter,
  type OutputForm,
  type SqlFragment,
  type ViewColumn,
  type Warehouse,
} from '../../sql/index.js';
import type { Cell, ColumnKind, TableCells, TableModel } from '../render/table-model.js';

import { BYTE_ORDER_MARK, ENGINE_FORMATS, type TableFormat } from './table-format.js';
import { renderTableWorkbook } from './table-workbook.js';

/** What of a public view leaves. */
export interface ViewRequest {
  readonly view: string;
  /** Days of the report zone or instants, as in analyses; null is no bound. */
  readonly from: string | null;
  readonly to: string | null;
  readonly where: readonly Condition[];
}

export interface ViewExportOptions {
  readonly timeZone: string;
  readonly language: Language;
  /** CSV: a byte order mark first, for a file that Excel opens. */
  readonly byteOrderMark: boolean;
  readonly maxSheetRows?: number;
}

/** An export that is ready to be written, once. */
export interface ViewExport {
  /** Rows when it was asked for; what loads meanwhile may add to them. */
  readonly rows: number;
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * A public view (or what of it a range and conditions leave) in a format, streamed: CSV, Arrow and Parquet by the
 * database itself, workbooks by our writer. An unknown view or column is a failure that names the nearest.
 */
export async function openViewExport(
  warehouse: Warehouse,
  request: ViewRequest,
  format: TableFormat,
  options: ViewExportOptions,
): Promise<Outcome<ViewExport, AnalysisFailure>> {
  const views = await readViews(warehouse);
  const columns = views.get(request.view);
  if (columns === undefined) return fail(unknownView(request.view, [...views.keys()]));
  const selected = selectRows(request, columns, options.timeZone);
  if (!selected.ok) return selected;
  const checked = await checkPatterns(warehouse, selected.value.filter);
  if (!checked.ok) return checked;
  const { filter, slots } = selected.value;
  const [count] = await warehouse.query(
    fillSlots(loadSql('export/count'), slots),
    z.object({ rows: z.coerce.number() }),
    filter.parameters,
  );
  return succeed({
    rows: count?.rows ?? 0,
    bytes: () => renderView(warehouse, request.view, columns, selected.value, format, options),
  });
}

function unknownView(view: string, known: readonly string[]): AnalysisFailure {
  const shown = shownName(view);
  return {
    code: 'unknown_field',
    message: `there is no public view '${shown}'${didYouMean(view, known)}; there are ${known.join(', ')}`,
    zh: `没有公开视图「${shown}」${didYouMean(view, known, 'zh')}；现有 ${known.join('、')}`,
  };
}

interface SelectedRows {
  readonly filter: Filter;
  readonly slots: { readonly view: SqlFragment; readonly range: SqlFragment; readonly where: SqlFragment };
}

function selectRows(
  request: ViewRequest,
  columns: readonly ViewColumn[],
  timeZone: string,
): Outcome<SelectedRows, AnalysisFailure> {
  const range = resolveTimeRange(request, timeZone);
  if (!range.ok) return range;
  const filter = createFilter(timeZone, viewFields(columns));
  const inRange = viewRange(filter, columns, range.value, timeZone);
  if (inRange === null) {
    return fail({
      code: 'bad_range',
      message: `nothing in ${request.view} says when: leave from and to out`,
      zh: `视图 ${request.view} 没有时间列：请去掉 from 与 to`,
    });
  }
  const where = filter.all(request.where);
  if (!where.ok) return where;
  return succeed({ filter, slots: { view: viewName(request.view), range: inRange, where: where.value } });
}

async function* renderView(
  warehouse: Warehouse,
  view: string,
  columns: readonly ViewColumn[],
  { filter, slots }: SelectedRows,
  format: TableFormat,
  options: ViewExportOptions,
): AsyncGenerator<Uint8Array> {
  const form: OutputForm = format === 'csv' ? 'lines' : format === 'xlsx' ? 'cells' : 'columns';
  const guard = { start: FORMULA_START, number: PLAIN_NUMBER };
  const shown = outputColumns(filter, columns, form, guard);
  const sql = fillSlots(loadSql('export/rows'), { ...slots, columns: shown });
  if (format === 'xlsx') {
    const bytes = warehouse.stream(sql, 'JSONCompactEachRow', filter.parameters, {
      settings: {
        output_format_json_quote_64bit_integers: 0,
        output_format_json_quote_denormals: 0,
        output_format_json_escape_forward_slashes: 0,
      },
    });
    const table: TableModel = {
      title: view,
      columns: columns.map(({ name, kind }) => ({ key: name, label: name, kind: CELL_KINDS[kind] })),
      rows: rowsOf(bytes),
      emptyNote: options.language === 'zh' ? '没有数据' : 'No data',
    };
    yield* renderTableWorkbook([table], { ...options, title: view, createdMs: Date.now() });
    return;
  }
  if (format === 'csv' && options.byteOrderMark) yield BYTE_ORDER_MARK;
  const { name, settings } = ENGINE_FORMATS[format];
  yield* warehouse.stream(sql, name, filter.parameters, { settings });
}

const CELL_KINDS = {
  text: 'text',
  integer: 'integer',
  decimal: 'decimal',
  instant: 'instant',
  day: 'day',
  boolean: 'text',
  id: 'text',
  nested: 'text',
} as const satisfies Readonly<Record<ViewColumn['kind'], ColumnKind>>;

const cellsSchema = z.array(z.union([z.string(), z.number(), z.null()]));

/** The rows of JSON lines, a batch for each piece that came. */
async function* rowsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly TableCells[], void> {
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const piece of bytes) {
    const joined = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    const end = joined.lastIndexOf(10) + 1;
    const lines = joined.toString('utf8', 0, end).split('\n');
    rest = joined.subarray(end);
    const batch: (readonly Cell[])[] = [];
    for (const line of lines) {
      if (line === '') continue;
      const parsed: unknown = JSON.parse(line);
      // The database makes every row alike: one is looked at.
      if (first) cellsSchema.parse(parsed);
      first = false;
      batch.push(parsed as readonly Cell[]);
    }
    if (batch.length > 0) yield batch;
  }
}
