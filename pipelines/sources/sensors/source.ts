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
  type PropValue,
  type RawIds,
  type RejectFailure,
} from '../../../schemas/index.js';
import type { Source, SourceContext } from '../../source.js';
import {
  isFailure,
  JSON_DIGITS_LOST,
  readFacts,
  readName,
  readProps,
  readScene,
  type EventFacts,
  type FlatProps,
} from '../event-facts.js';
import { mapEvent } from '../own-event.js';
import { readIdentities } from './identities.js';
import { isAbsent, presetName, sensorsText } from './preset-events.js';

const TRACKS: ReadonlySet<string> = new Set(['track', 'track_signup', 'track_id_bind', 'track_id_unbind']);
const PROFILES: ReadonlySet<string> = new Set([
  'profile_set',
  'profile_set_once',
  'profile_append',
  'profile_increment',
  'profile_unset',
  'profile_delete',
]);
const ITEMS: ReadonlySet<string> = new Set(['item_set', 'item_delete']);
const LONGEST_EVENT = 100;
/** The SDK sent Unix seconds as a duration until 1.22.8: longer than a day is none. */
const LONGEST_DURATION_SECONDS = 86_400;
/** Below this a difference of clocks is the way through the network. */
const SKEW_FROM_MS = 30_000;

export const sensorsSource: Source = {
  name: 'sensors',
  loads: 'stream',
  table: null,
  recognize(record) {
    if (!isObject(record)) return 0;
    const type = record['type'];
    const known = typeof type === 'string' && (TRACKS.has(type) || PROFILES.has(type) || ITEMS.has(type));
    if (known && ('distinct_id' in record || 'identities' in record || 'item_id' in record)) return 1;
    if (isEncrypted(record)) return 0.9;
    return 'distinct_id' in record && 'properties' in record ? 0.8 : 0;
  },
  records: null,
  normalize(row, context) {
    return row.from === 'json' ? normalizeRecord(row.value, context) : fail({ code: 'not_json' });
  },
};

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function normalizeRecord(
  value: unknown,
  context: SourceContext,
): Outcome<readonly DraftRecord[], RejectFailure> {
  if (!isObject(value)) return fail({ code: 'not_json' });
  if (isEncrypted(value)) return fail({ code: 'encrypted_payload' });
  const type = value['type'];
  if (typeof type !== 'string' || type === '') return fail({ code: 'missing_key', field: 'type' });
  if (ITEMS.has(type)) return succeed([]);
  if (PROFILES.has(type)) return normalizeProfile(value, context);
  if (!TRACKS.has(type)) return fail({ code: 'bad_value', field: 'type' });
  // A click on a short link has an IP or a stand-in for an id: nobody who could be counted.
  if (value['event'] === '$ShortUrlRedirect') return succeed([]);
  return normalizeTrack(value, type, context);
}

/** The encryption plugin sends what no key of ours opens. */
function isEncrypted(record: Fields): boolean {
  return ('payloads' in record || 'payload' in record) && ('ekey' in record || 'key_id' in record);
}

/** Profiles say who is who; what they say of a person is not kept. */
function normalizeProfile(
  record: Fields,
  context: SourceContext,
): Outcome<readonly DraftRecord[], RejectFailure> {
  const ids = readIdentities(record);
  if ('code' in ids || countLinkable(ids) < 2) return succeed([]);
  const time = readInstant(record['time'], { receivedAt: context.receivedAt, zone: null });
  const observedAt = typeof time === 'number' ? time : context.receivedAt;
  return succeed([{ kind: 'identity_link', ids, observed_at: observedAt }]);
}

function countLinkable({ unionid, openid, user_id: userId }: RawIds): number {
  return [unionid, openid, userId].filter((id) => id !== undefined).length;
}

