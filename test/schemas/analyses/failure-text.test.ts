import { describe, expect, it } from 'vitest';

import {
  attendanceSpecSchema,
  attributionSpecSchema,
  channelsSpecSchema,
  experimentSpecSchema,
  funnelSpecSchema,
  parseSpec,
  pathSpecSchema,
  resolveTimeRange,
  segmentsSpecSchema,
  shownName,
} from '../../../schemas/index.js';
import { createFilter } from '../../../sql/index.js';

/** Ids somebody may paste in the wrong place. */
const IDS = ['oAbCdEfGhIjKlMnOpQrStUvWxYz12', '13800138000', 'wmAbCdEfGhIjKlMnOpQrStUvWxYz1234'];

describe.each(IDS)('a failure about %s', (id) => {
  const steps = [{ event: 'live_enter' }];
  it.each([
    ['a value', funnelSpecSchema, { steps, where: [{ field: 'event', op: 'in', value: id }] }],
    ['an operator', funnelSpecSchema, { steps, where: [{ field: 'event', op: id, value: 1 }] }],
    ['a key', pathSpecSchema, { [id]: 1 }],
    ['a number', pathSpecSchema, { steps: id }],
    ['a list', segmentsSpecSchema, { money_fen: [id] }],
    ['a platform', segmentsSpecSchema, { platforms: [id] }],
    ['a dimension', channelsSpecSchema, { channel: id }],
    ['a model', attributionSpecSchema, { models: [id] }],
  ])('as %s does not repeat it', (_what, schema, spec) => {
    const parsed = parseSpec(schema, spec);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.failure.message + parsed.failure.zh).not.toContain(id);
  });

  it('as a bound, a field or the value of a number does not repeat it', () => {
    const range = resolveTimeRange({ from: id, to: null }, 'Asia/Shanghai');
    const filter = createFilter('Asia/Shanghai');
    const failures = [
      range,
      filter.all([{ field: id, op: 'is_set' }]),
      filter.all([{ field: 'event_time', op: 'gt', value: id }]),
      filter.all([{ field: 'amount_fen', op: 'eq', value: `x${id}` }]),
    ];
    for (const outcome of failures) {
      expect(outcome.ok).toBe(false);
      if (!outcome.ok) {
        expect(JSON.stringify(outcome.failure)).not.toContain(id);
        expect(outcome.failure.zh).toMatch(/[\u4e00-\u9fff]/);
      }
    }
  });
});

describe('a failure', () => {
  const steps = [{ event: 'live_enter' }];
  it('is told in Chinese and in English, with the nearest name in both', () => {
    const parsed = parseSpec(segmentsSpecSchema, { recency_day: [1] });
    expect(parsed).toMatchObject({
      ok: false,
      failure: {
        code: 'unknown_key',
        message: expect.stringMatching(/did you mean recency_days/) as string,
        zh: expect.stringMatching(/是否指 recency_days/) as string,
      },
    });
    const descending = parseSpec(segmentsSpecSchema, { frequency: [2, 2] });
    expect(descending).toMatchObject({
      failure: {
        message: 'frequency: thresholds ascend, each once',
        zh: 'frequency：门槛应从小到大，不重复',
      },
    });
    const library = parseSpec(pathSpecSchema, { steps: 'two' });
    if (library.ok) throw new Error('accepted');
    expect(library.failure.zh).toMatch(/^steps：.*[\u4e00-\u9fff]/);
    expect(library.failure.message).not.toMatch(/[\u4e00-\u9fff]/);
  });

  it.each([
    [{ steps: 'live_enter' }, 'steps：应为列表 […]', 'steps: must be a list […]'],
    [{}, 'steps：缺少此项', 'steps: is missing'],
    [{ steps: [] }, 'steps：应至少为 1 项', 'steps: must be 1 items at least'],
    [{ steps, window_seconds: -1 }, 'window_seconds：应至少为 0', 'window_seconds: must be 0 at least'],
    [
      { steps, order: 'orderd' },
      'order：没有「orderd」（是否指 ordered）；可用 ordered、strict、unordered',
      "order: there is no 'orderd' (did you mean ordered?); known: ordered, strict, unordered",
    ],
    [{ steps, trend: 7 }, 'trend：应为 day、week、month 之一', 'trend: must be one of day, week, month'],
    [{ steps, from: 1.5 }, 'from：应为文本或整数', 'from: must be a text or a whole number'],
    [null, '规格：应为对象 {…}', 'the spec: must be an object {…}'],
  ])('of the library reads in one language: %j', (spec, zh, message) => {
    expect(parseSpec(funnelSpecSchema, spec)).toEqual({
      ok: false,
      failure: { code: 'bad_spec', zh, message },
    });
  });

  it.each([
    ['=', 'eq'],
    ['EQUALS', 'eq'],
    ['!=', 'ne'],
    ['like', 'contains'],
    ['exists', 'is_set'],
    ['contain', 'contains'],
  ])('names the operator that %s stands for', (op, meant) => {
    const parsed = parseSpec(funnelSpecSchema, { steps, where: [{ field: 'event', op, value: 'x' }] });
    expect(parsed).toMatchObject({ failure: { code: 'unknown_operator' } });
    expect(parsed.ok ? '' : parsed.failure.message).toMatch(new RegExp(`did you mean ${meant}[?,]`));
  });

  it.each([
    [experimentSpecSchema, { plan: { baseline_rate: 0.5, effect: 0 } }],
    [experimentSpecSchema, {}],
    [experimentSpecSchema, { counts: [{ variant: 'a', users: 1, conversions: 2 }] }],
    [attributionSpecSchema, { position: [1, 1] }],
    [funnelSpecSchema, { steps, exclusions: [{ event: 'x', from_step: 2 }] }],
    [attendanceSpecSchema, { where: [{ field: 'event', op: 'is_set' }] }],
  ])('of our own has no word of the other language (%#)', (schema, spec) => {
    const parsed = parseSpec(schema, spec);
    if (parsed.ok) throw new Error('accepted');
    expect(parsed.failure.message).not.toMatch(/[\u4e00-\u9fff]/);
    expect(parsed.failure.zh).not.toMatch(/\b(the|of|and|is|needs|only|are|give)\b/);
  });

  it('keeps the names of columns and events as they are', () => {
    for (const name of ['live_enter', 'props.goods_id', '进入直播间', 'room 1003'])
      expect(shownName(name)).toBe(name);
  });
});
