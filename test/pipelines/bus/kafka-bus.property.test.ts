import { describe, expect, it } from 'vitest';
import { KafkaBus } from '../../../pipelines/bus/kafka-bus.js';
import type { OutgoingMessage } from '../../../pipelines/bus/kafka-client.js';
import { unpackRecords } from '../../../pipelines/bus/record-codec.js';
import type { CanonicalRecord, RecordKind } from '../../../schemas/index.js';
import { seededRandom } from '../../seeded-random.js';
import { events, ownRows } from '../consume/kafka-bench.js';
import { randomRecord } from './random-records.js';

/** As the issue has it: topics by kind of record, events of files on a way of their own. */
const TOPICS: Readonly<Record<RecordKind, readonly [live: string, file: string]>> = {
  event: ['w.events', 'w.import'],
  identity_link: ['w.events', 'w.import'],
  minute: ['w.minutes', 'w.minutes'],
  attendance: ['w.attendance', 'w.attendance'],
  watch_list: ['w.attendance', 'w.attendance'],
  sign_in: ['w.attendance', 'w.attendance'],
  order: ['w.orders', 'w.orders'],
  room: ['w.dimensions', 'w.dimensions'],
  live: ['w.dimensions', 'w.dimensions'],
  link: ['w.dimensions', 'w.dimensions'],
  employee: ['w.dimensions', 'w.dimensions'],
  violation: ['w.dimensions', 'w.dimensions'],
  cost: ['w.dimensions', 'w.dimensions'],
  target: ['w.dimensions', 'w.dimensions'],
};
const SNAPSHOT = { exportedAt: 1_794_398_400_000, scopes: [], acceptShrink: false };

describe('records on their way to Kafka', () => {
  it('go to the topic of their kind, whole and in order, with adapter, account and version in the headers', async () => {
    const random = seededRandom(5);
    const kinds = new Set<RecordKind>();
    for (let round = 0; round < 40; round++) {
      const records = Array.from({ length: 1 + random.below(60) }, () => randomRecord(random));
      // Rows of one or several records.
      let row = 0;
      const recordRows = records.map(() => (row += random.below(2)));
      for (const from of ['live', 'file'] as const) {
        const { bus, sent } = open();
        const head = { adapter: 'events' as const, route: '/v1/events', records, recordRows };
        if (from === 'live') await bus.publishLive(head);
        else await bus.publishFile({ ...head, batchSeq: 12, firstPart: 3, snapshot: SNAPSHOT });
        const back: CanonicalRecord[] = [];
        for (const { topic, value, headers } of sent) {
          const { records: read, beginsRow } = unpackRecords(value);
          expect(headers).toMatchObject({ version: '1', type: 'records', adapter: 'events' });
          expect(headers['records']).toBe(String(read.length));
          const accounts = new Set(read.map((record) => ('account' in record ? record.account : null)));
          const [account] = accounts;
          expect(headers['account']).toBe(accounts.size === 1 ? (account ?? '*') : '*');
          // Records of a row stay with the one that begins it, which says where they go.
          expect(beginsRow[0]).toBe(1);
          read.forEach((record, at) => {
            kinds.add(record.kind);
            if (beginsRow[at] === 1) expect(topic).toBe(TOPICS[record.kind][from === 'live' ? 0 : 1]);
          });
          back.push(...read);
        }
        expect(back.map((record) => JSON.stringify(record)).sort()).toEqual(
          records.map((record) => JSON.stringify(record)).sort(),
        );
        if (from === 'live') continue;
        expect(sent.map(({ headers }) => headers['part'])).toEqual(sent.map((_, at) => String(3 + at)));
        expect(new Set(sent.map(({ headers }) => headers['batch']))).toEqual(new Set(['12']));
      }
    }
    expect(kinds.size).toBe(Object.keys(TOPICS).length);
  });

  it('meet their copies, in whatever company they come, and are packed by many', async () => {
    const random = seededRandom(6);
    const all = events('meet', 0, 3_000);
    const places = new Map<string, Set<string>>();
    let messages = 0;
    for (let copies = 0; copies < 3; copies++) {
      const { bus, sent } = open();
      for (let from = 0; from < all.length;) {
        const some = all.slice(from, (from += 1 + random.below(1_500)));
        if (copies === 1) some.reverse();
        await bus.publishLive({
          adapter: 'events',
          route: 'r',
          records: some,
          recordRows: ownRows(some.length),
        });
      }
      messages += sent.length;
      for (const { topic, bucket, value } of sent) {
        expect(bucket).toBeLessThan(48);
        for (const record of unpackRecords(value).records) {
          if (record.kind !== 'event') continue;
          const known = places.get(record.event_id) ?? new Set();
          places.set(record.event_id, known.add(`${topic} ${bucket}`));
        }
      }
    }
    expect(places.size).toBe(3_000);
    for (const [id, found] of places) expect([...found], id).toHaveLength(1);
    expect(new Set([...places.values()].flatMap((found) => [...found])).size).toBe(48);
    expect(messages).toBeLessThan(9_000 / 4);
  });

  it('make messages of a bounded size, but a list that counts as a whole is one', async () => {
    const { bus, sent } = open();
    const large = events('large', 0, 2_000, 4_000);
    await bus.publishLive({
      adapter: 'events',
      route: 'r',
      records: large,
      recordRows: ownRows(large.length),
    });
    expect(sent.length).toBeGreaterThan(48 / 2);
    for (const { value } of sent) expect(value.length).toBeLessThan(600_000);
    const random = seededRandom(7);
    const list: CanonicalRecord[] = [];
    while (list.length < 5_000) {
      const record = randomRecord(random);
      if (record.kind === 'attendance') list.push({ ...record, account: 'a', live_id: 'one' });
    }
    const whole = open();
    await whole.bus.publishFile({
      ...{
        adapter: 'wecom-watch' as const,
        route: 'list.json',
        batchSeq: 1,
        firstPart: 0,
        snapshot: SNAPSHOT,
      },
      ...{ records: list, recordRows: ownRows(list.length) },
    });
    expect(whole.sent).toHaveLength(1);
    expect(whole.sent[0]?.value.length).toBeGreaterThan(600_000);
  });
});

/** A bus whose messages stay here. */
function open(): { bus: KafkaBus; sent: OutgoingMessage[] } {
  const sent: OutgoingMessage[] = [];
  const producer = {
    send(messages: readonly OutgoingMessage[]) {
      sent.push(...messages);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  return { bus: new KafkaBus(producer, 'w'), sent };
}