function normalizeTrack(
  record: Fields,
  type: string,
  context: SourceContext,
): Outcome<readonly DraftRecord[], RejectFailure> {
  const stated = record['event'];
  if (typeof stated !== 'string' || stated.trim() === '')
    return fail({ code: 'missing_event', field: 'event' });
  const original = cleanText(stated);
  if (Array.from(original).length > LONGEST_EVENT) return fail({ code: 'too_long', field: 'event' });
  const skew = skewOf(record, context);
  // A clock that is days ahead is no reason to lose the event when it is known how far.
  const time = readInstant(record['time'], { receivedAt: context.receivedAt - skew, zone: null });
  if (typeof time === 'string') return fail({ code: time, field: 'time' });
  const identities = readIdentities(record);
  if ('code' in identities) return fail(identities);
  const ids = type === 'track_id_unbind' ? onlyOne(identities) : identities;
  if (Object.keys(ids).length === 0) return fail({ code: 'missing_identity' });

  const props = readProps(record['properties']);
  if (typeof props === 'string') return fail({ code: props, field: 'properties' });
  const facts = readFacts(props, JSON_DIGITS_LOST);
  if (isFailure(facts)) return fail(facts);
  const room = readName(props['room_id'], JSON_DIGITS_LOST);
  if (room === null) return fail({ code: 'id_lost_precision', field: 'properties.room_id' });
  const roomId = room === '' ? (context.room ?? '') : room;
  const mapped = mapEvent(original, context.eventMap);
  const account = sensorsText(props['$app_id']);
  const draft: DraftEvent = {
    kind: 'event',
    event_id: null,
    identity: ['distinct_id', 'event', 'time', '_track_id'].map((name) => identityPart(record[name])),
    account: account === '' ? null : cleanText(account.trim()),
    platform: platformOf(record, props),
    room_id: roomId,
    ids,
    event: mapped === original ? presetName(original, roomId) : mapped,
    event_original: original,
    event_time: time + skew,
    stated_time: time,
    scene: readScene(props['$scene']) ?? null,
    query: textOrNull(props['$url_query']),
    url: textOrNull(props['$url']),
    referrer: textOrNull(props['$referrer']),
    evidence: evidenceOf(props),
    referrer_id: textOrNull(props['$share_distinct_id']),
    goods_id: facts.goods_id,
    order_id: facts.order_id,
    refund_id: facts.refund_id,
    amount_fen: facts.amount_fen,
    watch_ms: watchOf(props, facts),
    props: withoutSentinels(props),
    dropped_keys: [],
  };
  return succeed([draft]);
}

/** Unbinding tells two ids apart: they must not be linked by it. */
function onlyOne({ unionid, openid, user_id: userId, anonymous_id: anonymousId }: RawIds): RawIds {
  if (unionid !== undefined) return { unionid };
  if (openid !== undefined) return { openid };
  if (userId !== undefined) return { user_id: userId };
  return anonymousId === undefined ? {} : { anonymous_id: anonymousId };
}

function identityPart(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** H5 pages report through the JavaScript SDK; anything else is taken for the mini-program. */
function platformOf(record: Fields, props: FlatProps): Platform {
  const stated = props['platform'];
  if (typeof stated === 'string' && isPlatform(stated)) return stated;
  const lib = isObject(record['lib']) ? record['lib']['$lib'] : props['$lib'];
  return lib === 'js' ? 'kandian' : 'miniprogram';
}

/**
 * How far the client's clock is behind, by the time it says it sent the record. Only a record that came straight
 * from the client can tell; a retry has another `_flush_time`, so the stated time stays what identifies the event.
 */
function skewOf(record: Fields, context: SourceContext): number {
  const flushed = record['_flush_time'];
  if (context.straightFromClient !== true || typeof flushed !== 'number' || !Number.isFinite(flushed))
    return 0;
  const skew = Math.trunc(context.receivedAt - flushed);
  return Math.abs(skew) < SKEW_FROM_MS ? 0 : skew;
}

function textOrNull(value: unknown): string | null {
  const text = sensorsText(value);
  return text === '' ? null : text;
}

const UTM = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'] as const;

/** `$utm_*` is this entry's; `$latest_utm_*` stands on every event and says nothing of this one. */
function evidenceOf(props: FlatProps): Readonly<Record<string, string>> {
  const evidence: Record<string, string> = {};
  for (const name of UTM) {
    const value = sensorsText(props[`$${name}`]);
    if (value !== '') evidence[name] = value;
  }
  const channel = sensorsText(props['chan_id']);
  if (channel !== '') evidence['chan_id'] = channel;
  return evidence;
}

/** `watch_seconds` of the company's own events, else the SDK's `event_duration` in seconds. */
function watchOf(props: FlatProps, facts: EventFacts): number | null {
  if (facts.watch_ms !== null) return facts.watch_ms;
  const stated = props['event_duration'] ?? props['$event_duration'];
  const seconds = typeof stated === 'string' && stated.trim() !== '' ? Number(stated) : stated;
  if (typeof seconds !== 'number' || !(seconds >= 0) || seconds > LONGEST_DURATION_SECONDS) return null;
  return Math.round(seconds * 1000);
}

function withoutSentinels(props: FlatProps): FlatProps {
  let kept: Record<string, PropValue> | null = null;
  for (const key in props) {
    if (!isAbsent(key, props[key])) continue;
    kept ??= Object.fromEntries(Object.entries(props).filter(([name, value]) => !isAbsent(name, value)));
    break;
  }
  return kept ?? props;
}
