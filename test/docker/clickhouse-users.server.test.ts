import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAlivePipe, type AlivePipe } from '../../sql/engine/alive-pipe.js';
import { configXml } from '../../sql/engine/config.js';
import { engineLibrary } from '../../sql/engine/engine-version.js';
import { engineFolder } from '../../sql/engine/folder.js';
import { freePort } from '../../sql/engine/free-port.js';
import { packageRoot } from '../../sql/index.js';
import { buildChildOnce, makeDataDir } from '../servers/clickhouse.js';

/** docker/clickhouse/users.d/wxlive.xml on a real engine, beside a users.xml like the one the server comes with. */
const BASE = `<clickhouse>
  <profiles><default/></profiles>
  <users><default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default><interval><duration>3600</duration></interval></default></quotas>
</clickhouse>`;
const PASSWORDS = { wxlive: 'password-of-the-owner', analyst: 'password-of-the-analyst' };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const dataDir = makeDataDir();
let engine: ChildProcess;
let hold: AlivePipe;
let url: string;

beforeAll(async () => {
  buildChildOnce();
  const folder = engineFolder(dataDir);
  const ports = { httpPort: await freePort(), nativePort: await freePort() };
  const given = readFileSync(join(packageRoot(), 'docker/clickhouse/users.d/wxlive.xml'), 'utf8');
  // The engine of the tests begins with statements of `default`, which a server does not.
  const users = given.replace('<default remove="remove"/>', '');
  expect(users).not.toBe(given);
  mkdirSync(join(dirname(folder.users), 'users.d'), { recursive: true });
  mkdirSync(folder.store, { recursive: true });
  writeFileSync(folder.config, configXml(folder, ports, 2e9));
  writeFileSync(folder.users, BASE);
  writeFileSync(join(dirname(folder.users), 'users.d', 'wxlive.xml'), users);
  const { path } = await engineLibrary();
  const child = join(packageRoot(), 'dist', 'sql', 'engine', 'child.js');
  const { reader, writer } = openAlivePipe(folder.alivePipe);
  hold = writer;
  engine = spawn(process.execPath, [child, path, folder.config, dataDir], {
    cwd: folder.root,
    stdio: [reader, 'ignore', 'ignore'],
    env: {
      TZ: 'UTC',
      PATH: '/usr/bin:/bin',
      WXLIVE_PASSWORD_SHA256: sha256(PASSWORDS.wxlive),
      ANALYST_PASSWORD_SHA256: sha256(PASSWORDS.analyst),
    },
  });
  closeSync(reader);
  url = `http://127.0.0.1:${ports.httpPort}`;
  while (!(await fetch(`${url}/ping`).catch(() => null))?.ok) {
    if (engine.exitCode !== null) throw new Error('the engine ended');
    await sleep(50);
  }
  for (const statement of [
    'CREATE DATABASE wxlive',
    'CREATE DATABASE wxlive_store',
    'CREATE TABLE wxlive_store.facts (n UInt8) ENGINE = MergeTree ORDER BY n',
    'CREATE VIEW wxlive.facts DEFINER = wxlive SQL SECURITY DEFINER AS SELECT * FROM wxlive_store.facts',
    'INSERT INTO wxlive_store.facts VALUES (1), (2)',
  ]) {
    expect(await ask('wxlive', statement), statement).toMatchObject({ ok: true });
  }
});
afterAll(async () => {
  const ended = once(engine, 'exit');
  hold.close();
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
});

async function ask(
  user: keyof typeof PASSWORDS,
  statement: string,
  password = PASSWORDS[user],
): Promise<{ ok: boolean; text: string }> {
  const answer = await fetch(url, {
    method: 'POST',
    body: statement,
    headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
  });
  return { ok: answer.ok, text: (await answer.text()).trim() };
}

it('the owner owns, the analyst reads the public views and no more, a wrong password gets nothing', async () => {
  expect(await ask('analyst', 'SELECT sum(n) FROM wxlive.facts')).toEqual({ ok: true, text: '3' });
  expect(await ask('analyst', 'SELECT timezone()')).toEqual({ ok: true, text: 'Asia/Shanghai' });
  for (const statement of [
    'SELECT * FROM wxlive_store.facts',
    'INSERT INTO wxlive_store.facts VALUES (3)',
    'DROP VIEW wxlive.facts',
    'CREATE TABLE wxlive.t (n UInt8) ENGINE = Memory',
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'n UInt8')",
    'SELECT * FROM wxlive.facts SETTINGS readonly = 0',
    'SELECT * FROM wxlive.facts SETTINGS max_memory_usage = 0',
    'SELECT * FROM wxlive.facts SETTINGS max_execution_time = 301',
  ]) {
    expect((await ask('analyst', statement)).ok, statement).toBe(false);
  }
  for (const user of ['wxlive', 'analyst'] as const) {
    expect((await ask(user, 'SELECT 1', 'wrong')).ok).toBe(false);
    expect((await ask(user, 'SELECT 1', '')).ok).toBe(false);
  }
});

it('the analyst has a quota, and queries under it are counted', async () => {
  const { text } = await ask(
    'analyst',
    'SELECT quota_name, max_queries, max_read_rows, queries > 0 FROM system.quota_usage FORMAT TSV',
  );
  expect(text).toBe('analyst\t20000\t500000000000\t1');
});
