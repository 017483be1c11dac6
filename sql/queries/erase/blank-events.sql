-- no row: takes the person's pseudonyms out of what others did
ALTER TABLE wxlive_store.events_store UPDATE
    referrer_viewer = if(referrer_viewer IN {members:Array(UUID)}, NULL, referrer_viewer),
    goods_id = if(goods_id IN {texts:Array(String)}, '', goods_id),
    props = mapApply((name, value) -> (name, replaceRegexpAll(value, {pattern:String}, '')), props)
WHERE referrer_viewer IN {members:Array(UUID)} OR goods_id IN {texts:Array(String)} OR arrayExists(value -> multiSearchAny(value, {texts:Array(String)}), mapValues(props))
SETTINGS mutations_sync = 2
