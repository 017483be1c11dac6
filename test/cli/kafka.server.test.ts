import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KafkaClient } from '../../pipelines/index.js';
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

    const topics = ['import', 'orders', 'dead_letters'].map((lane) => `cli${process.pid}.${lane}`);
    const messages = await readAll(kafka.brokers, topics);
    expect(messages.length).toBeGreaterThan(3);
    // What is read is what was sent: the room can be found, the ids cannot.
    expect(messages.some((text) => text.includes('"R1"'))).toBe(true);
    expect(messages.filter((text) => text.includes('CANARY'))).toEqual([]);
  });
});

/** Every message of these topics, headers and values as text. */
async function readAll(brokers: string, topics: readonly string[]): Promise<readonly string[]> {
  const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const client = new KafkaClient({ brokers: [brokers], tls: null, sasl: null, compression: 'none' }, quiet);
  let left = 0;
  for (const topic of topics) for (const { high } of (await client.watermarks(topic)).values()) left += high;
  const texts: string[] = [];
  await new Promise<void>((resolve, reject) => {
    void client
      .consume({
        group: `reader-${process.pid}`,
        topics,
        onAssigned: ignore,
        onBatch: (batch) => {
          for (const { headers, value } of batch.messages)
            texts.push(JSON.stringify(headers) + value.toString('utf8'));
          if (texts.length >= left) resolve();
          return Promise.resolve();
        },
        onEnd: (reason) => {
          reject(new Error(reason));
        },
      })
      .then((consumer) => afterReading.push(() => consumer.stop()), reject);
  });
  await Promise.all(afterReading.map((stop) => stop()));
  await client.close();
  return texts;
}

const afterReading: (() => Promise<void>)[] = [];
const ignore = (): void => undefined;
