import type { CanonicalRecord } from '../../schemas/index.js';

/** A kind of record of which the latest of a key counts. */
export interface KeyedKind {
  readonly kind: CanonicalRecord['kind'];
  readonly table: string;
  /** Query file that lists what counts now, one column a column of `columns`; instants as UTC milliseconds. */
  readonly current: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** Columns that are DateTime64 in the table. */
  readonly instants: readonly string[];
  /** The instant that says in which day a row counts, where another row of the same key may name another. */
  readonly dated?: { readonly column: string; readonly source: string };
}

/** Kinds that a platform or the company states row by row (attendance, minutes, orders and events have loaders of their own). */
export const KEYED_KINDS: readonly KeyedKind[] = [
  {
    kind: 'room',
    table: 'wxlive_store.rooms_store',
    current: 'load/current-rooms',
    key: ['platform', 'account', 'room_id'],
    columns: ['platform', 'account', 'room_id', 'title', 'anchor', 'start_at', 'end_at', 'status'],
    instants: ['start_at', 'end_at'],
    dated: { column: 'start_at', source: 'rooms' },
  },
  {
    kind: 'live',
    table: 'wxlive_store.lives_store',
    current: 'load/current-lives',
    key: ['platform', 'account', 'room_id', 'live_id', 'told_by'],
    columns: [
      ...[
        'platform',
        'account',
        'room_id',
        'live_id',
        'told_by',
        'title',
        'anchor',
        'planned_start',
        'planned_end',
      ],
      ...['started_at', 'ended_at', 'status', 'viewer_count', 'comment_count'],
    ],
    instants: ['planned_start', 'planned_end', 'started_at', 'ended_at'],
    dated: { column: 'started_at', source: 'lives' },
  },
  {
    kind: 'employee',
    table: 'wxlive_store.employees_store',
    current: 'load/current-employees',
    key: ['account', 'employee_id', 'valid_from'],
    columns: ['account', 'employee_id', 'valid_from', 'name', 'department', 'status'],
    instants: [],
  },
  {
    kind: 'link',
    table: 'wxlive_store.links_store',
    current: 'load/current-links',
    key: ['code'],
    columns: [
      ...[
        'code',
        'link_kind',
        'utm_source',
        'utm_medium',
        'utm_campaign',
        'utm_content',
        'utm_term',
        'platform',
      ],
      ...['account', 'room_id', 'target_url', 'owner', 'created_at', 'expires_at', 'note'],
    ],
    instants: ['created_at', 'expires_at'],
  },
  {
    kind: 'violation',
    table: 'wxlive_store.violations_store',
    current: 'load/current-violations',
    key: ['account', 'punish_id', 'event_type'],
    columns: [
      ...[
        'account',
        'punish_id',
        'event_type',
        'punished_at',
        'reason',
        'rule_name',
        'rule_url',
        'deadline',
        'detail',
      ],
    ],
    instants: ['punished_at', 'deadline'],
    dated: { column: 'punished_at', source: 'violations' },
  },
  {
    kind: 'cost',
    table: 'wxlive_store.costs_store',
    current: 'load/current-costs',
    key: ['account', 'day', 'channel', 'utm_campaign'],
    columns: ['account', 'day', 'channel', 'utm_campaign', 'amount_fen'],
    instants: [],
  },
  {
    kind: 'target',
    table: 'wxlive_store.targets_store',
    current: 'load/current-targets',
    key: ['account', 'metric', 'period', 'platform', 'room', 'channel'],
    columns: ['account', 'metric', 'period', 'platform', 'room', 'channel', 'target'],
    instants: [],
  },
];
