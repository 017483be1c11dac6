import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvLine, encryptPackage } from '../../formats/index.js';
import { buildWorkbook, bytesOf } from '../../samples/workbook.js';
import { openWarehouse, typedByUser, type Warehouse } from '../../sql/index.js';
import { errorCode, parseImport, runWxlive, type RunResult } from '../cli/run-wxlive.js';
import { SAMPLES } from '../reports/analyses/expected-figures.js';
import { engineEnded, makeDataDir } from '../servers/clickhouse.js';
import { readExpectedSamples, samplesEnvironment } from './expected-samples.js';

/** What goes wrong with files, rows, settings and commands: each its own message and exit code, and nothing lost. */
const env = samplesEnvironment(readExpectedSamples());
const folder = mkdtempSync(join(tmpdir(), 'wxlive-bad-'));
const dataDir = makeDataDir();
let owner: Warehouse;

const wxlive = (args: readonly string[], more: Record<string, string> = {}, input = ''): Promise<RunResult> =>
  runWxlive(args, { dataDir, env: { ...env, ...more }, input, cwd: folder });

beforeAll(async () => {
  owner = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  await wxlive(['migrate']);
});
afterAll(async () => {
  await owner.close();
  await engineEnded(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

const rowsOf = (sql: string): Promise<Record<string, unknown>[]> =>
  owner.query(typedByUser(sql), z.record(z.string(), z.unknown()));
async function count(from: string): Promise<number> {
  const [row] = await rowsOf(`SELECT toUInt32(count()) AS n FROM wxlive.${from}`);
  return Number(row?.['n']);
}
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const T = Date.UTC(2026, 8, 9, 12);
const good = (id: string): string =>
  JSON.stringify({ event_id: id, event: 'live_enter', time: T, user_id: `member ${id}`, room_id: '1181' });
const sample = (name: string): Buffer => readFileSync(join(SAMPLES, name));

describe('a file that cannot be used', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61', 'hex');
  const flipped = sample('watch-l1-encrypted.xlsx');
  const middle = Math.floor(flipped.length / 2);
  flipped.writeUInt8(flipped.readUInt8(middle) ^ 1, middle);
  const noTables = JSON.stringify([{ apple: 1, pear: 2 }]);
  const cases: [string, string, string | Uint8Array, string[], string[]][] = [
    ['password missing', 'encrypted.xlsx', sample('watch-l1-encrypted.xlsx'), [], ['password_missing']],
    [
      'wrong password',
      'encrypted.xlsx',
      sample('watch-l1-encrypted.xlsx'),
      ['--password-env', 'PW_wrong'],
      ['wrong_password'],
    ],
    [
      'cut encrypted workbook',
      'cut.xlsx',
      sample('watch-l1-encrypted.xlsx').subarray(0, 5_000),
      ['--password-env', 'PW_l1'],
      ['damaged'],
    ],
    ['one flipped bit', 'flipped.xlsx', flipped, ['--password-env', 'PW_l1'], ['damaged']],
    [
      'spin count of four milliards',
      'spin.xlsx',
      sample('hostile/huge-spin-count.xlsx'),
      ['--password-env', 'PW_l1'],
      ['too_large', 'unsupported', 'damaged'],
    ],
    ['empty file', 'empty.csv', '', [], ['empty']],
    ['picture', 'picture.csv', png, [], ['unknown_layout', 'unsupported', 'damaged']],
    ['unknown columns', 'unknown.csv', '苹果,梨\n1,2\n', [], ['unknown_layout']],
    ['unknown JSON', 'unknown.json', noTables, [], ['unknown_layout']],
    [
      'error page of an API',
      'error.json',
      '{"errcode":40001,"errmsg":"invalid credential"}',
      ['--room', 'lv1'],
      ['source_error'],
    ],
    [
      'cut plain workbook',
      'cut-plain.xlsx',
      sample('watch-l1-restated.xlsx').subarray(0, 2_000),
      [],
      ['damaged', 'unsupported'],
    ],
    [
      'half a PDF',
      'half.pdf',
      sample('minutes-k1-day2.pdf').subarray(0, 3_000),
      ['--room', 'kd-1'],
      ['damaged', 'unknown_layout'],
    ],
  ];
  it.each(cases)('%s', async (_what, name, content, args, codes) => {
    const bad = file(name, content);
    const beside = file('beside.ndjson', `${good(`beside ${name} ${args.length}`)}\n`);
    const before = await count('batches');
    const started = performance.now();
    const alone = args.includes('--room');
    const result = await wxlive(['import', '--json', bad, ...(alone ? [] : [beside]), ...args]);
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(result.exit, result.stderr).toBe(1);
    const [refused, loaded] = parseImport(result);
    expect(codes).toContain(errorCode(refused));
    // The other file of the call loads all the same.
    if (!alone) expect(loaded).toMatchObject({ accepted: 1 });
    expect(await count('batches')).toBe(before + (alone ? 0 : 1));
  });

  it('is named with the cause and the fix, in Chinese and in English', async () => {
    const path = file('unknown.csv', 'apple,梨,Zhang3\n1,2,3\n');
    const [zh, en] = await Promise.all([wxlive(['import', path]), wxlive(['import', path, '--lang', 'en'])]);
    expect(zh.stdout).toContain('unknown.csv');
    expect(zh.stdout).toMatch(/inspect/);
    expect(en.stdout).toMatch(/inspect/);
    expect(en.stdout).not.toMatch(/[\u4e00-\u9fff]{6}/u);
    // What was found, but for words that could be somebody's name.
    expect(en.stdout).toContain('3 – apple');
    expect(zh.stdout + en.stdout).not.toMatch(/梨|Zhang3/);
  });

  it('that is not there', async () => {
    const result = await wxlive(['import', '--json', join(folder, 'nowhere.csv')]);
    expect(result.exit).not.toBe(0);
    expect(result.stdout + result.stderr).toContain('nowhere.csv');
    expect(result.stdout + result.stderr).not.toMatch(/ {4}at /);
  });
});

it('bad rows are rejected one by one, and the good rows of the file load', async () => {
  const lines: [string, string | null][] = [
    [good('row1'), null],
    ['{"event_id":"cut","event":"live_enter","ti', 'not_json'],
    [JSON.stringify({ event: 'live_enter', time: T, user_id: 'u' }), 'missing_event_id'],
    [JSON.stringify({ event_id: 'r4', time: T, user_id: 'u' }), 'missing_event'],
    [JSON.stringify({ event_id: 'r5', event: 'e', time: T }), 'missing_identity'],
    [
      JSON.stringify({ event_id: 'r6', event: 'e', time: '2026-02-30T10:00:00+08:00', user_id: 'u' }),
      'time_unreadable',
    ],
    [JSON.stringify({ event_id: 'r7', event: 'e', time: T / 1000, user_id: 'u' }), 'time_unit'],
    [
      JSON.stringify({ event_id: 'r8', event: 'e', time: '2026-09-09 10:00:00', user_id: 'u' }),
      'time_without_offset',
    ],
    [
      JSON.stringify({ event_id: 'r9', event: 'e', time: 4_102_444_800_000, user_id: 'u' }),
      'time_out_of_range',
    ],
    [JSON.stringify({ event_id: 'x'.repeat(129), event: 'e', time: T, user_id: 'u' }), 'too_long'],
    [
      JSON.stringify({ event_id: 'r11', event: 'e', time: T, user_id: 'u', props: { a: { b: 1 } } }),
      'nested_props',
    ],
    [`{"event_id":"\\ud800","event":"e","time":${T},"user_id":"u"}`, 'bad_text'],
    [
      `{"event_id":"r13","event":"order_pay","time":${T},"user_id":"u","props":{"amount_fen":9007199254740993}}`,
      'bad_amount',
    ],
    [
      JSON.stringify({ event_id: 'r14', event: 'e', time: T, user_id: 'u', platform: 'douyin' }),
      'unknown_platform',
    ],
    [good('row15').replace('member', 'mem\u0000ber'), null],
    [
      `{"event_id":"row16","event":"live_comment","time":${T},"user_id":"u","room_id":"1181","props":{"text":"\\ud83d"}}`,
      null,
    ],
    ['[1,2]', 'not_json'],
    [good('row18'), null],
    // The file was cut in the middle of its last line.
    [good('row19').slice(0, 40), 'not_json'],
  ];
  const path = file('rows.ndjson', lines.map(([line]) => line).join('\n'));
  const before = { events: await count('events'), rejects: await count('rejects') };
  const result = await wxlive(['import', '--json', path]);
  expect(result.exit, result.stderr).toBe(3);
  const rejected = lines.flatMap(([, code], at) =>
    code === null ? [] : [{ where: `rows.ndjson:${at + 1}`, code }],
  );
  const [answer] = parseImport(result);
  expect(answer).toMatchObject({
    rows: lines.length,
    accepted: lines.length - rejected.length,
    rejected: rejected.length,
  });
  expect(answer !== undefined && 'rejects' in answer ? answer.rejects : []).toMatchObject(rejected);
  expect(await count('events')).toBe(before.events + lines.length - rejected.length);
  expect(await count('rejects')).toBe(before.rejects + rejected.length);
  const [odd] = await rowsOf(`SELECT props['text'] AS text FROM wxlive.events WHERE event_id = 'row16'`);
  expect(odd?.['text']).toBe('\ufffd');

  // The same file again: nothing accepted, no reject stored twice, one more batch.
  const counts = {
    events: await count('events'),
    rejects: await count('rejects'),
    batches: await count('batches'),
  };
  const again = await wxlive(['import', '--json', path]);
  expect(again.exit).toBe(3);
  const accepted = lines.length - rejected.length;
  expect(parseImport(again)).toMatchObject([
    { accepted: 0, duplicates: accepted, rejected: rejected.length },
  ]);
  expect({
    events: await count('events'),
    rejects: await count('rejects'),
    batches: await count('batches'),
  }).toEqual({
    ...counts,
    batches: counts.batches + 1,
  });

  const listed = await wxlive(['rejects', 'list', '--json', '--code', 'time_unit']);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    rejects: [{ place: 'rows.ndjson:7', code: 'time_unit' }],
  });
});

