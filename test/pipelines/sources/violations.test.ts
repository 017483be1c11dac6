import { describe, expect, it } from 'vitest';
import { violationsSource } from '../../../pipelines/sources/violations.js';
import { contextFor, readSample } from './read-sample.js';

const punish = (fields: object) =>
  violationsSource.normalize(
    {
      from: 'json',
      value: {
        Event: 'wxa_punish_event',
        punish_id: 'p',
        punish_time: 1_789_012_740,
        event_type: 1,
        ...fields,
      },
    },
    contextFor(violationsSource),
  );

describe('wxa_punish_event', () => {
  it('string-wrapped JSON', async () => {
    const { drafts, rows, rejects } = await readSample(violationsSource, 'violations.json');
    expect({ rows, rejects }).toEqual({ rows: 3, rejects: [] });
    expect(drafts[0]).toEqual({
      kind: 'violation',
      account: 'wx00authored00app',
      punish_id: 'pun1000',
      event_type: 1,
      punished_at: 1_789_012_740_000,
      reason: '存在诱导分享行为',
      rule_name: '5.1 滥用分享行为',
      rule_url: 'https://rules.example.com/5-1',
      deadline: 1_789_272_000_000,
      detail:
        '{"warned_type":2,"rectify_deadline":1789272000,"warned_function_names":["分享"],"warned_ban_days":[7]}',
    });
    expect(drafts[2]).toMatchObject({
      event_type: 10,
      deadline: null,
      detail: '{"path":"pages/live/index"}',
    });
    expect(JSON.stringify(drafts)).not.toContain('oAUTHORED');
  });

  it('details of other shapes', () => {
    expect(punish({ detail: 'cut {' })).toMatchObject({ value: [{ detail: '"cut {"' }] });
    expect(punish({ detail: { banned_days: [7] } })).toMatchObject({
      value: [{ detail: '{"banned_days":[7]}' }],
    });
    expect(punish({})).toMatchObject({ value: [{ detail: '' }] });
  });

  it('rejects by name', () => {
    expect(punish({ punish_id: null })).toMatchObject({
      failure: { code: 'missing_key', field: 'punish_id' },
    });
    expect(punish({ event_type: 'x' })).toMatchObject({ failure: { code: 'bad_number' } });
    expect(punish({ punish_time: null })).toMatchObject({ failure: { code: 'time_unreadable' } });
    expect(punish({ Event: 'other' })).toMatchObject({ failure: { code: 'bad_value' } });
  });
});
