/** `node dist/bench/backup.js [EVENTS]`: seconds, CPU seconds and size of a backup of so many events, and of its restore. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBackup, restoreBackup, turnsOf, writeBackup } from '../pipelines/index.js';
import { openWarehouse } from '../sql/index.js';
import { engineEnded } from '../test/servers/clickhouse.js';
import { openBenchWarehouse, ZONE } from './event-table.js';

const progress = { update: () => undefined, end: () => undefined };
const folder = await mkdtemp(join(tmpdir(), 'wxlive-bench-backup-'));
const [from, to, parent] = ['from', 'to', 'backups'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const outbox = join(folder, 'outbox');

async function timed<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${name}  ${seconds} s  own CPU ${((user + system) / 1e6).toFixed(1)} s\n`);
  return result;
}

const bench = await openBenchWarehouse(Number(process.argv[2] ?? 5_000_000));
const turn = await turnsOf(bench.warehouse, from).take();
const steps = { writing: '', checking: '' };
const backup = await timed('backup', () =>
  writeBackup(bench.warehouse, { parent, outbox, reportZone: ZONE, turn, progress, steps }),
);
process.stdout.write(`${(backup.bytes / 1e6).toFixed(0)} MB\n`);
await bench.close();

const checked = await timed('check', () => readBackup(parent));
if (!checked.ok) throw new Error(`the backup is refused: ${checked.failure.code}`);
const warehouse = await openWarehouse({ dataDir: to, reportZone: ZONE });
const render = { reportZone: ZONE, channelGroups: {} };
const restored = await timed('restore', () =>
  restoreBackup(warehouse, checked.value, {
    outbox,
    render,
    key: null,
    turns: turnsOf(warehouse, to),
    progress,
    step: '',
  }),
);
process.stdout.write(`${JSON.stringify(restored)}\n`);
await warehouse.close();
await engineEnded(to, 60_000);
await rm(folder, { recursive: true, force: true });
