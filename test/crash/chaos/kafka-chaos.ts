import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { typedByUser, type Warehouse } from '../../../sql/index.js';
import { runWxlive } from '../../cli/run-wxlive.js';
import { seededRandom, type SeededRandom } from '../../seeded-random.js';
import { engineEnded, makeDataDir } from '../../servers/clickhouse.js';
import type { TestKafka } from '../../servers/kafka.js';
import { UnsteadyClickHouse } from '../../servers/unsteady-clickhouse.js';
import { ArrivalCases } from './arrival-cases.js';
import { CANARY, ChaosLoad } from './chaos-load.js';
import { KeptProcess } from './kept-process.js';
import { Operator } from './operator.js';
import { forceCases } from './forced-cases.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly kafka: TestKafka;
  /** At least so long there is load, not counting what is waited for while nothing is sent. */
  readonly loadSeconds: number;
  /** Of collector, loader, broker and ClickHouse, each. */
  readonly leastKills: number;
  /** Rewinds, a gap, a topic made again, a partition more: what no kill brings about. */
  readonly forced: boolean;
  readonly say?: (text: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly seconds: number;
  readonly loadSeconds: number;
  readonly acknowledged: number;
  readonly posts: number;
  readonly resent: number;
  readonly doubles: number;
  readonly refused: number;
  readonly imports: number;
  readonly kills: Readonly<Record<'collector' | 'loader' | 'broker' | 'clickhouse', number>>;
  /** Times the database refused for a while. */
  readonly refusals: number;
  readonly cases: Readonly<Record<string, number>>;
  readonly messages: number;
  /** Ids that were acknowledged and are not there. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Ids that nobody sent. */
  readonly strange: readonly string[];
  /** Messages of any topic in which an id can be read. */
  readonly readable: number;
  /** What the rollups and ledgers say beside what a recount says; only what differs. */
  readonly differences: readonly string[];
  /** Exit codes of SIGTERM at the end. */
  readonly exits: readonly (number | null)[];
  readonly deadLetters: { readonly expected: number; readonly found: number };
}

/** Everything that is running. */
export interface ChaosWorld {
  readonly random: SeededRandom;
  readonly prefix: string;
  readonly group: string;
  readonly collector: KeptProcess;
  readonly loaders: readonly KeptProcess[];
  readonly load: ChaosLoad;
  readonly operator: Operator;
  readonly warehouse: Warehouse;
  readonly cases: ArrivalCases;
  readonly say: (text: string) => void;
}

const KEY = 'key-of-the-chaos-test';
const SENDERS = 6;
const EVENTS_A_POST = 20;
const IMPORTED_A_FILE = 500;
const PARTITIONS = 2;
const SETTLE_MS = 180_000;

