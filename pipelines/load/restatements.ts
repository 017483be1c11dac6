import type { Warehouse } from '../../sql/index.js';
import { insertJsonRows } from './json-rows.js';

/** How a list, or the minutes of a room, met what was there (PRODUCT §4 Restatement). */
export type RestatementOutcome = 'first' | 'newer' | 'equal' | 'older' | 'shrunk' | 'held';

export interface Restatement {
  readonly kind: 'attendance' | 'minutes';
  readonly platform: string;
  readonly account: string;
  /** Live or room. */
  readonly room_id: string;
  /** Whose list, or which source of minutes. */
  readonly scope: string;
  readonly outcome: RestatementOutcome;
  readonly rows: number;
  readonly rows_before: number;
  /** Rows that are new or other than before. */
  readonly changed: number;
  /** Rows that counted before and do no longer. */
  readonly vanished: number;
  /** The other half of the live, whose list stayed as it was; '' when there is none. */
  readonly kept_scope: string;
  /** UTC ms. */
  readonly exported_at: number;
  readonly exported_before: number | null;
}

const COLUMNS = [
  ...['batch_seq', 'kind', 'platform', 'account', 'room_id', 'scope', 'outcome', 'rows', 'rows_before'],
  ...['changed', 'vanished', 'kept_scope', 'exported_at', 'exported_before', 'written_at'],
];

/** Writes down what the batch does to lists and minutes; before it does it, so that a kill cannot hide a change. */
export async function writeRestatements(
  warehouse: Warehouse,
  batchSeq: number,
  restatements: readonly Restatement[],
): Promise<void> {
  const written_at = Date.now();
  await insertJsonRows(
    warehouse,
    'wxlive_store.restatements_store',
    COLUMNS,
    ['exported_at', 'exported_before', 'written_at'],
    restatements.map((restatement) => ({ ...restatement, batch_seq: batchSeq, written_at })),
  );
}
