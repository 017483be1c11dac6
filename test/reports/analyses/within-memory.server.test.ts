import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { register, type AnalysisAnswer } from '../../../reports/analyses/analysis.js';
import { channels } from '../../../reports/analyses/channels/run.js';
import { funnel } from '../../../reports/analyses/funnel/run.js';
import type { AnalysisFailure, Outcome } from '../../../schemas/index.js';
import { typedByUser } from '../../../sql/index.js';

import { openScratchWarehouse, ZONE, type ScratchWarehouse } from './scratch-warehouse.js';

/** 600,000 events of 200,000 people, each of whom enters, clicks and pays. */
const EVENTS = typedByUser(`
INSERT INTO wxlive_store.events_store
(event_key, event_id, platform, account, room_id, viewer_key, viewer, event, event_original, event_time, stated_time, received_at, utm_source, adapter, batch_seq)
SELECT
    bitShiftLeft(toUInt128(1790000000000 + number), 80), toString(number), 'miniprogram', 'default', '1', id, id, name, name, at, at, at,
    if(name = 'live_enter', concat('s', toString(number % 7)), ''), 'events', 1
FROM
(
    SELECT
        number,
        ['live_enter', 'goods_click', 'order_pay'][intDiv(number, 200000) + 1] AS name,
        reinterpretAsUUID(concat(reinterpretAsString(intHash64(number % 200000)), reinterpretAsString(intHash64(number % 200000 + 1)))) AS id,
        fromUnixTimestamp64Milli(toInt64(1790000000000 + number), 'UTC') AS at
    FROM numbers(600000)
)`);
const FUNNEL = {
  steps: [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }],
  breakdown: { field: 'utm_source' },
};
let scratch: ScratchWarehouse;

beforeAll(async () => {
  scratch = await openScratchWarehouse();
  await scratch.warehouse.command(EVENTS);
}, 120_000);
afterAll(async () => {
  await scratch.close();
});

describe('an analysis that may hold little memory', () => {
  it('spills, and answers the same', async () => {
    const whole = await answer(register(funnel), FUNNEL);
    const spilled = await answer(register(funnel, 60_000_000), FUNNEL);
    if (!whole.ok || !spilled.ok) throw new Error('no answer');
    expect(spilled.value.result).toEqual(whole.value.result);
    expect(whole.value.result).toMatchObject({ steps: [{}, {}, { viewers: 200_000 }] });
  });

  it('says so where it cannot, and the engine lives on', async () => {
    for (const analysis of [register(funnel, 4_000_000), register(channels, 4_000_000)]) {
      const refused = await answer(analysis, analysis.name === 'funnel' ? FUNNEL : {});
      expect(refused).toMatchObject({ ok: false, failure: { code: 'too_large' } });
      expect(refused.ok ? '' : refused.failure.message).toContain('4 MB');
    }
    await scratch.warehouse.ping();
    expect((await answer(register(funnel), FUNNEL)).ok).toBe(true);
  });
});

function answer(
  analysis: ReturnType<typeof register>,
  spec: unknown,
): Promise<Outcome<AnalysisAnswer, AnalysisFailure>> {
  return analysis.answer(scratch.warehouse, spec, { timeZone: ZONE });
}