/** Collector, two loaders, broker and ClickHouse, each killed again and again under load; then everything is counted. */
export async function runKafkaChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { kafka, seed } = options;
  const say = options.say ?? (() => undefined);
  const random = seededRandom(seed);
  const prefix = `chaos${process.pid}`;
  const folders = { engine: makeDataDir(), first: makeDataDir(), second: makeDataDir() };
  const files = mkdtempSync(join(tmpdir(), 'wxlive-chaos-'));
  const engine = await UnsteadyClickHouse.open(folders.engine);
  const env = {
    ...engine.environment,
    WXLIVE_PSEUDONYM_KEY: '77'.repeat(32),
    WXLIVE_WRITE_KEYS: `chaos:${KEY}`,
    KAFKA_BROKERS: kafka.brokers,
    WXLIVE_KAFKA_TOPIC_PREFIX: prefix,
    WXLIVE_KAFKA_GROUP: prefix,
    WXLIVE_KAFKA_PARTITIONS_COUNT: String(PARTITIONS),
    WXLIVE_LOG: 'debug',
  };
  const collector = await KeptProcess.start({ roles: 'collector', dataDir: folders.first, env });
  const loaders = [
    await KeptProcess.start({ roles: 'loader', dataDir: folders.first, env }),
    await KeptProcess.start({ roles: 'loader', dataDir: folders.second, env }),
  ];
  const cases = new ArrivalCases(loaders);
  const operator = new Operator(kafka.brokers);
  await Promise.all([collector, ...loaders].map((one) => one.ready()));
  const warehouse = await engine.warehouse(folders.engine);
  const load = new ChaosLoad({
    url: collector.url,
    key: KEY,
    senders: SENDERS,
    eventsAPost: EVENTS_A_POST,
    random,
  });
  const world = { random, prefix, group: prefix, collector, loaders, load, operator, warehouse, cases, say };
  const kills = { broker: 0, clickhouse: 0 };
  let refusals = 0;
  let imports = 0;
  let waitedMs = 0;
  const began = performance.now();
  const loadedMs = (): number => performance.now() - began - waitedMs;
  const over = (): boolean =>
    loadedMs() > options.loadSeconds * 1000 &&
    Math.min(
      kills.broker,
      kills.clickhouse,
      collector.kills,
      loaders.reduce((sum, one) => sum + one.kills, 0),
    ) >= options.leastKills &&
    imports > 0;

  const strikes: Readonly<Record<string, () => Promise<void>>> = {
    async collector() {
      if (collector.kill()) await sleep(random.below(300));
    },
    async loader() {
      await cases.look();
      const active = loaders.find((one) => one.said('"message":"loading"'));
      (random.chance(0.7) ? (active ?? random.pick(loaders)) : random.pick(loaders)).kill();
    },
    async broker() {
      kills.broker++;
      // On a busy machine a broker may take longer than it is given.
      for (let tries = 1; ; tries++) {
        const failed = await kafka.restart?.().then(
          () => false,
          () => tries < 5,
        );
        if (failed !== true) break;
      }
    },
    async clickhouse() {
      await engine.kill();
      kills.clickhouse++;
    },
    async refuse() {
      await engine.refuse(random.chance(0.5) ? 'cut' : 'unavailable', sleep(500 + random.below(2_500)));
      refusals++;
    },
  };

  async function strike(): Promise<void> {
    for (let round = 0; !over(); round++) {
      for (const name of shuffled(Object.keys(strikes), random)) {
        if (over()) return;
        // Mostly something that works is struck, at times something that is just getting up again.
        if (random.chance(0.75)) await progress(world);
        await sleep(random.below(1_500));
        say(`${name} at ${Math.round(loadedMs())} ms of load, ${load.acknowledged.size} acknowledged`);
        await strikes[name]?.();
      }
    }
  }

  async function importBeside(): Promise<void> {
    for (let file = 0; !over(); file++) {
      const path = join(files, `beside-${file}.ndjson`);
      const ids = Array.from({ length: IMPORTED_A_FILE }, (_, at) => `f${file}-${at}`);
      writeFileSync(path, ids.map((id) => load.event(id)).join('\n'));
      for (const id of ids) load.sent.add(id);
      // An import whose database is away says so and ends; it is run again, as its user would.
      for (;;) {
        const result = await runWxlive(['import', '--json', path], { dataDir: folders.second, env });
        if (result.exit === 0) break;
        say(`import: ${String(result.exit)} ${result.stderr.trim().split('\n').at(-1) ?? ''}`);
        await sleep(200);
      }
      for (const id of ids) load.acknowledged.add(id);
      imports++;
    }
  }

  try {
    await Promise.all([strike(), importBeside()]);
    const loadSeconds = loadedMs() / 1000;
    if (options.forced) {
      const waiting = performance.now();
      await forceCases(world);
      waitedMs += performance.now() - waiting;
    }
    await load.pause();
    await load.stop();
    await settled(world);
    await cases.look();
    const exits = await Promise.all([collector, ...loaders].map((one) => one.down()));
    let readable = 0;
    const messages = await operator.readAll(await operator.topics(prefix), (bytes) => {
      if (bytes.includes(CANARY)) readable++;
    });
    const loaderKills = loaders.reduce((sum, one) => sum + one.kills, 0);
    return {
      seed,
      seconds: (performance.now() - began) / 1000,
      loadSeconds,
      acknowledged: load.acknowledged.size,
      ...load.tally,
      imports,
      kills: { ...kills, collector: collector.kills, loader: loaderKills },
      refusals,
      cases: cases.counts(),
      messages,
      readable,
      exits,
      ...(await compare(world)),
    };
  } catch (error) {
    for (const one of [collector, ...loaders]) say(one.lines.slice(-80).join('\n'));
    say(`seed ${seed}: ${String(error)}`);
    throw error;
  } finally {
    await load.stop();
    await cases.stop();
    await Promise.all([collector, ...loaders].map((one) => one.down()));
    await operator.close();
    await warehouse.close();
    await engine.stop();
    for (const folder of Object.values(folders)) {
      await engineEnded(folder);
      rmSync(folder, { recursive: true, force: true });
    }
    rmSync(files, { recursive: true, force: true });
  }
}

