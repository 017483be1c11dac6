import {
  DEFAULT_ACCOUNT,
  looksLikeWechatId,
  type CanonicalAttendance,
  type CanonicalOrder,
  type CanonicalRecord,
  type CanonicalSignIn,
  type DraftAttendance,
  type DraftEvent,
  type DraftIdentityLink,
  type DraftOrder,
  type DraftRecord,
  type DraftSignIn,
  type ViewerId,
} from '../../schemas/index.js';
import type { PseudonymKey } from './key.js';
import type { Placement } from './placement.js';
import { scrubKey, type Identifier } from './raw-ids.js';
import { scrubText } from './scrub.js';
import { keyedHash, type ViewerIdMaker } from './viewer-id.js';

type OtherDraft = Exclude<DraftRecord, DraftEvent | DraftIdentityLink>;

/** The step from draft to record for everything that is no event. */
export function createRecordPseudonymizer(
  key: PseudonymKey,
  viewerId: ViewerIdMaker,
  identify: Identifier,
): (draft: OtherDraft, placement: Placement) => CanonicalRecord {
  const scrub = (text: string): string => scrubText(text, [], viewerId);
  /** A company identifier stays readable; an outsider's id never does, whatever column it stands in. */
  const staffId = (id: string): string => (looksLikeWechatId(id) ? viewerId('wx', id) : id);

  return (draft, placement) => {
    const account = draft.account ?? placement.account ?? DEFAULT_ACCOUNT;
    switch (draft.kind) {
      case 'attendance':
        return attendance(draft, account, placement);
      case 'sign_in':
        return signIn(draft, account, placement);
      case 'order':
        return order(draft, account, placement);
      case 'minute':
        return {
          ...draft,
          account,
          room_id: draft.room_id ?? placement.room ?? '',
          exported_at: draft.exported_at ?? placement.exportedAt,
        };
      case 'room':
        return { ...draft, account, title: scrub(draft.title), anchor: scrub(draft.anchor) };
      case 'live': {
        const { anchor_employee_id: anchor, ...rest } = draft;
        const roomId = draft.room_id ?? placement.room ?? draft.live_id ?? '';
        return {
          ...rest,
          account,
          room_id: roomId,
          live_id: draft.live_id ?? roomId,
          title: scrub(draft.title),
          anchor: anchor === null || looksLikeWechatId(anchor) ? '' : anchor,
        };
      }
      case 'link':
        return {
          ...draft,
          account,
          owner: staffId(draft.owner),
          target_url: scrub(draft.target_url),
          note: scrub(draft.note),
        };
      case 'employee':
        return {
          ...draft,
          account,
          employee_id: staffId(draft.employee_id),
          department: scrub(draft.department),
          valid_from: draft.valid_from ?? placement.day,
        };
      case 'violation':
        return {
          ...draft,
          account,
          reason: scrub(draft.reason),
          rule_name: scrub(draft.rule_name),
          rule_url: scrub(draft.rule_url),
          detail: scrub(draft.detail),
        };
      case 'watch_list':
      case 'cost':
      case 'target':
        return { ...draft, account };
    }
  };

  function attendance(draft: DraftAttendance, account: string, placement: Placement): CanonicalAttendance {
    const liveId = draft.live_id ?? placement.room ?? '';
    const employeeId =
      draft.employee_id === null || looksLikeWechatId(draft.employee_id) ? '' : draft.employee_id;
    return {
      kind: 'attendance',
      account,
      live_id: liveId,
      scope: draft.scope,
      viewer_key: attendant(draft, employeeId, account, liveId),
      employee_id: employeeId,
      name_key: draft.name === null ? '' : nameKey(account, liveId, draft.name),
      department: scrub(draft.department ?? ''),
      viewer_type: draft.viewer_type,
      watch_seconds: draft.watch_seconds,
      replay_seconds: draft.replay_seconds,
      commented: draft.commented,
      mic: draft.mic,
      inviter: inviter(draft),
      first_enter_at: draft.first_enter_at,
      last_leave_at: draft.last_leave_at,
    };
  }

  function attendant(draft: DraftAttendance, employeeId: string, account: string, liveId: string): ViewerId {
    if (employeeId !== '') return viewerId('staff', employeeId);
    const outsider = draft.external_id ?? draft.employee_id;
    if (outsider !== null) return viewerId('wx', outsider);
    return viewerId('wx', `${account}\0${liveId}\0${normalName(draft.name ?? '')}`);
  }

  function inviter(draft: DraftAttendance): string {
    if (draft.inviter_external_id !== null) return viewerId('wx', draft.inviter_external_id);
    return draft.inviter_employee_id === null ? '' : staffId(draft.inviter_employee_id);
  }

  function signIn(draft: DraftSignIn, account: string, placement: Placement): CanonicalSignIn {
    const liveId = draft.live_id ?? placement.room ?? '';
    return {
      kind: 'sign_in',
      account,
      live_id: liveId,
      round: draft.round,
      started_at: draft.started_at,
      name_key: nameKey(account, liveId, draft.name),
      outsider: draft.outsider,
      department: scrub(draft.department ?? ''),
    };
  }

  function nameKey(account: string, liveId: string, name: string): string {
    return keyedHash(key, 'name', [account, liveId, normalName(name)]);
  }

  function order(draft: DraftOrder, account: string, placement: Placement): CanonicalOrder {
    const { ids, ...rest } = draft;
    const who = identify(ids);
    return {
      ...rest,
      account,
      account_stated: draft.account !== null || placement.account !== null,
      platform: draft.platform ?? 'miniprogram',
      order_id: scrubKey(draft.order_id, viewerId),
      room_id: draft.room_id === '' ? (placement.room ?? '') : draft.room_id,
      viewer_key: who?.viewer ?? null,
      linked: who?.linked ?? [],
      refund_id: scrubKey(draft.refund_id, viewerId),
      goods_id: scrubKey(draft.goods_id, viewerId),
      adapter: placement.adapter,
    };
  }
}

/** Names are compared exactly, but for the form of the same characters. */
function normalName(name: string): string {
  return name.normalize('NFC').trim();
}
