import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineEnded, makeDataDir } from '../servers/clickhouse.js';
import { findKafka, startKafka, type TestKafka } from '../servers/kafka.js';
import { parseImport, runWxlive, startWxlive } from './run-wxlive.js';

const origin = findKafka();

describe.skipIf(origin === null)('the command line with Kafka', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-kafka-cli-'));
  const dataDir = makeDataDir();
  let kafka: TestKafka;

  beforeAll(async () => {
    if (origin !== null) kafka = await startKafka(origin);
  });
  afterAll(async () => {
    await kafka.stop();
    await engineEnded(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  it('imports files through it, by a loader that serve runs', async () => {
    const env = {
      WXLIVE_PSEUDONYM_KEY: 'c'.repeat(64),
      KAFKA_BROKERS: kafka.brokers,
      WXLIVE_KAFKA_TOPIC_PREFIX: `cli${process.pid}`,
      WXLIVE_KAFKA_GROUP: `cli${process.pid}`,
      WXLIVE_KAFKA_PARTITIONS_COUNT: '2',
    };
    const events = join(folder, 'events.ndjson');
    const lines = Array.from({ length: 400 }, (_, at) =>
      JSON.stringify({
        event_id: `k${at % 300}`,
        event: 'live_enter',
        time: 1_790_000_000_000 + (at % 300),
        openid: `oCANARY${at % 50}aaaaaaaaaaaaaaaaaaaaa`,
        room_id: 'R1',
      }),
    );
    writeFileSync(events, [...lines, '{"event":"no id"}', ''].join('\n'));
    const orders = join(folder, 'orders.csv');
    writeFileSync(
      orders,
      'order_id,room_id,openid,amount_fen,pay_time,status\no1,R1,oCANARY1aaaaaaaaaaaaaaaaaaaaa,100,2026-09-20 12:00:00,paid\n',
    );
    const serve = startWxlive(['serve', '--roles', 'loader', '--port', '0'], { dataDir, env });
    serve.stdout?.resume();
    let said = '';
    serve.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    try {
      const first = await runWxlive(['import', '--json', events, orders], { dataDir, env });
      expect(first.exit, `${first.stderr}\n${said}`).toBe(3);
      expect(parseImport(first)).toMatchObject([
        { rows: 401, accepted: 300, duplicates: 100, rejected: 1, held: 0 },
        { rows: 1, accepted: 1, duplicates: 0, rejected: 0, held: 0 },
      ]);
      const second = await runWxlive(['import', '--json', events, orders], { dataDir, env });
      expect(parseImport(second)).toMatchObject([
        { rows: 401, accepted: 0, duplicates: 400, rejected: 1 },
        { rows: 1, accepted: 0, duplicates: 1, rejected: 0 },
      ]);
      const doctor = await runWxlive(['doctor', '--json'], { dataDir, env });
      expect(doctor.stdout).toMatch(/"name": ?"Kafka",\s*"state": ?"ok"/u);
    } finally {
      const ended = once(serve, 'close');
      serve.kill('SIGTERM');
      await ended;
    }
    expect(serve.exitCode, said).toBe(0);
  });
});
