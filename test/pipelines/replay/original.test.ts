import { describe, expect, it } from 'vitest';
import { packOriginal, unpackOriginal, type RejectOriginal } from '../../../pipelines/replay/original.js';

const bare: RejectOriginal = {
  from: 'json',
  row: '{"event_id":"e1"',
  table: '',
  tableIndex: 0,
  titles: [],
  file: '',
  room: null,
  wallClockZone: null,
  amountUnit: null,
  exportedAt: null,
  aliases: [],
};

describe('the original of a bad row', () => {
  it('comes back as it was sealed', () => {
    const full: RejectOriginal = {
      from: 'table',
      row: '{"时长":"x","名字":"a"}',
      table: '观看',
      tableIndex: 2,
      titles: ['导出时间：2026-09-11 11:00:00'],
      file: 'w.xlsx',
      room: 'lv1',
      wallClockZone: 'Asia/Shanghai',
      amountUnit: 'yuan',
      exportedAt: 1,
      aliases: [{ header: '时 长', field: 'watch_seconds' }],
    };
    for (const original of [bare, full])
      expect(unpackOriginal(packOriginal(original), false)).toEqual(original);
  });

  it('keeps only the aliases of its own headers', () => {
    const aliases = [
      { header: '时长', field: 'watch_seconds' },
      { header: '别的', field: 'room_id' },
    ];
    const packed = packOriginal({ ...bare, from: 'table', row: '{"时长":1}', aliases });
    expect(unpackOriginal(packed, false).aliases).toEqual(aliases.slice(0, 1));
  });

  it('that was sealed bare is a record, or a row of a table where its place says so', () => {
    expect(unpackOriginal('{"event_id":"e1"', false)).toEqual(bare);
    expect(unpackOriginal('{"a":1}', true)).toMatchObject({ from: 'table', row: '{"a":1}' });
    expect(unpackOriginal('["wxlive_reject"]', false)).toMatchObject({ row: '["wxlive_reject"]' });
  });
});
