import type { AdapterName } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import { markChangedDays } from './changed-days.js';
import { insertJsonRows } from './json-rows.js';

/** One state of a batch; the latest counts. */
export interface BatchEntry {
  readonly batchSeq: number;
  /** Base name of the file. */
  readonly file: string;
  readonly sha256: string;
  readonly adapter: AdapterName;
  readonly account: string;
  readonly rows: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly held: number;
  readonly conflicts: number;
  readonly state: 'loading' | 'loaded' | 'held' | 'failed';
  readonly newerBy: 'rows' | 'title' | 'name' | 'option' | 'import';
  /** UTC ms. */
  readonly startedAt: number;
}

const COLUMNS = [
  ...[
    'batch_seq',
    'batch_id',
    'file',
    'sha256',
    'adapter',
    'account',
    'rows',
    'accepted',
    'duplicates',
    'rejected',
  ],
  ...['held', 'conflicts', 'state', 'newer_by', 'started_at', 'seconds', 'written_at'],
];

/** The public name of a batch. */
export function batchId(batchSeq: number): string {
  return String(batchSeq);
}

/** Writes a state of a batch; when it ends, the past days it changed are marked first. */
export async function writeBatch(warehouse: Warehouse, entry: BatchEntry): Promise<void> {
  if (entry.state !== 'loading') await markChangedDays(warehouse, [entry]);
  const now = Date.now();
  const { batchSeq, newerBy, startedAt, ...counts } = entry;
  await insertJsonRows(
    warehouse,
    'wxlive_store.batches_ledger',
    COLUMNS,
    ['started_at', 'written_at'],
    [
      {
        ...counts,
        batch_seq: batchSeq,
        batch_id: batchId(batchSeq),
        newer_by: newerBy,
        started_at: startedAt,
        seconds: (now - startedAt) / 1000,
        written_at: now,
      },
    ],
  );
}
