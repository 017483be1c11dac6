import {
  cleanText,
  fail,
  readEpochSeconds,
  succeed,
  type DraftEvent,
  type DraftRecord,
  type Outcome,
  type PropValue,
  type RawIds,
  type RejectFailure,
} from '../../schemas/index.js';
import { jsonText } from '../json-text.js';
import type { Source, SourceContext, SourceRow } from '../source.js';
import {
  isFailure,
  readFacts,
  readId,
  readName,
  readProps,
  readScene,
  SHEET_DIGITS_LOST,
  type FlatProps,
} from './event-facts.js';
import { isObject, textOf } from './export-cell.js';
import { mapEvent } from './own-event.js';

/** Columns that become props under their own names; the rest of the export repeats what these say. */
const DEVICE_COLUMNS = [
  'page_path',
  'appversion',
  'clientversion',
  'devicemodel',
  'devicebrand',
  'networktype',
  'os_name',
  'os_version',
] as const;
const LONGEST_EVENT = 100;

/** The event monitor of We分析 (DOMAIN §2.4): one row an event, its clock in seconds, no id of its own. */
export const wedataSource: Source = {
  name: 'wedata',
  loads: 'stream',
  table: {
    columns: [
      { name: 'event_time', aliases: [] },
      { name: 'event_time_desc', aliases: [] },
      { name: 'eventId', aliases: ['事件ID', '事件名'] },
      { name: 'eventDesc', aliases: ['event_desc', '事件描述'] },
      { name: 'event_value', aliases: ['eventvalue', '事件值'] },
      { name: 'openid', aliases: [] },
      { name: 'unionid', aliases: [] },
      { name: 'enter_scene', aliases: ['enterscene'] },
      { name: 'enter_scene_desc', aliases: [] },
      ...DEVICE_COLUMNS.map((name) => ({ name, aliases: [] })),
    ],
    required: [['event_time'], ['eventId'], ['event_value'], ['openid']],
    open: null,
    everyTable: false,
  },
  recognize: () => 0,
  records: null,
  normalize(row, context) {
    return row.from === 'table' ? normalizeRow(row, context) : fail({ code: 'not_json' });
  },
};

function normalizeRow(
  { cells }: SourceRow & { readonly from: 'table' },
  context: SourceContext,
): Outcome<readonly DraftRecord[], RejectFailure> {
  const name = textOf(cells['eventId']);
  if (name === null) return fail({ code: 'missing_event', field: 'eventId' });
  const original = cleanText(name);
  if (Array.from(original).length > LONGEST_EVENT) return fail({ code: 'too_long', field: 'eventId' });
  const time = readEpochSeconds(cells['event_time'], context.receivedAt);
  if (typeof time === 'string') return fail({ code: time, field: 'event_time' });
  const ids = readIds(cells);
  if ('code' in ids) return fail(ids);
  const value = cells['event_value'] ?? null;
  const props = propsOf(value, cells);
  if (typeof props === 'string') return fail({ code: props, field: 'event_value' });
  const facts = readFacts(props, SHEET_DIGITS_LOST);
  if (isFailure(facts)) return fail(facts);
  const room = readName(props['room_id'], SHEET_DIGITS_LOST);
  if (room === null) return fail({ code: 'id_lost_precision', field: 'event_value.room_id' });
  const draft: DraftEvent = {
    kind: 'event',
    event_id: null,
    identity: [ids.openid ?? '', String(time), original, value === null ? '' : String(value)],
    account: null,
    platform: 'miniprogram',
    room_id: room === '' ? (context.room ?? '') : room,
    ids,
    event: mapEvent(original, context.eventMap),
    event_original: original,
    event_time: time,
    stated_time: time,
    scene: readScene(cells['enter_scene']) ?? null,
    query: queryOf(textOf(cells['page_path'])),
    url: null,
    referrer: null,
    evidence: {},
    referrer_id: null,
    goods_id: facts.goods_id,
    order_id: facts.order_id,
    refund_id: facts.refund_id,
    amount_fen: facts.amount_fen,
    watch_ms: facts.watch_ms,
    props,
    dropped_keys: [],
  };
  return succeed([draft]);
}

function readIds(cells: Readonly<Record<string, unknown>>): RawIds | RejectFailure {
  const openid = readId(cells['openid'], SHEET_DIGITS_LOST);
  const unionid = readId(cells['unionid'], SHEET_DIGITS_LOST);
  if (openid === null || unionid === null) return { code: 'id_lost_precision', field: 'openid' };
  if (openid === '' && unionid === '') return { code: 'missing_identity', field: 'openid' };
  return { ...(openid === '' ? {} : { openid }), ...(unionid === '' ? {} : { unionid }) };
}

/** What was reported, flat: nested values stay JSON text (the platform takes any JSON), a plain text is `value`. */
function propsOf(
  value: unknown,
  cells: Readonly<Record<string, unknown>>,
): FlatProps | ReturnType<typeof readProps> {
  const props = new Map<string, PropValue>();
  for (const column of DEVICE_COLUMNS) {
    const text = textOf(cells[column]);
    if (text !== null) props.set(column, text);
  }
  const reported = parseReported(value);
  for (const [key, item] of Object.entries(reported)) {
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
      props.set(key, item);
    else if (item !== null && item !== undefined) props.set(key, jsonText(item));
  }
  return readProps(Object.fromEntries(props));
}

function parseReported(value: unknown): Readonly<Record<string, unknown>> {
  const text = textOf(value);
  if (text === null) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : { value: text };
  } catch {
    return { value: text };
  }
}

/** Parameters of the page, if it came with any. */
function queryOf(pagePath: string | null): string | null {
  const mark = pagePath?.indexOf('?') ?? -1;
  return pagePath === null || mark === -1 ? null : pagePath.slice(mark + 1);
}
