-- no row: a place for the keys of one batch, gone with the session
CREATE TEMPORARY TABLE IF NOT EXISTS batch_keys
(
    event_key UInt128
)
ENGINE = Memory
