import { z } from 'zod';

import {
  dayOf,
  fail,
  succeed,
  type AnalysisFailure,
  type Outcome,
  type TimeRange,
} from '../schemas/index.js';
import type { Warehouse } from './connection/warehouse.js';
import { unknownField, type Field, type FieldKind } from './fields.js';
import type { Filter } from './filter/filter.js';
import { fragment, type SqlFragment } from './filter/fragment.js';
import { loadSql } from './query-file.js';

/** What a column of a public view holds, whatever its exact type. */
export type ViewColumnKind = 'text' | 'integer' | 'decimal' | 'instant' | 'day' | 'boolean' | 'id' | 'nested';

export interface ViewColumn {
  readonly name: string;
  readonly kind: ViewColumnKind;
  readonly nullable: boolean;
}

const columnSchema = z.object({ view: z.string(), column: z.string(), type: z.string() });

/** Every public view with its columns in order, as the database knows them: nothing else can be exported. */
export async function readViews(warehouse: Warehouse): Promise<Map<string, ViewColumn[]>> {
  const views = new Map<string, ViewColumn[]>();
  const rows = await warehouse.query(loadSql('operate/dictionary'), columnSchema, { view: '' });
  for (const { view, column, type } of rows) {
    // The names stand in statements: they are ours, and plain.
    if (!/^[a-z_][a-z0-9_]*$/.test(view) || !/^[a-z_][a-z0-9_]*$/.test(column)) {
      throw new TypeError(`a public view has plain names, not ${view}.${column}`);
    }
    const columns = views.get(view) ?? [];
    columns.push({ name: column, kind: kindOf(type), nullable: type.startsWith('Nullable(') });
    views.set(view, columns);
  }
  return views;
}

function kindOf(type: string): ViewColumnKind {
  const inner = type.replace(/^(?:Nullable|LowCardinality)\((.*)\)$/, '$1');
  if (/^U?Int\d+$/.test(inner)) return 'integer';
  if (/^(?:Float|Decimal)/.test(inner)) return 'decimal';
  if (inner.startsWith('DateTime')) return 'instant';
  if (inner.startsWith('Date')) return 'day';
  if (inner === 'Bool') return 'boolean';
  if (inner === 'UUID') return 'id';
  return /^(?:Map|Array|Tuple)\(/.test(inner) ? 'nested' : 'text';
}

/** `wxlive.events`; only for a name that `readViews` gave. */
export function viewName(view: string): SqlFragment {
  return fragment(`wxlive.${view}`);
}

/** Columns that say when a row happened, the best first. */
const TIME_COLUMNS = [
  'event_time',
  'touch_time',
  'minute',
  'day',
  'live_day',
  'at',
  'received_at',
  'started_at',
  'planned_start',
  'start_at',
  'created_at',
  'paid_at',
  'punished_at',
  'scheduled_at',
  'exported_at',
  'first_seen',
] as const;

/**
 * The rows of a range, by the column that says when they happened, or where that may be empty by the first of those
 * that is not. Null where nothing in the view says so.
 */
export function viewRange(
  filter: Filter,
  columns: readonly ViewColumn[],
  { fromMs, toMs }: TimeRange,
  zone: string,
): SqlFragment | null {
  if (fromMs === null && toMs === null) return fragment('1');
  const known = TIME_COLUMNS.flatMap((name) => columns.filter((column) => column.name === name));
  const [first] = known;
  if (first === undefined) return null;
  const alike = known.filter(({ kind }) => kind === first.kind);
  const time = first.nullable ? `coalesce(${alike.map(({ name }) => name).join(', ')})` : first.name;
  const parts: string[] = [];
  if (first.kind === 'day') {
    if (fromMs !== null) parts.push(`${time} >= toDate(${filter.bind(dayOf(fromMs, zone), 'String')})`);
    if (toMs !== null) parts.push(`${time} <= toDate(${filter.bind(dayOf(toMs - 1, zone), 'String')})`);
  } else {
    const instant = (ms: number): string => `fromUnixTimestamp64Milli(${filter.bind(ms, 'Int64')})`;
    if (fromMs !== null) parts.push(`${time} >= ${instant(fromMs)}`);
    if (toMs !== null) parts.push(`${time} < ${instant(toMs)}`);
  }
  // A bare comparison of the first column lets the database pass over parts of the table.
  return fragment(parts.map((part) => (first.nullable ? `ifNull(${part}, 0)` : part)).join(' AND '));
}

/** Conditions may name the columns of a view, and `props.KEY` where it has props. */
export function viewFields(
  columns: readonly ViewColumn[],
): (name: string) => Outcome<Field, AnalysisFailure> {
  const names = columns.map(({ name }) => name);
  return (name) => {
    const propertyKey = name.startsWith('props.') && names.includes('props') ? name.slice(6) : '';
    if (propertyKey !== '') {
      return succeed({ name, kind: 'property', expression: '', propertyKey, ofTouch: false });
    }
    const column = columns.find((one) => one.name === name);
    if (column === undefined) return fail(unknownField(name, names));
    const kind: FieldKind =
      column.kind === 'instant'
        ? 'instant'
        : column.kind === 'integer' || column.kind === 'decimal'
          ? 'number'
          : 'text';
    const expression = kind === 'text' ? `ifNull(toString(${name}), '')` : name;
    return succeed({ name, kind, expression, propertyKey: null, ofTouch: false });
  };
}

/**
 * What an output makes of columns: `columns` typed values (Arrow, Parquet), `lines` texts for CSV, `cells` values
 * for the cells of a workbook (instants as ms).
 */
export type OutputForm = 'columns' | 'lines' | 'cells';

/** The columns of a view for an output. For `lines`, texts that match `guard.start` and not `guard.number` get an apostrophe. */
export function outputColumns(
  filter: Filter,
  columns: readonly ViewColumn[],
  form: OutputForm,
  guard: { readonly start: string; readonly number: string },
): SqlFragment {
  const parameters =
    form === 'lines'
      ? { start: filter.bind(guard.start, 'String'), number: filter.bind(guard.number, 'String') }
      : null;
  const guarded = (text: string): string =>
    parameters === null
      ? text
      : `if(match(${text}, ${parameters.start}) AND NOT match(${text}, ${parameters.number}), concat('''', ${text}), ${text})`;
  const parts = columns.map(({ name, kind, nullable }) => {
    if (kind === 'id') return `toString(${name}) AS ${name}`;
    if (kind === 'boolean') {
      // A view may hand on the number that stands behind it.
      const truth = `CAST(${name}, '${nullable ? 'Nullable(Bool)' : 'Bool'}')`;
      return `${form === 'columns' ? truth : `toString(${truth})`} AS ${name}`;
    }
    if (form === 'columns') return name;
    if (kind === 'text') return form === 'lines' ? `${guarded(name)} AS ${name}` : name;
    if (kind === 'nested') return `${guarded(`toJSONString(${name})`)} AS ${name}`;
    if (kind !== 'instant') return name;
    // With its offset: a wall clock alone says nothing without the settings.
    return form === 'cells'
      ? `toUnixTimestamp64Milli(${name}) AS ${name}`
      : `concat(replaceOne(toString(${name}), ' ', 'T'), replaceRegexpOne(formatDateTime(${name}, '%z'), '(..)$', ':\\\\1')) AS ${name}`;
  });
  return fragment(parts.join(', '));
}
