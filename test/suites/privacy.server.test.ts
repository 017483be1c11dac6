import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SOURCES } from '../../pipelines/index.js';
import { openWarehouse, typedByUser, type Warehouse } from '../../sql/index.js';
import { errorCode, parseImport, runWxlive, type ImportAnswer, type RunResult } from '../cli/run-wxlive.js';
import { engineEnded, makeDataDir } from '../servers/clickhouse.js';
import { CANARIES, findCanaries } from './canaries.js';
import { CANARY_PASSWORD, writeCanaryFiles, type CanaryFile } from './canary-files.js';

/**
 * Made-up ids go through every adapter, good rows and bad; afterwards they may be found nowhere: not in any column of any
 * table read as the owner, not in any file under the data folder, not in anything a command said.
 */
const KEY = 'f00dcafe'.repeat(8);
const env = { WXLIVE_PSEUDONYM_KEY: KEY, CANARY_PASSWORD };
const folder = mkdtempSync(join(tmpdir(), 'wxlive-canary-'));
const dataDir = makeDataDir();
let files: readonly CanaryFile[] = [];
let owner: Warehouse;
/** Command → what it said. */
const said = new Map<string, RunResult>();
const answers = new Map<string, ImportAnswer>();

async function wxlive(args: readonly string[], input = ''): Promise<RunResult> {
  const result = await runWxlive(args, { dataDir, env, input, cwd: folder });
  said.set(args.map((arg) => arg.replace(`${folder}/`, '')).join(' '), result);
  return result;
}

beforeAll(async () => {
  owner = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  files = await writeCanaryFiles(folder);
  // One call for each set of options: fewer processes, the same paths.
  const calls = new Map<string, CanaryFile[]>();
  for (const file of files) calls.set(file.args.join(' '), [...(calls.get(file.args.join(' ')) ?? []), file]);
  for (const call of calls.values()) {
    const paths = call.map(({ path }) => path);
    const result = await wxlive(['import', '--json', ...paths, ...(call[0]?.args ?? [])]);
    for (const answer of parseImport(result)) answers.set(answer.file, answer);
  }
  const badFile = join(folder, 'events-bad.ndjson');
  await wxlive(['import', badFile, '--lang', 'en']);
  await wxlive(['import', badFile, '--dry-run']);
  await wxlive(['import', join(folder, 'headless.csv')]);
  const rejects = await wxlive(['rejects', 'list', '--json']);
  const [first] = z
    .object({ rejects: z.array(z.object({ reject_id: z.string() })) })
    .parse(JSON.parse(rejects.stdout)).rejects;
  await wxlive(['rejects', 'show', first?.reject_id ?? '']);
  await wxlive(['rejects', 'list']);
  await wxlive(['batches', 'list']);
  await wxlive(['viewer', 'lookup', '-'], `${CANARIES.openid}\n${CANARIES.userId}\n${CANARIES.phone}\n`);
  const steps = {
    steps: [{ event: 'live_enter' }, { event: 'order_pay' }],
    breakdown: { field: 'props.phone' },
  };
  await wxlive(['funnel', '--spec', '-', '--json', '--viewers-at', '1'], JSON.stringify(steps));
  await wxlive(['attribution', '--spec', '-'], '{"conversion":{"event":"order_pay"},"channel":"channel"}');
  await wxlive(['attendance', '--spec', '-', '--json'], '{}');
}, 240_000);

