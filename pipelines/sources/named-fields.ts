import type { SourceColumn, SourceRow } from '../source.js';
import { foldHeader } from './column-match.js';
import { isObject } from './export-cell.js';

/** A row by canonical column, whether it came as a table or as JSON with the same names. */
export type NamedFields = Readonly<Record<string, unknown>>;

/**
 * A reader of rows that come as tables and as JSON objects: a JSON key may be any header the column goes by. null for
 * a JSON value that is no object.
 */
export function namedFields(columns: readonly SourceColumn[]): (row: SourceRow) => NamedFields | null {
  const index = new Map<string, string>();
  for (const { name } of columns) index.set(foldHeader(name), name);
  for (const { name, aliases } of columns) {
    for (const alias of aliases) if (!index.has(foldHeader(alias))) index.set(foldHeader(alias), name);
  }
  return (row) => {
    if (row.from === 'table') return row.cells;
    if (!isObject(row.value)) return null;
    const fields = new Map<string, unknown>();
    for (const [key, value] of Object.entries(row.value)) {
      const name = index.get(foldHeader(key));
      // Its own name wins over an alias beside it.
      if (name !== undefined && (!fields.has(name) || key === name)) fields.set(name, value);
    }
    return Object.fromEntries(fields);
  };
}

/** Each name with its unit, as people write it: `实付金额(元)`, `实付金额元`, `实付金额_元`. */
export function withUnit(names: readonly string[], unit: '元' | '分'): string[] {
  return names.flatMap((name) => [
    `${name}(${unit})`,
    `${name}[${unit}]`,
    `${name}${unit}`,
    `${name}_${unit}`,
  ]);
}

/** Whether a cell says nothing, of either kind of row. */
export function isBlankField(value: unknown): value is null | undefined | string {
  return (
    value === null || value === undefined || (typeof value === 'string' && /^\s*[-–—－]*\s*$/u.test(value))
  );
}
