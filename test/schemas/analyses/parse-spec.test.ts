import { describe, expect, it } from 'vitest';

import {
  attributionSpecSchema,
  audienceSpecSchema,
  channelsSpecSchema,
  funnelSpecSchema,
  parseSpec,
  EARLIEST_INSTANT_MS,
  LATEST_INSTANT_MS,
  resolveTimeRange,
} from '../../../schemas/index.js';

const steps = [{ event: 'live_enter' }, { event: 'order_pay' }];

function refusal(input: unknown): string {
  const outcome = parseSpec(funnelSpecSchema, input);
  return outcome.ok ? 'accepted' : `${outcome.failure.code}: ${outcome.failure.message}`;
}

describe('a spec', () => {
  it('fills in every default', () => {
    const outcome = parseSpec(funnelSpecSchema, { steps });
    expect(outcome.ok && outcome.value).toMatchObject({
      from: null,
      to: null,
      platforms: [],
      accounts: [],
      rooms: [],
      where: [],
      order: 'ordered',
      window_seconds: 1_209_600,
      exclusions: [],
      breakdown: null,
      correlate: null,
      trend: null,
    });
    expect(parseSpec(audienceSpecSchema, {})).toMatchObject({ ok: true, value: { timeout_seconds: 120 } });
    expect(parseSpec(channelsSpecSchema, {})).toMatchObject({ ok: true, value: { channel: 'channel' } });
    expect(parseSpec(attributionSpecSchema, {})).toMatchObject({
      ok: true,
      value: {
        conversion: { event: 'order_pay', value: 'amount_fen' },
        lookback_days: 30,
        half_life_days: 7,
        position: [0.4, 0.4],
        markov_order: 1,
        unit: 'conversion',
      },
    });
  });

  it.each([
    [{ steps, windw_seconds: 5 }, /^unknown_key: .*windw_seconds.*window_seconds/],
    [{ steps: [{ evnt: 'a' }] }, /^unknown_key: .*evnt.*steps\[0\].*event/],
    [{ steps, breakdown: { feld: 'x' } }, /^unknown_key: .*feld.*breakdown.*field/],
    [{ steps, correlate: { field: 'a', frm_step: 1 } }, /^unknown_key: .*frm_step.*from_step/],
    [
      { steps, where: [{ field: 'event', op: 'equals', value: 1 }] },
      /^unknown_operator: .*equals.*where\[0\]\.op/,
    ],
    [{ steps, where: [{ field: 'event', op: 'in', value: 1 }] }, /^bad_spec: .*where\[0\]\.value.*list/],
    [{ steps: [] }, /^bad_spec: steps/],
    [{ steps: [{}] }, /either event or any_of/],
    [{ steps, exclusions: [{ event: 'x', from_step: 2, to_step: 2 }] }, /from_step/],
    [{ steps, exclusions: [{ event: 'x', to_step: 3 }] }, /to_step/],
    [{ steps, correlate: { field: 'goods_id', from_step: 3 } }, /only 2 steps/],
    [{ steps, breakdown: { field: 'x', step: 9 } }, /only 2 steps/],
    ['no object', /^bad_spec: the spec/],
  ])('is refused with its place and what is near: %j', (input, message) => {
    expect(refusal(input)).toMatch(message);
  });

  it('names channels by known columns only', () => {
    expect(parseSpec(channelsSpecSchema, { channel: 'utm_source/utm_medium' }).ok).toBe(true);
    expect(parseSpec(channelsSpecSchema, { channel: 'utm_source; DROP' }).ok).toBe(false);
  });
});

describe('the range', () => {
  const range = (from: string | number | null, to: string | number | null): unknown => {
    const outcome = resolveTimeRange({ from, to }, 'Asia/Shanghai');
    return outcome.ok ? [outcome.value.fromMs, outcome.value.toMs] : outcome.failure.code;
  };
  const day = Date.parse('2026-11-23T00:00:00+08:00');

  it.each([
    ['2026-11-23', '2026-11-23', [day, day + 86_400_000]],
    ['2026-11-23T00:00:00+08:00', '2026-11-22T17:00:00Z', [day, day + 3_600_000]],
    ['2026-11-23 00:00:00.5+0800', null, [day + 500, null]],
    [day, day + 1, [day, day + 1]],
    [null, null, [null, null]],
    ['2026-11-24', '2026-11-23', 'bad_range'],
    ['2026-11-23T00:00:00', null, 'bad_range'],
    ['2026-02-30', null, 'bad_range'],
    ['2026-02-30T00:00:00Z', null, 'bad_range'],
    ['yesterday', null, 'bad_range'],
    // What no event can reach is no bound; what lies wholly outside stays empty.
    ['1800-01-01', '9999-12-31', [null, null]],
    [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, [null, null]],
    ['9999-12-31', null, [LATEST_INSTANT_MS, null]],
    [null, '1800-01-01', [null, EARLIEST_INSTANT_MS]],
    ['9999-12-31', '9999-12-31', [LATEST_INSTANT_MS, null]],
    ['9999-12-31', '9999-12-30', 'bad_range'],
  ])('from %s to %s', (from, to, expected) => {
    expect(range(from, to)).toEqual(expected);
  });
});
