import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineEnded, makeDataDir } from '../servers/clickhouse.js';
import { openWarehouse, type Warehouse } from '../../sql/index.js';
import { runWxlive, type RunResult } from './run-wxlive.js';

const folder = mkdtempSync(join(tmpdir(), 'wxlive-keys-'));
const dataDir = makeDataDir();
const keyFile = join(dataDir, 'pseudonym.key');
const backupFile = join(folder, 'key.json');
const env = { GOOD: 'tulip-orbit-hazel-93', WRONG: 'another-orbit-hazel-93', WEAK: 'abc' };
let owner: Warehouse;
let key = '';

const wxlive = (args: readonly string[], more: Record<string, string> = {}): Promise<RunResult> =>
  runWxlive([...args, '--lang', 'en'], { dataDir, env: { ...env, ...more }, input: 'oid\n', cwd: folder });

beforeAll(async () => {
  owner = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  // The first use makes the key.
  expect((await wxlive(['viewer', 'lookup', '-'])).exit).toBe(0);
  key = readFileSync(keyFile, 'utf8').trim();
});

afterAll(async () => {
  await owner.close();
  await engineEnded(dataDir);
  for (const path of [folder, dataDir]) rmSync(path, { recursive: true, force: true });
});

describe('the pseudonym key', () => {
  it('is checked, backed up, and remembered as backed up', async () => {
    const before = await wxlive(['keys', 'check', '--json']);
    expect(JSON.parse(before.stdout)).toMatchObject({
      source: 'data_folder',
      warehouse: 'same',
      backup_made_at: null,
    });
    expect((await wxlive(['doctor'])).stdout).toContain('wxlive keys backup');
    const made = await wxlive(['keys', 'backup', backupFile, '--password-env', 'GOOD']);
    expect(made.exit, made.stderr).toBe(0);
    expect(statSync(backupFile).mode & 0o777).toBe(0o600);
    const text = readFileSync(backupFile, 'utf8');
    const hex = Buffer.from(key, 'base64').toString('hex');
    for (const plain of [key, hex, env.GOOD]) expect(text + made.stdout + made.stderr).not.toContain(plain);
    const after = await wxlive(['keys', 'check']);
    expect(after.stdout).toMatch(/backup was made at \d{4}/u);
    expect((await wxlive(['doctor'])).stdout).toContain('backed up at');
  });

  it('is never written over a file, nor under a weak or missing password', async () => {
    for (const [file, name] of [
      [backupFile, 'GOOD'],
      [join(folder, 'weak'), 'WEAK'],
      [join(folder, 'weak'), 'NONE'],
    ] as const) {
      expect((await wxlive(['keys', 'backup', file, '--password-env', name])).exit).toBe(2);
    }
    expect(existsSync(join(folder, 'weak'))).toBe(false);
    expect((await wxlive(['keys', 'restore', backupFile, '--password-env', 'GOOD'])).exit).toBe(2);
  });

  it('says when it is another key than the warehouse’s', async () => {
    const other = { WXLIVE_PSEUDONYM_KEY: 'ab'.repeat(32) };
    const checked = await wxlive(['keys', 'check', '--json'], other);
    expect(checked.exit).toBe(2);
    expect(JSON.parse(checked.stdout)).toMatchObject({ source: 'environment', warehouse: 'other_key' });
  });

  it('comes back from its backup, with the right password only', async () => {
    rmSync(keyFile);
    const lost = await wxlive(['viewer', 'lookup', '-']);
    expect(lost.stderr).toContain('wxlive keys restore');
    const checked = await wxlive(['keys', 'check', '--json']);
    expect(checked.exit).toBe(2);
    expect(JSON.parse(checked.stdout)).toMatchObject({ source: null, warehouse: 'key_missing' });
    const wrong = await wxlive(['keys', 'restore', backupFile, '--password-env', 'WRONG']);
    expect([wrong.exit, existsSync(keyFile)]).toEqual([1, false]);
    expect(wrong.stderr).toContain('the password is wrong');
    const damaged = join(folder, 'damaged.json');
    writeFileSync(damaged, readFileSync(backupFile, 'utf8').replace('"made_at": "2', '"made_at": "3'));
    expect((await wxlive(['keys', 'restore', damaged, '--password-env', 'GOOD'])).exit).toBe(1);
    const right = await wxlive(['keys', 'restore', backupFile, '--password-env', 'GOOD']);
    expect(right.exit, right.stderr).toBe(0);
    expect(readFileSync(keyFile, 'utf8').trim()).toBe(key);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect((await wxlive(['viewer', 'lookup', '-'])).exit).toBe(0);
  });
});
