import {
  ADAPTERS,
  PLATFORMS,
  type CanonicalAttendance,
  type CanonicalCost,
  type CanonicalEmployee,
  type CanonicalEvent,
  type CanonicalIdentityLink,
  type CanonicalLink,
  type CanonicalLive,
  type CanonicalMinute,
  type CanonicalOrder,
  type CanonicalRecord,
  type CanonicalRoom,
  type CanonicalSignIn,
  type CanonicalTarget,
  type CanonicalViolation,
  type CanonicalWatchList,
} from '../../schemas/index.js';

/** What a value on the bus may be. A list of texts: one of them. */
export type FieldType =
  | 'text'
  | 'int'
  | 'int?'
  | 'number'
  | 'number?'
  | 'bool'
  | 'bool?'
  | 'viewer'
  | 'viewer?'
  | 'linked'
  | 'evidence'
  | 'props'
  | readonly string[];

type FieldsOf<Record_ extends CanonicalRecord> = Record<Exclude<keyof Record_, 'kind'>, FieldType>;

const SCOPES = ['staff', 'outsiders'] as const;

/**
 * The fields of each kind of record in the order in which they travel. Part of the schema version: to add, drop or move
 * one, raise SCHEMA_VERSION and go on reading the versions that may still lie in a topic.
 */
export const RECORD_FIELDS = {
  event: {
    event_id: 'text',
    account: 'text',
    platform: PLATFORMS,
    room_id: 'text',
    viewer_key: 'viewer',
    linked: 'linked',
    event: 'text',
    event_original: 'text',
    event_time: 'int',
    stated_time: 'int',
    received_at: 'int',
    scene: 'int?',
    evidence: 'evidence',
    referrer_viewer: 'viewer?',
    goods_id: 'text',
    order_id: 'text',
    refund_id: 'text',
    amount_fen: 'int?',
    watch_ms: 'int?',
    props: 'props',
    adapter: ADAPTERS,
  } satisfies FieldsOf<CanonicalEvent>,
  identity_link: {
    linked: 'linked',
    observed_at: 'int',
    adapter: ADAPTERS,
  } satisfies FieldsOf<CanonicalIdentityLink>,
  minute: {
    platform: PLATFORMS,
    account: 'text',
    room_id: 'text',
    source: 'text',
    minute: 'int',
    exported_at: 'int',
    online: 'int?',
    viewers: 'int?',
    views: 'int?',
    viewers_new: 'int?',
    likes: 'int?',
    comments: 'int?',
    shares: 'int?',
    requests: 'int?',
    flux_mb: 'number?',
    bandwidth_mbps: 'number?',
  } satisfies FieldsOf<CanonicalMinute>,
  attendance: {
    account: 'text',
    live_id: 'text',
    scope: SCOPES,
    viewer_key: 'viewer',
    employee_id: 'text',
    name_key: 'text',
    department: 'text',
    viewer_type: ['staff', 'wechat', 'wecom', 'outsider'],
    watch_seconds: 'int?',
    replay_seconds: 'int?',
    commented: 'bool?',
    mic: 'bool?',
    inviter: 'text',
    first_enter_at: 'int?',
    last_leave_at: 'int?',
  } satisfies FieldsOf<CanonicalAttendance>,
  watch_list: {
    account: 'text',
    live_id: 'text',
  } satisfies FieldsOf<CanonicalWatchList>,
  sign_in: {
    account: 'text',
    live_id: 'text',
    round: 'int',
    started_at: 'int?',
    name_key: 'text',
    outsider: 'bool',
    department: 'text',
  } satisfies FieldsOf<CanonicalSignIn>,
  room: {
    platform: PLATFORMS,
    account: 'text',
    room_id: 'text',
    title: 'text',
    anchor: 'text',
    start_at: 'int?',
    end_at: 'int?',
    status: 'text',
  } satisfies FieldsOf<CanonicalRoom>,
  live: {
    account: 'text',
    platform: PLATFORMS,
    room_id: 'text',
    live_id: 'text',
    told_by: ['callback', 'info'],
    title: 'text',
    anchor: 'text',
    planned_start: 'int?',
    planned_end: 'int?',
    started_at: 'int?',
    ended_at: 'int?',
    status: 'text',
    viewer_count: 'int?',
    comment_count: 'int?',
  } satisfies FieldsOf<CanonicalLive>,
  order: {
    account: 'text',
    account_stated: 'bool',
    platform: PLATFORMS,
    order_id: 'text',
    room_id: 'text',
    viewer_key: 'viewer?',
    linked: 'linked',
    amount_fen: 'int?',
    created_at: 'int?',
    paid_at: 'int?',
    status: ['created', 'paid', 'refunded', 'closed'],
    refund_id: 'text',
    refund_fen: 'int?',
    refunded_at: 'int?',
    goods_id: 'text',
    adapter: ADAPTERS,
  } satisfies FieldsOf<CanonicalOrder>,
  link: {
    code: 'text',
    link_kind: 'text',
    utm_source: 'text',
    utm_medium: 'text',
    utm_campaign: 'text',
    utm_content: 'text',
    utm_term: 'text',
    platform: 'text',
    account: 'text',
    room_id: 'text',
    target_url: 'text',
    owner: 'text',
    created_at: 'int?',
    expires_at: 'int?',
    note: 'text',
  } satisfies FieldsOf<CanonicalLink>,
  employee: {
    account: 'text',
    employee_id: 'text',
    name: 'text',
    department: 'text',
    status: ['active', 'left'],
    valid_from: 'text',
  } satisfies FieldsOf<CanonicalEmployee>,
  violation: {
    account: 'text',
    punish_id: 'text',
    event_type: 'int',
    punished_at: 'int',
    reason: 'text',
    rule_name: 'text',
    rule_url: 'text',
    deadline: 'int?',
    detail: 'text',
  } satisfies FieldsOf<CanonicalViolation>,
  cost: {
    account: 'text',
    day: 'text',
    channel: 'text',
    utm_campaign: 'text',
    amount_fen: 'int',
  } satisfies FieldsOf<CanonicalCost>,
  target: {
    account: 'text',
    metric: 'text',
    period: 'text',
    platform: 'text',
    room: 'text',
    channel: 'text',
    target: 'number',
  } satisfies FieldsOf<CanonicalTarget>,
} as const satisfies Record<CanonicalRecord['kind'], Readonly<Record<string, FieldType>>>;

/** Of the shapes above; stands in every message. */
export const SCHEMA_VERSION = 1;

/** Order of what an event carried, as it travels. */
export const EVIDENCE_TEXTS = [
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
  'chan_id',
  'link_code',
  'referrer_host',
  'referrer_group',
] as const;
