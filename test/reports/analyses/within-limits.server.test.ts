import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { answerOneOfMany, register, type AnalysisAnswer } from '../../../reports/analyses/analysis.js';
import { channels } from '../../../reports/analyses/channels/run.js';
import { funnel } from '../../../reports/analyses/funnel/run.js';
import type { AnsweredFailure, FunnelResult, Outcome } from '../../../schemas/index.js';
import { typedByUser, WarehouseError, type Warehouse } from '../../../sql/index.js';

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

describe('a spec of many values', () => {
  const viewers = async (condition: object): Promise<number | string> => {
    const spec = { steps: [{ event: 'live_enter' }], where: [condition] };
    const outcome = await answer(register(funnel), spec);
    if (!outcome.ok) return outcome.failure.code;
    return (outcome.value.result as FunnelResult).steps[0]?.viewers ?? Number.NaN;
  };
  const numbers = Array.from({ length: 10_000 }, (_, at) => at);

  it('travels as lists, of numbers and of texts', async () => {
    // Every event has the instant 1790000000000 + its number as its id.
    const ids = numbers.map(String);
    expect(await viewers({ field: 'event_id', op: 'in', value: ids })).toBe(10_000);
    expect(await viewers({ field: 'event_id', op: 'not_in', value: ids })).toBe(190_000);
    expect(await viewers({ field: 'amount_fen', op: 'in', value: numbers })).toBe(0);
    expect(await viewers({ field: 'amount_fen', op: 'not_in', value: numbers })).toBe(200_000);
    expect(
      await viewers({ field: 'props.q', op: 'in', value: [...numbers.slice(5_000), ...ids.slice(0, 5_000)] }),
    ).toBe(0);
  });

  it('is refused where there are more conditions than can travel', async () => {
    const where = Array.from({ length: 100 }, (_, at) => ({ field: 'scene', op: 'ne', value: at }));
    const spec = { steps: Array.from({ length: 10 }, () => ({ event: 'live_enter', where })) };
    expect(await answer(register(funnel), spec)).toMatchObject({ ok: false, failure: { code: 'too_large' } });
  });

  it('travels as lists, of instants too, and beyond what the database can hold', async () => {
    const instants = numbers.map((at) => 1_790_000_000_000 + at);
    expect(
      await viewers({ field: 'event_time', op: 'in', value: [...instants.slice(0, 400), '1800-01-01'] }),
    ).toBe(400);
    expect(await viewers({ field: 'event_time', op: 'not_in', value: ['2026-09-21', '2026-09-22'] })).toBe(0);
    expect(await viewers({ field: 'event_time', op: 'lt', value: '9999-12-31' })).toBe(200_000);
    expect(await viewers({ field: 'event_time', op: 'lte', value: '1800-01-01' })).toBe(0);
  });
});

it('a spec that the database refuses spoils none of the others', async () => {
  const refuse = (): Promise<never> => Promise.reject(new WarehouseError('connection refused', null, true));
  const broken: Warehouse = { ...scratch.warehouse, query: refuse };
  const context = { timeZone: ZONE, language: 'zh' } as const;
  expect(await answerOneOfMany(register(channels), broken, {}, context)).toEqual({
    ok: false,
    failure: { code: 'not_answered', message: '数据库没有给出答案' },
  });
  await expect(register(channels).answer(broken, {}, context)).rejects.toThrow('connection refused');
});

function answer(
  analysis: ReturnType<typeof register>,
  spec: unknown,
): Promise<Outcome<AnalysisAnswer, AnsweredFailure>> {
  return analysis.answer(scratch.warehouse, spec, { timeZone: ZONE });
}
