import type { Warehouse } from '../sql/index.js';

import { databaseTime } from './ledger/database-time.js';

/** Something that leaves through wxlive. */
export interface Access {
  /** System user or recipient. */
  readonly who: string;
  readonly action: 'report' | 'export' | 'analysis' | 'erase' | 'backup';
  /** Report, view or analysis. */
  readonly what: string;
  readonly rows: number;
  /** Format, file name, period; never a value of the data. */
  readonly detail: string;
}

/** Puts what leaves into `access_log`. What may be cut off half-way is written down before its first byte. */
export async function recordAccess(warehouse: Warehouse, list: readonly Access[]): Promise<void> {
  if (list.length === 0) return;
  const at = databaseTime(Date.now());
  await warehouse.insert({
    table: 'wxlive_store.access_ledger',
    columns: ['at', 'who', 'action', 'what', 'rows', 'detail'],
    format: 'JSONEachRow',
    body: Buffer.from(list.map((access) => JSON.stringify({ at, ...access })).join('\n')),
  });
}
