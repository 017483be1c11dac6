import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlText } from '../../../sql/connection/warehouse.js';
import { loadSql, packageRoot } from '../../../sql/index.js';

/** Every query file, by its name. */
export function sourceQueries(): readonly { readonly name: string; readonly text: SqlText }[] {
  const folder = join(packageRoot(), 'sql', 'queries');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.sql'))
    .map((path) => path.replace(/\.sql$/u, ''))
    .map((name) => ({ name, text: loadSql(name) }));
}
