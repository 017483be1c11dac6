import type { Platform } from '../platform.js';
import type { RawIds } from './identity.js';

/**
 * What a source makes of one row, before privacy: raw ids are still in it. pseudonymize.ts turns each draft into
 * the record of the same kind that the bus, the loader and the warehouse see. Instants are UTC milliseconds; a null
 * is "the source does not say".
 */
export interface DraftEvent {
  readonly kind: 'event';
  /** The source's own id; null when it has none: then it is a keyed hash of `identity`. */
  readonly event_id: string | null;
  /** Parts that together name the event for sources without ids (DOMAIN §8 "Dedupe key"); may hold raw ids. */
  readonly identity: readonly string[];
  /** null: `--account`, else `default`. */
  readonly account: string | null;
  readonly platform: Platform;
  /** '' when the event has no room. */
  readonly room_id: string;
  readonly ids: RawIds;
  readonly event: string;
  readonly event_original: string;
  /** Corrected for clock skew where the source allows it. */
  readonly event_time: number;
  /** As the source stated it; the key is made of this one. */
  readonly stated_time: number;
  readonly scene: number | null;
  /** Raw, as received: query string, whole URL, referrer URL. */
  readonly query: string | null;
  readonly url: string | null;
  readonly referrer: string | null;
  /** utm values and codes that the source carries outside of URLs, already decoded (`$utm_source`, `chan_id`). */
  readonly evidence: Readonly<Record<string, string>>;
  /** Raw id of the person who shared the link, if the source says. */
  readonly referrer_id: string | null;
  readonly goods_id: string;
  readonly order_id: string;
  readonly refund_id: string;
  readonly amount_fen: number | null;
  readonly watch_ms: number | null;
  readonly props: Readonly<Record<string, PropValue>>;
  /** Names of top-level keys that were dropped, for counting. */
  readonly dropped_keys: readonly string[];
}
export type PropValue = string | number | boolean | readonly string[];

/** A statement that several ids are one person, without an event. */
export interface DraftIdentityLink {
  readonly kind: 'identity_link';
  readonly ids: RawIds;
  readonly observed_at: number;
}

export interface DraftMinute {
  readonly kind: 'minute';
  readonly platform: Platform;
  readonly account: string | null;
  /** null: `--room`. */
  readonly room_id: string | null;
  /** Who exported: `kandian`, `tencent-css`, … */
  readonly source: string;
  /** Start of the minute. */
  readonly minute: number;
  /** null: from titles, name, `--exported-at`, import. */
  readonly exported_at: number | null;
  readonly online: number | null;
  readonly viewers: number | null;
  readonly views: number | null;
  readonly viewers_new: number | null;
  readonly likes: number | null;
  readonly comments: number | null;
  readonly shares: number | null;
  readonly requests: number | null;
  readonly flux_mb: number | null;
  readonly bandwidth_mbps: number | null;
}

export type AttendanceScope = 'staff' | 'outsiders';

export interface DraftAttendance {
  readonly kind: 'attendance';
  readonly account: string | null;
  readonly live_id: string | null;
  readonly scope: AttendanceScope;
  /** A company identifier, kept readable; null for outsiders. */
  readonly employee_id: string | null;
  /** Raw external_userid; null for staff and for outsiders without any id. */
  readonly external_id: string | null;
  /** Raw name: joins sign-ins, names the outsider without id; never stored readable here. */
  readonly name: string | null;
  readonly department: string | null;
  readonly viewer_type: 'staff' | 'wechat' | 'wecom' | 'outsider';
  /** null where the list gives none. */
  readonly watch_seconds: number | null;
  readonly replay_seconds: number | null;
  readonly commented: boolean | null;
  readonly mic: boolean | null;
  readonly inviter_employee_id: string | null;
  /** Raw. */
  readonly inviter_external_id: string | null;
  /** Raw name where the source names the inviter without an id (staff or outsider, not known which). */
  readonly inviter_name?: string | null;
  readonly first_enter_at: number | null;
  readonly last_leave_at: number | null;
}