it('more rejects than are shown are all stored', async () => {
  const bad = Array.from({ length: 45 }, (_none, at) => `{"event_id":"many${at}"`);
  const before = await count('rejects');
  const result = await wxlive(['import', '--json', file('many.ndjson', [...bad, good('many')].join('\n'))]);
  expect(result.exit).toBe(3);
  const [answer] = parseImport(result);
  expect(answer).toMatchObject({ rows: 46, accepted: 1, rejected: 45 });
  expect(answer !== undefined && 'rejects' in answer ? answer.rejects.length : 0).toBe(20);
  expect(await count('rejects')).toBe(before + 45);
});

it('a dry run counts and stores nothing', async () => {
  const path = file('dry.ndjson', `${good('dry1')}\n{"broken\n${good('dry2')}\n`);
  const before = {
    events: await count('events'),
    rejects: await count('rejects'),
    batches: await count('batches'),
  };
  const result = await wxlive(['import', '--json', '--dry-run', path]);
  expect(result.exit).toBe(3);
  expect(parseImport(result)).toMatchObject([{ batch_id: null, rows: 3, accepted: 2, rejected: 1 }]);
  expect({
    events: await count('events'),
    rejects: await count('rejects'),
    batches: await count('batches'),
  }).toEqual(before);
});

it('the same rows give the same events from CSV, XLSX and encrypted XLSX', async () => {
  const header = [
    'event_id',
    'event',
    'time',
    'room_id',
    'openid',
    'user_id',
    'query',
    'scene',
    'props',
    'props.goods_id',
    'props.amount_fen',
  ];
  const rows = Array.from({ length: 40 }, (_none, at) => [
    `same${at}`,
    ['live_enter', 'goods_click', 'order_pay', '自定义'][at % 4] ?? '',
    at % 3 === 0 ? String(T + at * 997) : new Date(T + at * 997).toISOString(),
    '1181',
    at % 5 === 0 ? '' : `o${String(at).padStart(4, '0')}SameRowsABCDEFGHIJKLMNO`,
    `member ${at % 7}`,
    at % 2 === 0 ? `utm_source=海报${at % 3}&utm_medium=QR` : '',
    at % 4 === 0 ? '1047' : '',
    at % 6 === 0 ? `{"k":"值,${at}","n":${at}}` : '',
    at % 4 === 1 ? `g${at}` : '',
    at % 4 === 2 ? String(at * 100) : '',
  ]);
  const table = [header, ...rows];
  const workbook = await bytesOf(buildWorkbook([{ name: '导出', rows: table, headerRow: 0 }], T));
  const files = [
    ['same.csv', table.map((cells) => csvLine(cells, { formulaGuard: false })).join('')],
    ['same.xlsx', workbook],
    ['same-encrypted.xlsx', await bytesOf(encryptPackage(workbook, env['PW_l1'] ?? ''))],
  ] as const;
  const seen: unknown[] = [];
  for (const [at, [name, content]] of files.entries()) {
    // An account each, so that each file stores its rows.
    const result = await wxlive([
      'import',
      '--json',
      file(name, content),
      '--account',
      `same${at}`,
      '--password-env',
      'PW_l1',
    ]);
    expect(result.exit, result.stderr).toBe(0);
    expect(parseImport(result)).toMatchObject([{ adapter: 'events', rows: 40, accepted: 40 }]);
    seen.push(
      await rowsOf(
        `SELECT * EXCEPT (account, received_at, batch_id) FROM wxlive.events WHERE account = 'same${at}' ORDER BY event_id`,
      ),
    );
  }
  expect(seen[0]).toHaveLength(40);
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[2]).toEqual(seen[0]);
});

