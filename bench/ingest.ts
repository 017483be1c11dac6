/**
 * Ingest through the command line, beside the engine's own insert of the same bytes:
 * `node dist/bench/ingest.js [--data DIR] [--base ROWS] [--sizes ROWS,ROWS] [--profile DIR]`.
 * `--data` keeps the folder, and the next run finds its base there. Without it a temporary folder is made and removed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openWarehouse, packageRoot, typedByUser, type Warehouse } from '../sql/index.js';
import { readAddress } from '../sql/engine/address.js';
import { engineFolder } from '../sql/engine/folder.js';
import { writeEvents } from './ingest-events.js';
import { cpuSecondsOf, runWatched, type Spent } from './watched-process.js';

const MAIN = join(packageRoot(), 'dist', 'cli', 'main.js');
/** The base comes through the importer, as a user's does: in files of at most so many rows. */
const BASE_FILE_ROWS = 2_500_000;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    base: { type: 'string', default: '5000000' },
    sizes: { type: 'string', default: '1000000' },
    profile: { type: 'string' },
  },
});
const root = flags.data ?? (await mkdtemp(join(tmpdir(), 'wxlive-ingest-')));
await mkdir(root, { recursive: true });
const dataDir = join(root, 'data');
const statePath = join(root, 'next-event.txt');
/** The number of the first event that is in no file yet. */
let next = existsSync(statePath) ? Number(readFileSync(statePath, 'utf8')) : 0;

const load = (): string => `load ${loadavg()[0]?.toFixed(1)}`;

try {
  console.log(await shortCommands());
  const warehouse = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  try {
    const base = Number(flags.base);
    if (next === 0) {
      while (next < base) await importEvents(warehouse, Math.min(base - next, BASE_FILE_ROWS), false);
    }
    for (const size of flags.sizes.split(',')) {
      await settle(warehouse);
      await importEvents(warehouse, Number(size), true);
    }
  } finally {
    await warehouse.close();
  }
} finally {
  if (flags.data === undefined) await rm(root, { recursive: true, force: true });
}

/** Start-up times by the built entry, npx excluded. */
async function shortCommands(): Promise<string> {
  const select = [MAIN, 'sql', 'SELECT 1', '--data', dataDir];
  if (!existsSync(dataDir)) await runWatched(select);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const help = await runWatched([MAIN, '--help']);
  const cold = await runWatched(select);
  const holder = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  const warm = await runWatched(select);
  await holder.close();
  const each = (name: string, { seconds, cpuSeconds }: Spent): string =>
    `${name} ${(seconds * 1000).toFixed(0)} ms (cpu ${(cpuSeconds * 1000).toFixed(0)})`;
  return `${each('--help', help)}, ${each('sql cold', cold)}, ${each('sql warm', warm)}; ${load()}`;
}

/** Waits until what came before is merged: the folder is one that holds its rows already. */
async function settle(warehouse: Warehouse): Promise<void> {
  const running = typedByUser('SELECT count() AS merges FROM system.merges');
  const row = z.object({ merges: z.coerce.number() });
  for (let quiet = 0; quiet < 3;) {
    const [found] = await warehouse.query(running, row);
    quiet = found?.merges === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function importEvents(warehouse: Warehouse, rows: number, compared: boolean): Promise<void> {
  const file = join(root, 'events.ndjson');
  const bytes = await writeEvents(file, next, rows);
  const first = next;
  next += rows;
  writeFileSync(statePath, String(next));
  const engine = readAddress(engineFolder(dataDir))?.processId ?? 0;
  const engineBefore = cpuSecondsOf(engine) ?? 0;
  const profile = flags.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`];
  const spent = await runWatched([...profile, MAIN, 'import', file, '--data', dataDir, '--json']);
  const engineCpu = (cpuSecondsOf(engine) ?? 0) - engineBefore;
  console.log(
    `import ${rows} rows of ${(bytes / rows).toFixed(0)} bytes after ${first}: ` +
      `${spent.seconds.toFixed(1)} s, ${(rows / spent.seconds).toFixed(0)} rows/s, ` +
      `peak ${spent.peakMegabytes.toFixed(0)} MB, cpu ${spent.cpuSeconds.toFixed(1)} s + engine ${engineCpu.toFixed(1)} s; ` +
      `${load()}\n  ${counts(spent.output)}`,
  );
  if (compared) await insertByEngine(warehouse, file, rows, engine);
  await rm(file);
}

function counts(output: string): string {
  return output.replace(/\s+/gu, ' ').replace(/^.*"rows"/u, '"rows"');
}

/** The same file parsed and sorted by the engine alone: no validation, no HMAC, no test for duplicates, no scrubbing. */
async function insertByEngine(
  warehouse: Warehouse,
  file: string,
  rows: number,
  engine: number,
): Promise<void> {
  await warehouse.command(typedByUser('DROP TABLE IF EXISTS wxlive_store.bench_events'));
  await warehouse.command(typedByUser('CREATE TABLE wxlive_store.bench_events AS wxlive_store.events_store'));
  const begun = process.hrtime.bigint();
  const cpuBefore = cpuSecondsOf(engine) ?? 0;
  await warehouse.command(
    typedByUser(`
INSERT INTO wxlive_store.bench_events (event_key, event_id, platform, account, room_id, viewer_key, viewer, event,
  event_original, event_time, stated_time, received_at, scene, utm_source, props, adapter, batch_seq)
SELECT bitShiftLeft(toUInt128(time), 80) + sipHash64(event_id), event_id, platform, 'default', room_id,
  reinterpretAsUUID(sipHash128(openid)) AS id, id, event, event, fromUnixTimestamp64Milli(time, 'UTC') AS at, at,
  now64(3), scene, extractURLParameter(concat('?', query), 'utm_source'), props, 'events', 1
FROM file({file:String}, 'JSONEachRow', 'event_id String, event String, time Int64, openid String, unionid String,
  room_id String, platform String, scene Nullable(UInt32), query String, props Map(String, String)')`),
    { file },
  );
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const cpu = (cpuSecondsOf(engine) ?? 0) - cpuBefore;
  await warehouse.command(typedByUser('DROP TABLE wxlive_store.bench_events'));
  console.log(
    `  the engine's own insert of the same file: ${seconds.toFixed(1)} s, ${(rows / seconds).toFixed(0)} rows/s, ` +
      `cpu ${cpu.toFixed(1)} s; ${load()}`,
  );
}
