import type { AdapterName } from '../adapter.js';
import type { Platform } from '../platform.js';
import type {
  AttendanceScope,
  DraftCost,
  DraftEmployee,
  DraftLink,
  DraftMinute,
  DraftRoom,
  DraftTarget,
  DraftViolation,
  DraftWatchList,
} from './draft.js';
import type { ViewerId } from './identity.js';

/**
 * What the bus carries and the loader stores: drafts after privacy. No raw id, no name of an outsider, no account
 * left open. Instants are UTC milliseconds.
 */

/** An id that the same source gave together with the viewer's own. */
export interface LinkedId {
  readonly member: ViewerId;
  readonly kind: 'unionid' | 'openid' | 'user_id';
}

/** What an event itself carried (PRODUCT §5 "Evidence"), resolved only at reading. '' is absent. */
export interface Evidence {
  /** The utm set, from one place only; source and medium lower-cased. */
  readonly utm_source: string;
  readonly utm_medium: string;
  readonly utm_campaign: string;
  readonly utm_content: string;
  readonly utm_term: string;
  readonly chan_id: string;
  readonly link_code: string;
  readonly referrer_host: string;
  /** By the public list: `search`, `social`, `email`, `internal`, or '' (its host is the channel). */
  readonly referrer_group: string;
  /** The URL was read as far as possible: two `?`, missing `?`, cut custom_params. */
  readonly malformed: boolean;
}

export const NO_EVIDENCE: Evidence = Object.freeze({
  utm_source: '',
  utm_medium: '',
  utm_campaign: '',
  utm_content: '',
  utm_term: '',
  chan_id: '',
  link_code: '',
  referrer_host: '',
  referrer_group: '',
  malformed: false,
});

export interface CanonicalEvent {
  readonly kind: 'event';
  readonly event_id: string;
  readonly account: string;
  readonly platform: Platform;
  readonly room_id: string;
  readonly viewer_key: ViewerId;
  /** All linkable ids the source gave together (unionid, openid, user_id), the viewer's own included; empty below two. */
  readonly linked: readonly LinkedId[];
  readonly event: string;
  readonly event_original: string;
  readonly event_time: number;
  readonly stated_time: number;
  readonly received_at: number;
  readonly scene: number | null;
  readonly evidence: Evidence;
  readonly referrer_viewer: ViewerId | null;
  readonly goods_id: string;
  readonly order_id: string;
  readonly refund_id: string;
  readonly amount_fen: number | null;
  readonly watch_ms: number | null;
  /** Scrubbed; numbers and booleans as text, lists as JSON text. */
  readonly props: Readonly<Record<string, string>>;
  readonly adapter: AdapterName;
}

export interface CanonicalIdentityLink {
  readonly kind: 'identity_link';
  readonly linked: readonly LinkedId[];
  readonly observed_at: number;
  readonly adapter: AdapterName;
}

interface Placed {
  readonly account: string;
}

export type CanonicalMinute = Omit<DraftMinute, 'account' | 'room_id' | 'exported_at'> &
  Placed & { readonly room_id: string; readonly exported_at: number };

export interface CanonicalAttendance extends Placed {
  readonly kind: 'attendance';
  readonly live_id: string;
  readonly scope: AttendanceScope;
  /** Staff: domain `staff` of the employee id; outsiders: domain `wx` of the external id, or of live ‖ name. */
  readonly viewer_key: ViewerId;
  readonly employee_id: string;
  /** HMAC of the normalized name within the live, for sign-ins; '' without a name. */
  readonly name_key: string;
  readonly department: string;
  readonly viewer_type: 'staff' | 'wechat' | 'wecom' | 'outsider';
  /** null where the list gives none. */
  readonly watch_seconds: number | null;
  readonly replay_seconds: number | null;
  readonly commented: boolean | null;
  readonly mic: boolean | null;
  /** An employee id, or a pseudonym of an outsider; '' for nobody. */
  readonly inviter: string;
  readonly first_enter_at: number | null;
  readonly last_leave_at: number | null;
}

export type CanonicalWatchList = Omit<DraftWatchList, 'account'> & Placed;

export interface CanonicalSignIn extends Placed {
  readonly kind: 'sign_in';
  readonly live_id: string;
  readonly round: number;
  readonly started_at: number | null;
  readonly name_key: string;
  readonly outsider: boolean;
  readonly department: string;
}

export type CanonicalRoom = Omit<DraftRoom, 'account'> & Placed;

export interface CanonicalLive extends Placed {
  readonly kind: 'live';
  readonly platform: Platform;
  readonly room_id: string;
  readonly live_id: string;
  readonly told_by: 'callback' | 'info';
  readonly title: string;
  /** An employee id; '' when nobody or an outsider. */
  readonly anchor: string;
  readonly planned_start: number | null;
  readonly planned_end: number | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly status: string;
  readonly viewer_count: number | null;
  readonly comment_count: number | null;
}

export interface CanonicalOrder extends Placed {
  readonly kind: 'order';
  /** The row, its file or the command named the account; else it takes that of the tracked order it meets. */
  readonly account_stated: boolean;
  readonly platform: Platform;
  readonly order_id: string;
  readonly room_id: string;
  readonly viewer_key: ViewerId | null;
  readonly linked: readonly LinkedId[];
  readonly amount_fen: number | null;
  readonly created_at: number | null;
  readonly paid_at: number | null;
  readonly status: 'created' | 'paid' | 'refunded' | 'closed';
  readonly refund_id: string;
  readonly refund_fen: number | null;
  readonly refunded_at: number | null;
  readonly goods_id: string;
  readonly adapter: AdapterName;
}

export type CanonicalLink = Omit<DraftLink, 'account'> & Placed;
export type CanonicalEmployee = Omit<DraftEmployee, 'account' | 'valid_from'> &
  Placed & { readonly valid_from: string };
export type CanonicalViolation = Omit<DraftViolation, 'account'> & Placed;
export type CanonicalCost = Omit<DraftCost, 'account'> & Placed;
export type CanonicalTarget = Omit<DraftTarget, 'account'> & Placed;

export type CanonicalRecord =
  | CanonicalEvent
  | CanonicalIdentityLink
  | CanonicalMinute
  | CanonicalAttendance
  | CanonicalWatchList
  | CanonicalSignIn
  | CanonicalRoom
  | CanonicalLive
  | CanonicalOrder
  | CanonicalLink
  | CanonicalEmployee
  | CanonicalViolation
  | CanonicalCost
  | CanonicalTarget;
export type RecordKind = CanonicalRecord['kind'];
