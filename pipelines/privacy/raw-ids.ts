import { looksLikeWechatId, type LinkedId, type RawIds, type ViewerId } from '../../schemas/index.js';
import type { OwnId } from './scrub.js';
import type { ViewerIdMaker } from './viewer-id.js';

/** Who an event or order is about. */
export interface Identified {
  readonly viewer: ViewerId;
  /** The linkable ids that the source gave together; none below two different ones. `anonymous_id` never links. */
  readonly linked: readonly LinkedId[];
}

const NONE_LINKED: readonly LinkedId[] = [];

/** The pseudonyms of a record's ids; the viewer is the first of unionid, openid, user_id, anonymous_id; null without any. */
export type Identifier = (ids: RawIds) => Identified | null;

export function createIdentifier(viewerId: ViewerIdMaker): Identifier {
  return (ids) => identify(ids, viewerId);
}

function identify(ids: RawIds, viewerId: ViewerIdMaker): Identified | null {
  const { unionid, openid, user_id: userId } = ids;
  const byUnionid = unionid === undefined ? null : viewerId('wx', unionid);
  const byOpenid = openid === undefined ? null : viewerId('wx', openid);
  const byUserId = userId === undefined ? null : memberId(userId, viewerId);
  const viewer = byUnionid ?? byOpenid ?? byUserId;
  if (viewer === null) {
    return ids.anonymous_id === undefined
      ? null
      : { viewer: deviceId(ids.anonymous_id, viewerId), linked: NONE_LINKED };
  }
  const linked: LinkedId[] = [];
  if (byUnionid !== null) linked.push({ member: byUnionid, kind: 'unionid' });
  if (byOpenid !== null && byOpenid !== byUnionid) linked.push({ member: byOpenid, kind: 'openid' });
  if (byUserId !== null && byUserId !== byUnionid && byUserId !== byOpenid) {
    linked.push({ member: byUserId, kind: 'user_id' });
  }
  return { viewer, linked: linked.length < 2 ? NONE_LINKED : linked };
}

/** A member number that is in truth an id of WeChat's is that. */
function memberId(id: string, viewerId: ViewerIdMaker): ViewerId {
  return viewerId(looksLikeWechatId(id) ? 'wx' : 'user', id);
}

function deviceId(id: string, viewerId: ViewerIdMaker): ViewerId {
  return viewerId(looksLikeWechatId(id) ? 'wx' : 'anon', id);
}

/** Whether a text holds one of the record's own ids. */
export function holdsOwnId(text: string, ids: RawIds): boolean {
  return (
    holds(text, ids.openid) ||
    holds(text, ids.unionid) ||
    holds(text, ids.user_id) ||
    holds(text, ids.anonymous_id)
  );
}

function holds(text: string, id: string | undefined): boolean {
  return id !== undefined && id.length <= text.length && text.includes(id);
}

/** The record's own ids with their pseudonyms, longest first, to be replaced in its texts. */
export function ownIds(ids: RawIds, viewerId: ViewerIdMaker): readonly OwnId[] {
  const own: OwnId[] = [];
  const { unionid, openid, user_id: userId, anonymous_id: anonymousId } = ids;
  if (unionid !== undefined) own.push({ raw: unionid, viewer: viewerId('wx', unionid) });
  if (openid !== undefined) own.push({ raw: openid, viewer: viewerId('wx', openid) });
  if (userId !== undefined) own.push({ raw: userId, viewer: memberId(userId, viewerId) });
  if (anonymousId !== undefined) own.push({ raw: anonymousId, viewer: deviceId(anonymousId, viewerId) });
  return own.sort((one, other) => other.raw.length - one.raw.length);
}

/** Goods and order numbers stay as they are unless they are a person's WeChat id. */
export function scrubKey(id: string, viewerId: ViewerIdMaker): string {
  return looksLikeWechatId(id) ? viewerId('wx', id) : id;
}
