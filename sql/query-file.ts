import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlText } from './connection/warehouse.js';
import { packageRoot } from './package-root.js';

const cache = new Map<string, SqlText>();

/**
 * The statement of `sql/queries/<name>.sql`, read once: `loadSql('funnel/viewer-steps')`. Its first line says what one
 * row of the result is. Values go in as `{name:Type}`; the connection refuses missing and unknown ones.
 */
export function loadSql(name: string): SqlText {
  const known = cache.get(name);
  if (known !== undefined) return known;
  if (!/^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(name))
    throw new TypeError(`"${name}" is not the name of a query file`);
  const text = readFileSync(join(packageRoot(), 'sql', 'queries', `${name}.sql`), 'utf8')
    .trim()
    .replace(/;$/, '');
  if (!text.startsWith('-- '))
    throw new Error(`sql/queries/${name}.sql must open with a line "-- what one row is"`);
  const sql = text as SqlText;
  cache.set(name, sql);
  return sql;
}

/**
 * A statement a person typed (`wxlive sql`). Only for a connection of the analyst: what it may do is decided by the
 * database's grants, never by looking at the text.
 */
export function typedByUser(text: string): SqlText {
  return text.trim().replace(/;\s*$/, '') as SqlText;
}
