import { textOption, type Options } from './command.js';
import type { App } from './compose.js';
import { UsageError } from './exit-codes.js';
import type { AnyRow } from './rows.js';

/** Runs a query file as the owner of the warehouse. */
export async function runQuery(
  app: App,
  name: string,
  parameters: Record<string, string | number> = {},
): Promise<AnyRow[]> {
  const { loadSql } = await import('../sql/index.js');
  const { anyRow } = await import('./rows.js');
  return (await app.warehouse()).query(loadSql(name), anyRow, parameters);
}

/** `--limit`, a positive whole number. */
export function readLimit(app: App, options: Options): number {
  const limit = Number(textOption(options, 'limit') ?? '100');
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError(app.say('--limit 应为正整数', '--limit takes a positive whole number'));
  return limit;
}
