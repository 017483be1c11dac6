import { rmSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  KafkaClient,
  type IncomingMessage,
  type KafkaSettings,
} from '../../../pipelines/bus/kafka-client.js';
import { brokerTrouble, type BrokerTrouble } from '../../../pipelines/bus/kafka-failure.js';
import { checkTopics, createTopicsOf, topicPlans } from '../../../pipelines/bus/topic-plans.js';
import { runWxlive } from '../../cli/run-wxlive.js';
import { engineEnded, makeDataDir } from '../../servers/clickhouse.js';
import { findKafka } from '../../servers/kafka.js';
import { readCa, startSecuredKafka, type SecuredKafka } from '../../servers/kafka/secured.js';
import { keepingLogger } from '../consume/kafka-bench.js';

const origin = findKafka();
if (origin !== null && origin !== 'jars') {
  console.warn('SKIPPED: TLS and sign-in are tested on a broker out of the jars only');
}

describe.skipIf(origin !== 'jars')('brokers that want TLS and a password', () => {
  let kafka: SecuredKafka;
  const logger = keepingLogger();
  const clients: KafkaClient[] = [];
  const dataDir = makeDataDir();

  beforeAll(async () => {
    if (origin === 'jars') kafka = await startSecuredKafka();
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await kafka.stop();
    await engineEnded(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  });

  const open = (broker: string, settings: Partial<KafkaSettings> = {}): KafkaClient => {
    const client = new KafkaClient(
      { brokers: [broker], tls: { ca: readCa(kafka) }, sasl: null, compression: 'gzip', ...settings },
      logger,
    );
    clients.push(client);
    return client;
  };
  const user = (
    mechanism: NonNullable<KafkaSettings['sasl']>['mechanism'],
    password = kafka.password,
  ): KafkaSettings['sasl'] => ({ mechanism, username: kafka.username, password });

  it('take and give messages over TLS, with every sign-in and compression', async () => {
    const cases: readonly (readonly [string, KafkaClient])[] = [
      ['tls-gzip', open(kafka.tls)],
      ['tls-none', open(kafka.tls, { compression: 'none' })],
      ['plain', open(kafka.signIn, { sasl: user('plain') })],
      ['scram256', open(kafka.signIn, { sasl: user('scram-sha-256') })],
      ['scram512', open(kafka.signIn, { sasl: user('scram-sha-512'), compression: 'none' })],
    ];
    const plan = { partitions: 2, replication: 1, retentionMs: 3_600_000, maxMessageBytes: 2_000_000 };
    const topics = cases.map(([topic]) => topic);
    await cases[0]?.[1].createTopics(topics.map((topic) => ({ topic, ...plan })));
    const text = '直播间 '.repeat(20_000);
    await Promise.all(
      cases.map(async ([topic, client]) => {
        const producer = client.openProducer();
        await producer.send([
          { topic, bucket: 1, value: Buffer.from(`${topic} ${text}`), headers: { version: '1', topic } },
        ]);
        await producer.close();
      }),
    );
    // Whoever reads needs no setting: the compression stands in the batch.
    const read = await readAll(open(kafka.signIn, { sasl: user('scram-sha-256') }), topics);
    expect([...read.keys()].sort()).toEqual([...topics].sort());
    for (const [topic, message] of read) {
      expect(message.value.toString('utf8')).toBe(`${topic} ${text}`);
      expect(message.headers['topic']).toBe(topic);
    }
  });

  it('refuse a wrong certificate, a wrong password and the wrong port, each said as what it is', async () => {
    const wrong = 'another-password-than-theirs';
    const cases: readonly (readonly [BrokerTrouble, RegExp, KafkaClient])[] = [
      [
        'certificate_refused',
        /KAFKA_TLS_CA_FILE/u,
        open(kafka.tls, { tls: { ca: rootCertificates[0] ?? '' } }),
      ],
      ['certificate_refused', /KAFKA_TLS_CA_FILE/u, open(kafka.tls, { tls: { ca: null } })],
      // A TLS greeting to a port of plain text, and the other way round.
      ['unreachable', /KAFKA_BROKERS/u, open(kafka.plain.brokers)],
      ['unreachable', /KAFKA_BROKERS/u, open(kafka.tls, { tls: null })],
      ['user_refused', /KAFKA_SASL_PASSWORD/u, open(kafka.signIn, { sasl: user('plain', wrong) })],
      ['user_refused', /KAFKA_SASL_PASSWORD/u, open(kafka.signIn, { sasl: user('scram-sha-256', wrong) })],
      ['user_refused', /KAFKA_SASL_PASSWORD/u, open(kafka.signIn, { sasl: user('scram-sha-512', wrong) })],
    ];
    const failures = await Promise.all(
      cases.map(async ([, , client]) =>
        client.clusterId().then(
          () => null,
          (error: unknown) => error,
        ),
      ),
    );
    cases.forEach(([trouble, hint], at) => {
      const failure = failures[at];
      expect(failure).toBeInstanceOf(Error);
      const told = failure instanceof Error ? failure.message : '';
      expect([at, brokerTrouble(failure), told]).toEqual([at, trouble, expect.stringMatching(hint)]);
      expect(told).not.toContain(wrong);
    });
    expect(logger.lines.length).toBeGreaterThan(0);
    for (const secret of [wrong, kafka.password]) expect(logger.lines.join('\n')).not.toContain(secret);
  });

  it('make topics as planned, and whatever differs from the plan is told', async () => {
    const client = open(kafka.tls);
    const settings = { prefix: 'planned', partitions: 8, replication: 1, retentionMs: 7_200_000 };
    const plans = topicPlans(settings);
    expect(await checkTopics(client, plans)).toEqual(
      plans.map(({ topic, partitions: wanted }) => ({ topic, fault: 'missing', found: null, wanted })),
    );
    await createTopicsOf(client, settings);
    // Again is no harm.
    await createTopicsOf(client, settings);
    expect(await checkTopics(client, plans)).toEqual([]);
    const states = await client.describeTopics(plans.map(({ topic }) => topic));
    expect(
      states.map(({ topic, partitions, retentionMs }) => [topic, partitions, retentionMs]).sort(),
    ).toEqual(plans.map(({ topic, partitions, retentionMs }) => [topic, partitions, retentionMs]).sort());
    expect(states.find(({ topic }) => topic === 'planned.import')?.partitions).toBe(8);
    const larger = topicPlans({ ...settings, partitions: 12, retentionMs: 9_000_000 });
    const faults = await checkTopics(client, larger);
    expect(faults.filter(({ fault }) => fault === 'partitions').map(({ topic }) => topic)).toEqual([
      'planned.events',
      'planned.import',
    ]);
    expect(faults.filter(({ fault }) => fault === 'retention')).toHaveLength(larger.length);
  });

  it('and their topics are checked by doctor, which prints no password', async () => {
    const settings = { prefix: 'looked-at', partitions: 2, replication: 1, retentionMs: 7_200_000 };
    await createTopicsOf(open(kafka.tls), settings);
    const env = (password: string): Record<string, string> => ({
      WXLIVE_PSEUDONYM_KEY: 'c'.repeat(64),
      KAFKA_BROKERS: kafka.signIn,
      KAFKA_TLS_CA_FILE: kafka.caFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: kafka.username,
      KAFKA_SASL_PASSWORD: password,
      WXLIVE_KAFKA_TOPIC_PREFIX: settings.prefix,
      WXLIVE_KAFKA_PARTITIONS_COUNT: '3',
      WXLIVE_KAFKA_RETENTION_SECONDS: '9000',
    });
    const [right, wrong] = await Promise.all(
      [kafka.password, 'not-the-password'].map((password) =>
        runWxlive(['doctor', '--json', '--lang', 'en'], { dataDir, env: env(password) }),
      ),
    );
    expect(right?.stdout).toMatch(/"name": ?"Kafka",\s*"state": ?"warning"/u);
    for (const topic of ['looked-at.events', 'looked-at.minutes']) {
      expect(right?.stdout).toContain(`${topic} has 2 partitions, the settings say 3`);
      expect(right?.stdout).toContain(`${topic} keeps records for 7200000 ms, the settings say 9000000`);
    }
    expect(wrong?.stdout).toMatch(/"name": ?"Kafka",\s*"state": ?"failed"/u);
    expect(wrong?.stdout).toContain('the user is refused');
    for (const said of [right, wrong]) {
      expect(`${said?.stdout}${said?.stderr}`).not.toContain(kafka.password);
      expect(`${said?.stdout}${said?.stderr}`).not.toContain('not-the-password');
    }
  });
});

it('zstd is refused with a reason where this Node.js does not know it', () => {
  const make = (): KafkaClient =>
    new KafkaClient(
      { brokers: ['127.0.0.1:1'], tls: null, sasl: null, compression: 'zstd' },
      keepingLogger(),
    );
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 15)) expect(make).not.toThrow();
  else expect(make).toThrow(/22\.15.*gzip/u);
});

/** The first message of each topic; the group's coordinator may not be there at the first try. */
async function readAll(
  client: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, IncomingMessage>> {
  const found = new Map<string, IncomingMessage>();
  while (found.size < topics.length) {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const consumer = await client
      .consume({
        group: 'readers',
        topics,
        onAssigned: () => undefined,
        onBatch: ({ topic, messages: [first] }) => {
          if (first !== undefined) found.set(topic, first);
          if (found.size === topics.length) end();
          return Promise.resolve();
        },
        onEnd: end,
      })
      .catch(() => null);
    if (consumer === null) continue;
    await ended;
    await consumer.stop();
  }
  return found;
}
