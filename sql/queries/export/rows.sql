-- one row a row of a public view, its columns as an output wants them
SELECT {{columns}}
FROM (SELECT * FROM {{view}} WHERE {{range}} AND {{where}})