const PROGRESS_MS = 180_000;

/** Waits until something was acknowledged and something was stored, as long as that may take. */
async function progress({ load, warehouse, say }: ChaosWorld): Promise<void> {
  const began = performance.now();
  const before = load.acknowledged.size;
  const stored = await countEvents(warehouse);
  while (load.acknowledged.size === before || (await countEvents(warehouse)) <= stored) {
    if (performance.now() - began > PROGRESS_MS) throw new Error('nothing went on for three minutes');
    await sleep(50);
  }
  say(`  went on after ${Math.round(performance.now() - began)} ms`);
}

/** 0 while the database is away. */
async function countEvents(warehouse: Warehouse): Promise<number> {
  const rows = await warehouse
    .query(typedByUser('SELECT uniqExact(event_id) AS events FROM wxlive.events'), countRow)
    .catch(() => []);
  return rows[0]?.events ?? 0;
}

const countRow = z.object({ events: z.coerce.number() });

/** Waits until as many events are visible as were acknowledged, and no file is on its way. */
export async function settled({ warehouse, load }: ChaosWorld): Promise<void> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    if ((await countEvents(warehouse)) >= load.acknowledged.size) return;
    if (performance.now() > deadline) return;
    await sleep(200);
  }
}

type Compared = Pick<ChaosReport, 'lost' | 'doubled' | 'strange' | 'differences' | 'deadLetters'>;

async function compare({ warehouse, load }: ChaosWorld): Promise<Compared> {
  const stored = await warehouse.query(
    typedByUser('SELECT event_id AS id, toUInt32(count()) AS times FROM wxlive.events GROUP BY id'),
    z.object({ id: z.string(), times: z.number() }),
  );
  const ids = new Set(stored.map(({ id }) => id));
  const [row] = await warehouse.query(typedByUser(CHECKS), z.record(z.string(), z.coerce.number()));
  const { dead_letters: found = 0, ...checks } = row ?? {};
  return {
    lost: [...load.acknowledged].filter((id) => !ids.has(id)),
    doubled: stored.filter(({ times }) => times !== 1).map(({ id }) => id),
    strange: [...ids].filter((id) => !load.sent.has(id)),
    differences: Object.entries(checks)
      .filter(([, value]) => value !== 0)
      .map(([name, value]) => `${name}: ${value}`),
    deadLetters: { expected: load.rejected, found },
  };
}

/** Each is 0 when what is remembered is what is there. */
const CHECKS = `SELECT
  (SELECT count() FROM wxlive.rejects WHERE code != 'unreadable_message') AS dead_letters,
  (SELECT toInt64(sum(accepted)) FROM wxlive.batches) - (SELECT toInt64(count()) FROM wxlive.events) AS accepted_beside_events,
  (SELECT count() FROM wxlive.batches WHERE rows != accepted + duplicates + rejected + held) AS unbalanced_batches,
  (SELECT sum(views) FROM wxlive.live_daily) - (SELECT toInt64(countIf(event = 'live_enter')) FROM wxlive_store.events_store) AS views_beside_recount,
  (SELECT sum(likes) FROM wxlive.live_daily) - (SELECT toInt64(countIf(event = 'live_like')) FROM wxlive_store.events_store) AS likes_beside_recount,
  (SELECT sum(viewers) FROM wxlive.live_daily) - (SELECT toInt64(sum(n)) FROM (SELECT uniqExact(viewer) AS n FROM wxlive_store.events_store WHERE event = 'live_enter' GROUP BY room_id, toDate(event_time, 'Asia/Shanghai'))) AS viewers_beside_recount,
  (SELECT count() FROM (SELECT event_key FROM wxlive_store.events_store GROUP BY event_key HAVING count() > 1)) AS keys_twice`;

function shuffled<Item>(items: readonly Item[], random: SeededRandom): Item[] {
  const rest = [...items];
  const picked: Item[] = [];
  while (rest.length > 0) picked.push(...rest.splice(random.below(rest.length), 1));
  return picked;
}
