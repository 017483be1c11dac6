-- Figures and lists that platforms restate: the loader compares, the latest row of a key counts.

CREATE TABLE IF NOT EXISTS wxlive_store.minutes_store
(
    platform LowCardinality(String) COMMENT 'platform',
    account LowCardinality(String) COMMENT 'account',
    room_id LowCardinality(String) COMMENT 'room',
    source LowCardinality(String) COMMENT 'who exported it',
    minute DateTime64(3, 'UTC') COMMENT 'start of the minute',
    online Nullable(Int64) COMMENT 'online at the sample of that minute',
    viewers Nullable(Int64) COMMENT 'uv of the minute',
    views Nullable(Int64) COMMENT 'pv of the minute',
    viewers_new Nullable(Int64) COMMENT 'new viewers of the minute',
    likes Nullable(Int64) COMMENT 'likes',
    comments Nullable(Int64) COMMENT 'comments',
    shares Nullable(Int64) COMMENT 'shares',
    requests Nullable(Int64) COMMENT 'requests to the network',
    flux_mb Nullable(Float64) COMMENT 'traffic in MB',
    bandwidth_mbps Nullable(Float64) COMMENT 'bandwidth in Mbit/s',
    exported_at DateTime64(3, 'UTC') COMMENT 'when the platform made the export',
    revision UInt32 COMMENT '1 for the first figure, one more for each newer one',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (platform, account, room_id, source, minute)
SETTINGS {{durable}}
COMMENT 'minute figures by source';

CREATE TABLE IF NOT EXISTS wxlive_store.attendance_store
(
    account LowCardinality(String) COMMENT 'corp',
    live_id LowCardinality(String) COMMENT 'live',
    scope LowCardinality(String) COMMENT 'staff or outsiders',
    snapshot UInt64 COMMENT 'list the row belongs to',
    viewer_key UUID COMMENT 'pseudonym of the id in the list',
    viewer UUID COMMENT 'pseudonym of the person',
    employee_id String COMMENT 'staff id; empty for outsiders',
    name_key String COMMENT 'keyed hash of the name within the live, for sign-ins',
    department String COMMENT 'department the file names',
    viewer_type LowCardinality(String) COMMENT 'staff, wechat, wecom, outsider',
    watch_seconds Int64 COMMENT 'watch time',
    replay_seconds Nullable(Int64) COMMENT 'replay watch time',
    commented Nullable(Bool) COMMENT 'wrote a comment',
    mic Nullable(Bool) COMMENT 'spoke',
    inviter String COMMENT 'staff id, or pseudonym of an outsider',
    first_enter_at Nullable(DateTime64(3, 'UTC')) COMMENT 'first entry',
    last_leave_at Nullable(DateTime64(3, 'UTC')) COMMENT 'last leave',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (account, live_id, scope, snapshot, viewer_key)
SETTINGS {{durable}}, enable_block_number_column = 1, enable_block_offset_column = 1
COMMENT 'watch lists, all of them';

CREATE TABLE IF NOT EXISTS wxlive_store.attendance_heads_store
(
    account LowCardinality(String) COMMENT 'corp',
    live_id LowCardinality(String) COMMENT 'live',
    scope LowCardinality(String) COMMENT 'staff or outsiders',
    snapshot UInt64 COMMENT 'the list that counts',
    exported_at DateTime64(3, 'UTC') COMMENT 'when the platform made it',
    batch_seq UInt64 COMMENT 'batch that made it count'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (account, live_id, scope)
SETTINGS {{durable}}
COMMENT 'which list of a live counts: a reader sees the old or the new whole list, never half';

CREATE TABLE IF NOT EXISTS wxlive_store.sign_ins_store
(
    account LowCardinality(String) COMMENT 'corp',
    live_id LowCardinality(String) COMMENT 'live',
    round UInt16 COMMENT 'sign-in round, from 1',
    name_key String COMMENT 'keyed hash of the name within the live',
    outsider Bool COMMENT 'marked @微信',
    department String COMMENT 'department the sheet names',
    occurrence UInt16 COMMENT 'from 1; a name may stand several times in a round',
    started_at Nullable(DateTime64(3, 'UTC')) COMMENT 'start of the round',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (account, live_id, round, name_key, outsider, department, occurrence)
SETTINGS {{durable}}
COMMENT 'who signed in in which round';

CREATE TABLE IF NOT EXISTS wxlive_store.rooms_store
(
    platform LowCardinality(String) COMMENT 'platform',
    account LowCardinality(String) COMMENT 'account',
    room_id String COMMENT 'room',
    title String COMMENT 'title',
    anchor String COMMENT 'anchor as shown to the public',
    start_at Nullable(DateTime64(3, 'UTC')) COMMENT 'planned start',
    end_at Nullable(DateTime64(3, 'UTC')) COMMENT 'planned end',
    status LowCardinality(String) COMMENT 'status code of the platform',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (platform, account, room_id)
SETTINGS {{durable}}
COMMENT 'rooms as the platform lists them';

CREATE TABLE IF NOT EXISTS wxlive_store.lives_store
(
    platform LowCardinality(String) COMMENT 'platform',
    account LowCardinality(String) COMMENT 'account',
    room_id String COMMENT 'room',
    live_id String COMMENT 'live',
    told_by LowCardinality(String) COMMENT 'callback or info',
    title String COMMENT 'title',
    anchor String COMMENT 'staff id of the anchor',
    planned_start Nullable(DateTime64(3, 'UTC')) COMMENT 'planned start',
    planned_end Nullable(DateTime64(3, 'UTC')) COMMENT 'planned end',
    started_at Nullable(DateTime64(3, 'UTC')) COMMENT 'actual start',
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT 'actual end',
    status LowCardinality(String) COMMENT 'status code of the platform',
    viewer_count Nullable(Int64) COMMENT 'viewers the platform states',
    comment_count Nullable(Int64) COMMENT 'comments the platform states',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (platform, account, room_id, live_id, told_by)
SETTINGS {{durable}}
COMMENT 'what each source says of a broadcast';

CREATE TABLE IF NOT EXISTS wxlive_store.employees_store
(
    account LowCardinality(String) COMMENT 'corp',
    employee_id String COMMENT 'staff id',
    valid_from Date COMMENT 'first day',
    name String COMMENT 'name',
    department LowCardinality(String) COMMENT 'department',
    status LowCardinality(String) COMMENT 'active or left',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (account, employee_id, valid_from)
SETTINGS {{durable}}
COMMENT 'roster, with its history';

CREATE TABLE IF NOT EXISTS wxlive_store.links_store
(
    code String COMMENT 'link code',
    link_kind LowCardinality(String) COMMENT 'kind of link',
    utm_source String COMMENT 'utm set of the code',
    utm_medium String COMMENT 'utm set of the code',
    utm_campaign String COMMENT 'utm set of the code',
    utm_content String COMMENT 'utm set of the code',
    utm_term String COMMENT 'utm set of the code',
    platform LowCardinality(String) COMMENT 'platform it leads to',
    account LowCardinality(String) COMMENT 'account it belongs to',
    room_id String COMMENT 'room it leads to',
    target_url String COMMENT 'where an H5 link leads',
    owner String COMMENT 'staff id of the owner',
    created_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was made',
    expires_at Nullable(DateTime64(3, 'UTC')) COMMENT 'when it expires',
    note String COMMENT 'note',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY code
SETTINGS {{durable}}
COMMENT 'link registry';

CREATE TABLE IF NOT EXISTS wxlive_store.violations_store
(
    account LowCardinality(String) COMMENT 'appid',
    punish_id String COMMENT 'punishment',
    event_type UInt16 COMMENT 'kind of punishment',
    punished_at DateTime64(3, 'UTC') COMMENT 'when',
    reason String COMMENT 'why',
    rule_name String COMMENT 'rule',
    rule_url String COMMENT 'its page',
    deadline Nullable(DateTime64(3, 'UTC')) COMMENT 'until when to mend it',
    detail String COMMENT 'JSON detail',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (account, punish_id, event_type)
SETTINGS {{durable}}
COMMENT 'punishments of the platform';

CREATE TABLE IF NOT EXISTS wxlive_store.costs_store
(
    account LowCardinality(String) COMMENT 'account',
    day Date COMMENT 'day',
    channel String COMMENT 'channel; empty when given by campaign',
    utm_campaign String COMMENT 'campaign; empty when given by channel',
    amount_fen Int64 COMMENT 'spent, in fen',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (account, day, channel, utm_campaign)
SETTINGS {{durable}}
COMMENT 'money spent';

CREATE TABLE IF NOT EXISTS wxlive_store.targets_store
(
    account LowCardinality(String) COMMENT 'account',
    metric LowCardinality(String) COMMENT 'metric',
    period String COMMENT 'year, month, week or day',
    platform LowCardinality(String) COMMENT 'platform; empty for all',
    room String COMMENT 'room; empty for all',
    channel String COMMENT 'channel; empty for all',
    target Float64 COMMENT 'value to reach',
    batch_seq UInt64 COMMENT 'batch that stored it'
)
ENGINE = {{replacing:batch_seq}}
ORDER BY (account, metric, period, platform, room, channel)
SETTINGS {{durable}}
COMMENT 'targets';
