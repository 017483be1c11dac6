-- What was pulled from the platforms' APIs, so that a pull goes on where the last one ended, however that ended.

CREATE TABLE IF NOT EXISTS wxlive_store.pulls_ledger
(
    source LowCardinality(String) COMMENT 'wecom, rooms or css',
    account LowCardinality(String) COMMENT 'account the rows belong to',
    unit String COMMENT 'what was pulled as a whole: a live, all rooms, a day and stream',
    pulled_at DateTime64(3, 'UTC') COMMENT 'just before its first page was asked for',
    settled Bool COMMENT 'the platform changes it no more: not pulled again unless asked for',
    rows UInt64 COMMENT 'rows it held',
    written_at DateTime64(3, 'UTC') COMMENT 'when all of it was stored; the latest counts'
)
ENGINE = {{replacing:written_at}}
ORDER BY (source, account, unit)
SETTINGS {{durable}}
COMMENT 'one row a unit of the APIs, written when all of it is stored';
