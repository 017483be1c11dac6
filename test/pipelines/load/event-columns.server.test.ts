import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createEventKeys } from '../../../pipelines/event-key.js';
import { Loader } from '../../../pipelines/load/loader.js';
import { migrate, typedByUser } from '../../../sql/index.js';
import type { CanonicalEvent, ViewerId } from '../../../schemas/index.js';
import { seededRandom, type SeededRandom } from '../../seeded-random.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';

let server: TestWarehouse;
beforeAll(async () => {
  server = await startTestWarehouse();
  await migrate(server.warehouse, { reportZone: 'Asia/Shanghai', channelGroups: {}, expectedSources: [] });
});
afterAll(() => server.stop());

const ODD = ['', 'a', '直播间', '\u{1F600}', "o'clock \\ \n\t", 'x'.repeat(200), '\u0001'];
/** More distinct texts than a byte numbers. */
const WORDS = Array.from({ length: 700 }, (_none, at) => `word ${at}`);

function makeEvent(random: SeededRandom, at: number): CanonicalEvent {
  const word = (): string => random.pick(random.chance(0.5) ? ODD : WORDS);
  const number = (): number | null => random.pick([null, 0, 1, 2 ** 31, 2 ** 53 - 1]);
  const time = Date.UTC(2026, 8, 1) + random.below(86_400_000);
  return {
    kind: 'event',
    event_id: `e${at} ${word()}`,
    account: word(),
    platform: 'miniprogram',
    room_id: word(),
    viewer_key: viewerOf(random),
    linked: [],
    event: random.pick(['live_enter', 'order_pay', word()]),
    event_original: word(),
    event_time: time,
    stated_time: time + random.below(1_000),
    received_at: time,
    scene: random.pick([null, 0, 1047, 65_535]),
    evidence: {
      utm_source: word(),
      utm_medium: word(),
      utm_campaign: word(),
      utm_content: word(),
      utm_term: word(),
      chan_id: word(),
      link_code: word(),
      referrer_host: word(),
      referrer_group: word(),
      malformed: random.chance(0.5),
    },
    referrer_viewer: random.chance(0.5) ? viewerOf(random) : null,
    goods_id: word(),
    order_id: word(),
    refund_id: word(),
    amount_fen: number(),
    watch_ms: number(),
    props: Object.fromEntries(Array.from({ length: random.below(4) }, () => [word(), word()])),
    adapter: 'events',
  };
}

function viewerOf(random: SeededRandom): ViewerId {
  const hex = (length: number): string => random.text('0123456789abcdef', length);
  return `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}` as ViewerId;
}

const row = z.record(z.string(), z.unknown());
const STORED = `SELECT * EXCEPT (batch_seq, event_key, viewer, event_time, stated_time, received_at, amount_fen, watch_ms),
  lower(hex(event_key)) AS key, viewer = viewer_key AS alone, toUnixTimestamp64Milli(event_time) AS event_ms,
  toUnixTimestamp64Milli(stated_time) AS stated_ms, toUnixTimestamp64Milli(received_at) AS received_ms,
  toString(amount_fen) AS amount, toString(watch_ms) AS watch FROM`;

it('events are read back as they went in, whatever stands in them', async () => {
  const random = seededRandom(41);
  const events = Array.from({ length: 3_000 }, (_none, at) => makeEvent(random, at));
  const loader = new Loader(server.warehouse, 'salt');
  const keyOf = createEventKeys('salt');
  const snapshot = { exportedAt: 0, scopes: [], acceptShrink: false };
  const reply = await loader.publish({ batchSeq: Date.now() * 1_000, records: events, snapshot });
  expect(reply.accepted.every((accepted) => accepted === 1)).toBe(true);

  const stored = [
    ...(await server.warehouse.query(typedByUser(`${STORED} wxlive_store.events_store`), row)),
    ...(await server.warehouse.query(
      typedByUser(`SELECT * EXCEPT (fact_key, account_stated, order_status) FROM (
        ${STORED} wxlive_store.order_facts_store WHERE fact_key = event_key AND account_stated AND order_status = '')`),
      row,
    )),
  ];
  const byId = new Map(stored.map((one) => [one['event_id'], one]));
  expect(byId.size).toBe(events.length);
  for (const event of events) {
    const { kind, linked, evidence, event_time, stated_time, received_at, amount_fen, watch_ms, ...same } =
      event;
    const { malformed, ...words } = evidence;
    const hash = Buffer.from(keyOf(event.account, event.adapter, event.event_id), 'latin1')
      .toString('hex')
      .slice(0, 20);
    expect([kind, linked, byId.get(event.event_id)]).toEqual([
      'event',
      [],
      {
        ...same,
        ...words,
        malformed_url: malformed ? 1 : 0,
        key: stated_time.toString(16).padStart(12, '0') + hash,
        alone: 1,
        event_ms: String(event_time),
        stated_ms: String(stated_time),
        received_ms: String(received_at),
        amount: amount_fen === null ? null : String(amount_fen),
        watch: watch_ms === null ? null : String(watch_ms),
      },
    ]);
  }

  const again = await loader.publish({ batchSeq: Date.now() * 1_000 + 1, records: events, snapshot });
  expect([again.accepted.some((accepted) => accepted === 1), again.conflicts]).toEqual([false, 0]);
  const other = await new Loader(server.warehouse, 'salt').publish({
    batchSeq: Date.now() * 1_000 + 2,
    records: events.map((event) => ({ ...event, props: { ...event.props, more: 'x' } })),
    snapshot,
  });
  expect([other.accepted.some((accepted) => accepted === 1), other.conflicts]).toEqual([
    false,
    events.length,
  ]);
});

it('an event older than what recent keys remember is known by its facts', async () => {
  const random = seededRandom(43);
  const old = { ...makeEvent(random, 9_000), event: 'live_enter', event_id: 'old' };
  const snapshot = { exportedAt: 0, scopes: [], acceptShrink: false };
  // Accepted in 2020, as the batch number says.
  const time = Date.UTC(2020, 0, 1);
  const record = { ...old, event_time: time, stated_time: time, received_at: time };
  await new Loader(server.warehouse, 'salt').publish({ batchSeq: time * 1_000, records: [record], snapshot });
  await server.warehouse.command(typedByUser('TRUNCATE TABLE wxlive_store.recent_keys_store'));
  const reply = await new Loader(server.warehouse, 'salt').publish({
    batchSeq: Date.now() * 1_000,
    records: [record],
    snapshot,
  });
  expect([...reply.accepted]).toEqual([0]);
});
