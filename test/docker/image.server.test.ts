import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../sql/index.js';
import { freePort } from '../../sql/engine/free-port.js';
import { LONG } from '../long-form.js';
import {
  COMPOSE_PASSWORDS,
  startComposeClickHouse,
  type ComposeClickHouse,
} from '../servers/compose-clickhouse.js';

/**
 * The steps of the image without Docker: what the Dockerfile runs, run here into an empty folder, and what it copies and
 * starts, started from there as a user without rights. At night npm installs and compiles; by day it takes what lies here,
 * which saves 25 seconds.
 */
const dockerfile = readFileSync(join(packageRoot(), 'docker/Dockerfile'), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'wxlive-image-'));
/** The /app of the image. */
const app = join(scratch, 'app');
const data = join(scratch, 'data');
const NOBODY = { uid: 65534, gid: 65534 };
const KEY = 'key-of-the-test';
let clickhouse: ComposeClickHouse;
let calls: string[] = [];

beforeAll(async () => {
  clickhouse = await startComposeClickHouse();
  const [, steps = ''] = /^RUN (sh docker\/build-image\.sh \/app)$/mu.exec(dockerfile) ?? [];
  const tools = join(scratch, 'tools');
  const log = join(scratch, 'npm-calls');
  mkdirSync(tools);
  writeFileSync(join(tools, 'npm'), npmThatTakesWhatIsHere(log), { mode: 0o755 });
  const path = process.env['PATH'] ?? '';
  execFileSync('sh', ['-c', steps.replace(' /app', ' "$1"'), 'sh', app], {
    cwd: packageRoot(),
    env: {
      ...process.env,
      PATH: LONG ? path : `${tools}${delimiter}${path}`,
      npm_config_prefer_offline: 'true',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  calls = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  mkdirSync(join(data, 'reports'), { recursive: true });
  chmodSync(scratch, 0o755);
  if (user() !== null)
    for (const folder of [data, join(data, 'reports')]) chownSync(folder, NOBODY.uid, NOBODY.gid);
}, 300_000);
afterAll(async () => {
  await clickhouse.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** An npm for the day: the packages and the compiled files of this checkout, and what it was asked. */
function npmThatTakesWhatIsHere(log: string): string {
  return `#!/bin/sh
set -eu
echo "$1 $2" >> '${log}'
case "$1" in
  ci) ln -s '${join(packageRoot(), 'node_modules')}' node_modules ;;
  run) cp -R '${join(packageRoot(), 'dist')}' dist ;;
esac
`;
}

/** null: these tests are no root, and run everything as whoever they are. */
function user(): typeof NOBODY | null {
  return process.getuid?.() === 0 && spawnSync('ls', [join(app, 'node_modules', 'zod')], NOBODY).status === 0
    ? NOBODY
    : null;
}

/** As the container starts it: its variables, its entry, no right to write but into /data. */
function start(args: readonly string[], port: number): ChildProcess {
  const [, list = ''] = /^ENV (WXLIVE_.*)$/mu.exec(dockerfile) ?? [];
  const given: Record<string, string> = {};
  for (const [, name = '', value = ''] of list.matchAll(/(\w+)=(\S+)/gu)) given[name] = value;
  const [, entry = ''] = /^ENTRYPOINT \["node", "\/app\/(.*)"\]$/mu.exec(dockerfile) ?? [];
  expect(given).toMatchObject({ WXLIVE_DATA_DIR: '/data', WXLIVE_SERVE_PORT: '8787' });
  return spawn(process.execPath, [join(app, entry), ...args], {
    cwd: app,
    ...user(),
    env: {
      ...given,
      NODE_ENV: 'production',
      WXLIVE_DATA_DIR: data,
      WXLIVE_SERVE_PORT: String(port),
      CLICKHOUSE_URL: clickhouse.url,
      CLICKHOUSE_USER: 'wxlive',
      CLICKHOUSE_PASSWORD: COMPOSE_PASSWORDS.wxlive,
      CLICKHOUSE_ANALYST_USER: 'analyst',
      CLICKHOUSE_ANALYST_PASSWORD: COMPOSE_PASSWORDS.analyst,
      WXLIVE_PSEUDONYM_KEY: 'c'.repeat(64),
      WXLIVE_WRITE_KEYS: KEY,
      WXLIVE_LANGUAGE: 'en',
    },
  });
}

async function run(args: readonly string[]): Promise<{ exit: number | null; output: string }> {
  const child = start(args, 0);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => (output += part.toString()));
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exit, output };
}

it('the steps leave what the product needs to run, and neither sources nor tests', () => {
  if (!LONG) expect(calls).toEqual(['ci --ignore-scripts', 'run build', 'prune --omit=dev']);
  for (const there of [
    'package.json',
    'node_modules/zod',
    'dist/cli/main.js',
    'sql',
    'docker/healthcheck.mjs',
  ])
    expect(existsSync(join(app, there)), there).toBe(true);
  for (const away of ['test', 'bench', '.git', 'cli', 'README.md', 'schemas/index.ts', 'docker/secrets'])
    expect(existsSync(join(app, away)), away).toBe(false);
  // The private engine is no part of it, the compiler neither.
  for (const away of ['node_modules/typescript', 'node_modules/vitest'])
    if (LONG) expect(existsSync(join(app, away)), away).toBe(false);
});

it('answers --help, migrates, and serves an event to the analyst, as a user who may write nowhere but /data', async () => {
  const help = await run(['--help']);
  expect([help.exit, help.output.includes('serve')]).toEqual([0, true]);
  const migrated = await run(['migrate']);
  expect(migrated.exit, migrated.output).toBe(0);
  const port = await freePort();
  const serving = start(['serve'], port);
  let said = '';
  serving.stderr?.on('data', (part: Buffer) => (said += part.toString()));
  const closed = new Promise<number | null>((resolve) => serving.once('close', resolve));
  const url = `http://127.0.0.1:${String(port)}`;
  try {
    const health = async (): Promise<number> =>
      (await fetch(`${url}/healthz`).catch(() => null))?.status ?? 0;
    for (let tries = 0; tries < 200 && (await health()) !== 200; tries++) await sleep(50);
    expect(await health(), said).toBe(200);
    const checked = (): number | null =>
      spawnSync(process.execPath, [join(app, 'docker/healthcheck.mjs')], {
        env: { WXLIVE_SERVE_PORT: String(port) },
      }).status;
    await expect.poll(checked, { timeout: 20_000 }).toBe(0);
    const event = { event_id: 'i1', event: 'live_enter', time: Date.now(), openid: 'oIMAGE', room_id: 'R' };
    const answer = await fetch(`${url}/v1/events?key=${KEY}`, {
      method: 'POST',
      body: JSON.stringify([event]),
    });
    expect(await answer.json()).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    const seen = await fetch(clickhouse.url, {
      method: 'POST',
      body: "SELECT count() FROM wxlive.events WHERE event_id = 'i1'",
      headers: { 'x-clickhouse-user': 'analyst', 'x-clickhouse-key': COMPOSE_PASSWORDS.analyst },
    });
    expect((await seen.text()).trim()).toBe('1');
  } finally {
    serving.kill('SIGTERM');
  }
  expect(await closed, said).toBe(0);
}, 120_000);
