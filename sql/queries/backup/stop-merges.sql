-- no row: leaves the rows of a table as they come in until they were compared
SYSTEM STOP MERGES wxlive_store.{table:Identifier}
