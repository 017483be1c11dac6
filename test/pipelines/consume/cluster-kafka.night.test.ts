import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openWarehouse, typedByUser, type Warehouse } from '../../../sql/index.js';
import { parseImport, runWxlive } from '../../cli/run-wxlive.js';
import { KeptProcess } from '../../crash/chaos/kept-process.js';
import { startTestCluster, type TestCluster } from '../../servers/cluster.js';
import { findKafka, startKafka, type TestKafka } from '../../servers/kafka.js';

const origin = findKafka();
const countRow = z.object({ n: z.coerce.number() });
const KEY = 'key-of-the-test';

/** From HTTP through Kafka into two shards, by processes as compose.cluster.yaml starts them, one of them killed. */
describe.skipIf(origin === null)('a loader from Kafka into a cluster of two shards', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-cluster-kafka-'));
  let kafka: TestKafka;
  let cluster: TestCluster;
  let warehouse: Warehouse;
  let serving: readonly [KeptProcess, KeptProcess];
  let env: Record<string, string>;
  beforeAll(async () => {
    if (origin === null) return;
    [kafka, cluster] = await Promise.all([startKafka(origin), startTestCluster()]);
    const { server, settings } = cluster;
    env = {
      CLICKHOUSE_URL: server.url,
      CLICKHOUSE_USER: server.user,
      CLICKHOUSE_PASSWORD: server.password,
      CLICKHOUSE_CLUSTER: server.cluster.name,
      CLICKHOUSE_SHARD_URLS: server.cluster.shardUrls.join(','),
      WXLIVE_PSEUDONYM_KEY: 'c'.repeat(64),
      WXLIVE_WRITE_KEYS: KEY,
      KAFKA_BROKERS: kafka.brokers,
      WXLIVE_KAFKA_PARTITIONS_COUNT: '4',
    };
    const { dataDir } = settings;
    const migrated = await runWxlive(['migrate'], { dataDir, env });
    expect(migrated.exit, migrated.stderr).toBe(0);
    serving = [
      await KeptProcess.start({ roles: 'collector', dataDir, env }),
      await KeptProcess.start({ roles: 'loader', dataDir, env }),
    ];
    await Promise.all(serving.map((one) => one.ready()));
    warehouse = await openWarehouse(settings);
  }, 180_000);
  afterAll(async () => {
    await Promise.all(serving.map((one) => one.down()));
    await warehouse.close();
    await cluster.stop();
    await kafka.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const count = async (from: Warehouse, sql: string): Promise<number> => {
    const [row] = await from.query(typedByUser(`SELECT count() AS n FROM ${sql}`), countRow);
    return row?.n ?? 0;
  };
  const event = (at: number): object => ({
    event_id: `c${at}`,
    event: 'live_enter',
    time: 1_790_000_000_000 + at * 1_000,
    openid: `o${at % 400}`,
    room_id: 'R1',
  });

  it('stores what was posted once, on both shards, also when it is killed', async () => {
    const [collector, loader] = serving;
    for (let from = 0; from < 3_000; from += 250) {
      const body = JSON.stringify(Array.from({ length: 300 }, (_, at) => event(from + at)));
      const answer = await fetch(`${collector.url}/v1/events?key=${KEY}`, { method: 'POST', body });
      expect(answer.status).toBe(200);
      if (from === 1_000) loader.kill();
    }
    await expect.poll(() => count(warehouse, 'wxlive.events'), { timeout: 90_000 }).toBe(3_050);
    const pieces = await Promise.all(cluster.nodes.map((node) => count(node, 'wxlive_shard.events_store')));
    expect(pieces.reduce((sum, one) => sum + one, 0)).toBe(3_050);
    expect(Math.min(...pieces)).toBeGreaterThan(0);
  }, 180_000);

  it('stores files that go through it, and says what became of them', async () => {
    const file = join(folder, 'again.ndjson');
    writeFileSync(file, Array.from({ length: 400 }, (_, at) => JSON.stringify(event(3_000 + at))).join('\n'));
    const { dataDir } = cluster.settings;
    const result = await runWxlive(['import', '--json', file], { dataDir, env });
    expect(result.exit, result.stderr).toBe(0);
    expect(parseImport(result)).toMatchObject([{ rows: 400, accepted: 350, duplicates: 50 }]);
    expect(await count(warehouse, 'wxlive.events')).toBe(3_400);
  }, 120_000);
});
