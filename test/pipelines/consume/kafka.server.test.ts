import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  KafkaClient,
  type ConsumeOptions,
  type IncomingMessage,
  type RunningConsumer,
} from '../../../pipelines/bus/kafka-client.js';
import { SCHEMA_VERSION } from '../../../pipelines/bus/record-fields.js';
import { createTopicsOf } from '../../../pipelines/bus/topic-plans.js';
import { OffsetLedger } from '../../../pipelines/consume/offset-ledger.js';
import { fingerprintOf } from '../../../pipelines/consume/partition-inbox.js';
import { acquireWarehouseLease, isFenced } from '../../../pipelines/consume/warehouse-lease.js';
import { replayRejects, runPull, type PullReport, type ReplayReport } from '../../../pipelines/index.js';
import { Loader } from '../../../pipelines/load/loader.js';
import { packageRoot, readLedger, typedByUser, WarehouseError, type Warehouse } from '../../../sql/index.js';
import { parseImport, runWxlive } from '../../cli/run-wxlive.js';
import { KeptProcess } from '../../crash/chaos/kept-process.js';
import { LIVE, writeCrashFiles } from '../../crash/crash-files.js';
import { LONG, times } from '../../long-form.js';
import { importBenchOver } from '../import-tools.js';
import { NOTHING_MORE, roomsTarget, testManner, testTime } from '../pull/pull-bench.js';
import { findKafka } from '../../servers/kafka.js';
import { sendForeignBatch, type ForeignCodec } from '../../servers/kafka/foreign-batch.js';
import { startTestPlatform } from '../../servers/platform-api.js';
import { events, ownRows, testSeal, type KafkaBench } from './kafka-bench.js';
import { KafkaWorld, loaded, loading, publish, until } from './kafka-world.js';

const origin = findKafka();

