import {
  cleanText,
  fail,
  isPlatform,
  readInstant,
  succeed,
  type DraftEvent,
  type DraftRecord,
  type Outcome,
  type Platform,
  type RawIds,
  type RejectCode,
  type RejectFailure,
} from '../../schemas/index.js';
import type { CellValue } from '../../formats/index.js';
import type { Source, SourceContext, SourceRow } from '../source.js';
import {
  isFailure,
  JSON_DIGITS_LOST,
  readFacts,
  readId,
  readName,
  readProps,
  readScene,
  SHEET_DIGITS_LOST,
  type FlatProps,
} from './event-facts.js';

/** Our own event (PRODUCT §3). schemas/sources/own-event.ts says the same as a zod schema; a property test compares. */
const FIELDS = [
  'event_id',
  'event',
  'time',
  'account',
  'platform',
  'room_id',
  'unionid',
  'openid',
  'user_id',
  'anonymous_id',
  'scene',
  'query',
  'url',
  'referrer',
  'props',
] as const;
const KNOWN: ReadonlySet<string> = new Set(FIELDS);
const LONGEST_EVENT_ID = 128;
const LONGEST_EVENT = 100;
const PROPS_PREFIX = 'props.';
const NONE_DROPPED: readonly string[] = [];
const NO_EVIDENCE: Readonly<Record<string, string>> = Object.freeze({});

export const ownEventSource: Source = {
  name: 'events',
  loads: 'stream',
  table: {
    columns: FIELDS.map((name) => ({ name, aliases: [] })),
    required: [['event_id'], ['event'], ['time'], ['unionid', 'openid', 'user_id', 'anonymous_id']],
    open: /^props\../u,
    everyTable: false,
  },
  recognize,
  records: null,
  normalize(row, context) {
    return row.from === 'json' ? normalizeJson(row.value, context) : normalizeTable(row, context);
  },
};

function recognize(record: unknown): number {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return 0;
  if ('distinct_id' in record || 'eventType' in record) return 0;
  const names = ['event_id', 'event', 'time'].filter((name) => name in record).length;
  const identified = ['unionid', 'openid', 'user_id', 'anonymous_id'].some((name) => name in record);
  return names * 0.25 + (identified ? 0.2 : 0);
}

function normalizeJson(
  value: unknown,
  context: SourceContext,
): Outcome<readonly DraftRecord[], RejectFailure> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail({ code: 'not_json' });
  const record = value as Readonly<Record<string, unknown>>;
  let dropped: string[] | null = null;
  for (const key in record) if (!KNOWN.has(key)) (dropped ??= []).push(key);
  let stated = record['props'];
  if (typeof stated === 'string') {
    stated = parseObject(stated);
    if (stated === undefined) return fail({ code: 'nested_props', field: 'props' });
  }
  const props = readProps(stated);
  if (typeof props === 'string') return fail({ code: props, field: 'props' });
  return build(record, props, dropped ?? NONE_DROPPED, JSON_DIGITS_LOST, context);
}

function normalizeTable(
  row: SourceRow & { readonly from: 'table' },
  context: SourceContext,
): Outcome<readonly DraftRecord[], RejectFailure> {
  const props = readTableProps(row.cells['props'] ?? null, row.others);
  if (typeof props === 'string') return fail({ code: props, field: 'props' });
  const dropped = Object.keys(row.others).filter(
    (header) => !header.startsWith(PROPS_PREFIX) && !isBlankCell(row.others[header]),
  );
  return build(row.cells, props, dropped, SHEET_DIGITS_LOST, context);
}

/** One column of JSON text, a column a key, or both: then the column of its own wins. */
function readTableProps(
  json: CellValue,
  others: Readonly<Record<string, CellValue>>,
): FlatProps | RejectCode {
  const columns = Object.entries(others).filter(
    ([header, cell]) => header.startsWith(PROPS_PREFIX) && header !== PROPS_PREFIX && !isBlankCell(cell),
  );
  if (isBlankCell(json) && columns.length === 0) return readProps(null);
  const parsed = isBlankCell(json) ? {} : parseObject(json);
  if (parsed === undefined) return 'not_json';
  const own = columns.map(([header, cell]) => [header.slice(PROPS_PREFIX.length).trim(), cell] as const);
  return readProps({ ...parsed, ...Object.fromEntries(own) });
}

function isBlankCell(cell: CellValue | undefined): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
}

