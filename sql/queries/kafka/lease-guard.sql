-- one row: 1 while the lease is of this epoch, else an error
SELECT throwIf(max(epoch) != {lease_epoch:UInt64}, 'the loader lease has passed to another process') = 0 FROM wxlive_store.loader_lease_ledger
