import type { CanonicalEvent, CanonicalOrder, ViewerId } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { EVENT_KEY_BYTES } from '../event-key.js';
import { EventEncoder, ORDER_FACT_COLUMNS } from './event-encoder.js';
import { jsonRow } from './json-rows.js';
import type { RecordBatch } from './load-result.js';
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
  keyOf: (account: string, adapter: string, eventId: string) => string,
  accepted: Uint8Array,
): Promise<void> {
  const orders = batch.records.flatMap((record, index) =>
    record.kind === 'order' ? [{ index, record }] : [],
  );
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
    const encoder = new EventEncoder();
    for (const { index, record } of chunk) {
      const facts = factsOf(record);
      const fresh = facts.filter((fact) => known.get(factKey(fact)) !== factText(fact, record));
      if (fresh.length === 0) continue;
      accepted[index] = 1;
      for (const fact of fresh) {
        known.set(factKey(fact), factText(fact, record));
        const start = encoder.write(fact, keyOf(fact.account, fact.adapter, fact.event_id), batch.batchSeq);
        encoder.setViewer(start, viewers.viewerOf(fact.viewer_key));
        const at = encoder.writer.reserve(EVENT_KEY_BYTES);
        encoder.writer.target.fill(0, at, at + EVENT_KEY_BYTES);
        encoder.writer.byte(record.account_stated ? 1 : 0);
        encoder.writer.string(fact.event === 'order_status' ? record.status : '');
      }
    }
    if (encoder.writer.length === 0) continue;
    await warehouse.insert({
      table: 'wxlive_store.order_facts_store',
      columns: ORDER_FACT_COLUMNS,
      format: 'RowBinary',
      body: encoder.writer.view(),
    });
  }
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

const NO_EVIDENCE: CanonicalEvent['evidence'] = {
  utm_source: '',
  utm_medium: '',
  utm_campaign: '',
  utm_content: '',
  utm_term: '',
  chan_id: '',
  link_code: '',
  referrer_host: '',
  referrer_group: '',
  malformed: false,
};

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
