import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { migrate, type Warehouse } from '../../../sql/index.js';
import { makeDataDir } from '../../servers/clickhouse.js';
import { startKafka, type KafkaOrigin, type TestKafka } from '../../servers/kafka.js';
import { UnsteadyClickHouse } from '../../servers/unsteady-clickhouse.js';
import { Operator } from '../../crash/chaos/operator.js';
import { events, KafkaBench, ownRows, type BenchOptions } from './kafka-bench.js';

/** One broker and one ClickHouse for all tests of Kafka: they cost more than the tests. */
export class KafkaWorld {
  private readonly benches: KafkaBench[] = [];

  private constructor(
    readonly kafka: TestKafka,
    readonly clickhouse: UnsteadyClickHouse,
    readonly warehouse: Warehouse,
    readonly dataDir: string,
    readonly operator: Operator,
  ) {}

  static async open(origin: KafkaOrigin): Promise<KafkaWorld> {
    const dataDir = makeDataDir();
    const [kafka, clickhouse] = await Promise.all([startKafka(origin), UnsteadyClickHouse.open(dataDir)]);
    const warehouse = await clickhouse.warehouse(dataDir);
    await migrate(warehouse, { reportZone: 'Asia/Shanghai', channelGroups: {} });
    return new KafkaWorld(kafka, clickhouse, warehouse, dataDir, new Operator(kafka.brokers));
  }

  /** Topics, a group and a loader of its own. */
  bench(prefix: string, options: BenchOptions = {}): KafkaBench {
    const bench = new KafkaBench(this, `${prefix}${process.pid}`, options);
    this.benches.push(bench);
    return bench;
  }

  /** The lease is the warehouse's: one test's loader must have gone before the next one's may load. */
  async closeBenches(): Promise<void> {
    await Promise.all(this.benches.splice(0).map((bench) => bench.close()));
  }

  async stop(): Promise<void> {
    await this.operator.close();
    await this.kafka.stop();
    await this.warehouse.close();
    await this.clickhouse.stop();
  }
}

const PATIENCE_MS = 45_000;

export async function until(what: () => Promise<boolean> | boolean, bench: KafkaBench): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await what())) {
    if (performance.now() > deadline) {
      const seen = JSON.stringify(await bench.arrivals());
      throw new Error(`waited in vain, seen ${seen}:\n${bench.logger.lines.slice(-20).join('\n')}`);
    }
    await sleep(40);
  }
}

/** Waits until its loader has the lease. */
export async function loading(bench: KafkaBench): Promise<void> {
  await until(() => bench.logger.lines.some((line) => line.startsWith('info loading')), bench);
}

/** Events of an account, numbered from `from`, as HTTP would bring them. */
export function publish(
  bench: KafkaBench,
  account: string,
  from: number,
  count: number,
): Promise<Uint8Array> {
  return bench.bus.publishLive({
    adapter: 'events',
    route: '/v1/events',
    records: events(account, from, count, bench.noteLength),
    recordRows: ownRows(count),
  });
}

/** Waits until so many events of an account are visible, and holds that each is there once. */
export async function loaded(bench: KafkaBench, account: string, rows: number): Promise<void> {
  await until(async () => (await bench.visible(account)).rows >= rows, bench);
  expect(await bench.visible(account)).toEqual({ rows, ids: rows });
}
