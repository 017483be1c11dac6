import { z } from 'zod';
import { dayOf, type AdapterName } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { insertJsonRows, type JsonRow } from './json-rows.js';

/** A day that is about to lose something, known by an instant in it. */
export interface PendingDay {
  readonly platform: string;
  readonly account: string;
  /** `orders`, `lives`, … as `changed_days` names what changed. */
  readonly source: string;
  /** UTC ms. */
  readonly at: number;
}

const zoneRow = z.object({ zone: z.string() });
const COLUMNS = ['day', 'platform', 'account', 'source', 'batch_seq', 'state', 'changed_at'];

/**
 * Notes days that a batch takes something from: afterwards nobody could tell any more. They count as changed when the
 * batch ends (`markChangedDays`).
 */
export async function notePendingDays(
  warehouse: Warehouse,
  batchSeq: number,
  days: readonly PendingDay[],
): Promise<void> {
  if (days.length === 0) return;
  const zone = await reportZone(warehouse);
  const rows = new Map<string, JsonRow>();
  for (const { platform, account, source, at } of days) {
    const row = { day: dayOf(at, zone), platform, account, source, batch_seq: batchSeq };
    rows.set(JSON.stringify(row), { ...row, state: 'pending', changed_at: Date.now() });
  }
  await insertJsonRows(warehouse, 'wxlive_store.changed_days', COLUMNS, ['changed_at'], [...rows.values()]);
}

/** Which queries find what an adapter's batches changed. */
const MARKS: Readonly<Record<AdapterName, readonly Mark[]>> = {
  events: ['event', 'order'],
  sensors: ['event', 'order'],
  growingio: ['event', 'order'],
  wedata: ['event', 'order'],
  orders: ['order', 'noted'],
  minutes: ['minute'],
  'miniprogram-rooms': ['live', 'noted'],
  'css-callback': ['live', 'noted'],
  'wecom-live': ['live', 'noted'],
  'wecom-watch': ['live'],
  'wecom-signin': ['live'],
  employees: ['staff'],
  links: ['link'],
  violations: ['stated', 'noted'],
  costs: ['stated'],
  // A target is no figure of a day.
  targets: [],
};
type Mark = 'event' | 'order' | 'minute' | 'live' | 'link' | 'staff' | 'stated' | 'noted';

/**
 * Marks the past days that batches changed, from what they stored. To be called when a batch ends, before the ledger
 * says so, and for batches that were interrupted: no mark is older than the change it tells of.
 */
export async function markChangedDays(
  warehouse: Warehouse,
  batches: readonly { readonly batchSeq: number; readonly adapter: AdapterName }[],
): Promise<void> {
  const asked = new Map<Mark, number[]>();
  for (const { batchSeq, adapter } of batches) {
    for (const mark of MARKS[adapter]) asked.set(mark, [...(asked.get(mark) ?? []), batchSeq]);
  }
  if (asked.size === 0) return;
  const zone = await reportZone(warehouse);
  for (const [mark, batchSeqs] of asked) {
    await warehouse.command(loadSql(`load/mark-${mark}-days`), { batches: batchSeqs, zone });
  }
}

const viewerDayRow = z.object({ day: z.string(), platform: z.string(), account: z.string() });

/**
 * Relabels facts of people, and marks the past days they stand in: who is one person changes how many there were. Marked
 * before, so that a kill cannot hide it, and after, when it can be seen. No batch is named: many may have told of them.
 */
export async function markPeopleAround(
  warehouse: Warehouse,
  viewers: readonly string[],
  relabel: () => Promise<void>,
): Promise<void> {
  const zone = await reportZone(warehouse);
  const days = await warehouse.query(loadSql('load/days-of-viewers'), viewerDayRow, { viewers, zone });
  const mark = async (): Promise<void> => {
    const changed_at = Date.now();
    const rows = days.map((day) => ({
      ...day,
      source: 'identities',
      batch_seq: 0,
      state: 'changed',
      changed_at,
    }));
    await insertJsonRows(warehouse, 'wxlive_store.changed_days', COLUMNS, ['changed_at'], rows);
  };
  await mark();
  await relabel();
  await mark();
}

/** Counts the days noted under a number as changed, without a batch. */
export async function markNotedDays(warehouse: Warehouse, sequence: number): Promise<void> {
  const zone = await reportZone(warehouse);
  await warehouse.command(loadSql('load/mark-noted-days'), { batches: [sequence], zone });
}

const zones = new WeakMap<Warehouse, string>();

/** The zone in which the views begin their days. */
export async function reportZone(warehouse: Warehouse): Promise<string> {
  const known = zones.get(warehouse);
  if (known !== undefined) return known;
  const [row] = await warehouse.query(loadSql('load/report-zone'), zoneRow);
  if (row === undefined) throw new Error('the view wxlive_store.report_zone has no row; run wxlive migrate');
  zones.set(warehouse, row.zone);
  return row.zone;
}
