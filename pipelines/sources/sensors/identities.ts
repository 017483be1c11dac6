import { looksLikeWechatId, type RawIds, type RejectFailure } from '../../../schemas/index.js';
import { JSON_DIGITS_LOST, readId } from '../event-facts.js';
import { isSentinel } from './preset-events.js';

type Ids = { -readonly [Name in keyof RawIds]: RawIds[Name] };

/**
 * Who a Sensors record is about: `identities` first (`$identity_mp_unionid`, `$identity_mp_openid`,
 * `$identity_mp_<appid>_openid`, `$identity_login_id`, and the devices' ids), then `login_id` and `anonymous_id`, and
 * `distinct_id`, which may be any of them, only when no person is named otherwise. A sign-up says by `original_id` who
 * that person was before: the openid, or a device, which links nothing.
 */
export function readIdentities(record: Readonly<Record<string, unknown>>): RawIds | RejectFailure {
  const ids: Ids = {};
  const identities = record['identities'];
  if (typeof identities === 'object' && identities !== null) {
    for (const [name, value] of Object.entries(identities)) {
      const kind = kindOf(name);
      if (kind === null || ids[kind] !== undefined) continue;
      const id = personId(value);
      if (id === null) return { code: 'id_lost_precision', field: 'identities' };
      if (id !== '') ids[kind] = id;
    }
  }
  for (const [name, kind] of [
    ['login_id', 'user_id'],
    ['anonymous_id', 'anonymous_id'],
  ] as const) {
    const id = personId(record[name]);
    if (id === null) return { code: 'id_lost_precision', field: name };
    if (id !== '') ids[kind] ??= id;
  }
  const distinct = personId(record['distinct_id']);
  if (distinct === null) return { code: 'id_lost_precision', field: 'distinct_id' };
  if (distinct !== '') addDistinctId(ids, distinct, record['type']);
  if (record['type'] === 'track_signup') {
    const original = personId(record['original_id']);
    if (original === null) return { code: 'id_lost_precision', field: 'original_id' };
    if (looksLikeWechatId(original)) ids.openid ??= original;
  }
  // A login id that is the openid says nothing new.
  if (ids.user_id !== undefined && (ids.user_id === ids.openid || ids.user_id === ids.unionid))
    delete ids.user_id;
  return ids;
}

function kindOf(identity: string): keyof RawIds | null {
  const name = identity.toLowerCase();
  if (name.endsWith('unionid')) return 'unionid';
  if (name.endsWith('openid')) return 'openid';
  if (name === '$identity_login_id') return 'user_id';
  return name === '$identity_mp_id' || name === '$identity_anonymous_id' || name === '$identity_cookie_id'
    ? 'anonymous_id'
    : null;
}

function personId(value: unknown): string | null {
  return isSentinel(value) ? '' : readId(value, JSON_DIGITS_LOST);
}

function addDistinctId(ids: Ids, distinct: string, type: unknown): void {
  if (ids.unionid !== undefined || ids.openid !== undefined || ids.user_id !== undefined) return;
  if (looksLikeWechatId(distinct)) ids.openid = distinct;
  else if (distinct === ids.anonymous_id) return;
  else if (type === 'track_signup' || (ids.anonymous_id !== undefined && !looksLikeDevice(distinct))) {
    ids.user_id = distinct;
  } else if (looksLikeDevice(distinct)) ids.anonymous_id ??= distinct;
  else ids.user_id = distinct;
}

/** `13641436799042-nQGpGzUt` of the mini-program SDK, a cookie id or UUID of the others. */
function looksLikeDevice(id: string): boolean {
  return /^\d{9,}-[\w-]+$/u.test(id) || /^[0-9a-f]{6,}(?:-[0-9a-f]+){3,}$/iu.test(id);
}
