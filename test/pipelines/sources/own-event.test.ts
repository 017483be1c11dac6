import { describe, expect, it } from 'vitest';
import { ownEventSource } from '../../../pipelines/sources/own-event.js';
import type { DraftEvent, RejectCode } from '../../../schemas/index.js';
import { contextOf, readExpected, RECEIVED_AT, sampleRows, tableRow } from './sample-rows.js';
import type { SourceContext, SourceRow } from '../../../pipelines/source.js';

const expected = readExpected();
const samples = Object.entries(expected.files).filter(([, file]) => file.adapter === 'events');

describe('the samples', () => {
  it.each(samples)('%s gives the expected rows and rejects', async (file, { rows, rejects = [] }) => {
    const zone = file === 'edge-wall-clock.csv' ? 'Asia/Shanghai' : null;
    const found = await sampleRows(ownEventSource, file, { wallClockZone: zone });
    expect(found.length).toBe(rows);
    const bad = found.filter(({ code }) => code !== null);
    expect(bad.map(({ at }) => at)).toEqual(rejects.map(({ line, index, row }) => line ?? index ?? row));
    bad.forEach(({ code }, at) => {
      expect([rejects[at]?.code].flat()).toContain(code);
    });
  });

  it('reads the wall clock in the zone it is told', async () => {
    const [first] = await sampleRows(ownEventSource, 'edge-wall-clock.csv', {
      wallClockZone: 'Asia/Shanghai',
    });
    expect(first?.drafts[0]).toMatchObject({ event_time: Date.UTC(2026, 8, 11, 1, 10, 30) });
    const without = await sampleRows(ownEventSource, 'edge-wall-clock.csv');
    expect(new Set(without.map(({ code }) => code))).toEqual(new Set(['time_without_offset']));
  });
});

const good = {
  event_id: 'e1',
  event: 'live_like',
  time: RECEIVED_AT,
  openid: 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA',
};

function normalize(value: unknown, part: Partial<SourceContext> = {}): DraftEvent | RejectCode {
  return result({ from: 'json', value }, part);
}

function result(row: SourceRow, part: Partial<SourceContext> = {}): DraftEvent | RejectCode {
  const outcome = ownEventSource.normalize(row, contextOf(ownEventSource, part));
  if (!outcome.ok) return outcome.failure.code;
  const [draft] = outcome.value;
  if (draft?.kind !== 'event') throw new Error('no event');
  return draft;
}

describe('rejects', () => {
  it.each<[string, unknown, RejectCode]>([
    ['a list', [], 'not_json'],
    ['a text', 'x', 'not_json'],
    ['null', null, 'not_json'],
    ['no event_id', { ...good, event_id: undefined }, 'missing_event_id'],
    ['a blank event_id', { ...good, event_id: '  ' }, 'missing_event_id'],
    ['an event_id of NUL', { ...good, event_id: '\0' }, 'missing_event_id'],
    ['an object for an event_id', { ...good, event_id: {} }, 'missing_event_id'],
    ['an event_id past 2^53', { ...good, event_id: 2 ** 53 }, 'id_lost_precision'],
    ['an event_id of 129', { ...good, event_id: 'i'.repeat(129) }, 'too_long'],
    ['a lone surrogate in the event_id', { ...good, event_id: 'a\ud800' }, 'bad_text'],
    ['no event', { ...good, event: null }, 'missing_event'],
    ['an event of 101', { ...good, event: 'n'.repeat(101) }, 'too_long'],
    ['no time', { ...good, time: undefined }, 'time_unreadable'],
    ['no identity', { ...good, openid: undefined }, 'missing_identity'],
    ['a placeholder', { ...good, openid: '未取到值' }, 'missing_identity'],
    ['0 for an id', { ...good, openid: 0 }, 'missing_identity'],
    ['NULL for an id', { ...good, openid: 'NULL' }, 'missing_identity'],
    ['an id past 2^53', { ...good, user_id: 1e18 }, 'id_lost_precision'],
    ['an unknown platform', { ...good, platform: 'douyin' }, 'unknown_platform'],
    ['a platform that is no text', { ...good, platform: 1 }, 'unknown_platform'],
    ['a scene that is no number', { ...good, scene: 'abc' }, 'bad_number'],
    ['a scene out of bounds', { ...good, scene: 2 ** 32 }, 'bad_number'],
    ['a list for props', { ...good, props: [1] }, 'nested_props'],
    ['numbers in a list', { ...good, props: { tags: [1] } }, 'nested_props'],
    ['an object in props', { ...good, props: { a: {} } }, 'nested_props'],
    ['an infinite number', { ...good, props: { a: Number.POSITIVE_INFINITY } }, 'bad_number'],
    ['an order past 2^53', { ...good, props: { order_id: 2 ** 53 } }, 'id_lost_precision'],
    ['an amount of half a fen', { ...good, props: { amount_fen: '1.5' } }, 'bad_amount'],
    ['an amount that is true', { ...good, props: { amount_fen: true } }, 'bad_amount'],
    ['a watch time in words', { ...good, props: { watch_seconds: 'long' } }, 'bad_duration'],
    ['a watch time that is a clock', { ...good, props: { watch_seconds: 1_789_012_345 } }, 'bad_duration'],
    ['a negative watch time', { ...good, props: { watch_ms: -1 } }, 'bad_duration'],
  ])('%s', (_, value, code) => {
    expect(normalize(value)).toBe(code);
  });
});

