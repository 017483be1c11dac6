-- one row: how many events there are, in the rooms asked for, and in the range as well; event names of the scope, those asked for among them
SELECT
    count() AS events,
    countIf({{place}}) AS in_place,
    countIf({{scope}}) AS in_scope,
    arrayConcat(groupUniqArrayIf(1000)(toString(event), {{scope}}), groupUniqArrayIf(toString(event), {{scope}} AND event IN {{asked}})) AS names
FROM wxlive.events
