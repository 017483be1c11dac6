import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import kafkajs from 'kafkajs';
import { createTopicsOf } from '../../../pipelines/bus/topic-plans.js';
import { OffsetLedger } from '../../../pipelines/consume/offset-ledger.js';
import { fingerprintOf } from '../../../pipelines/consume/partition-inbox.js';
import { acquireWarehouseLease, isFenced } from '../../../pipelines/consume/warehouse-lease.js';
import { Loader } from '../../../pipelines/load/loader.js';
import { migrate, readLedger, typedByUser } from '../../../sql/index.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';
import { findKafka, startKafka, type TestKafka } from '../../servers/kafka.js';
import { events, KafkaBench, ownRows } from './kafka-bench.js';

const { Kafka, logLevel } = kafkajs;
const origin = findKafka();

describe.skipIf(origin === null)('the loader from a real broker', () => {
  let kafka: TestKafka;
  let test: TestWarehouse;
  const benches: KafkaBench[] = [];

  beforeAll(async () => {
    if (origin === null) return;
    [kafka, test] = await Promise.all([startKafka(origin), startTestWarehouse()]);
    await migrate(test.warehouse, { reportZone: 'Asia/Shanghai', channelGroups: {} });
  });
  // The lease is the warehouse's: one test's loader must have gone before the next one's may load.
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((bench) => bench.close()));
  });
  afterAll(async () => {
    await kafka.stop();
    await test.stop();
  });

  function open(prefix: string): KafkaBench {
    const bench = new KafkaBench(kafka.brokers, test, `${prefix}${process.pid}`);
    benches.push(bench);
    return bench;
  }

  async function until(what: () => Promise<boolean>, bench: KafkaBench): Promise<void> {
    const deadline = performance.now() + 30_000;
    while (!(await what())) {
      if (performance.now() > deadline)
        throw new Error(`waited in vain:\n${bench.logger.lines.slice(-20).join('\n')}`);
      await sleep(50);
    }
  }

  async function loading(bench: KafkaBench): Promise<void> {
    await until(
      () => Promise.resolve(bench.logger.lines.some((line) => line.startsWith('info loading'))),
      bench,
    );
  }

  function publish(bench: KafkaBench, account: string, from: number, count: number): Promise<Uint8Array> {
    const records = events(account, from, count);
    return bench.bus.publishLive({
      adapter: 'events',
      route: '/v1/events',
      records,
      recordRows: ownRows(count),
    });
  }

  async function loaded(bench: KafkaBench, account: string, rows: number): Promise<void> {
    await until(async () => (await bench.visible(account)).rows >= rows, bench);
    expect(await bench.visible(account)).toEqual({ rows, ids: rows });
  }

  it('brings what was published into the events once, and nothing changes when the offsets are rewound', async () => {
    const bench = open('once');
    const loader = bench.loader();
    await loading(bench);
    expect((await publish(bench, 'once', 0, 3_000)).every((one) => one === 1)).toBe(true);
    expect((await publish(bench, 'once', 0, 3_000)).every((one) => one === 0)).toBe(true);
    await loaded(bench, 'once', 3_000);
    await loader.stop();
    const before = await bench.query('SELECT * FROM wxlive.batches ORDER BY batch_id');

    // An operator rewinds the group to the beginning.
    const admin = new Kafka({ brokers: kafka.brokers.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.resetOffsets({
      groupId: `${bench.prefix}-loader`,
      topic: `${bench.prefix}.events`,
      earliest: true,
    });
    await admin.disconnect();
    bench.logger.lines.length = 0;
    bench.loader();
    await loading(bench);
    await until(
      async () => ((await bench.arrivals())['contained'] ?? 0) + ((await bench.arrivals())['same'] ?? 0) > 0,
      bench,
    );
    await publish(bench, 'once', 3_000, 10);
    await loaded(bench, 'once', 3_010);
    const after = await bench.query('SELECT * FROM wxlive.batches ORDER BY batch_id');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toMatchObject(
      after.slice(before.length).map(({ rows }) => ({ accepted: rows, duplicates: '0' })),
    );
  });

  it('cuts a range again that was intended when the loader was killed', async () => {
    const bench = open('again');
    const cluster = await bench.client.clusterId();
    await createTopicsOf(bench.client, bench.topics);
    await publish(bench, 'again', 0, 2_000);
    const topic = `${bench.prefix}.events`;
    const marks = await bench.client.watermarks(topic);
    // The state a kill leaves behind: intents of ranges, one of which was stored and the other was not.
    const ranges = await Promise.all(
      [...marks].map(async ([partition, { high }]) => ({
        topic,
        partition,
        first: 0,
        last: high - 1,
        state: 'intended' as const,
        fingerprint: await fingerprintAt(bench, partition, high - 1),
      })),
    );
    await new OffsetLedger(test.warehouse, cluster, 1).write(ranges);
    bench.loader();
    await loaded(bench, 'again', 2_000);
    const { same = 0, contained = 0, overlap_right = 0 } = await bench.arrivals();
    expect(same + contained + overlap_right).toBeGreaterThan(0);
  });

  async function fingerprintAt(bench: KafkaBench, partition: number, offset: number): Promise<string> {
    const found: string[] = [];
    const consumer = await bench.client.consume({
      group: `${bench.prefix}-peek-${partition}`,
      topics: [`${bench.prefix}.events`],
      onAssigned: () => undefined,
      onBatch: (batch) => {
        const mark = batch.messages.find((message) => message.offset === offset);
        if (batch.partition === partition && mark !== undefined) found.push(fingerprintOf(mark));
        return Promise.resolve();
      },
      onEnd: () => undefined,
    });
    await until(() => Promise.resolve(found.length > 0), bench);
    await consumer.stop();
    return found[0] ?? '';
  }

  it('lets one of two loaders store; a zombie that wakes after its turn stores nothing', async () => {
    const bench = open('two');
    const signal = new AbortController().signal;
    const zombie = await acquireWarehouseLease(test.warehouse, { signal, wants: false });
    bench.loader();
    await sleep(1_500);
    expect(bench.logger.lines.some((line) => line.startsWith('info loading'))).toBe(false);
    // It is silent for so long that another takes its place: the row says so before the clock does.
    await test.warehouse.command(
      typedByUser(
        `INSERT INTO wxlive_store.loader_lease_ledger (epoch, holder, host, process_id, state) SELECT ${zombie.epoch}, 'x', 'x', 1, 'released'`,
      ),
    );
    await loading(bench);
    await publish(bench, 'two', 0, 500);
    await loaded(bench, 'two', 500);
    const woken = new Loader(zombie.warehouse, (await readLedger(test.warehouse)).get('event_salt') ?? '');
    const snapshot = { exportedAt: 0, scopes: [], acceptShrink: false };
    await expect(
      woken.publish({ batchSeq: 7, records: events('two', 500, 100), snapshot }),
    ).rejects.toSatisfy(isFenced);
    expect(await bench.visible('two')).toEqual({ rows: 500, ids: 500 });
    await zombie.release();
  });

  it('sets aside what nobody can read, and goes on', async () => {
    const bench = open('poison');
    bench.loader();
    await loading(bench);
    const producer = bench.client.openProducer();
    const topic = `${bench.prefix}.events`;
    const good = { version: '1', type: 'records', adapter: 'events', records: '1' };
    await producer.send([
      { topic, bucket: 0, value: Buffer.from('{"openid":"oSECRET_of_somebody_123456"}'), headers: {} },
      { topic, bucket: 0, value: Buffer.from('[[0,1,"x"]]'), headers: good },
      { topic, bucket: 0, value: Buffer.from('[]'), headers: { ...good, version: '99' } },
    ]);
    await producer.close();
    await publish(bench, 'poison', 0, 300);
    await loaded(bench, 'poison', 300);
    await until(
      async () =>
        (await bench.query(`SELECT * FROM wxlive.rejects WHERE startsWith(place, '${topic}/')`)).length === 3,
      bench,
    );
    const rejects = await bench.query(
      `SELECT place, code, preview FROM wxlive.rejects WHERE startsWith(place, '${topic}/')`,
    );
    expect(new Set(rejects.map(({ code }) => code))).toEqual(new Set(['unreadable_message']));
    expect(JSON.stringify(rejects)).not.toContain('SECRET');
    // A dead letter that is damaged itself is set aside without another one about it.
    const damaged = bench.client.openProducer();
    const letterTopic = `${bench.prefix}.dead_letters`;
    await damaged.send([
      { topic: letterTopic, bucket: 0, value: Buffer.from('x'), headers: { version: '1', type: 'reject' } },
    ]);
    await damaged.close();
    await until(
      async () =>
        (await bench.query(`SELECT * FROM wxlive.rejects WHERE startsWith(place, '${letterTopic}/')`))
          .length === 1,
      bench,
    );
    await publish(bench, 'poison', 300, 10);
    await loaded(bench, 'poison', 310);
    const letters = await bench.client.watermarks(letterTopic);
    expect([...letters.values()].reduce((sum, { high }) => sum + high, 0)).toBe(4);
  });

  it('begins anew with a topic that was made again under its name, and takes partitions that were added', async () => {
    const bench = open('anew');
    const first = bench.loader();
    await loading(bench);
    await publish(bench, 'anew', 0, 1_000);
    await loaded(bench, 'anew', 1_000);
    await first.stop();
    const topic = `${bench.prefix}.events`;
    const admin = new Kafka({ brokers: kafka.brokers.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await until(async () => (await bench.client.describeTopics([topic])).length === 0, bench);
    await createTopicsOf(bench.client, bench.topics);
    await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
    await admin.disconnect();
    const again = open('anew');
    await publish(again, 'anew', 500, 1_500);
    again.loader();
    await loaded(again, 'anew', 2_000);
  });

  it('gives a file that came through Kafka its figures, list and rows alike', async () => {
    const bench = open('file');
    bench.loader();
    await loading(bench);
    const records = [...events('file', 0, 1_000), ...events('file', 0, 200)];
    const batchSeq = bench.bus.nextBatchSeq();
    const snapshot = { exportedAt: Date.now(), scopes: [], acceptShrink: false };
    const file = { batchSeq, adapter: 'events' as const, route: 'a.ndjson', snapshot };
    const parts = await bench.bus.publishFile({ ...file, records, recordRows: ownRows(1_200), firstPart: 0 });
    await bench.bus.endFile(batchSeq, parts, {
      batchSeq,
      file: 'a.ndjson',
      sha256: '0',
      adapter: 'events',
      account: 'default',
      rows: 1_203,
      rejected: 3,
      newerBy: 'import',
      startedAt: Date.now(),
    });
    const found = (): Promise<Record<string, unknown>[]> =>
      bench.query(`SELECT * FROM wxlive.batches WHERE batch_id = '${batchSeq}'`);
    await until(async () => (await found())[0]?.['state'] === 'loaded', bench);
    expect(await found()).toMatchObject([
      { file: 'a.ndjson', rows: '1203', accepted: '1000', duplicates: '200', rejected: '3', held: '0' },
    ]);
    expect(await bench.visible('file')).toEqual({ rows: 1_000, ids: 1_000 });
    await until(
      async () =>
        (await bench.metrics.render()).includes('wxlive_loaded_rows_total{outcome="accepted"} 1000'),
      bench,
    );
  });
});
