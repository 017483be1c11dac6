import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { SqlText, Warehouse } from '../../../sql/index.js';

const QUERIES = join(import.meta.dirname, '../../../sql/queries');

/** A change of one statement: what stands exactly once in its file, and what takes its place. */
export interface SqlMutation {
  /** From sql/queries: `channels/figures.sql`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The warehouse as it is, but for one small change to a statement of ours; throws when the change meets nothing. */
export function mutatingWarehouse(
  warehouse: Warehouse,
  { file, from, to }: SqlMutation,
): Warehouse & { met(): boolean } {
  const text = readFileSync(join(QUERIES, file), 'utf8');
  if (text.split(from).length !== 2) throw new Error(`'${from}' is not once in ${file}`);
  const title = text.slice(0, text.indexOf('\n'));
  let met = false;
  const change = (sql: SqlText): SqlText => {
    if (!sql.includes(title)) return sql;
    met = true;
    // A statement of ours with a change of ours; values stay bound.
    return sql.replace(from, () => to) as SqlText;
  };
  return {
    ...warehouse,
    met: () => met,
    mode: warehouse.mode,
    query: (sql, row, parameters, options) => warehouse.query(change(sql), row, parameters, options),
    stream: (sql, format, parameters, options) => warehouse.stream(change(sql), format, parameters, options),
    insert: (request) => warehouse.insert(request),
    command: (sql, parameters, options) => warehouse.command(sql, parameters, options),
    session: (work) => warehouse.session(work),
    ping: () => warehouse.ping(),
    close: () => warehouse.close(),
  };
}

/** Whether an analysis over a changed statement is found out by its comparison: unequal, or an error. */
export async function isSqlCaught(
  warehouse: Warehouse,
  mutation: SqlMutation,
  holds: (changed: Warehouse) => Promise<boolean>,
): Promise<boolean> {
  const changed = mutatingWarehouse(warehouse, mutation);
  let result: boolean;
  try {
    result = await holds(changed);
  } catch {
    result = false;
  }
  if (!changed.met()) throw new Error(`${mutation.file} was not used`);
  return !result;
}
