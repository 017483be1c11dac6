-- one row a row given as JSON, in the types given: rows of ours as another format; where there are none, the row given is left out
SELECT * FROM format(JSONCompactEachRow, {structure:String}, {rows:String}) LIMIT {count:UInt64}
