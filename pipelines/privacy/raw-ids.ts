import { looksLikeWechatId, type LinkedId, type RawIds, type ViewerId } from '../../schemas/index.js';
import type { OwnId } from './scrub.js';
import type { ViewerIdMaker } from './viewer-id.js';

/** unionid, openid, user_id, anonymous_id: the first there is. A source lets no event without any of them pass. */
export function viewerOf(ids: RawIds, viewerId: ViewerIdMaker): ViewerId {
  const wechat = ids.unionid ?? ids.openid;
  if (wechat !== undefined) return viewerId('wx', wechat);
  if (ids.user_id !== undefined) return memberId(ids.user_id, viewerId);
  if (ids.anonymous_id === undefined)
    throw new Error('an event without any identity left its source; report this');
  return viewerId(looksLikeWechatId(ids.anonymous_id) ? 'wx' : 'anon', ids.anonymous_id);
}

function memberId(id: string, viewerId: ViewerIdMaker): ViewerId {
  return viewerId(looksLikeWechatId(id) ? 'wx' : 'user', id);
}

const NONE_LINKED: readonly LinkedId[] = [];

/** The linkable ids that a source gave together; none below two different ones. `anonymous_id` never links. */
export function linkedIds(ids: RawIds, viewerId: ViewerIdMaker): readonly LinkedId[] {
  const { unionid, openid, user_id: userId } = ids;
  if (userId === undefined && (unionid === undefined || openid === undefined)) return NONE_LINKED;
  const linked: LinkedId[] = [];
  const add = (member: ViewerId, kind: LinkedId['kind']): void => {
    if (!linked.some((other) => other.member === member)) linked.push({ member, kind });
  };
  if (unionid !== undefined) add(viewerId('wx', unionid), 'unionid');
  if (openid !== undefined) add(viewerId('wx', openid), 'openid');
  if (userId !== undefined) add(memberId(userId, viewerId), 'user_id');
  return linked.length < 2 ? NONE_LINKED : linked;
}

export function ownIds(ids: RawIds, viewerId: ViewerIdMaker): readonly OwnId[] {
  const own: OwnId[] = [];
  if (ids.unionid !== undefined) own.push({ raw: ids.unionid, viewer: viewerId('wx', ids.unionid) });
  if (ids.openid !== undefined) own.push({ raw: ids.openid, viewer: viewerId('wx', ids.openid) });
  if (ids.user_id !== undefined) own.push({ raw: ids.user_id, viewer: memberId(ids.user_id, viewerId) });
  if (ids.anonymous_id !== undefined) {
    own.push({ raw: ids.anonymous_id, viewer: viewerOf({ anonymous_id: ids.anonymous_id }, viewerId) });
  }
  return own;
}

/** Goods and order numbers stay as they are unless they are a person's WeChat id. */
export function scrubKey(id: string, viewerId: ViewerIdMaker): string {
  return looksLikeWechatId(id) ? viewerId('wx', id) : id;
}
