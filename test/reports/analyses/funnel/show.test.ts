import { expect, it } from 'vitest';

import { funnelTables } from '../../../../reports/analyses/funnel/show.js';
import type { FunnelStepResult } from '../../../../schemas/index.js';

const step = (number: number, viewers: number, rate: number): FunnelStepResult => ({
  step: number,
  name: `step ${number}`,
  viewers,
  from_previous: number === 1 ? null : rate,
  from_first: rate,
  median_seconds: null,
  mean_seconds: null,
});

it('shows no rate over nobody, and a rate of 0 over somebody', () => {
  const nobody = [step(1, 0, 0), step(2, 0, 0)];
  const some = [step(1, 4, 1), step(2, 0, 0), step(3, 0, 0)];
  const [steps] = funnelTables({ steps: some, notes: [] }, 'en');
  expect(steps?.rows.map((row) => [row[2], row[3]])).toEqual([
    [null, 1],
    [0, 0],
    [null, 0],
  ]);
  const [, trend] = funnelTables(
    { steps: nobody, trend: [{ period: '2026-11-23', steps: nobody }], notes: [] },
    'en',
  );
  expect(trend?.rows).toEqual([['2026-11-23', 0, 0, null]]);
});
