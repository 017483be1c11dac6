-- one row a row given as JSON, in the types given: rows of ours as another format
SELECT * FROM format(JSONCompactEachRow, {structure:String}, {rows:String})
