import { z } from 'zod';
import type { Warehouse } from '../../sql/index.js';

/** A row as JSON carries it: instants are UTC milliseconds. */
export type JsonRow = Readonly<Record<string, JsonValue>>;
export type JsonValue = string | number | boolean | null;

/** What ClickHouse answers, 64-bit integers as text included. */
export const jsonRow = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** The named values of a record; what is no plain value is null. */
export function recordRow(record: object | undefined, columns: readonly string[]): JsonRow {
  const row: Record<string, JsonValue> = {};
  const values: Readonly<Record<string, unknown>> = { ...record };
  for (const column of columns) {
    const value = values[column];
    row[column] =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }
  return row;
}

/** The named values of a row as one text: equal when ClickHouse would store them equal. */
export function rowText(row: JsonRow, columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => normalized(row[column] ?? null)));
}

function normalized(value: JsonValue): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return String(value);
}

/** Inserts rows; columns in `instants` are UTC milliseconds and become DateTime64(3). */
export async function insertJsonRows(
  warehouse: Warehouse,
  table: string,
  columns: readonly string[],
  instants: readonly string[],
  rows: readonly JsonRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const isInstant = new Set(instants);
  const lines = rows.map((row) => {
    const line: Record<string, JsonValue> = {};
    for (const column of columns) {
      const value = row[column] ?? null;
      line[column] = isInstant.has(column) && typeof value === 'number' ? instantText(value) : value;
    }
    return JSON.stringify(line);
  });
  await warehouse.insert({ table, columns, format: 'JSONEachRow', body: Buffer.from(lines.join('\n')) });
}

/** UTC milliseconds as the text of a DateTime64(3, 'UTC'). */
export function instantText(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
