import { describe, expect, it } from 'vitest';
import { growingioSource } from '../../../pipelines/sources/growingio.js';
import type { DraftRecord, RejectCode } from '../../../schemas/index.js';
import { contextOf, RECEIVED_AT } from './sample-rows.js';

const base = {
  eventType: 'CUSTOM',
  eventName: 'live_enter',
  timestamp: RECEIVED_AT,
  deviceId: 'd-1',
  userId: 'member7',
  domain: 'wx00authored00app',
  appChannel: 'scn:1007',
  query: 'utm_source=a',
  path: 'pages/live/index',
  attributes: { room_id: '1181', goods_id: 'g1' },
};

function normalize(value: unknown): readonly DraftRecord[] | RejectCode {
  const outcome = growingioSource.normalize({ from: 'json', value }, contextOf(growingioSource));
  return outcome.ok ? outcome.value : outcome.failure.code;
}

describe('GrowingIO', () => {
  it('reads a custom event', () => {
    expect(normalize(base)).toMatchObject([
      {
        event: 'live_enter',
        account: 'wx00authored00app',
        scene: 1007,
        query: 'utm_source=a',
        room_id: '1181',
        goods_id: 'g1',
        ids: { user_id: 'member7', anonymous_id: 'd-1' },
        props: { path: 'pages/live/index', goods_id: 'g1' },
      },
    ]);
  });

  it('gives its own kinds our names and keeps theirs', () => {
    expect(normalize({ ...base, eventType: 'PAGE' })).toMatchObject([
      { event: 'page_view', event_original: 'PAGE' },
    ]);
    expect(normalize({ ...base, eventType: 'VIEW_CLICK' })).toMatchObject([{ event: 'VIEW_CLICK' }]);
    expect(normalize({ ...base, eventType: 'LOGIN_USER_ATTRIBUTES' })).toEqual([]);
  });

  it('takes a device id that is the openid for that', () => {
    const deviceId = 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    expect(normalize({ ...base, deviceId })).toMatchObject([
      { ids: { openid: deviceId, user_id: 'member7' } },
    ]);
  });

  it.each<[object, RejectCode]>([
    [{ eventType: '' }, 'missing_event'],
    [{ eventName: undefined }, 'missing_event'],
    [{ timestamp: RECEIVED_AT / 1000 }, 'time_unit'],
    [{ deviceId: '', userId: null }, 'missing_identity'],
    [{ attributes: [1] }, 'nested_props'],
  ])('refuses %j', (part, code) => {
    expect(normalize({ ...base, ...part })).toBe(code);
  });
});
