import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openWarehouse, readLedger, type Warehouse } from '../../sql/index.js';
import { engineEnded, makeDataDir } from '../servers/clickhouse.js';
import { parseImport, runWxlive, startWxlive } from './run-wxlive.js';

/** Backup and restore as they are typed, and both killed half-way. */
const folder = mkdtempSync(join(tmpdir(), 'wxlive-cli-backup-'));
const parent = join(folder, 'backups');
const file = join(folder, 'events.ndjson');
const keyFile = join(folder, 'key.json');
const [dataDir, restoredDir] = [makeDataDir(), makeDataDir()];
const env = { KEYPW: 'Rv7-kelp-Ozon-41-uhu' };
const checksSchema = z.object({ checks: z.array(z.object({ name: z.string(), state: z.string() })) });
const answerSchema = z.looseObject({ folder: z.string(), rows: z.number().positive() });
/** Held open so that the commands find running engines. */
let engines: Warehouse[] = [];

beforeAll(async () => {
  const lines = Array.from({ length: 3_000 }, (_, at) =>
    JSON.stringify({
      event_id: `e${String(at)}`,
      event: 'live_enter',
      time: 1_789_000_000_000 + at * 1_000,
      openid: `o${String(at % 50).padStart(27, 'Q')}`,
      room_id: '1003',
    }),
  );
  writeFileSync(file, lines.join('\n'));
  engines = await Promise.all(
    [dataDir, restoredDir].map((dir) => openWarehouse({ dataDir: dir, reportZone: 'Asia/Shanghai' })),
  );
  expect((await runWxlive(['import', '--json', file], { dataDir, env })).exit).toBe(0);
}, 60_000);

afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  for (const dir of [dataDir, restoredDir]) {
    await engineEnded(dir);
    rmSync(dir, { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
});

it('backup killed half-way leaves nothing that restore would take', async () => {
  const child = startWxlive(['backup', parent], { dataDir, env });
  child.stdin?.end();
  const ended = once(child, 'close');
  while (child.exitCode === null && !existsSync(parent)) await sleep(2);
  while (child.exitCode === null && readdirSync(parent).length === 0) await sleep(2);
  child.kill('SIGKILL');
  await ended;
  const left = readdirSync(parent);
  // Fast enough to be too late with the kill: then it is whole, which the next test restores.
  if (left.every((name) => name.startsWith('.'))) {
    const refused = await runWxlive(['restore', parent, '--lang', 'en'], { dataDir: restoredDir, env });
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('is no backup of wxlive');
    expect(existsSync(join(restoredDir, 'pseudonym.key'))).toBe(false);
  }
}, 60_000);

it('a backup comes back into a new folder, also when restore was killed first', async () => {
  const made = await runWxlive(['backup', '--out', join(folder, 'whole'), '--json'], { dataDir, env });
  expect(made.exit, made.stderr).toBe(0);
  const backup = answerSchema.parse(JSON.parse(made.stdout));
  const keys = await runWxlive(['keys', 'backup', keyFile, '--password-env', 'KEYPW'], { dataDir, env });
  expect(keys.exit, keys.stderr).toBe(0);

  const doctor = await runWxlive(['doctor', '--json', '--lang', 'en'], { dataDir, env });
  const { checks } = checksSchema.parse(JSON.parse(doctor.stdout));
  expect(checks.find(({ name }) => name === 'backup')?.state).toBe('ok');

  const over = await runWxlive(['restore', backup.folder], { dataDir, env });
  expect(over.exit).toBe(2);
  expect(over.stderr).toContain('不是空的');

  const [, engine] = engines;
  if (engine === undefined) throw new Error('no engine');
  const child = startWxlive(['restore', backup.folder], { dataDir: restoredDir, env });
  child.stdin?.end();
  const ended = once(child, 'close');
  while (child.exitCode === null && !((await readLedger(engine)).get('restore') ?? '').startsWith('begun')) {
    await sleep(2);
  }
  child.kill('SIGKILL');
  await ended;
  expect((await readLedger(engine)).get('restore')).toMatch(/^begun /u);
  const refused = await runWxlive(['import', file, '--lang', 'en'], { dataDir: restoredDir, env });
  expect(refused.exit).toBe(1);
  expect(refused.stderr).toContain('run wxlive restore with the same backup again');

  const restored = await runWxlive(['restore', backup.folder, '--json'], { dataDir: restoredDir, env });
  expect(restored.exit, restored.stderr).toBe(0);
  const answer = JSON.parse(restored.stdout) as unknown;
  expect(answer).toMatchObject({ rows: backup.rows, resumed: true, key: 'missing' });

  const without = await runWxlive(['import', file], { dataDir: restoredDir, env });
  expect(without.exit).toBe(2);
  expect(without.stderr).toContain('wxlive keys restore');
  const key = await runWxlive(['keys', 'restore', keyFile, '--password-env', 'KEYPW'], {
    dataDir: restoredDir,
    env,
  });
  expect(key.exit, key.stderr).toBe(0);
  const again = parseImport(await runWxlive(['import', '--json', file], { dataDir: restoredDir, env }));
  expect(again).toMatchObject([{ rows: 3_000, accepted: 0, duplicates: 3_000 }]);
}, 120_000);
