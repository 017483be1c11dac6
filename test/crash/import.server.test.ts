import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openDirectBus } from '../../pipelines/index.js';
import { migrate, openWarehouse, typedByUser, type Warehouse } from '../../sql/index.js';
import { parseImport, runWxlive, startWxlive, type ImportAnswer } from '../cli/run-wxlive.js';
import { seededRandom } from '../seeded-random.js';
import { engineEnded, makeDataDir } from '../servers/clickhouse.js';
import { enginesOn } from '../sql/engine/processes.js';
import { LIVE, writeCrashFiles } from './crash-files.js';
import { times } from '../long-form.js';

const env = { WXLIVE_PSEUDONYM_KEY: 'c'.repeat(64) };
const folder = mkdtempSync(join(tmpdir(), 'wxlive-crash-'));
const seed = Date.now() % 1_000_000;
const KILLS = times(2, 13);
const files = writeCrashFiles(folder, seed);
const commands = [
  ['import', '--json', ...files.eventFiles, files.ordersFile],
  ['import', '--json', files.watchFile, '--room', LIVE],
];
const dataDirs: string[] = [];

afterAll(async () => {
  for (const dataDir of dataDirs) {
    await engineEnded(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
});

function newDataDir(): string {
  const dataDir = makeDataDir();
  dataDirs.push(dataDir);
  return dataDir;
}

/** All files once, undisturbed; what was said of each. */
async function importAll(dataDir: string): Promise<readonly ImportAnswer[]> {
  const answers: ImportAnswer[] = [];
  for (const args of commands) {
    const result = await runWxlive(args, { dataDir, env });
    expect(result.exit, result.stderr).toBe(0);
    answers.push(...parseImport(result));
  }
  return answers;
}

/** Starts the import and kills it, or its engine, after `delayMs`; whether something was there to be killed. */
async function importKilled(dataDir: string, delayMs: number, what: 'import' | 'engine'): Promise<boolean> {
  const child = startWxlive(commands[0] ?? [], { dataDir, env });
  child.stdout?.resume();
  child.stderr?.resume();
  child.stdin?.end();
  const ended = once(child, 'close');
  await Promise.race([sleep(delayMs), ended]);
  const engines = enginesOn(dataDir);
  if (child.exitCode !== null) return false;
  if (what === 'import') child.kill('SIGKILL');
  else for (const engine of engines) process.kill(engine, 'SIGKILL');
  // An import whose engine was killed ends by itself: with another engine, or with exit code 1.
  await ended;
  return what === 'import' || engines.length > 0;
}

const rowsOf = async (warehouse: Warehouse, sql: string): Promise<Record<string, unknown>[]> =>
  warehouse.query(typedByUser(sql), z.record(z.string(), z.unknown()));

/** Everything that is public of the facts and rollups, without batch and time of receipt. */
const SNAPSHOT = {
  events: 'SELECT * EXCEPT (received_at, batch_id) FROM wxlive.events ORDER BY account, adapter, event_id',
  touches: 'SELECT * FROM wxlive.touches ORDER BY ALL',
  event_touches: 'SELECT * FROM wxlive.event_touches ORDER BY ALL',
  orders: 'SELECT * FROM wxlive.orders ORDER BY order_id',
  attendance: 'SELECT * FROM wxlive.attendance ORDER BY ALL',
  live_daily: 'SELECT * FROM wxlive.live_daily ORDER BY ALL',
  channel_daily: 'SELECT * FROM wxlive.channel_daily ORDER BY ALL',
  identities: 'SELECT viewer, member, kind FROM wxlive.identities ORDER BY ALL',
};

async function snapshot(dataDir: string): Promise<Record<string, string[]>> {
  const warehouse = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  try {
    const views = Object.entries(SNAPSHOT).map(async ([name, sql]) => {
      const rows = await rowsOf(warehouse, sql);
      return [name, rows.map((row) => JSON.stringify(row))] as const;
    });
    return Object.fromEntries(await Promise.all(views));
  } finally {
    await warehouse.close();
  }
}

it('ends exactly once in facts and rollups, however often import or engine was killed', async () => {
  const random = seededRandom(seed);
  const undisturbed = newDataDir();
  const started = performance.now();
  await importAll(undisturbed);
  const wholeMs = performance.now() - started;
  const wanted = await snapshot(undisturbed);

  const dataDir = newDataDir();
  let kills = 0;
  for (let round = 0; kills < KILLS && round < 40; round++) {
    // Over the whole of an import, whatever the number of kills.
    const delayMs = ((round % KILLS) + random.below(1000) / 1000) * (wholeMs / (KILLS + 3));
    if (await importKilled(dataDir, 200 + delayMs, round % 3 === 2 ? 'engine' : 'import')) kills++;
  }
  expect(kills).toBeGreaterThanOrEqual(KILLS - 1);
  await importAll(dataDir);

  const found = await snapshot(dataDir);
  for (const [view, rows] of Object.entries(wanted)) {
    expect(found[view]?.length, `seed ${seed}: rows of ${view}`).toBe(rows.length);
    const known = new Set(rows);
    const others = found[view]?.filter((row) => !known.has(row)) ?? [];
    expect(others.slice(0, 3), `seed ${seed}: ${others.length} other rows in ${view}`).toEqual([]);
  }

  const warehouse = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  try {
    const [counts] = await rowsOf(
      warehouse,
      `SELECT toUInt32(countIf(adapter = 'events')) AS events,
        toUInt32(uniqExactIf((account, adapter, event_id), adapter = 'events')) AS ids,
        toUInt32(countIf(adapter = 'orders')) AS orders, toUInt32((SELECT count() FROM wxlive.attendance)) AS watchers
      FROM wxlive.events`,
    );
    const { events, orders, watchers } = files.truth;
    expect(counts).toEqual({ events, ids: events, orders, watchers });

    const days = await rowsOf(
      warehouse,
      `SELECT concat(room_id, ' ', toString(day)) AS key, toUInt32(sum(views)) AS views, toUInt32(sum(viewers)) AS viewers,
        toUInt32(sum(orders)) AS orders, toUInt32(sum(gmv_fen)) AS gmvFen
      FROM wxlive.live_daily WHERE platform = 'miniprogram' GROUP BY key`,
    );
    const fromFile = { key: 'R1 2026-09-30', orders: 200, gmvFen: (200 * (100 + 299)) / 2 };
    const wantedDays = [...files.truth.days].map(([key, figures]) =>
      key === fromFile.key
        ? {
            key,
            ...figures,
            orders: figures.orders + fromFile.orders,
            gmvFen: figures.gmvFen + fromFile.gmvFen,
          }
        : { key, ...figures },
    );
    const byKey = (one: Record<string, unknown>, other: Record<string, unknown>): number =>
      String(one['key']) < String(other['key']) ? -1 : 1;
    expect(days.sort(byKey)).toEqual(wantedDays.sort(byKey));

    const [sums] = await rowsOf(
      warehouse,
      `SELECT (SELECT toUInt64(sum(gmv_fen)) FROM wxlive.channel_daily) = (SELECT sum(amount_fen) FROM wxlive.events WHERE event = 'order_pay') AS gmv,
        (SELECT sum(orders) FROM wxlive.channel_daily) = (SELECT count() FROM wxlive.events WHERE event = 'order_pay') AS orders,
        (SELECT count() FROM wxlive_store.identities_store FINAL WHERE applied = 0) AS unapplied,
        (SELECT count() FROM wxlive.batches WHERE rows != accepted + duplicates + rejected + held) AS unbalanced,
        (SELECT count() FROM wxlive.batches WHERE state NOT IN ('loaded', 'failed')) AS unfinished,
        (SELECT sum(accepted) FROM wxlive.batches WHERE adapter = 'events')
          = (SELECT count() FROM wxlive.events WHERE adapter = 'events') AS accepted`,
    );
    expect(sums).toEqual({
      gmv: 1,
      orders: 1,
      unapplied: '0',
      unbalanced: '0',
      unfinished: '0',
      accepted: 1,
    });
  } finally {
    await warehouse.close();
  }

  const again = await importAll(dataDir);
  expect(again.map((answer) => ('error' in answer ? -1 : answer.accepted))).toEqual(again.map(() => 0));
}, 300_000);

it('knows an event of a killed batch under another time, though the kill came before its key was remembered', async () => {
  const dataDir = newDataDir();
  const file = (name: string, time: number): string => {
    const path = join(folder, name);
    writeFileSync(
      path,
      `{"event_id":"k1","event":"live_enter","time":${time},"user_id":"u1","room_id":"R1"}\n`,
    );
    return path;
  };
  const first = await runWxlive(['import', '--json', file('killed.ndjson', 1_790_000_000_000)], {
    dataDir,
    env,
  });
  expect(first.exit, first.stderr).toBe(0);
  const warehouse = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  try {
    // The state in which a kill between the facts and the keys leaves the warehouse.
    await warehouse.command(typedByUser('TRUNCATE TABLE wxlive_store.recent_keys_store'));
    await warehouse.command(
      typedByUser(
        `INSERT INTO wxlive_store.batches_ledger
        SELECT * REPLACE ('loading' AS state, 0 AS rows, 0 AS accepted, now64(3, 'UTC') AS written_at) FROM wxlive_store.batches_ledger FINAL`,
      ),
    );
    const other = await runWxlive(['import', '--json', file('later.ndjson', 1_790_000_060_000)], {
      dataDir,
      env,
    });
    expect(parseImport(other)).toMatchObject([{ rows: 1, accepted: 0, duplicates: 1, conflicts: 1 }]);
    const batches = await rowsOf(
      warehouse,
      'SELECT file, state, toUInt32(rows) AS rows, toUInt32(accepted) AS accepted FROM wxlive.batches ORDER BY started_at',
    );
    expect(batches).toEqual([
      { file: 'killed.ndjson', state: 'failed', rows: 1, accepted: 1 },
      { file: 'later.ndjson', state: 'loaded', rows: 1, accepted: 0 },
    ]);
  } finally {
    await warehouse.close();
  }
});

it('waits for a write that a killed import left behind in the database', async () => {
  const dataDir = newDataDir();
  const settings = { dataDir, reportZone: 'Asia/Shanghai' };
  const [warehouse, killed] = [await openWarehouse(settings), await openWarehouse(settings)];
  try {
    await migrate(warehouse, { reportZone: settings.reportZone, channelGroups: {} });
    const leftBehind = killed.command(
      typedByUser(
        `INSERT INTO wxlive_store.recent_keys_store
          SELECT number, 0, 0, now('UTC'), 1 FROM numbers(4) WHERE sleepEachRow(0.4) = 0 SETTINGS max_block_size = 1`,
      ),
    );
    const running = `SELECT count() AS n FROM system.processes WHERE query LIKE 'INSERT INTO wxlive_store.recent%'`;
    while (Number((await rowsOf(warehouse, running))[0]?.['n']) === 0) await sleep(10);
    const bus = await openDirectBus(warehouse, dataDir);
    try {
      expect(
        await rowsOf(warehouse, 'SELECT toUInt32(count()) AS n FROM wxlive_store.recent_keys_store'),
      ).toEqual([{ n: 4 }]);
    } finally {
      await bus.close();
    }
    await leftBehind;
  } finally {
    await Promise.all([warehouse.close(), killed.close()]);
  }
});