describe('odd values', () => {
  it.each<[string, unknown, Partial<DraftEvent>]>([
    [
      '128 characters beyond the first plane',
      { ...good, event_id: '👏'.repeat(128) },
      { event_id: '👏'.repeat(128) },
    ],
    ['a numeric event_id', { ...good, event_id: 12 }, { event_id: '12' }],
    ['a lone surrogate elsewhere', { ...good, props: { t: 'a\udc00' } }, { props: { t: 'a\ufffd' } }],
    ['a lone surrogate in a list', { ...good, props: { t: ['a\udc00'] } }, { props: { t: ['a\ufffd'] } }],
    ['NUL', { ...good, room_id: '1\0', event: 'li\0ve_like' }, { room_id: '1', event: 'live_like' }],
    ['null in props', { ...good, props: { a: null, b: 1 } }, { props: { b: 1 } }],
    [
      'null for everything else',
      { ...good, props: null, scene: null, room_id: null, query: null },
      { props: {}, scene: null, room_id: '', query: null },
    ],
    ['props as JSON text', { ...good, props: '{"a":1}' }, { props: { a: 1 } }],
    ['a numeric room', { ...good, room_id: 1181 }, { room_id: '1181' }],
    ['a numeric user', { ...good, openid: null, user_id: 10_086 }, { ids: { user_id: '10086' } }],
    ['a scene with a prefix', { ...good, scene: 'wx-1007' }, { scene: 1007 }],
    ['a scene as text', { ...good, scene: '1007' }, { scene: 1007 }],
    ['a scene newer than any list', { ...good, scene: 99_999 }, { scene: 99_999 }],
    ['a scene that was not got', { ...good, scene: '未取到值' }, { scene: null }],
    ['an amount as text', { ...good, props: { amount_fen: '19900' } }, { amount_fen: 19_900 }],
    ['an amount of nothing', { ...good, props: { amount_fen: '' } }, { amount_fen: null }],
    ['a watch time with a fraction', { ...good, props: { watch_seconds: 1.2345 } }, { watch_ms: 1235 }],
    ['an order number as a number', { ...good, props: { order_id: 20_260_909 } }, { order_id: '20260909' }],
    ['blanks around an id', { ...good, openid: ` ${good.openid}\n` }, { ids: { openid: good.openid } }],
    ['unknown keys', { ...good, phone: '13800138000', x: 1 }, { dropped_keys: ['phone', 'x'] }],
    [
      'keys of objects',
      { ...good, event: 'constructor', props: JSON.parse('{"__proto__":["a"]}') as unknown },
      { event: 'constructor' },
    ],
  ])('%s', (_, value, fields) => {
    expect(normalize(value)).toMatchObject(fields);
  });

  it('renames by event_map and keeps what came', () => {
    const draft = normalize({ ...good, event: 'EnterRoom' }, { eventMap: { EnterRoom: 'live_enter' } });
    expect(draft).toMatchObject({ event: 'live_enter', event_original: 'EnterRoom' });
  });

  it('fills the room of --room only where none stands', () => {
    expect(normalize(good, { room: '7' })).toMatchObject({ room_id: '7' });
    expect(normalize({ ...good, room_id: '8' }, { room: '7' })).toMatchObject({ room_id: '8' });
  });
});

describe('tables', () => {
  const header = [
    'event_id',
    'event',
    'time',
    'openid',
    'props',
    'props.goods_id',
    'props.amount_fen',
    '备注',
  ];
  const row = (...cells: (string | number | null)[]) => result(tableRow(ownEventSource, header, cells));

  it('joins the props column and columns of their own, which win', () => {
    expect(
      row('e', 'order_pay', String(RECEIVED_AT), 'u1234', '{"goods_id":"a","tier":"vip"}', 'b', '100', 'x'),
    ).toMatchObject({
      props: { goods_id: 'b', tier: 'vip', amount_fen: '100' },
      goods_id: 'b',
      amount_fen: 100,
      dropped_keys: ['备注'],
    });
  });

  it('takes blank cells for nothing', () => {
    expect(row('e', 'order_pay', RECEIVED_AT, 'u1234', '  ', '', null, ' ')).toMatchObject({
      props: {},
      dropped_keys: [],
    });
  });

  it('refuses a props column that is no object', () => {
    expect(row('e', 'order_pay', RECEIVED_AT, 'u1234', '{"a":', null, null, null)).toBe('not_json');
    expect(row('e', 'order_pay', RECEIVED_AT, 'u1234', '[1]', null, null, null)).toBe('not_json');
  });

  it('refuses numbers of 16 digits as ids, and takes those of 15', () => {
    expect(row(1e15, 'order_pay', RECEIVED_AT, 'u1234', null, null, null, null)).toBe('id_lost_precision');
    expect(row('e', 'order_pay', RECEIVED_AT, 1e15, null, null, null, null)).toBe('id_lost_precision');
    expect(row('e', 'order_pay', RECEIVED_AT, 'u1234', null, 1e15, null, null)).toBe('id_lost_precision');
    expect(row(999_999_999_999_999, 'order_pay', RECEIVED_AT, 'u1234', null, null, null, null)).toMatchObject(
      {
        event_id: '999999999999999',
      },
    );
  });
});

describe('recognize', () => {
  it('knows its own and leaves others', () => {
    expect(ownEventSource.recognize(good)).toBeGreaterThan(0.9);
    expect(ownEventSource.recognize({ event: 'x', time: 1, openid: 'o' })).toBeGreaterThan(0.5);
    expect(ownEventSource.recognize({ distinct_id: 'x', event: 'x', time: 1 })).toBe(0);
    expect(ownEventSource.recognize([])).toBe(0);
  });
});
