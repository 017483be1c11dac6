import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { typedByUser } from '../../../sql/index.js';
import { SAMPLES } from '../../reports/analyses/expected-figures.js';
import { openImportBench, type ImportBench } from '../import-tools.js';

let bench: ImportBench;

beforeAll(async () => {
  bench = await openImportBench();
});

afterAll(async () => {
  await bench.stop();
});

const minutes = (): Promise<unknown> =>
  bench.warehouse.query(
    typedByUser(
      'SELECT toString(tuple(*)) AS row FROM wxlive.minutes ORDER BY platform, account, room_id, minute',
    ),
    z.object({ row: z.string() }),
  );

it('a file that states no time is as old as its first import: once more, it takes back nothing', async () => {
  const file = (name: string): string => join(SAMPLES, `minutes-k2-day0-css${name}.json`);
  const options = { room: 'kd-2', account: 'live.example.com' };
  expect(await bench.load(file(''), options)).toMatchObject({ accepted: 90 });
  const first = await minutes();
  expect(await bench.load(file('-restated'), options)).toMatchObject({ accepted: 25 });
  const restated = await minutes();
  expect(restated).not.toEqual(first);
  for (const [name, rows] of [
    ['', 90],
    ['-restated', 25],
    ['', 90],
  ] as const) {
    expect(await bench.load(file(name), options)).toMatchObject({ accepted: 0, duplicates: rows });
    expect(await minutes()).toEqual(restated);
  }
  // Whoever means it says so.
  const now = await bench.load(file(''), { ...options, exportedAt: Date.now() });
  expect(now.accepted).toBe(25);
});
