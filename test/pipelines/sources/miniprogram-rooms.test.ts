import { describe, expect, it } from 'vitest';
import { miniprogramRoomsSource } from '../../../pipelines/sources/miniprogram-rooms.js';
import { contextFor, readSample } from './read-sample.js';

const expand = (record: unknown) => {
  const rows = miniprogramRoomsSource.records?.().expand(record);
  return rows === undefined ? null : rows.ok ? rows.value : rows.failure;
};
const room = (value: unknown) =>
  miniprogramRoomsSource.normalize({ from: 'json', value }, contextFor(miniprogramRoomsSource));

describe('getliveinfo', () => {
  it('gives each room, and the live of an ended one', async () => {
    const { drafts, rows, rejects } = await readSample(miniprogramRoomsSource, 'rooms.json');
    expect({ rows, rejects }).toEqual({ rows: 3, rejects: [] });
    expect(drafts.filter(({ kind }) => kind === 'room')).toHaveLength(3);
    const lives = drafts.filter((draft) => draft.kind === 'live');
    expect(lives.map(({ room_id, started_at, ended_at }) => [room_id, started_at, ended_at])).toEqual([
      ['1192', 1_789_124_400_000, 1_789_129_800_000],
      ['1184', 1_789_051_200_000, 1_789_059_000_000],
      ['1181', 1_788_955_200_000, 1_788_960_600_000],
    ]);
    expect(lives[0]).toMatchObject({
      told_by: 'info',
      planned_end: 1_789_129_800_000,
      platform: 'miniprogram',
    });
    expect(JSON.stringify(drafts)).not.toContain('example.com');
  });

  it('errcode 1 and 9410000 are empty, others an error', () => {
    expect(expand({ errcode: 1, errmsg: 'no live room' })).toEqual([]);
    expect(expand({ errcode: 9_410_000, errmsg: 'empty room list' })).toEqual([]);
    expect(expand({ errcode: 48_001, errmsg: 'api unauthorized' })).toEqual({
      code: 'source_error',
      detail: 'errcode 48001',
    });
    expect(
      miniprogramRoomsSource.recognize({ errcode: 9_410_000, errmsg: 'empty room list' }),
    ).toBeGreaterThan(0.5);
    expect(expand({ errcode: 0, errmsg: 'ok', total: 0 })).toEqual([]);
  });

  it('tells no live of a room that has not ended', () => {
    const draft = room({
      roomid: 5,
      name: 'n',
      live_status: 102,
      start_time: 1_789_124_400,
      end_time: 1_789_129_800,
    });
    expect(draft).toMatchObject({ value: [{ kind: 'room', room_id: '5', status: '102' }] });
    expect(draft.ok && draft.value).toHaveLength(1);
  });

  it('rejects by name', () => {
    expect(room({ name: 'n' })).toMatchObject({ failure: { code: 'missing_key', field: 'roomid' } });
    expect(room({ roomid: 5, start_time: 'soon' })).toMatchObject({ failure: { code: 'time_unreadable' } });
    expect(room(7)).toMatchObject({ failure: { code: 'not_json' } });
  });
});
