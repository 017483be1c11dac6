import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FUZZED_READERS, runFuzzCase, type FuzzedReader } from '../../bench/nightly-fuzz/case.js';
import { times } from '../long-form.js';

/** The first seeds of `bench/nightly-fuzz.ts`; the readers of workbooks and PDFs share the warm children. */
const CASES: Record<FuzzedReader, number> = {
  xlsx: times(100, 300),
  'encrypted-xlsx': times(60, 200),
  csv: times(70, 300),
  json: times(70, 300),
  pdf: times(10, 50),
};

const folder = mkdtempSync(join(tmpdir(), 'wxlive-fuzz-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it.each(FUZZED_READERS)('hurt files of %s give right rows or one clear code', async (reader) => {
  const outcomes = new Map<string, number>();
  for (let seed = 0; seed < CASES[reader]; seed += 1) {
    const { outcome, complaint } = await runFuzzCase(reader, seed, folder);
    expect(complaint, `node dist/bench/nightly-fuzz.js --reader ${reader} --seed ${seed}`).toBeNull();
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  // Mutations that no file survives, or every one, would test nothing.
  expect(outcomes.get('rows')).toBeGreaterThan(CASES[reader] / 50);
  expect(outcomes.get('damaged')).toBeGreaterThan(CASES[reader] / 50);
});
