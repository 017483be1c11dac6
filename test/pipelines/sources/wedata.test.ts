import { describe, expect, it } from 'vitest';
import { wedataSource } from '../../../pipelines/sources/wedata.js';
import type { DraftRecord, RejectCode } from '../../../schemas/index.js';
import { contextOf, RECEIVED_AT, sampleRows } from './sample-rows.js';
import type { CellValue } from '../../../formats/index.js';

const FILE = '统计报表-直播-44条-2026-09-11-2026-09-11.csv';

describe('the sample', () => {
  it('has 44 rows, 6 of them twice (overlapping windows), BOM and a column twice', async () => {
    const rows = await sampleRows(wedataSource, FILE);
    expect(rows.map(({ code }) => code).filter((code) => code !== null)).toEqual([]);
    const events = rows.flatMap(({ drafts }) => drafts.filter((draft) => draft.kind === 'event'));
    expect(events.length).toBe(44);
    const once = new Map(events.map((event) => [JSON.stringify(event.identity), event]));
    expect(once.size).toBe(38);
    const counts: Record<string, number> = {};
    for (const { event } of once.values()) counts[event] = (counts[event] ?? 0) + 1;
    expect(counts).toEqual({
      goods_click: 10,
      live_comment: 2,
      live_enter: 7,
      live_leave: 7,
      live_like: 11,
      live_share: 1,
    });
    expect(events[0]).toMatchObject({
      event_time: 1_789_124_600_000,
      room_id: '1192',
      scene: 1001,
      query: null,
      props: { page_path: 'pages/live/index', networktype: '5g' },
    });
  });
});

const cells = {
  event_time: RECEIVED_AT / 1000,
  eventId: 'live_enter',
  event_value: '{"room_id":"1"}',
  openid: 'o1234567',
};

function normalize(part: Readonly<Record<string, CellValue>>): readonly DraftRecord[] | RejectCode {
  const outcome = wedataSource.normalize(
    { from: 'table', cells: { ...cells, ...part }, headers: {}, others: {} },
    contextOf(wedataSource),
  );
  return outcome.ok ? outcome.value : outcome.failure.code;
}

describe('rows', () => {
  it('keep nested values as JSON text, and a text that is none as it is', () => {
    expect(normalize({ event_value: '{"a":{"b":1},"c":[1,2],"d":null,"amount_fen":"100"}' })).toMatchObject([
      { props: { a: '{"b":1}', c: '[1,2]', amount_fen: '100' }, amount_fen: 100 },
    ]);
    expect(normalize({ event_value: 'hello' })).toMatchObject([{ props: { value: 'hello' } }]);
    expect(normalize({ event_value: '--' })).toMatchObject([{ props: {} }]);
  });

  it('take the query of their page, which may hold a channel', () => {
    expect(normalize({ page_path: 'pages/live/index?utm_source=a' })).toMatchObject([
      { query: 'utm_source=a' },
    ]);
  });

  it('are refused for a bad time, no event, no openid', () => {
    expect(normalize({ event_time: RECEIVED_AT })).toBe('time_out_of_range');
    expect(normalize({ event_time: 'x' })).toBe('time_unreadable');
    expect(normalize({ eventId: null })).toBe('missing_event');
    expect(normalize({ openid: null })).toBe('missing_identity');
    expect(normalize({ event_value: '{"amount_fen":-1}' })).toBe('bad_amount');
  });
});