describe.skipIf(origin === null)('the loader from a real broker', () => {
  let world: KafkaWorld;
  beforeAll(async () => {
    if (origin !== null) world = await KafkaWorld.open(origin);
  });
  afterEach(() => world.closeBenches());
  afterAll(() => world.stop());

  /** The first message of a topic that is looked for. */
  async function findMessage(
    bench: KafkaBench,
    topic: string,
    isIt: (message: IncomingMessage) => boolean,
  ): Promise<IncomingMessage> {
    const found: IncomingMessage[] = [];
    const consumer = await bench.client.consume({
      group: `${bench.prefix}-peek-${topic}`,
      topics: [topic],
      onAssigned: () => undefined,
      onBatch: ({ messages }) => {
        found.push(...messages.filter(isIt));
        return Promise.resolve();
      },
      onEnd: () => undefined,
    });
    await until(() => found.length > 0, bench);
    await consumer.stop();
    const [first] = found;
    if (first === undefined) throw new Error('no message');
    return first;
  }

  /** Messages among the dead letters of a bench. */
  async function letters(bench: KafkaBench): Promise<number> {
    const marks = await bench.client.watermarks(`${bench.prefix}.dead_letters`);
    return [...marks.values()].reduce((sum, { high }) => sum + high, 0);
  }

  it('stores each message once, however what arrives lies to the range before', async () => {
    // Texts that do not compress, in one partition: more than the broker gives in one answer.
    const bench = world.bench('range', { partitions: 1, compression: 'none', noteLength: 700 });
    const cluster = await bench.client.clusterId();
    const cases = async (): Promise<Record<string, number>> => bench.arrivals();
    let loader = bench.loader();
    await loading(bench);
    expect((await publish(bench, 'range', 0, 3_000)).every((one) => one === 1)).toBe(true);
    expect((await publish(bench, 'range', 0, 20)).every((one) => one === 0)).toBe(true);
    await loaded(bench, 'range', 3_000);
    await publish(bench, 'range', 3_000, 300);
    await loaded(bench, 'range', 3_300);
    await loader.stop();
    const before = await bench.query('SELECT * FROM wxlive.batches ORDER BY batch_id');

    // Rewound to the beginning: what comes again is known, and nothing changes.
    await world.operator.rewind(bench.group, bench.topic, () => null);
    loader = bench.loader();
    await until(
      async () => ((await cases())['same'] ?? 0) + ((await cases())['overlap_left'] ?? 0) > 0,
      bench,
    );
    expect((await cases())['older']).toBeGreaterThan(0);
    expect(await bench.query('SELECT * FROM wxlive.batches ORDER BY batch_id')).toEqual(before);
    await loader.stop();

    // The states a kill leaves behind: a range that was intended, and nobody knows what of it was stored.
    const [range] = (await bench.ranges()).values();
    if (range === undefined) throw new Error('no range is remembered');
    const inner = fingerprintOf(
      await findMessage(bench, bench.topic, ({ offset }) => offset === range.last - 1),
    );
    for (const [at, [what, first, last, fingerprint]] of (
      [
        ['overlap_left', range.first + 1, range.last, range.fingerprint],
        ['overlap_right', range.first, range.last - 1, inner],
        ['same', range.first, range.last, range.fingerprint],
      ] as const
    ).entries()) {
      await new OffsetLedger(world.warehouse, cluster, 1_000 + at).write([
        { topic: bench.topic, partition: 0, first, last, state: 'intended', fingerprint },
      ]);
      await world.operator.rewind(bench.group, bench.topic, () => range.first);
      loader = bench.loader();
      await until(async () => ((await cases())[what] ?? 0) > 0, bench);
      await until(async () => (await bench.figure('wxlive_flush_seconds_count')) > 0, bench);
      await loader.stop();
      expect(await bench.visible('range')).toEqual({ rows: 3_300, ids: 3_300 });
    }
    await publish(bench, 'range', 3_300, 10);

    // The end of the last range is looked at again, and is known.
    loader = bench.loader();
    await loaded(bench, 'range', 3_310);
    const { contained = 0, overlap_right: right = 0 } = await cases();
    expect(contained + right).toBeGreaterThan(0);
    await loader.stop();

    // Messages that the topic kept too short: said loudly, and what comes after them goes in.
    await publish(bench, 'range', 0, 50);
    await world.operator.dropMessages(bench.topic);
    await publish(bench, 'range', 3_310, 10);
    bench.loader();
    await loaded(bench, 'range', 3_320);
    expect((await cases())['gap']).toBeGreaterThan(0);
    expect(await bench.figure(`wxlive_lost_messages_total{topic="${bench.topic}"}`)).toBeGreaterThan(0);
    // A batch says what it stored after it is visible.
    const sums = (): Promise<unknown[]> =>
      bench.query(`SELECT toUInt32(sum(accepted)) AS accepted FROM wxlive.batches WHERE file = '/v1/events'`);
    await expect.poll(sums, { timeout: 20_000 }).toEqual([{ accepted: 3_320 }]);
  }, 180_000);

  it('begins anew with a topic that was made again under its name, and takes partitions that were added', async () => {
    const bench = world.bench('anew');
    const loader = bench.loader();
    await loading(bench);
    await publish(bench, 'anew', 0, 1_000);
    await loaded(bench, 'anew', 1_000);
    await loader.stop();
    await world.operator.deleteTopic(bench.topic);
    await createTopicsOf(bench.client, bench.topics);
    await world.operator.addPartition(bench.topic);
    // Another producer: the first one would look at the partitions again only after a while.
    const again = world.bench('anew');
    await publish(again, 'anew', 500, 1_500);
    again.loader();
    await loaded(again, 'anew', 2_000);
    expect((await again.arrivals())['recreated']).toBeGreaterThan(0);
    expect([...(await again.ranges()).keys()].sort()).toEqual([0, 1, 2]);
  });

  it('goes on through a rebalance: a second loader takes the turn of one asleep that is still in the group, and gives it back', async () => {
    const bench = world.bench('rebalance');
    let asleep: Promise<void> | null = null;
    const one = bench.loader({
      warehouse: {
        ...world.warehouse,
        async insert(request) {
          await asleep;
          return world.warehouse.insert(request);
        },
      },
    });
    await loading(bench);
    await publish(bench, 'rebalance', 0, 500);
    await loaded(bench, 'rebalance', 500);
    let wake = (): void => undefined;
    asleep = new Promise((resolve) => (wake = resolve));
    // It falls asleep in the middle of these, as a member of the group that holds every partition.
    await publish(bench, 'rebalance', 500, 500);
    const two = bench.loader();
    await world.warehouse.command(
      typedByUser(
        `INSERT INTO wxlive_store.loader_lease_ledger (epoch, holder, host, process_id, state) SELECT max(epoch), 'x', 'x', 1, 'released' FROM wxlive_store.loader_lease_ledger`,
      ),
    );
    // Of twelve partitions of six topics each of the two has a half.
    await until(() => bench.logger.lines.some((line) => line.includes('"partitions":6}')), bench);
    await publish(bench, 'rebalance', 1_000, 500);
    wake();
    asleep = null;
    await publish(bench, 'rebalance', 0, 500);
    await loaded(bench, 'rebalance', 1_500);
    expect(bench.logger.lines.some((line) => line.includes('lease has passed'))).toBe(true);
    bench.logger.lines.length = 0;
    await Promise.all([two.stop(), publish(bench, 'rebalance', 1_500, 500)]);
    await loading(bench);
    await loaded(bench, 'rebalance', 2_000);
    await one.stop();
  });

  it('sets aside the one record that the database refuses, sealed and with reason, step, place and time in the headers, stores the others, and a replay brings it once its cause is gone', async () => {
    const bench = world.bench('refused');
    const loader = bench.loader();
    await loading(bench);
    const alter = (what: string): Promise<unknown> =>
      world.warehouse.command(typedByUser(`ALTER TABLE wxlive_store.events_store ${what}`));
    await alter(`ADD CONSTRAINT of_the_test CHECK account != 'refused' OR event_id != 'e3'`);
    const found = (): Promise<Record<string, unknown>[]> =>
      bench.query(
        `SELECT code, place, replayed_at IS NULL AS open, position(preview, 'e3') > 0 AS seen FROM wxlive.rejects WHERE startsWith(place, '${bench.topic}/')`,
      );
    await publish(bench, 'refused', 0, 4);
    await loaded(bench, 'refused', 3);
    await until(async () => (await found()).length === 1, bench);
    expect(await found()).toMatchObject([{ code: 'refused_by_warehouse', open: 1 }]);
    await until(async () => (await letters(bench)) === 1, bench);
    // The letter says what it is without being opened; what it said is sealed.
    const letter = await findMessage(bench, `${bench.prefix}.dead_letters`, () => true);
    const { topic, partition = '', offset, time = '', ...told } = letter.headers;
    expect(told).toEqual({
      ...{ version: String(SCHEMA_VERSION), type: 'reject', adapter: 'events', account: 'refused' },
      ...{ reason: 'refused_by_warehouse', step: 'store', place: `${topic}/${partition}/${offset}` },
    });
    expect([topic, partition]).toEqual([bench.topic, expect.stringMatching(/^[01]$/u)]);
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000);
    const body = letter.value.toString('utf8');
    expect(body).not.toContain('double11');
    const { reject } = z
      .object({ reject: z.object({ rejectId: z.string(), sealed: z.string() }) })
      .parse(JSON.parse(body));
    const original = testSeal().open(reject.sealed, reject.rejectId);
    expect(original.ok && original.value).toMatch(/"e3".*double11/u);
    await loader.stop();

    const imports = await importBenchOver(world.warehouse, world.dataDir, () => Promise.resolve());
    const replay = (): Promise<ReplayReport> =>
      replayRejects(
        { code: 'refused_by_warehouse', batch: null, adapter: null, from: null, to: null },
        {
          ...{ room: null, account: null, wallClockZone: null, amountUnit: null, exportedAt: null },
          ...{ acceptShrink: false, aliases: [], eventMap: {}, dryRun: false, language: 'en' as const },
          now: Date.now(),
        },
        { ...imports.tools, seal: testSeal() },
      );
    // As long as the cause is there it stays, and stops nothing.
    expect(await replay()).toMatchObject({
      ...{ rows: 1, accepted: 0, duplicates: 0, rejected: 1 },
      rejects: [{ code: 'refused_by_warehouse' }],
    });
    await alter('DROP CONSTRAINT of_the_test');
    expect(await replay()).toMatchObject({ rows: 1, accepted: 1, rejected: 0 });
    expect(await replay()).toMatchObject({ rows: 0 });
    await imports.stop();
    expect(await bench.visible('refused')).toEqual({ rows: 4, ids: 4 });

    if (!LONG) return;
    // The message and its letter come again: both are known, and the reject stays replayed.
    for (const topic of [bench.topic, `${bench.prefix}.dead_letters`]) {
      await world.operator.rewind(bench.group, topic, () => null);
    }
    bench.loader();
    await publish(bench, 'refused', 0, 10);
    await loaded(bench, 'refused', 10);
    expect(await found()).toMatchObject([{ code: 'refused_by_warehouse', open: 0 }]);
    expect(await letters(bench)).toBe(1);
  });

  it('lets one of two loaders store; a zombie that wakes after its turn stores nothing', async () => {
    const bench = world.bench('two');
    const signal = new AbortController().signal;
    const zombie = await acquireWarehouseLease(world.warehouse, { signal, wants: false });
    bench.loader();
    await sleep(1_500);
    expect(bench.logger.lines.some((line) => line.startsWith('info loading'))).toBe(false);
    // It is silent for so long that another takes its place: the row says so before the clock does.
    await world.warehouse.command(
      typedByUser(
        `INSERT INTO wxlive_store.loader_lease_ledger (epoch, holder, host, process_id, state) SELECT ${zombie.epoch}, 'x', 'x', 1, 'released'`,
      ),
    );
    await loading(bench);
    await publish(bench, 'two', 0, 500);
    await loaded(bench, 'two', 500);
    const woken = new Loader(zombie.warehouse, (await readLedger(world.warehouse)).get('event_salt') ?? '');
    const snapshot = { exportedAt: 0, scopes: [], acceptShrink: false };
    await expect(
      woken.publish({ batchSeq: 7, records: events('two', 500, 100), snapshot }),
    ).rejects.toSatisfy(isFenced);
    expect(await bench.visible('two')).toEqual({ rows: 500, ids: 500 });
    await zombie.release();
  });

  it('sets aside what nobody can read, and goes on', async () => {
    const bench = world.bench('poison');
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
    const marks = await bench.client.watermarks(letterTopic);
    expect([...marks.values()].reduce((sum, { high }) => sum + high, 0)).toBe(4);
    const { headers } = await findMessage(bench, letterTopic, (letter) => letter.headers['step'] === 'read');
    expect(headers).toMatchObject({ reason: 'unreadable_message', topic, version: String(SCHEMA_VERSION) });
  });

  it('is not held up by a batch that nobody here reads, by its compression or by its 130,000 records, nor by one too large to become a dead letter', async () => {
    const bench = world.bench('foreign', { partitions: 1 });
    await createTopicsOf(bench.client, bench.topics);
    await publish(bench, 'foreign', 0, 10);
    const send = (codec: ForeignCodec, records: number): Promise<void> =>
      sendForeignBatch(world.kafka.brokers, bench.topic, { codec, records });
    await send('snappy', 3);
    await publish(bench, 'foreign', 10, 10);
    await send('lz4', 130_000);
    await send('gzip', 130_000);
    const producer = bench.client.openProducer();
    await producer.send([{ topic: bench.topic, bucket: 0, value: randomBytes(15_000_000), headers: {} }]);
    await producer.close();
    await publish(bench, 'foreign', 20, 100);
    const loader = bench.loader();
    await loaded(bench, 'foreign', 120);
    const rejects = (): Promise<Record<string, unknown>[]> =>
      bench.query(`SELECT code FROM wxlive.rejects WHERE startsWith(place, '${bench.topic}/')`);
    // Each batch is set aside as one.
    await until(async () => (await rejects()).length === 4, bench);
    expect(new Set((await rejects()).map(({ code }) => code))).toEqual(new Set(['unreadable_message']));
    await until(() => bench.logger.lines.some((line) => line.includes('does not fit into its topic')), bench);
    expect(await letters(bench)).toBe(3);
    // What is behind them goes in: their range is done, and the offsets that one record stands for are no loss.
    await publish(bench, 'foreign', 120, 10);
    await loaded(bench, 'foreign', 130);
    await loader.stop();
    await world.operator.rewind(bench.group, bench.topic, () => null);
    bench.loader();
    await publish(bench, 'foreign', 130, 10);
    await loaded(bench, 'foreign', 140);
    expect([(await bench.arrivals())['gap'] ?? 0, (await rejects()).length]).toEqual([0, 4]);
    expect(bench.logger.lines.filter((line) => line.includes('begins anew'))).toEqual([]);
  });

  it('gives a file that came through Kafka its figures, list and rows alike', async () => {
    const bench = world.bench('file');
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
    for (const figure of ['wxlive_receipt_to_visible_seconds_count', 'wxlive_insert_records_sum']) {
      expect(await bench.figure(figure), figure).toBe(1_200);
    }
  });

  it('brings a live event past years of a file that lie before it', async () => {
    const bench = world.bench('lanes');
    const loader = bench.loader();
    await loading(bench);
    await loader.stop();
    const records = events('years', 0, 6_000);
    await bench.bus.publishFile({
      ...{ batchSeq: bench.bus.nextBatchSeq(), adapter: 'events', route: 'years.ndjson', firstPart: 0 },
      ...{ records, recordRows: ownRows(records.length) },
      snapshot: { exportedAt: Date.now(), scopes: [], acceptShrink: false },
    });
    bench.loader({ flushRecords: 100 });
    await until(async () => (await bench.visible('years')).rows > 0, bench);
    await publish(bench, 'now', 0, 1);
    await loaded(bench, 'now', 1);
    const years = await bench.visible('years');
    expect(years.rows).toBeLessThan(records.length);
    expect(years.ids).toBe(years.rows);
  });

  it('waits out an outage of the database: nothing becomes a dead letter, and delivery goes on', async () => {
    const bench = world.bench('outage');
    bench.loader();
    await loading(bench);
    await publish(bench, 'outage', 0, 100);
    await loaded(bench, 'outage', 100);
    for (const [round, how] of (['cut', 'unavailable'] as const).entries()) {
      const noticed = publish(bench, 'outage', 100 + round * 100, 100).then(() =>
        until(() => bench.logger.lines.some((line) => line.includes('a flush failed')), bench),
      );
      await world.clickhouse.refuse(how, noticed);
      await loaded(bench, 'outage', 200 + round * 100);
      bench.logger.lines.length = 0;
    }
    expect(await letters(bench)).toBe(0);
    expect(await bench.figure('wxlive_flush_failures_total{transient="true"}')).toBeGreaterThan(0);
    // A batch says what it stored after it is visible.
    const sums = (): Promise<unknown[]> =>
      bench.query(
        `SELECT toUInt32(sum(accepted)) AS accepted FROM wxlive.batches WHERE started_at > now() - 600 AND file = '/v1/events'
        AND toUInt64(batch_id) > (SELECT min(batch_seq) - 1 FROM wxlive_store.events_store WHERE account = 'outage')`,
      );
    await expect.poll(sums, { timeout: 20_000 }).toEqual([{ accepted: 300 }]);
  });

  it('takes no more from the broker than it may hold while the database is away', async () => {
    const bench = world.bench('pressure', { partitions: 1, compression: 'none', noteLength: 1_000 });
    bench.loader({ mostWaitingBytes: 100_000 });
    await loading(bench);
    await publish(bench, 'pressure', 0, 10);
    await loaded(bench, 'pressure', 10);
    let most = 0;
    // A loader that waits too long loses its lease, and what it held: looked at from the first event on.
    const full = async (): Promise<void> => {
      // Four megabytes, of which the broker gives two in one answer.
      const all = Promise.all(
        [10, 610, 1_210, 1_810, 2_410].map((from) => publish(bench, 'pressure', from, 600)),
      );
      let still = 0;
      await until(async () => {
        const waiting = await bench.figure('wxlive_loader_waiting_bytes');
        still = waiting > most ? 0 : still + 1;
        most = Math.max(most, waiting);
        // It has what it may have when nothing more comes, though more is there.
        return most > 0 && still > 12;
      }, bench);
      await all;
    };
    await world.clickhouse.refuse('cut', full());
    await loaded(bench, 'pressure', 3_010);
    expect(most).toBeGreaterThan(100_000);
    expect(most).toBeLessThan(3_000_000);
    expect(await bench.figure('wxlive_loader_waiting_bytes')).toBe(0);
  });

  it('notices a consumer that is given nothing, and begins anew', async () => {
    const bench = world.bench('stall');
    let stuck = true;
    class StuckOnce extends KafkaClient {
      override consume(options: ConsumeOptions): Promise<RunningConsumer> {
        const onBatch = stuck ? () => Promise.resolve() : options.onBatch;
        return super.consume({ ...options, onBatch });
      }
    }
    const client = new StuckOnce(bench.settings(), bench.logger);
    bench.loader({ client, stallMs: 700 });
    await loading(bench);
    await publish(bench, 'stall', 0, 100);
    /** Of every partition, as /metrics shows it. */
    const lags = async (): Promise<number[]> =>
      [...(await bench.metrics.render()).matchAll(/^wxlive_consumer_lag\{(.*)\} (\d+)$/gmu)].map(
        ([, labels, lag]) => {
          expect(labels).toMatch(/^topic="stall\d+\.\w+",partition="\d+"$/u);
          return Number(lag);
        },
      );
    await until(async () => (await lags()).some((lag) => lag > 0), bench);
    await until(async () => (await bench.figure('wxlive_consumer_stalls_total')) > 0, bench);
    stuck = false;
    await loaded(bench, 'stall', 100);
    await until(async () => {
      const found = await lags();
      return found.length > 0 && found.every((lag) => lag === 0);
    }, bench);
    await world.closeBenches();
    await client.close();
  });

  describe('through the command line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wxlive-kafka-cli-'));
    const prefix = `cli${process.pid}`;
    let serve: KeptProcess;
    let env: Record<string, string>;
    beforeAll(async () => {
      env = {
        ...world.clickhouse.environment,
        WXLIVE_PSEUDONYM_KEY: 'c'.repeat(64),
        WXLIVE_WRITE_KEYS: 'cli:key-of-the-test',
        KAFKA_BROKERS: world.kafka.brokers,
        WXLIVE_KAFKA_TOPIC_PREFIX: prefix,
        WXLIVE_KAFKA_GROUP: prefix,
        WXLIVE_KAFKA_PARTITIONS_COUNT: '2',
      };
      serve = await KeptProcess.start({ roles: 'collector,loader', dataDir: world.dataDir, env });
      await serve.ready();
    });
    afterAll(async () => {
      const exit = await serve.down();
      rmSync(folder, { recursive: true, force: true });
      expect(exit, serve.lines.slice(-20).join('\n')).toBe(0);
    });
    const run = (...args: string[]) => runWxlive(args, { dataDir: world.dataDir, env });
    const rows = (sql: string) => world.warehouse.query(typedByUser(sql), anyRow);
    const eventually = async (sql: string, wanted: unknown): Promise<void> => {
      for (let tries = 0; ; tries++) {
        const found = await rows(sql);
        if (tries > 400 || JSON.stringify(found) === JSON.stringify(wanted)) {
          expect(found, serve.lines.slice(-20).join('\n')).toEqual(wanted);
          return;
        }
        await sleep(50);
      }
    };

    it('imports files, waits for them or does not, and tells what became of them', async () => {
      const person = (at: number): string => `oCANARY${at % 50}aaaaaaaaaaaaaaaaaaaaa`;
      const lines = Array.from({ length: 400 }, (_, at) =>
        JSON.stringify({
          event_id: `k${at % 300}`,
          event: 'live_enter',
          time: 1_790_000_000_000 + (at % 300),
          openid: person(at),
          room_id: 'R1',
          account: 'cli',
        }),
      );
      const eventFile = join(folder, 'events.ndjson');
      writeFileSync(eventFile, [...lines, '{"event":"no id"}', ''].join('\n'));
      const orders = join(folder, 'orders.csv');
      writeFileSync(
        orders,
        `order_id,room_id,openid,amount_fen,pay_time,status\no1,R1,${person(1)},100,2026-09-20 12:00:00,paid\n`,
      );
      const minutes = join(packageRoot(), 'test', 'fixtures', 'samples', 'minutes-k1-day0.json');
      const first = await run('import', '--json', eventFile, orders, minutes);
      expect(first.exit, first.stderr).toBe(3);
      expect(parseImport(first)).toMatchObject([
        { rows: 401, accepted: 300, duplicates: 100, rejected: 1, held: 0 },
        { rows: 1, accepted: 1, duplicates: 0, rejected: 0, held: 0 },
        { rows: 87, accepted: 87, duplicates: 0, rejected: 0, held: 0 },
      ]);
      const second = await run('import', '--json', '--no-wait', eventFile, minutes);
      const batches = parseImport(second).map((file) => ('batch_id' in file ? String(file.batch_id) : ''));
      await eventually(
        `SELECT toUInt32(accepted) AS accepted, toUInt32(duplicates) AS duplicates, state FROM wxlive.batches WHERE batch_id IN ('${batches.join("','")}') ORDER BY batch_id`,
        [
          { accepted: 0, duplicates: 400, state: 'loaded' },
          { accepted: 0, duplicates: 87, state: 'loaded' },
        ],
      );
      const doctor = await run('doctor', '--json');
      expect(doctor.stdout).toMatch(/"name": ?"Kafka",\s*"state": ?"ok"/u);
    });

    it('takes a post, gives its bad rows a batch, and replays them past the loader, once', async () => {
      const good = { event: 'live_enter', openid: 'oCANARYposted', room_id: 'R1', account: 'posted' };
      const body = [
        { ...good, event_id: 'p1', time: 1_790_000_000_000 },
        { ...good, event_id: 'p2', time: 'yesterday' },
      ];
      const answer = await fetch(`${serve.url}/v1/events?key=key-of-the-test`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      expect(await answer.json()).toMatchObject({ accepted: 1, duplicates: 0, rejected: [{ index: 1 }] });
      await eventually(
        `SELECT toUInt32(sum(rows)) AS rows, toUInt32(sum(accepted)) AS accepted, toUInt32(sum(rejected)) AS rejected FROM wxlive.batches
          WHERE batch_id IN (SELECT batch_id FROM wxlive.events WHERE account = 'posted' UNION ALL SELECT batch_id FROM wxlive.rejects WHERE startsWith(place, '/v1/events') OR startsWith(place, '$'))`,
        [{ rows: 2, accepted: 1, rejected: 1 }],
      );
      // A row that somebody else wrote into the topic: unreadable as a message, and good when it is replayed.
      const bench = world.bench('unused');
      const producer = bench.client.openProducer();
      await producer.send([
        {
          topic: `${prefix}.events`,
          bucket: 0,
          value: Buffer.from(JSON.stringify({ ...body[0], event_id: 'p3' })),
          headers: {},
        },
      ]);
      await producer.close();
      await eventually(
        `SELECT toUInt32(count()) AS n FROM wxlive.rejects WHERE startsWith(place, '${prefix}.events/') AND code = 'unreadable_message'`,
        [{ n: 1 }],
      );
      for (const accepted of [1, 0]) {
        const replay = await run(
          'rejects',
          'replay',
          '--json',
          '--reason',
          'unreadable_message',
          '--from',
          '2026-01-01',
        );
        expect(JSON.parse(replay.stdout), replay.stderr).toMatchObject({ accepted });
      }
      expect(
        await rows(`SELECT event_id FROM wxlive.events WHERE account = 'posted' ORDER BY event_id`),
      ).toEqual([{ event_id: 'p1' }, { event_id: 'p3' }]);
      // The loader has the lease back.
      await publishByHttp(serve.url, { ...body[0], event_id: 'p4' });
      await eventually(`SELECT toUInt32(count()) AS n FROM wxlive.events WHERE event_id = 'p4'`, [{ n: 1 }]);
    });

    it('takes a pull to the warehouse through Kafka', async () => {
      // The topics of the command line, from which the loader of `serve` reads.
      const bench = world.bench('cli');
      const platform = await startTestPlatform();
      const sample = join(packageRoot(), 'test', 'fixtures', 'samples', 'rooms.json');
      const { room_info: rooms } = z
        .object({ room_info: z.array(z.unknown()) })
        .parse(JSON.parse(readFileSync(sample, 'utf8')));
      platform.rooms = rooms;
      const imports = await importBenchOver(world.warehouse, world.dataDir, () => Promise.resolve(), {
        kafka: { bus: bench.bus, wait: true },
      });
      const time = testTime();
      platform.now = () => time.now();
      const pull = (): Promise<PullReport> =>
        runPull(roomsTarget(platform, 'kafka'), NOTHING_MORE, testManner(time), imports.tools, world.dataDir);
      const counted = { adapter: 'miniprogram-rooms', rows: rooms.length };
      expect(await pull()).toMatchObject({ failures: [], files: [{ ...counted, accepted: rooms.length }] });
      const marks = await bench.client.watermarks(`${bench.prefix}.dimensions`);
      expect([...marks.values()].reduce((sum, { high }) => sum + high, 0)).toBeGreaterThan(0);
      expect(await bench.query(`SELECT room_id FROM wxlive.rooms WHERE account = 'kafka'`)).toHaveLength(
        rooms.length,
      );
      expect(await pull()).toMatchObject({ files: [{ ...counted, accepted: 0, duplicates: rooms.length }] });
      await platform.close();
    });

    it('lets nobody read an id in a topic', async () => {
      let readable = 0;
      let rooms = 0;
      const read = await world.operator.readAll(await world.operator.topics(`${prefix}.`), (bytes) => {
        if (bytes.includes('CANARY') && !bytes.includes('"p3"')) readable++;
        if (bytes.includes('"R1"')) rooms++;
      });
      expect(read).toBeGreaterThan(3);
      // What is read is what was sent: the room can be found, the ids cannot.
      expect(rooms).toBeGreaterThan(0);
      expect(readable).toBe(0);
    });

    it('SIGTERM while it is posted to and loads: what was acknowledged is there once, nothing is left half done', async () => {
      const sent = new Set<string>();
      const acknowledged = new Set<string>();
      const send = async (sender: number): Promise<void> => {
        for (let post = 0; ; post++) {
          const ids = Array.from({ length: 5 }, (_, at) => `${sender}-${post}-${at}`);
          for (const id of ids) sent.add(id);
          const rows = ids.map((id) => ({
            ...{ event_id: id, event: 'live_enter', openid: 'oCANARYterm', room_id: 'R1', account: 'term' },
            time: 1_790_000_000_000 + post,
          }));
          const answer = await fetch(`${serve.url}/v1/events?key=key-of-the-test`, {
            method: 'POST',
            body: JSON.stringify(rows),
          }).catch(() => null);
          // Its port is closed.
          if (answer === null) return;
          if (answer.status === 200) for (const id of ids) acknowledged.add(id);
          await answer.arrayBuffer().catch(() => null);
        }
      };
      const senders = Array.from({ length: 6 }, (_, sender) => send(sender));
      const bench = world.bench('cli');
      await until(async () => (await bench.visible('term')).rows > 100, bench);
      expect(await serve.down()).toBe(0);
      await Promise.all(senders);
      expect(serve.said('did not stop well')).toBe(false);
      // Stopped, not dead: no batch is open, and the lease was given back.
      expect(await rows(`SELECT * FROM wxlive.batches WHERE state = 'loading'`)).toEqual([]);
      expect(
        await rows(`SELECT argMax(state, (epoch, at)) AS state FROM wxlive_store.loader_lease_ledger`),
      ).toEqual([{ state: 'released' }]);
      // The loader that comes next finds in Kafka what was acknowledged and not stored yet.
      bench.loader();
      const ids = async (): Promise<string[]> =>
        (await rows(`SELECT event_id FROM wxlive.events WHERE account = 'term'`)).map((row) =>
          String(row['event_id']),
        );
      await until(async () => {
        const there = new Set(await ids());
        return [...acknowledged].every((id) => there.has(id));
      }, bench);
      const there = await ids();
      expect(new Set(there).size).toBe(there.length);
      expect(there.filter((id) => !sent.has(id))).toEqual([]);
    });
  });

  it('tells what a list and minutes brought, also when the loader fails between storing and remembering', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wxlive-kafka-lists-'));
    const { watchFile } = writeCrashFiles(folder, 5);
    const bench = world.bench('lists');
    const least = times(1, 2);
    let failures = 0;
    let marks = 0;
    const failing: Warehouse = {
      ...world.warehouse,
      command(statement, parameters) {
        // Stored, and killed before the days that changed are marked.
        if (!statement.includes('FROM wxlive_store.minutes_store') || marks >= least)
          return world.warehouse.command(statement, parameters);
        marks++;
        return Promise.reject(new WarehouseError('killed before it could mark the day', null, true));
      },
      insert(request) {
        const text = 'statement' in request ? request.statement : request.table;
        if (!text.includes('batch_parts_store') || failures >= least) return world.warehouse.insert(request);
        failures++;
        return Promise.reject(new WarehouseError('killed before it could be remembered', null, true));
      },
    };
    bench.loader({ warehouse: failing });
    await loading(bench);
    const imports = await importBenchOver(world.warehouse, world.dataDir, () => Promise.resolve(), {
      kafka: { bus: bench.bus, wait: true },
    });
    const list = await imports.load(watchFile, { room: LIVE });
    expect(list).toMatchObject({ rows: 300, accepted: 300, duplicates: 0 });
    expect(failures).toBe(least);
    expect(await imports.load(watchFile, { room: LIVE })).toMatchObject({ accepted: 0, duplicates: 300 });
    failures = 0;
    const minutes = join(packageRoot(), 'test', 'fixtures', 'samples', 'minutes-k2-day0-css.json');
    const options = { room: 'kd-kafka' };
    expect(await imports.load(minutes, options)).toMatchObject({ rows: 90, accepted: 90, duplicates: 0 });
    expect(failures).toBe(least);
    expect(await imports.load(minutes, options)).toMatchObject({ accepted: 0, duplicates: 90 });
    const restated = (room: string): Promise<Record<string, unknown>[]> =>
      bench.query(
        `SELECT outcome, toUInt32(rows) AS rows, toUInt32(rows_before) AS rows_before, toUInt32(changed) AS changed FROM wxlive.restatements WHERE room_id = '${room}' ORDER BY batch_id`,
      );
    expect((await restated(LIVE))[0]).toMatchObject({ outcome: 'first', changed: 300 });
    expect(await restated('kd-kafka')).toEqual([
      { outcome: 'first', rows: 90, rows_before: 0, changed: 90 },
      { outcome: 'equal', rows: 90, rows_before: 90, changed: 0 },
    ]);
    expect(marks).toBe(least);
    const [day] = await bench.query(
      `SELECT toUInt32(count()) AS marked FROM wxlive_store.changed_days FINAL
        WHERE state = 'changed' AND source = 'minutes' AND batch_seq IN (SELECT toUInt64(batch_id) FROM wxlive.restatements WHERE room_id = 'kd-kafka')
          AND day IN (SELECT toDate(minute, 'Asia/Shanghai') FROM wxlive.minutes WHERE room_id = 'kd-kafka')`,
    );
    expect(Number(day?.['marked'])).toBeGreaterThan(0);
    rmSync(folder, { recursive: true, force: true });
  });
});

const anyRow = z.record(z.string(), z.unknown());

async function publishByHttp(url: string, event: object): Promise<void> {
  const answer = await fetch(`${url}/v1/events?key=key-of-the-test`, {
    method: 'POST',
    body: JSON.stringify([event]),
  });
  expect(answer.status).toBe(200);
}
