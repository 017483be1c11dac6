-- one row: how many events there are, in the rooms asked for, and in the range as well; the event names of the scope
SELECT
    count() AS events,
    countIf({{place}}) AS in_place,
    countIf({{scope}}) AS in_scope,
    groupUniqArrayIf(1000)(toString(event), {{scope}}) AS names
FROM wxlive.events
