import { describe, expect, it } from 'vitest';
import { wecomLiveSource } from '../../../pipelines/sources/wecom-live.js';
import { contextFor, readSample } from './read-sample.js';

const info = (living_info: unknown, more: object = {}) =>
  wecomLiveSource.normalize(
    { from: 'json', value: { errcode: 0, living_info, ...more } },
    contextFor(wecomLiveSource),
  );

describe('get_living_info', () => {
  it('the ended live', async () => {
    const { drafts, rows } = await readSample(wecomLiveSource, 'live-l1-info.json');
    expect(rows).toBe(1);
    expect(drafts).toEqual([
      {
        kind: 'live',
        platform: 'wecom',
        account: null,
        room_id: null,
        live_id: null,
        told_by: 'info',
        title: '新品培训',
        anchor_employee_id: 'emp_1000',
        planned_start: 1_788_918_600_000,
        planned_end: 1_788_922_200_000,
        started_at: 1_788_919_200_000,
        ended_at: 1_788_924_600_000,
        status: '2',
        viewer_count: 20,
        comment_count: 14,
      },
    ]);
  });

  it('trailing-space key and push_stream_url/txSecret redaction', async () => {
    const { drafts } = await readSample(wecomLiveSource, 'live-l2-info.json');
    expect(drafts[0]).toMatchObject({ status: '2', ended_at: 1_789_027_200_000 });
    expect(JSON.stringify(drafts)).not.toMatch(/txSecret|push\.example/u);
  });

  it('a live that is only planned has no bounds', () => {
    expect(
      info({ status: 0, living_start: 1_789_023_600, living_duration: 0, reserve_start: 1_789_023_600 }),
    ).toMatchObject({
      value: [{ started_at: null, ended_at: null, planned_start: 1_789_023_600_000, planned_end: null }],
    });
    expect(info({ status: 1, living_start: 1_789_023_600, living_duration: 60 })).toMatchObject({
      value: [{ started_at: 1_789_023_600_000, ended_at: null }],
    });
    expect(info({ status: 4, living_start: 1_789_023_600, living_duration: 60 })).toMatchObject({
      value: [{ started_at: null, ended_at: null, status: '4' }],
    });
  });

  it('takes the live from the document, and refuses errors', () => {
    expect(info({ status: 2 }, { livingid: 'lvX' })).toMatchObject({
      value: [{ live_id: 'lvX', room_id: 'lvX' }],
    });
    const error = wecomLiveSource.records?.().expand({ errcode: 60_020, errmsg: 'ip', living_info: {} });
    expect(error).toEqual({ ok: false, failure: { code: 'source_error', detail: 'errcode 60020' } });
    expect(info({ living_start: 'soon' })).toMatchObject({ failure: { code: 'time_unreadable' } });
    expect(info('x')).toMatchObject({ value: [{ title: '' }] });
  });
});
