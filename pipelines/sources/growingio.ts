import {
  cleanText,
  fail,
  looksLikeWechatId,
  readInstant,
  succeed,
  type DraftEvent,
  type DraftRecord,
  type Outcome,
  type Platform,
  type PropValue,
  type RawIds,
  type RejectFailure,
} from '../../schemas/index.js';
import type { Source, SourceContext } from '../source.js';
import {
  isFailure,
  JSON_DIGITS_LOST,
  readFacts,
  readId,
  readName,
  readProps,
  readScene,
} from './event-facts.js';
import { isObject } from './export-cell.js';
import { mapEvent } from './own-event.js';

/** GrowingIO's own kinds of event under our names; a CUSTOM one has its own name. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['VISIT', 'mini_launch'],
  ['PAGE', 'page_view'],
  ['APP_CLOSED', 'mini_hide'],
]);
/** They describe a person, and are no events. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  'LOGIN_USER_ATTRIBUTES',
  'VISITOR_ATTRIBUTES',
  'CONVERSION_VARIABLES',
]);
const LONGEST_EVENT = 100;

/** The collect format of the mini-program SDK 4 (DOMAIN §2.6). */
export const growingioSource: Source = {
  name: 'growingio',
  loads: 'stream',
  table: null,
  recognize(record) {
    if (!isObject(record)) return 0;
    return 'eventType' in record && 'timestamp' in record && 'deviceId' in record ? 1 : 0;
  },
  records: null,
  normalize(row, context) {
    return row.from === 'json' ? normalizeRecord(row.value, context) : fail({ code: 'not_json' });
  },
};

function normalizeRecord(
  record: unknown,
  context: SourceContext,
): Outcome<readonly DraftRecord[], RejectFailure> {
  if (!isObject(record)) return fail({ code: 'not_json' });
  const kind = record['eventType'];
  if (typeof kind !== 'string' || kind === '') return fail({ code: 'missing_event', field: 'eventType' });
  if (ATTRIBUTES.has(kind)) return succeed([]);
  const named = kind === 'CUSTOM' ? record['eventName'] : kind;
  if (typeof named !== 'string' || named.trim() === '')
    return fail({ code: 'missing_event', field: 'eventName' });
  const original = cleanText(named);
  if (Array.from(original).length > LONGEST_EVENT) return fail({ code: 'too_long', field: 'eventName' });
  const time = readInstant(record['timestamp'], { receivedAt: context.receivedAt, zone: null });
  if (typeof time === 'string') return fail({ code: time, field: 'timestamp' });
  const ids = readIds(record);
  if ('code' in ids) return fail(ids);
  const props = readProps(propsOf(record));
  if (typeof props === 'string') return fail({ code: props, field: 'attributes' });
  const facts = readFacts(props, JSON_DIGITS_LOST);
  if (isFailure(facts)) return fail(facts);
  const room = readName(props['room_id'], JSON_DIGITS_LOST);
  if (room === null) return fail({ code: 'id_lost_precision', field: 'attributes.room_id' });
  const mapped = mapEvent(original, context.eventMap);
  const account = textField(record['domain']);
  const draft: DraftEvent = {
    kind: 'event',
    event_id: null,
    identity: [
      ...['deviceId', 'timestamp', 'eventType', 'eventName'].map((name) => identityPart(record[name])),
      // Clicks of one millisecond differ only here.
      JSON.stringify(record['attributes'] ?? null),
    ],
    account,
    platform: platformOf(record),
    room_id: room === '' ? (context.room ?? '') : room,
    ids,
    event: mapped === original && kind !== 'CUSTOM' ? (KINDS.get(kind) ?? original) : mapped,
    event_original: original,
    event_time: time,
    stated_time: time,
    scene: readScene(record['appChannel']) ?? null,
    query: textField(record['query']),
    url: null,
    referrer: textField(record['referralPage'] ?? record['referrer']),
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

/** `userId` is the company's; a `deviceId` is the openid where the SDK was told to use it. */
function readIds(record: Readonly<Record<string, unknown>>): RawIds | RejectFailure {
  const user = readId(record['userId'], JSON_DIGITS_LOST);
  if (user === null) return { code: 'id_lost_precision', field: 'userId' };
  const device = readId(record['deviceId'], JSON_DIGITS_LOST);
  if (device === null) return { code: 'id_lost_precision', field: 'deviceId' };
  if (user === '' && device === '') return { code: 'missing_identity' };
  const ids: { openid?: string; user_id?: string; anonymous_id?: string } = {};
  if (looksLikeWechatId(device)) ids.openid = device;
  else if (device !== '') ids.anonymous_id = device;
  if (user !== '' && user !== device) ids.user_id = user;
  return ids;
}

const PROPS = [
  'path',
  'title',
  'appVersion',
  'deviceBrand',
  'deviceModel',
  'networkState',
  'operatingSystem',
] as const;

/** The event's attributes, and what the SDK says of page and device. */
function propsOf(record: Readonly<Record<string, unknown>>): unknown {
  const props = new Map<string, PropValue>();
  for (const name of PROPS) {
    const text = textField(record[name]);
    if (text !== null) props.set(name, text);
  }
  const attributes = record['attributes'];
  if (attributes !== undefined && attributes !== null && !isObject(attributes)) return attributes;
  return { ...Object.fromEntries(props), ...(isObject(attributes) ? attributes : {}) };
}

function platformOf(record: Readonly<Record<string, unknown>>): Platform {
  const stated = textField(record['platform'])?.toLowerCase();
  return stated === 'web' || stated === 'js' || stated === 'h5' ? 'kandian' : 'miniprogram';
}

function textField(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? cleanText(value) : null;
}

function identityPart(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