/** The object that a text holds as JSON; undefined when it holds none. */
function parseObject(text: unknown): object | null | undefined {
  if (typeof text !== 'string') return undefined;
  if (text.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function build(
  record: Readonly<Record<string, unknown>>,
  props: FlatProps,
  dropped: readonly string[],
  digitsLostFrom: number,
  context: SourceContext,
): Outcome<readonly DraftRecord[], RejectFailure> {
  const eventId = readKey(record['event_id'], digitsLostFrom);
  if (typeof eventId !== 'string') return fail(eventId);

  const original = readEventName(record['event']);
  if (typeof original !== 'string') return fail(original);

  const time = readInstant(record['time'], { receivedAt: context.receivedAt, zone: context.wallClockZone });
  if (typeof time === 'string') return fail({ code: time, field: 'time' });

  const ids = readIds(record, digitsLostFrom);
  if ('code' in ids) return fail(ids);

  const platform = readPlatform(record['platform']);
  if (platform === null) return fail({ code: 'unknown_platform', field: 'platform' });
  const room = readName(record['room_id'], digitsLostFrom);
  if (room === null) return fail({ code: 'id_lost_precision', field: 'room_id' });
  const account = readName(record['account'], digitsLostFrom);
  if (account === null) return fail({ code: 'id_lost_precision', field: 'account' });
  const scene = readScene(record['scene']);
  if (scene === undefined) return fail({ code: 'bad_number', field: 'scene' });

  const facts = readFacts(props, digitsLostFrom);
  if (isFailure(facts)) return fail(facts);

  const draft: DraftEvent = {
    kind: 'event',
    event_id: eventId,
    identity: NONE_DROPPED,
    account: account === '' ? null : account,
    platform,
    room_id: room === '' ? (context.room ?? '') : room,
    ids,
    event: mapEvent(original, context.eventMap),
    event_original: original,
    event_time: time,
    stated_time: time,
    scene,
    query: readText(record['query']),
    url: readText(record['url']),
    referrer: readText(record['referrer']),
    evidence: NO_EVIDENCE,
    referrer_id: null,
    goods_id: facts.goods_id,
    order_id: facts.order_id,
    refund_id: facts.refund_id,
    amount_fen: facts.amount_fen,
    watch_ms: facts.watch_ms,
    props,
    dropped_keys: dropped,
  };
  return succeed([draft]);
}

function readKey(value: unknown, digitsLostFrom: number): string | RejectFailure {
  let text: string;
  if (typeof value === 'string') text = value.includes('\0') ? value.replaceAll('\0', '') : value;
  else if (typeof value !== 'number') return { code: 'missing_event_id', field: 'event_id' };
  else if (Math.abs(value) < digitsLostFrom) text = String(value);
  else return { code: 'id_lost_precision', field: 'event_id' };
  if (text.trim() === '') return { code: 'missing_event_id', field: 'event_id' };
  if (!text.isWellFormed()) return { code: 'bad_text', field: 'event_id' };
  return isLonger(text, LONGEST_EVENT_ID) ? { code: 'too_long', field: 'event_id' } : text;
}

function readEventName(value: unknown): string | RejectFailure {
  if (typeof value !== 'string') return { code: 'missing_event', field: 'event' };
  const text = cleanText(value);
  if (text.trim() === '') return { code: 'missing_event', field: 'event' };
  return isLonger(text, LONGEST_EVENT) ? { code: 'too_long', field: 'event' } : text;
}

/** Characters are code points: an emoji is one. */
function isLonger(text: string, most: number): boolean {
  return text.length > most && (text.length > most * 2 || Array.from(text).length > most);
}

function readIds(record: Readonly<Record<string, unknown>>, digitsLostFrom: number): RawIds | RejectFailure {
  const unionid = readId(record['unionid'], digitsLostFrom);
  if (unionid === null) return { code: 'id_lost_precision', field: 'unionid' };
  const openid = readId(record['openid'], digitsLostFrom);
  if (openid === null) return { code: 'id_lost_precision', field: 'openid' };
  const userId = readId(record['user_id'], digitsLostFrom);
  if (userId === null) return { code: 'id_lost_precision', field: 'user_id' };
  const anonymousId = readId(record['anonymous_id'], digitsLostFrom);
  if (anonymousId === null) return { code: 'id_lost_precision', field: 'anonymous_id' };
  const ids: { unionid?: string; openid?: string; user_id?: string; anonymous_id?: string } = {};
  if (unionid !== '') ids.unionid = unionid;
  if (openid !== '') ids.openid = openid;
  if (userId !== '') ids.user_id = userId;
  if (anonymousId !== '') ids.anonymous_id = anonymousId;
  else if (unionid === '' && openid === '' && userId === '') return { code: 'missing_identity' };
  return ids;
}

function readPlatform(value: unknown): Platform | null {
  if (value === undefined || value === null || value === '') return 'miniprogram';
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (text === '') return 'miniprogram';
  return isPlatform(text) ? text : null;
}

function readText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? cleanText(value) : null;
}

/** The customer's own name → the canonical one. */
export function mapEvent(original: string, eventMap: Readonly<Record<string, string>>): string {
  return Object.hasOwn(eventMap, original) ? (eventMap[original] ?? original) : original;
}
