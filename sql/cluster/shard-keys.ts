/** Where the pieces of the storage tables lie, on every node; `wxlive_store` holds the whole tables above them. */
export const SHARD_DATABASE = 'wxlive_shard';
export const STORE_DATABASE = 'wxlive_store';

/**
 * By what the rows of the large tables are spread. Always a part of what makes rows copies or versions of one another
 * (`ORDER BY` of a replacing table), so that these meet on one shard, where FINAL and the engine's merges find them.
 * Tables that are not named are small or need one place (ledgers whose tokens let one of two writers win): they lie on
 * the first shard.
 */
const SHARD_KEYS: ReadonlyMap<string, string> = new Map([
  // The hash part of the key alone: the same event under another time is found beside the first.
  ['events_store', 'toUInt64(event_key)'],
  ['recent_keys_store', 'toUInt64(key_hash)'],
  // An order's facts are told under several keys; what is known of one order stays together.
  ['order_facts_store', 'cityHash64(order_id)'],
  ['minutes_store', 'cityHash64(platform, account, room_id)'],
  // The id that a row came with never changes, the person behind it may.
  ['attendance_store', 'cityHash64(viewer_key)'],
  ['identities_store', 'cityHash64(member)'],
  ['rejects_store', 'cityHash64(reject_id)'],
]);

/** The sharding key of a table of `wxlive_store`. */
export function shardKey(table: string): string {
  return SHARD_KEYS.get(table) ?? '0';
}
