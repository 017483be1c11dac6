/**
 * The long form of the chaos over Kafka: `node dist/bench/nightly-chaos.js [--seconds N] [--kills N] [--seed N]`. A
 * collector, two loaders, a broker and a ClickHouse of its own, each killed with -9 again and again under load, the
 * database refusing for a while, offsets rewound, messages dropped, a topic made again, partitions added. Ends with 1
 * when anything acknowledged was lost, doubled or readable, a rollup differs from a recount, or a case never came up.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { runKafkaChaos } from '../test/crash/chaos/kafka-chaos.js';
import { chaosFaults } from '../test/crash/chaos/chaos-faults.js';
import { findKafka, startKafka } from '../test/servers/kafka.js';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const origin = findKafka();
if (origin === null) throw new Error('no Kafka: set KAFKA_BROKERS, or install Docker, or Java with Maven');
const kafka = await startKafka(origin);
const least = Number(flags.kills);
try {
  const report = await runKafkaChaos({
    seed: Number(flags.seed),
    kafka,
    loadSeconds: Number(flags.seconds),
    leastKills: least,
    forced: true,
    say: (text) => process.stderr.write(`${text}\n`),
  });
  const faults = chaosFaults(report, { leastKills: least, forced: true });
  const { lost, doubled, strange, ...figures } = report;
  const counts = { lost: lost.length, doubled: doubled.length, strange: strange.length };
  process.stdout.write(`${JSON.stringify({ ...figures, ...counts, faults, load: loadavg() }, null, 2)}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await kafka.stop();
}
