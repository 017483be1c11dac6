import { NO_EVIDENCE, type CanonicalEvent, type CanonicalOrder, type ViewerId } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { writeIdWords } from '../identity/id-words.js';
import { KEY_WORDS, writeEventKey, type EventKeyMaker } from '../event-key.js';
import { EventColumns } from './event-columns.js';
import { notePendingDays, type PendingDay } from './changed-days.js';
import { jsonRow, type JsonRow } from './json-rows.js';
import { stands, type RecordBatch } from './load-result.js';
import { ByteColumn, encodeColumns, WordColumn } from './native-columns.js';
import type { Viewers } from './viewers.js';

/** Orders asked about in one query. */
const CHUNK = 10_000;
/** Stands for "nobody" where a file names no buyer. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Stores what an orders file says: of each order a status, a payment (unless it is closed or unpaid) and a refund. The
 * later row of the same order replaces the earlier one; an equal row is a duplicate.
 */
export async function loadOrders(
  warehouse: Warehouse,
  viewers: Viewers,
  batch: RecordBatch,
  keyOf: EventKeyMaker,
  accepted: Uint8Array,
): Promise<void> {
  const orders = batch.records.flatMap((record, index) =>
    record.kind === 'order' ? [{ index, record }] : [],
  );
  const last = lastWords(batch);
  for (let from = 0; from < orders.length; from += CHUNK) {
    const chunk = orders.slice(from, from + CHUNK);
    const ids = [...new Set(chunk.map(({ record }) => record.order_id))];
    const stored = await warehouse.query(loadSql('load/current-order-facts'), jsonRow, { orders: ids });
    const known = new Map(
      stored.map((row) => [
        JSON.stringify([row['order_id'], row['account'], row['event'], row['refund_id']]),
        JSON.stringify([
          Number(row['event_time']),
          row['amount_fen'] === null ? null : Number(row['amount_fen']),
          row['order_status'],
          row['room_id'],
          row['viewer_key'],
          Number(row['account_stated']),
        ]),
      ]),
    );
    // What a file that was told before says on the way to what stands was news the first time only.
    const settled = new Set([...known].flatMap(([fact, text]) => (last.get(fact) === text ? [fact] : [])));
    const columns = new EventColumns(true);
    const viewer = new WordColumn(4);
    const wanted = new ByteColumn();
    const key = new Uint32Array(KEY_WORDS);
    const viewerKey = new Uint32Array(4);
    const restated = new Set<string>();
    const standing = standingOrders(stored, batch);
    for (const { index, record } of chunk) {
      if (standing.has(orderKey(record.order_id, record.account))) continue;
      const facts = factsOf(record);
      const fresh = facts.filter(
        (fact) => !settled.has(factKey(fact)) && known.get(factKey(fact)) !== factText(fact, record),
      );
      if (fresh.length === 0) continue;
      accepted[index] = 1;
      restated.add(record.order_id);
      for (const fact of fresh) {
        known.set(factKey(fact), factText(fact, record));
        writeEventKey(key, 0, keyOf(fact.account, fact.adapter, fact.event_id), fact.stated_time);
        writeIdWords(viewerKey, 0, fact.viewer_key);
        columns.add(fact, key, 0, viewerKey, 0, {
          tracked: false,
          accountStated: record.account_stated,
          status: fact.event === 'order_status' ? record.status : '',
        });
        const at = viewer.next();
        writeIdWords(viewer.words, at, viewers.viewerOf(fact.viewer_key));
        wanted.push(1);
      }
    }
    if (columns.rows === 0) continue;
    await notePendingDays(warehouse, batch.batchSeq, daysLeft(stored, restated));
    const added = encodeColumns([
      { name: 'viewer', type: 'UUID', column: viewer },
      { name: 'wanted', type: 'UInt8', column: wanted },
    ]);
    await warehouse.insert({
      statement: loadSql('load/insert-order-facts'),
      parameters: { batch_seq: batch.batchSeq },
      body: [columns.take(), added],
    });
  }
}

/** How a batch that was told before leaves each fact it states; empty for a new one. */
function lastWords({ records, retells }: RecordBatch): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  if (retells === undefined) return last;
  for (const record of records) {
    if (record.kind !== 'order') continue;
    for (const fact of factsOf(record)) last.set(factKey(fact), factText(fact, record));
  }
  return last;
}

/** Orders of which what is stored stands, whatever the batch says of them. */
function standingOrders(stored: readonly JsonRow[], batch: RecordBatch): ReadonlySet<string> {
  return new Set(
    stored
      .filter((row) => stands(row, batch))
      .map((row) => orderKey(String(row['order_id']), String(row['account']))),
  );
}

/** Where restated orders stood so far: a payment that moves to another day leaves one. */
function daysLeft(stored: readonly JsonRow[], restated: ReadonlySet<string>): PendingDay[] {
  return stored.flatMap((row) =>
    restated.has(String(row['order_id']))
      ? [
          {
            platform: String(row['platform']),
            account: String(row['account']),
            source: 'orders',
            at: Number(row['event_time']),
          },
        ]
      : [],
  );
}

function orderKey(orderId: string, account: string): string {
  return JSON.stringify([orderId, account]);
}

function factsOf(order: CanonicalOrder): CanonicalEvent[] {
  const when = order.paid_at ?? order.created_at ?? order.refunded_at ?? 0;
  const make = (
    name: string,
    event: string,
    at: number,
    amount: number | null,
    refund: string,
  ): CanonicalEvent => ({
    kind: 'event',
    event_id: `order:${order.order_id}:${name}`,
    account: order.account,
    platform: order.platform,
    room_id: order.room_id,
    viewer_key: order.viewer_key ?? (NOBODY as ViewerId),
    linked: [],
    event,
    event_original: event,
    event_time: at,
    stated_time: at,
    received_at: Date.now(),
    scene: null,
    evidence: NO_EVIDENCE,
    referrer_viewer: null,
    goods_id: order.goods_id,
    order_id: order.order_id,
    refund_id: refund,
    amount_fen: amount,
    // The status row says by it whether the file told when the order was made.
    watch_ms: event === 'order_status' && order.created_at !== null ? 1 : null,
    props: {},
    adapter: 'orders',
  });
  const facts = [make('status', 'order_status', order.created_at ?? when, order.amount_fen, '')];
  const paid = order.status === 'paid' || order.status === 'refunded';
  if (paid) facts.push(make('pay', 'order_pay', when, order.amount_fen, ''));
  const refund = order.refund_fen ?? (order.status === 'refunded' ? order.amount_fen : null);
  // A refund of 0 takes back what an earlier file said.
  facts.push(
    make(
      `refund:${order.refund_id}`,
      'order_refund',
      order.refunded_at ?? when,
      refund ?? 0,
      order.refund_id,
    ),
  );
  return facts;
}

function factKey(fact: CanonicalEvent): string {
  return JSON.stringify([fact.order_id, fact.account, fact.event, fact.refund_id]);
}

function factText(fact: CanonicalEvent, order: CanonicalOrder): string {
  return JSON.stringify([
    fact.event_time,
    fact.amount_fen,
    fact.event === 'order_status' ? order.status : '',
    fact.room_id,
    fact.viewer_key,
    order.account_stated ? 1 : 0,
  ]);
}