describe('wrong usage and settings end with exit code 2', () => {
  const usage: [string, string[], Record<string, string>, RegExp][] = [
    ['no such command', ['improt', 'x.csv'], {}, /improt/],
    ['no such option', ['import', 'x.csv', '--rooom', '1'], {}, /--rooom/],
    ['no file given', ['import'], {}, /file/],
    ['no such adapter', ['import', 'x.csv', '--as', 'douyin'], {}, /douyin/],
    ['password variable not set', ['import', 'x.csv', '--password-env', 'NOT_SET'], {}, /NOT_SET/],
    ['no such zone', ['import', 'x.csv', '--time-zone', 'Asia/Beijing8'], {}, /Asia\/Beijing8/],
    ['no instant', ['import', 'x.csv', '--exported-at', 'yesterday'], {}, /--exported-at/],
    ['spec that is no JSON', ['funnel', '--spec', '-'], {}, /JSON/],
    ['wrong setting', ['batches', 'list'], { WXLIVE_REPORT_TIME_ZONE: 'Mars/Olympus' }, /report_time_zone/],
    ['wrong language', ['batches', 'list'], { WXLIVE_LANGUAGE: 'fr' }, /language/],
    ['no such settings file', ['batches', 'list', '--config', 'missing.yaml'], {}, /missing\.yaml/],
    ['no such reject', ['rejects', 'show', 'ffffffff'], {}, /ffffffff/],
    ['an id as an argument', ['viewer', 'lookup', 'someone'], {}, /lookup -/],
  ];
  it.each(usage)('%s', async (_what, args, settings, message) => {
    const result = await wxlive(args, settings, '{broken');
    expect(result.exit, result.stderr).toBe(2);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/ {4}at /);
    expect(result.stdout).toBe('');
  });

  it('a wrong setting of the file is named', async () => {
    const config = file('wrong.yaml', 'report_time_zone: Asia/Shanghai\nserve_prot: 8080\n');
    const result = await wxlive(['batches', 'list', '--config', config]);
    expect(result.exit).toBe(2);
    expect(result.stderr).toMatch(/serve_prot.*serve_port/);
  });

  it("another pseudonym key than the warehouse's loads nothing", async () => {
    const path = file('other-key.ndjson', `${good('other key')}\n`);
    const before = await count('batches');
    const result = await wxlive(['import', '--json', path], { WXLIVE_PSEUDONYM_KEY: 'ab'.repeat(32) });
    expect(result.exit).toBe(2);
    expect(result.stderr).toMatch(/other_key/);
    expect(await count('batches')).toBe(before);
    expect(await count(`events WHERE event_id = 'other key'`)).toBe(0);
  });

  it('a key that is none is named without being shown', async () => {
    const path = file('short-key.ndjson', `${good('short key')}\n`);
    const result = await wxlive(['import', path], { WXLIVE_PSEUDONYM_KEY: 'tooShortSecret' });
    expect(result.exit).toBe(2);
    expect(result.stderr).toContain('WXLIVE_PSEUDONYM_KEY');
    expect(result.stderr).not.toContain('tooShortSecret');
  });
});

it('every command says how it is used, with an example', async () => {
  const help = await runWxlive(['--help'], { dataDir: null });
  expect(help.exit).toBe(0);
  const commands = [...help.stdout.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name]) => name ?? '');
  expect(commands.length).toBeGreaterThan(12);
  const ask = async (command: string): Promise<void> => {
    const own = await runWxlive([command, '--help'], { dataDir: null });
    expect(own.exit, command).toBe(0);
    expect(own.stdout, command).toMatch(/example/);
    expect(own.stdout, command).toMatch(/--json/);
  };
  await Promise.all(commands.filter((name) => name !== 'help').map(ask));
});

it('two files of one name are told apart in rejects', async () => {
  const first = file('twice.ndjson', '{"broken 1\n');
  const before = await count('rejects');
  await wxlive(['import', '--json', first, '--as', 'events']);
  writeFileSync(first, '{"broken 2\n');
  await wxlive(['import', '--json', first, '--as', 'events']);
  expect(await count('rejects')).toBe(before + 2);
});
