import { loadSql, type Warehouse } from '../../sql/index.js';
import { KEY_WORDS, hashPartOf, statedMsOf } from '../event-key.js';
import type { EventChunk } from './event-chunk.js';
import type { KnownKeys } from './known-keys.js';
import { ByteColumn, encodeBlock, encodeColumns, WordColumn } from './native-columns.js';
import type { Viewers } from './viewers.js';

/** Events of one batch on their way into the warehouse. */
export interface EventsToStore {
  readonly batchSeq: number;
  readonly chunks: readonly EventChunk[];
  /** Of each chunk: the numbers of its people, as Viewers gave them. */
  readonly people: readonly Uint32Array[];
  /** Of each chunk: 1 is set for each record that was stored. */
  readonly accepted: readonly Uint8Array[];
}

/** Stores what is not known and marks it in `accepted`; returns the conflicts. */
export async function loadEvents(
  warehouse: Warehouse,
  viewers: Viewers,
  known: KnownKeys,
  batch: EventsToStore,
): Promise<number> {
  const { chunks, accepted } = batch;
  const wanted: Uint8Array[] = [];
  let conflicts = 0;
  let fresh = 0;
  chunks.forEach((chunk, at) => {
    const judged = judge(chunk, known, accepted[at] ?? new Uint8Array());
    wanted.push(judged.wanted);
    conflicts += judged.conflicts;
    fresh += judged.fresh;
  });
  if (fresh === 0) return conflicts;
  for (const aboutOrders of [0, 1] as const) {
    const body: Uint8Array[] = [];
    chunks.forEach((chunk, at) => {
      const block = aboutOrders === 1 ? chunk.orderFacts : chunk.facts;
      const added = addedColumns(
        chunk,
        aboutOrders,
        wanted[at] ?? new Uint8Array(),
        batch.people[at],
        viewers,
      );
      if (block !== null && added !== null) body.push(block, added);
    });
    if (body.length === 0) continue;
    await warehouse.insert({
      statement: loadSql(aboutOrders === 1 ? 'load/insert-order-facts' : 'load/insert-events'),
      parameters: { batch_seq: batch.batchSeq },
      body,
      settings: INSERT_SETTINGS,
    });
  }
  await remember(warehouse, batch, wanted, fresh);
  return conflicts;
}

/** First accepted wins: what is known is a duplicate, and a conflict when its time or content differs. */
function judge(
  chunk: EventChunk,
  known: KnownKeys,
  accepted: Uint8Array,
): { wanted: Uint8Array; fresh: number; conflicts: number } {
  const wanted = new Uint8Array(chunk.rows);
  let fresh = 0;
  let conflicts = 0;
  for (let row = 0; row < chunk.rows; row++) {
    const content = chunk.contents[row] ?? 0;
    const at = row * KEY_WORDS;
    if (chunk.erased?.[row] === 1) continue;
    if (known.take(chunk.keys, at, content)) {
      wanted[row] = 1;
      accepted[chunk.records[row] ?? 0] = 1;
      fresh++;
      continue;
    }
    const before = known.find(chunk.keys, at);
    if (before === null) continue;
    if (
      before.statedMs !== statedMsOf(chunk.keys, at) ||
      (before.content !== 0 && before.content !== content)
    ) {
      conflicts++;
    }
  }
  return { wanted, fresh, conflicts };
}

/** The columns that a block still lacks; null when none of its rows is wanted. */
function addedColumns(
  chunk: EventChunk,
  aboutOrders: 0 | 1,
  wanted: Uint8Array,
  people: Uint32Array | undefined,
  viewers: Viewers,
): Buffer | null {
  const viewer = new WordColumn(4);
  const flags = new ByteColumn();
  let any = false;
  for (let row = 0; row < chunk.rows; row++) {
    if (chunk.aboutOrders[row] !== aboutOrders) continue;
    const at = viewer.next();
    viewers.writeViewer(people?.[chunk.viewers[row] ?? 0] ?? 0, viewer.words, at);
    flags.push(wanted[row] ?? 0);
    any ||= wanted[row] === 1;
  }
  if (!any) return null;
  return encodeColumns([
    { name: 'viewer', type: 'UUID', column: viewer },
    { name: 'wanted', type: 'UInt8', column: flags },
  ]);
}

/** Keeps the keys of what was stored, so that the same event is known also under another time or content. */
async function remember(
  warehouse: Warehouse,
  { chunks, batchSeq }: EventsToStore,
  wanted: readonly Uint8Array[],
  fresh: number,
): Promise<void> {
  const hashes = new WordColumn(4);
  const stated = new WordColumn(2);
  const contents = new WordColumn(2);
  const received = new WordColumn(1);
  const batches = new WordColumn(2);
  const receivedSeconds = Math.floor(Date.now() / 1000);
  chunks.forEach(({ keys, rows, contents: hashOfContent }, chunk) => {
    for (let row = 0; row < rows; row++) {
      if (wanted[chunk]?.[row] !== 1) continue;
      const from = row * KEY_WORDS;
      const at = hashes.next();
      hashes.words[at] = keys[from] ?? 0;
      hashes.words[at + 1] = keys[from + 1] ?? 0;
      hashes.words[at + 2] = hashPartOf(keys[from + 2] ?? 0);
      hashes.words[at + 3] = 0;
      stated.int64(statedMsOf(keys, from));
      contents.int64(hashOfContent[row] ?? 0);
      received.uint32(receivedSeconds);
      batches.int64(batchSeq);
    }
  });
  const columns = [
    { name: 'key_hash', type: 'UInt128', column: hashes },
    { name: 'stated_ms', type: 'Int64', column: stated },
    { name: 'content_hash', type: 'UInt64', column: contents },
    { name: 'received_at', type: "DateTime('UTC')", column: received },
    { name: 'batch_seq', type: 'UInt64', column: batches },
  ];
  await warehouse.insert({
    table: 'wxlive_store.recent_keys_store',
    columns: columns.map(({ name }) => name),
    format: 'Native',
    body: encodeBlock(columns, fresh),
  });
}

/**
 * One part a month, however many blocks arrive. `optimize_on_insert` would merge equal keys within the insert, of which
 * there are none: it takes three quarters of the insert's time.
 */
const INSERT_SETTINGS = {
  max_partitions_per_insert_block: 1000,
  min_insert_block_size_rows: 1_048_576,
  optimize_on_insert: 0,
};
