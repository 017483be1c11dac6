-- one row: fails where the pattern does not compile
SELECT match('', {pattern:String}) AS matched
