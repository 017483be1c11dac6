-- no row: a place for the pseudonyms of one batch, gone with the session
CREATE TEMPORARY TABLE IF NOT EXISTS batch_members
(
    member UUID
)
ENGINE = Memory
