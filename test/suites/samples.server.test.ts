import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ANALYSES } from '../../reports/index.js';
import { openAnalyst, openWarehouse, typedByUser, type Warehouse } from '../../sql/index.js';
import { errorCode, parseImport, runWxlive, type ImportAnswer, type RunResult } from '../cli/run-wxlive.js';
import {
  compareResult,
  readExpected as readExpectedAnalyses,
  SAMPLES,
} from '../reports/analyses/expected-figures.js';
import { engineEnded, makeDataDir } from '../servers/clickhouse.js';
import {
  importArguments,
  readExpectedSamples,
  samplesEnvironment,
  type ExpectedFile,
  type ImportCall,
} from './expected-samples.js';

/**
 * The samples through the built command, in the order and with the options that `expected.json` states, and every
 * figure it states compared: what each file gave, where each bad row stood, what the analyst's views answer after each
 * phase, what the analyses answer, which files are refused and by which code.
 */
const expected = readExpectedSamples();
const expectedAnalyses = readExpectedAnalyses().analyses;
const env = samplesEnvironment(expected);
const dataDir = makeDataDir();
const analysed = new Set<string>(ANALYSES.map(({ name }) => name));
/** The first batch of each file: `{batch:FILE}` in a query means it. */
const batches = new Map<string, string>();
let owner: Warehouse;
let analyst: Warehouse;

const wxlive = (args: readonly string[], input = ''): Promise<RunResult> =>
  runWxlive(args, { dataDir, env, input, cwd: SAMPLES });

beforeAll(async () => {
  // Held open so that the commands find a running engine instead of starting one each.
  owner = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  analyst = await openAnalyst({ dataDir, reportZone: 'Asia/Shanghai' });
});