afterAll(async () => {
  await owner.close();
  await engineEnded(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

const rowsOf = (sql: string): Promise<Record<string, unknown>[]> =>
  owner.query(typedByUser(sql), z.record(z.string(), z.unknown()));

async function bytesOfQuery(sql: string, format: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of owner.stream(typedByUser(sql), format)) parts.push(part);
  return Buffer.concat(parts);
}

it('finds a canary in every form it looks for', () => {
  const id = CANARIES.openid;
  const hidden = Buffer.from(`xx${id}yy`);
  for (const text of [
    `a ${id} b`,
    hidden.toString('base64'),
    hidden.toString('hex'),
    encodeURIComponent(`{${id}}`),
  ]) {
    expect(findCanaries(text).map(({ canary }) => canary)).toContain('openid');
  }
  expect(findCanaries(encodeURIComponent(CANARIES.nickname))).not.toEqual([]);
  expect(findCanaries('nothing of anybody')).toEqual([]);
});

describe('the canaries went in', () => {
  it('through every adapter there is', () => {
    const loaded = new Set(
      [...answers.values()].flatMap((answer) =>
        'error' in answer || answer.accepted === 0 ? [] : [answer.adapter],
      ),
    );
    expect([...loaded].sort()).toEqual(SOURCES.map(({ name }) => name).sort());
  });

  it('as files that were read for what they are', () => {
    const wrong = files.flatMap(({ path, adapter }) => {
      const answer = answers.get(path);
      const found = answer === undefined ? 'no answer' : 'error' in answer ? null : answer.adapter;
      return found === adapter ? [] : [`${path}: ${String(found)} ${errorCode(answer) ?? ''}`];
    });
    expect(wrong).toEqual([]);
  });

  it('in good rows, whose viewer is the pseudonym, and in rejects', async () => {
    const lookup = [...said].find(([command]) => command.startsWith('viewer'))?.[1].stdout ?? '';
    const viewer = /[0-9a-f-]{36}$/mu.exec(lookup)?.[0] ?? 'none';
    const [counts] = await rowsOf(
      `SELECT countIf(toString(viewer) = '${viewer}') AS own, (SELECT count() FROM wxlive.rejects) AS rejects FROM wxlive.events`,
    );
    expect(Number(counts?.['own'])).toBeGreaterThan(5);
    expect(Number(counts?.['rejects'])).toBeGreaterThan(15);
  });
});

it('no table has a canary in any column', async () => {
  const tables = await rowsOf(
    `SELECT database, name FROM system.tables WHERE database IN ('wxlive', 'wxlive_store') AND engine NOT LIKE '%Dictionary%'`,
  );
  expect(tables.length).toBeGreaterThan(30);
  const found: string[] = [];
  for (const { database, name } of tables) {
    const table = `${String(database)}.${String(name)}`;
    for (const format of ['JSONEachRow', 'RowBinary']) {
      const bytes = await bytesOfQuery(`SELECT * FROM ${table}`, format);
      if (findCanaries(bytes).length === 0) continue;
      // Says which column, without which the report helps nobody.
      const rows = await rowsOf(`SELECT * FROM ${table}`);
      for (const row of rows) {
        for (const [column, value] of Object.entries(row)) {
          for (const { canary, form } of findCanaries(JSON.stringify(value))) {
            found.push(`${table}.${column}: ${canary} ${form}: ${JSON.stringify(value)}`);
          }
        }
      }
      if (rows.length === 0) found.push(`${table} as ${format}`);
    }
  }
  expect([...new Set(found)]).toEqual([]);
});

it('no file under the data folder has one', () => {
  const paths = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .map((path) => join(dataDir, path))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  expect(paths.length).toBeGreaterThan(100);
  const found = paths.flatMap((path) =>
    findCanaries(readFileSync(path)).map(({ canary, form }) => `${path}: ${canary} ${form}`),
  );
  expect(found).toEqual([]);
});

it('no command said one, nor a key or a password', () => {
  expect(said.size).toBeGreaterThan(15);
  const found = [...said].flatMap(([command, { stdout, stderr }]) =>
    findCanaries(`${stdout}\n${stderr}`).map(({ canary, form }) => `${command}: ${canary} ${form}`),
  );
  expect(found).toEqual([]);
  const secrets = [...said].filter(([, { stdout, stderr }]) =>
    [KEY, CANARY_PASSWORD].some((secret) => `${stdout}${stderr}`.includes(secret)),
  );
  expect(secrets.map(([command]) => command)).toEqual([]);
});

it('a command that fails says none, also with debugging on', async () => {
  const debug = { ...env, WXLIVE_LOG: 'debug' };
  const attempts: [readonly string[], string, Record<string, string>][] = [
    [['funnel', '--spec', '-'], `{"steps":[],"rooms":["${CANARIES.openid}"]}`, debug],
    [['import', join(folder, 'events-bad.ndjson'), join(folder, 'odd.json')], '', debug],
    [['import', join(folder, 'events.ndjson')], '', { ...debug, WXLIVE_PSEUDONYM_KEY: '0badbeef'.repeat(8) }],
    [['import', join(folder, 'events.ndjson')], '', { ...debug, WXLIVE_PSEUDONYM_KEY: CANARIES.openid }],
  ];
  for (const [args, input, environment] of attempts) {
    const result = await runWxlive(args, { dataDir, env: environment, input });
    expect(result.exit).not.toBe(0);
    expect(findCanaries(result.stdout + result.stderr), result.stderr).toEqual([]);
    expect(result.stdout + result.stderr).not.toContain(environment['WXLIVE_PSEUDONYM_KEY']);
  }
});

it('keeps its own files from other users of the machine', () => {
  const open = readdirSync(dataDir, { encoding: 'utf8' }).filter(
    (name) => (statSync(join(dataDir, name)).mode & 0o077) !== 0 && name !== 'loader.lock',
  );
  expect(open).toEqual([]);
  writeFileSync(join(folder, 'done'), '');
});
