import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../../sql/index.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';
import { findKafka, startKafka, type TestKafka } from '../../servers/kafka.js';
import { events, KafkaBench, ownRows } from './kafka-bench.js';

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
  afterAll(async () => {
    await Promise.all(benches.map((bench) => bench.close()));
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

  it('brings what was published into the events, once', async () => {
    const bench = open('once');
    bench.loader();
    const all = events('once', 0, 5_000);
    await until(
      async () =>
        (await bench.client.describeTopics(['x'])).length === 0 &&
        bench.logger.lines.some((l) => l.includes('loading')),
      bench,
    );
    const live = {
      adapter: 'events',
      route: '/v1/events',
      records: all,
      recordRows: ownRows(all.length),
    } as const;
    await bench.bus.publishLive(live);
    await bench.bus.publishLive(live);
    await until(async () => (await bench.visible('once')).rows >= 5_000, bench);
    expect(await bench.visible('once')).toEqual({ rows: 5_000, ids: 5_000 });
    console.log(
      await bench.arrivals(),
      bench.logger.lines.slice(-5),
      await bench.query('SELECT * FROM wxlive.batches'),
      await bench.query('SELECT * FROM wxlive_store.kafka_offsets_ledger'),
    );
  });
});