afterAll(async () => {
  await Promise.all([owner.close(), analyst.close()]);
  await engineEnded(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

async function ask(sql: string): Promise<string[][]> {
  const parts: Uint8Array[] = [];
  for await (const part of analyst.stream(typedByUser(sql), 'TabSeparated')) parts.push(part);
  const text = Buffer.concat(parts).toString('utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}

function batchCount(): Promise<string[][]> {
  return ask('SELECT count() FROM wxlive.batches');
}

describe.each(['A', 'B', 'C', 'D'] as const)('phase %s', (phase) => {
  const calls = expected.imports.filter((call) => call.phase === phase);

  describe.each(calls.map((call) => [call.files.join(' '), call] as const))('import %s', (_files, call) => {
    let result: RunResult;
    let answers: readonly ImportAnswer[] = [];
    beforeAll(async () => {
      result = await wxlive(importArguments(call));
      answers = parseImport(result);
      for (const [at, answer] of answers.entries()) {
        const file = call.files[at] ?? '';
        if (!('error' in answer) && answer.batch_id !== null && !batches.has(file)) {
          batches.set(file, answer.batch_id);
        }
      }
    });

    it('ends with the exit code stated and names each file', () => {
      expect(call.exit, result.stderr).toContain(result.exit);
      expect(answers.map(({ file }) => file)).toEqual(call.files);
    });

    it.each(call.files.map((file, at) => [file, at] as const))('%s', (file, at) => {
      const stated = expected.files[file];
      const answer = answers[at];
      if (stated === undefined || answer === undefined) throw new Error(`${file} is not in expected.json`);
      expect(differences(call, file, stated, answer)).toEqual([]);
    });
  });

  const queries = expected.queries.filter(({ after_phase }) => after_phase === phase);
  it.each(queries.map((query) => [query.name, query] as const))('query %s', async (_name, query) => {
    const sql = query.sql.replaceAll(/\{batch:([^}]+)\}/g, (_all, file: string) => batches.get(file) ?? '?');
    const byText = (one: readonly string[], other: readonly string[]): number =>
      one.join('\t') < other.join('\t') ? -1 : 1;
    const found = (await ask(sql)).sort(byText);
    const wanted = [...query.rows].sort(byText);
    const near = found.map((row, at) =>
      row.map((cell, column) => (sameFigure(cell, wanted[at]?.[column]) ? wanted[at]?.[column] : cell)),
    );
    expect(near).toEqual(wanted);
  });

  const kinds = [...analysed].filter((kind) =>
    expectedAnalyses.some((one) => one.kind === kind && one.after_phase === phase),
  );
  it.each(kinds)('analysis %s', async (kind) => {
    const cases = expectedAnalyses.filter((one) => one.kind === kind && one.after_phase === phase);
    // All specs at once, as an array: the results follow in the same shape.
    const specs = JSON.stringify(cases.map(({ spec }) => spec));
    const result = await wxlive([kind, '--json', '--spec', '-'], specs);
    expect(result.exit, result.stderr).toBe(0);
    const answers = z.array(z.unknown()).length(cases.length).parse(JSON.parse(result.stdout));
    const found = cases.flatMap((one, at) =>
      compareResult(one, answers[at]).map((text) => `${one.name}: ${text}`),
    );
    expect(found).toEqual([]);
  });
});

it.each([
  ['channels', {}],
  ['attribution', {}],
])('%s of all that was imported adds up, although amounts together pass 2⁵³', async (name, spec) => {
  const result = await wxlive([name, '--json', '--spec', '-'], JSON.stringify(spec));
  expect(result.exit, result.stdout).toBe(0);
});

describe('files that cannot be read', () => {
  // One call for each pair of room and password, so that good and bad files of a call are told apart too.
  const groups = new Map<string, typeof expected.unreadable>();
  for (const one of expected.unreadable) {
    const key = `${one.room ?? '-'} ${one.password ?? '-'}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  it.each([...groups])('room and password %s', async (_key, files) => {
    const before = await batchCount();
    const [{ room, password }] = [files[0] ?? { room: null, password: null }];
    const result = await wxlive([
      'import',
      '--json',
      ...files.map(({ file }) => file),
      ...(room === null ? [] : ['--room', room]),
      ...(password === null ? [] : ['--password-env', `PW_${password}`]),
    ]);
    expect(result.exit, result.stderr).toBe(1);
    const answers = parseImport(result);
    const wrong = files.flatMap(({ file, why, codes }, at) => {
      const code = errorCode(answers[at]);
      if (codes === null || (code !== null && codes.includes(code))) return [];
      return [`${file} (${why}): ${code ?? 'was loaded'}`];
    });
    expect(wrong).toEqual([]);
    const loaded = answers.filter((answer) => !('error' in answer)).length;
    expect(Number((await batchCount())[0]?.[0]) - Number(before[0]?.[0])).toBe(loaded);
  });
});

const inspectedSchema = z.object({
  files: z.tuple([
    z.object({
      file: z.string(),
      format: z.string().nullable(),
      encrypted: z.object({ scheme: z.string() }).nullable(),
      encoding: z.string().nullable(),
      tables: z.array(z.object({ name: z.string(), rows: z.number(), cells: z.array(z.array(z.string())) })),
      adapter: z
        .object({ name: z.string(), columns: z.record(z.string(), z.string().nullable()) })
        .nullable(),
      error: z.object({ code: z.string(), message: z.string(), fix: z.string() }).nullable(),
    }),
  ]),
});

it.each(expected.inspect.map((one) => [one.file, one] as const))('inspect %s', async (file, stated) => {
  const result = await wxlive(['inspect', '--json', file]);
  const [read] = inspectedSchema.parse(JSON.parse(result.stdout)).files;
  if (typeof stated.format === 'string') expect(read.format).toBe(stated.format);
  if (stated.adapter !== undefined) expect(read.adapter?.name ?? null).toBe(stated.adapter);
  if (stated.encoding !== undefined) expect(read.encoding).toContain(stated.encoding);
  if (stated.encrypted !== undefined) expect(read.encrypted?.scheme).toBe(stated.encrypted.scheme);
  if (stated.error !== undefined) expect(read.error?.code).toBe(stated.error);
  if (stated.header !== undefined) {
    const heads = read.tables.flatMap(({ cells }) => cells.map((row) => row.slice(0, stated.header?.length)));
    expect(heads).toContainEqual(stated.header);
  }
  expect(result.exit).toBe(read.error === null ? 0 : 1);
});

it('reconciles orders: what one side alone knows, nothing that both know', async () => {
  const result = await wxlive(['orders', 'reconcile', '--json']);
  expect(result.exit, result.stderr).toBe(0);
  const { orders } = z
    .strictObject({
      orders: z.array(z.strictObject({ order_id: z.string(), told_by: z.enum(['file', 'tracking']) })),
    })
    .parse(JSON.parse(result.stdout));
  const told = (side: string): Set<string> =>
    new Set(orders.flatMap(({ order_id, told_by }) => (told_by === side ? [order_id] : [])));
  const { both, file, tracked } = expected.orders_known;
  // Those stated are the paid ones of the first files; orders that were never paid are known to tracking alone too.
  expect(file.filter((order) => !told('file').has(order))).toEqual([]);
  expect(tracked.filter((order) => !told('tracking').has(order))).toEqual([]);
  expect(both.filter((order) => told('file').has(order) || told('tracking').has(order))).toEqual([]);
});

it('looks the pseudonym of an id up that is read from standard input', async () => {
  const { id, viewer } = expected.viewer_lookup;
  const result = await wxlive(['viewer', 'lookup', '-', '--json'], `${id}\n`);
  const found = z.object({ viewers: z.tuple([z.object({ viewer: z.string() })]) });
  expect(found.parse(JSON.parse(result.stdout)).viewers[0].viewer).toBe(viewer);
  expect(result.stdout + result.stderr).not.toContain(id);
});

/** Where the answer for a file leaves what was stated of it; empty when it does not. */
function differences(call: ImportCall, file: string, stated: ExpectedFile, answer: ImportAnswer): string[] {
  if ('error' in answer) {
    const { code } = answer.error;
    return stated.codes?.includes(code) === true ? [] : [`refused as ${code}: ${answer.error.message}`];
  }
  const found: string[] = [];
  const compare = (what: string, is: number | string, wanted: number | string | null | undefined): void => {
    if (wanted !== null && wanted !== undefined && is !== wanted) {
      found.push(`${what}: found ${is}, stated ${wanted}`);
    }
  };
  compare('rows', answer.accepted + answer.duplicates + answer.rejected + answer.held, answer.rows);
  if (stated.codes !== undefined) found.push(`was loaded, stated ${stated.codes.join(' or ')}`);
  compare('adapter', answer.adapter, stated.adapter);
  compare('rows stated', answer.rows, stated.rows);
  compare('rejected', answer.rejected, stated.rejected);
  if (call.again === true) {
    compare('accepted again', answer.accepted, 0);
  } else if (call.held?.includes(file) === true) {
    compare('held', answer.held, answer.rows);
  } else if (call.accept_shrink === true) {
    compare('held', answer.held, 0);
  } else {
    compare('accepted', answer.accepted, stated.accepted);
    compare('duplicates', answer.duplicates, stated.duplicates);
    if (answer.accepted < (stated.min_accepted ?? 0)) found.push(`accepted only ${answer.accepted}`);
    const [low, high] = stated.conflicts ?? [0, Infinity];
    if (answer.conflicts < low || answer.conflicts > high) found.push(`conflicts: ${answer.conflicts}`);
  }
  return [...found, ...rejectDifferences(file, stated, answer.rejects)];
}

function rejectDifferences(
  file: string,
  stated: ExpectedFile,
  rejects: readonly { where: string; code: string }[],
): string[] {
  const wanted = new Map(
    (stated.rejects ?? []).map(({ line, index, sheet, row, code }) => {
      const place =
        line !== undefined
          ? `${file}:${line}`
          : index !== undefined
            ? `$[${index}]`
            : `!${sheet ?? ''}!A${row ?? 0}`;
      return [place, [code].flat()] as const;
    }),
  );
  const wrong = rejects.flatMap(({ where, code }) => {
    const place = [...wanted.keys()].find((end) => where === end || where.endsWith(end));
    return place !== undefined && wanted.get(place)?.includes(code) === true ? [] : [`${where}: ${code}`];
  });
  const shown = Math.min(20, wanted.size);
  if (rejects.length !== shown) wrong.push(`${rejects.length} rejects shown, stated ${shown}`);
  return wrong;
}

function sameFigure(found: string, wanted: string | undefined): boolean {
  if (found === wanted) return true;
  if (wanted === undefined || found === '' || wanted === '') return false;
  return Math.abs(Number(found) - Number(wanted)) < 1e-6;
}
