import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { SOURCES } from '../../../pipelines/sources/index.js';
import { isBuilt, recognizeSample } from './read-sample.js';

const SAMPLES = fileURLToPath(new URL('../../fixtures/samples/', import.meta.url));
const expectedSchema = z.looseObject({
  passwords: z.record(z.string(), z.string()),
  files: z.record(
    z.string(),
    z.looseObject({ adapter: z.string().nullable(), password: z.string().nullish() }),
  ),
});
const { files, passwords } = expectedSchema.parse(
  JSON.parse(readFileSync(`${SAMPLES}expected.json`, 'utf8')),
);

describe.skipIf(!isBuilt)('every sample is recognised by its content', () => {
  it.each(Object.entries(files).filter(([, { adapter }]) => adapter !== null))(
    '%s',
    async (file, { adapter, password }) => {
      const secret = password === null || password === undefined ? undefined : passwords[password];
      expect(await recognizeSample(SOURCES, SAMPLES + file, secret)).toBe(adapter);
    },
  );

  it('knows nothing of a table of fruit', async () => {
    expect(await recognizeSample(SOURCES, `${SAMPLES}hostile/unknown-layout.csv`)).toBeNull();
  });
});
