import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ANALYSES, findAnalysis } from '../../../reports/analyses/index.js';
import { openWarehouse, type Warehouse } from '../../../sql/index.js';

import { compareResult, readExpected, SAMPLES } from './expected-figures.js';

const expected = readExpected();
const ZONE = 'Asia/Shanghai';
const CLI = join(import.meta.dirname, '../../../dist/cli/main.js');
let dataDir = '';
let warehouse: Warehouse;

/** One import call of `expected.json` as a user makes it; some end in an error on purpose. */
async function importFiles(call: (typeof expected.imports)[number]): Promise<void> {
  const room = call.room === null ? [] : ['--room', call.room];
  const password = call.password === null ? [] : ['--password-env', 'SAMPLE_PASSWORD'];
  const secret = call.password === null ? '' : (expected.passwords[call.password] ?? call.password);
  const args = [
    CLI,
    'import',
    '--data',
    dataDir,
    '--json',
    ...(call.args ?? []),
    ...room,
    ...password,
    ...call.files,
  ];
  const env = { ...process.env, WXLIVE_PSEUDONYM_KEY: expected.pseudonym_key, SAMPLE_PASSWORD: secret };
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: SAMPLES, env, maxBuffer: 2 ** 26 }, (error, _stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number' && call.exit.includes(code)) resolve();
      else
        reject(
          new Error(`import of ${call.files.join(', ')} ended with ${String(code)}: ${stderr.slice(-500)}`),
        );
    });
  });
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'wxlive-samples-'));
  warehouse = await openWarehouse({ dataDir, reportZone: ZONE });
}, 60_000);
afterAll(async () => {
  await warehouse.close();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

describe.each(['A', 'B'])('after phase %s of the samples', (phase) => {
  beforeAll(async () => {
    for (const call of expected.imports.filter((one) => one.phase === phase)) await importFiles(call);
  }, 240_000);

  const cases = expected.analyses.filter(
    (one) => one.after_phase === phase && findAnalysis(one.kind) !== undefined,
  );
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const answer = await findAnalysis(one.kind)?.answer(warehouse, one.spec, { timeZone: ZONE });
    if (answer?.ok !== true) throw new Error(answer?.failure.message ?? 'no such analysis');
    expect(compareResult(one, answer.value.result)).toEqual([]);
    expect(findAnalysis(one.kind)?.result.safeParse(answer.value.result).success).toBe(true);
  });

  it.each(ANALYSES.map((analysis) => [analysis.name, analysis] as const))(
    'the example of %s runs and shows',
    async (_name, analysis) => {
      const answer = await analysis.answer(warehouse, analysis.example, { timeZone: ZONE });
      if (!answer.ok) throw new Error(answer.failure.message);
      for (const language of ['zh', 'en'] as const) {
        for (const table of answer.value.tables(language)) {
          for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
          if (table.totalRow !== undefined) expect(table.totalRow).toHaveLength(table.columns.length);
        }
        expect(answer.value.charts(language).length).toBeGreaterThan(0);
      }
    },
  );
});
