-- no row: lets the engine merge again
SYSTEM START MERGES wxlive_store.{table:Identifier}
