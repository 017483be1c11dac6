import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SOURCES, type ImportOptions } from '../../../pipelines/index.js';
import { OpeningFile } from '../../../pipelines/import/opening-file.js';
import { PLAIN_IMPORT } from '../import-tools.js';
import { buildChildOnce } from '../../servers/clickhouse.js';

const folder = mkdtempSync(join(tmpdir(), 'wxlive-opening-'));
beforeAll(buildChildOnce);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const OPTIONS: ImportOptions = { ...PLAIN_IMPORT, dryRun: true };
const EVENT = { event_id: 'e1', event: 'live_enter', time: 1_790_000_000_000, openid: 'o1', room_id: '1' };
const LARGE = 17 << 20;

it.each([
  ['lines of events, large', 'lines.ndjson', `${JSON.stringify(EVENT)}\n`, LARGE, true],
  ['lines of events, few', 'few.ndjson', `${JSON.stringify(EVENT)}\n`, 1_000, false],
  ['an array of events, large', 'array.json', `[${JSON.stringify(EVENT)}]`, LARGE, false],
])('is read on threads only where that pays: %s', async (_what, name, text, bytes, threads) => {
  const path = join(folder, name);
  const lines = name.endsWith('.ndjson');
  writeFileSync(path, text);
  appendFileSync(path, lines ? text.repeat(Math.ceil(bytes / text.length)) : ' '.repeat(bytes));
  const file = open(path, true);
  const input = await file.input;
  if (!input.ok) throw new Error(input.failure.code);
  expect((await file.threadsFor(input.value)) !== null).toBe(threads);
  expect(await file.sha256()).toMatch(/^[0-9a-f]{64}$/u);
  await file.close();
  await expect(async () => {
    for await (const rows of input.value.rows()) expect(rows).toBeDefined();
  }).rejects.toThrow();
});

it('is read by one thread where nobody may use more', async () => {
  const file = open(join(folder, 'lines.ndjson'), false);
  const input = await file.input;
  expect(input.ok && (await file.threadsFor(input.value))).toBe(null);
  await file.close();
});

it('is closed while it is still being read, and says what is wrong when it is not there', async () => {
  const begun = open(join(folder, 'lines.ndjson'), true);
  await begun.close();
  await expect(begun.input).rejects.toThrow(/abort/u);
  const nowhere = open(join(folder, 'nowhere.ndjson'), true);
  expect(await nowhere.input).toMatchObject({ ok: false, failure: { code: 'not_found' } });
  await nowhere.close();
});

function open(path: string, usesThreads: boolean): OpeningFile {
  return new OpeningFile(path, OPTIONS, { sources: SOURCES, usesThreads });
}