/** A watch list without a row: nobody was there, or nobody is left. */
export interface DraftWatchList {
  readonly kind: 'watch_list';
  readonly account: string | null;
  readonly live_id: string;
}

export interface DraftSignIn {
  readonly kind: 'sign_in';
  readonly account: string | null;
  readonly live_id: string | null;
  /** From 1, in sheet order. */
  readonly round: number;
  readonly started_at: number | null;
  /** Without the `@微信` suffix. */
  readonly name: string;
  readonly outsider: boolean;
  readonly department: string | null;
}

export interface DraftRoom {
  readonly kind: 'room';
  readonly platform: Platform;
  readonly account: string | null;
  readonly room_id: string;
  readonly title: string;
  readonly anchor: string;
  readonly start_at: number | null;
  readonly end_at: number | null;
  /** `live_status` of the platform as text: `101` … `107`. */
  readonly status: string;
}

/** What a source says of one broadcast; `lives` decides by precedence (PRODUCT §4). */
export interface DraftLive {
  readonly kind: 'live';
  readonly platform: Platform;
  readonly account: string | null;
  readonly room_id: string | null;
  /** null: the room id. */
  readonly live_id: string | null;
  readonly told_by: 'callback' | 'info';
  readonly title: string;
  readonly anchor_employee_id: string | null;
  readonly planned_start: number | null;
  readonly planned_end: number | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly status: string;
  readonly viewer_count: number | null;
  readonly comment_count: number | null;
}

export interface DraftOrder {
  readonly kind: 'order';
  /** null: not stated by the row (`--account`, else the account of the tracked order it meets, else `default`). */
  readonly account: string | null;
  readonly platform: Platform | null;
  readonly order_id: string;
  readonly room_id: string;
  readonly ids: RawIds;
  readonly amount_fen: number | null;
  readonly created_at: number | null;
  readonly paid_at: number | null;
  readonly status: 'created' | 'paid' | 'refunded' | 'closed';
  readonly refund_id: string;
  readonly refund_fen: number | null;
  readonly refunded_at: number | null;
  readonly goods_id: string;
}

export interface DraftLink {
  readonly kind: 'link';
  readonly code: string;
  readonly link_kind: string;
  readonly utm_source: string;
  readonly utm_medium: string;
  readonly utm_campaign: string;
  readonly utm_content: string;
  readonly utm_term: string;
  readonly platform: string;
  readonly account: string | null;
  readonly room_id: string;
  readonly target_url: string;
  readonly owner: string;
  readonly created_at: number | null;
  readonly expires_at: number | null;
  readonly note: string;
}

export interface DraftEmployee {
  readonly kind: 'employee';
  readonly account: string | null;
  readonly employee_id: string;
  readonly name: string;
  readonly department: string;
  readonly status: 'active' | 'left';
  /** `2026-09-10` in Beijing; null: the file's date, else the day of import. */
  readonly valid_from: string | null;
}

export interface DraftViolation {
  readonly kind: 'violation';
  readonly account: string | null;
  readonly punish_id: string;
  readonly event_type: number;
  readonly punished_at: number;
  readonly reason: string;
  readonly rule_name: string;
  readonly rule_url: string;
  readonly deadline: number | null;
  /** JSON text, free of ids. */
  readonly detail: string;
}

export interface DraftCost {
  readonly kind: 'cost';
  readonly account: string | null;
  /** `2026-09-09` */
  readonly day: string;
  readonly channel: string;
  readonly utm_campaign: string;
  readonly amount_fen: number;
}

export interface DraftTarget {
  readonly kind: 'target';
  readonly account: string | null;
  readonly metric: string;
  /** `2026`, `2026-09`, `2026-W37` or `2026-09-09`. */
  readonly period: string;
  readonly platform: string;
  readonly room: string;
  readonly channel: string;
  readonly target: number;
}

export type DraftRecord =
  | DraftEvent
  | DraftIdentityLink
  | DraftMinute
  | DraftAttendance
  | DraftWatchList
  | DraftSignIn
  | DraftRoom
  | DraftLive
  | DraftOrder
  | DraftLink
  | DraftEmployee
  | DraftViolation
  | DraftCost
  | DraftTarget;
