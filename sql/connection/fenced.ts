import type { InsertRequest, SqlParameters, SqlText, StatementInsert, Warehouse } from './warehouse.js';

/** What must hold for rows to go in: a condition that throws when it does not. */
export interface Fence {
  /** A SELECT of one row: `SELECT throwIf(…) = 0 FROM …`. */
  readonly guard: SqlText;
  readonly parameters: SqlParameters;
}

const SELECTING = /\bWHERE\b([\s\S]+)\bFORMAT\s+(\w+)\s*$/u;

/**
 * A warehouse whose inserts into tables look at the fence inside of the very statement: a process that was asleep while
 * another took its place stores nothing when it wakes, however far its work had come. Temporary tables of a session are
 * nobody else's and go in as they are.
 *
 * It is this fence that an insert carries and no `insert_deduplication_token`: a second try of the same range holds only
 * the rows that the first did not store (the test for duplicates leaves the others out), and for a token that it has seen
 * the engine would drop them too.
 */
export function fenceInserts(warehouse: Warehouse, fence: Fence): Warehouse {
  return { ...warehouse, insert: (request) => warehouse.insert(fenced(request, fence)) };
}

function fenced(request: InsertRequest, { guard, parameters }: Fence): StatementInsert {
  const condition = `(${guard.replace(/^--.*\n/u, '')})`;
  if ('statement' in request) {
    const parts = SELECTING.exec(request.statement);
    if (parts === null) throw new TypeError('a fenced statement ends with WHERE … FORMAT …');
    const head = request.statement.slice(0, parts.index);
    return {
      ...request,
      statement: `${head}WHERE (${parts[1] ?? ''}) AND ${condition}\nFORMAT ${parts[2] ?? ''}` as SqlText,
      parameters: { ...request.parameters, ...parameters },
    };
  }
  const { table, columns, format, ...rest } = request;
  const names = [...table.split('.'), ...columns];
  if (columns.length === 0 || !names.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/u.test(name))) {
    throw new TypeError(`an insert names its table and columns plainly: ${table}`);
  }
  const list = columns.join(', ');
  return {
    ...rest,
    // Formats that do not name their columns are read as the table has them: by itself the engine asks the rows only.
    settings: { use_structure_from_insertion_table_in_table_functions: 1, ...rest.settings },
    statement:
      `INSERT INTO ${table} (${list}) SELECT ${list} FROM input() WHERE ${condition} FORMAT ${format}` as SqlText,
    parameters,
  };
}
