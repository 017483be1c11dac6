import { describe, expect, it } from 'vitest';
import { cssCallbackSource } from '../../../../pipelines/sources/tencent-css/push-callback.js';
import { contextFor } from '../read-sample.js';

const CALLBACK = {
  event_type: 1,
  appid: 12_345_678,
  app: 'push.example.com',
  appname: 'live',
  stream_id: 'kd-8544',
  channel_id: 'kd-8544',
  event_time: 1_788_955_200,
  sequence: '7055555550001',
  node: '203.0.113.9',
  user_ip: '203.0.113.8',
  stream_param: 'txSecret=5ec2e7AUTHORED&txTime=6A000000',
  push_duration: '5400000',
  errcode: 0,
  t: 1_788_956_000,
  sign: 'x',
};
const read = (fields: object) =>
  cssCallbackSource.normalize(
    { from: 'json', value: { ...CALLBACK, ...fields } },
    contextFor(cssCallbackSource),
  );

describe('CSS push callbacks', () => {
  it('start and stop of one session meet in its sequence', () => {
    const start = read({});
    const stop = read({ event_type: 0, event_time: 1_788_960_600, errcode: 1 });
    expect(start).toMatchObject({
      value: [
        {
          kind: 'live',
          platform: 'kandian',
          room_id: 'kd-8544',
          live_id: '7055555550001',
          told_by: 'callback',
        },
      ],
    });
    expect(start).toMatchObject({ value: [{ started_at: 1_788_955_200_000, ended_at: null }] });
    expect(stop).toMatchObject({
      value: [{ live_id: '7055555550001', started_at: null, ended_at: 1_788_960_600_000 }],
    });
  });

  it('push_stream_url/txSecret redaction', () => {
    expect(JSON.stringify(read({}))).not.toMatch(/txSecret|203\.0\.113|push\.example/u);
  });

  it('recordings say nothing, bad rows are named', () => {
    expect(read({ event_type: 100 })).toEqual({ ok: true, value: [] });
    expect(read({ event_time: 'x' })).toMatchObject({
      failure: { code: 'time_unreadable', field: 'event_time' },
    });
    expect(read({ stream_id: '', channel_id: null })).toMatchObject({ failure: { code: 'missing_key' } });
    expect(read({ event_type: null })).toMatchObject({ failure: { code: 'bad_value', field: 'event_type' } });
  });

  it('recognises its own', () => {
    expect(cssCallbackSource.recognize(CALLBACK)).toBe(1);
    expect(cssCallbackSource.recognize({ event_type: 1, punish_id: 'p' })).toBe(0);
  });
});
