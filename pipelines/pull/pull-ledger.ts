import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { insertJsonRows } from '../load/json-rows.js';

export const PULL_SOURCES = ['wecom', 'rooms', 'css'] as const;
export type PullSourceName = (typeof PULL_SOURCES)[number];

/** When a unit was last pulled and stored, UTC ms, and whether it will change. */
export interface PulledBefore {
  readonly pulledAt: number;
  readonly settled: boolean;
}

const row = z.object({ unit: z.string(), pulled_at: z.coerce.number(), settled: z.boolean() });

/** What was pulled from an account, by unit. */
export async function readPulls(
  warehouse: Warehouse,
  source: PullSourceName,
  account: string,
): Promise<ReadonlyMap<string, PulledBefore>> {
  const rows = await warehouse.query(loadSql('pull/pulled-units'), row, { source, account });
  return new Map(rows.map(({ unit, pulled_at, settled }) => [unit, { pulledAt: pulled_at, settled }]));
}

/** Remembers a unit; only when all of it is stored, so that a pull that was killed asks for it again. */
export async function writePull(
  warehouse: Warehouse,
  pulled: {
    readonly source: PullSourceName;
    readonly account: string;
    readonly unit: string;
    readonly pulledAt: number;
    readonly settled: boolean;
    readonly rows: number;
  },
): Promise<void> {
  const { pulledAt: pulled_at, ...rest } = pulled;
  await insertJsonRows(
    warehouse,
    'wxlive_store.pulls_ledger',
    ['source', 'account', 'unit', 'pulled_at', 'settled', 'rows', 'written_at'],
    ['pulled_at', 'written_at'],
    [{ ...rest, pulled_at, written_at: Date.now() }],
  );
}
