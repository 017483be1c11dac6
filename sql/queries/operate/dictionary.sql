-- one row a column of a public view, with the comments the database holds
SELECT columns.table AS view, tables.comment AS view_comment, columns.name AS column, columns.type AS type, columns.comment AS comment
FROM system.columns AS columns
INNER JOIN system.tables AS tables ON columns.database = tables.database AND columns.table = tables.name
WHERE columns.database = 'wxlive' AND ({view:String} = '' OR columns.table = {view:String})
ORDER BY columns.table, columns.position
