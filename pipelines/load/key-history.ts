import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { KEY_WORDS, statedMsOf } from '../event-key.js';
import type { EventChunk } from './event-chunk.js';
import { KnownKeys } from './known-keys.js';
import { readRowBinary } from './read-rows.js';
import { wordsOf } from './words.js';

const oldestRow = z.object({ batch_seq: z.coerce.number() });
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So long recent_keys_store remembers (PRODUCT §3), less a margin for a look that takes its time. */
const REMEMBERED_MS = 35 * DAY_MS - HOUR_MS;

/** From so many keys on the whole of recent_keys_store is read (of 12,000,000 keys in 0.1 s, whatever their number). */
const MANY_KEYS = 500;
/** A row of recent-keys: hash, stated time, hash of the content. */
const RECENT_WORDS = 8;
const NONE = new Uint32Array();

/**
 * Which keys of a batch are taken. All of the last 35 days stand in recent_keys_store; the facts themselves, which hold
 * every key by its time, are asked only about events that may have been accepted earlier. Only under the loader lease.
 */
export class KeyHistory {
  /** Unix milliseconds of the oldest batch that stored events; null: not asked yet. */
  private oldestMs: number | null = null;

  constructor(private readonly warehouse: Warehouse) {}

  /** The keys among those of the chunks that are taken, in a table with place for all the others. */
  async known(chunks: readonly EventChunk[]): Promise<KnownKeys> {
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    if (rows === 0) return new KnownKeys(0);
    const forgottenBefore = Date.now() - REMEMBERED_MS;
    const inFacts = (await this.oldestBatchMs()) < forgottenBefore;
    return this.warehouse.session(async (session) => {
      await session.command(loadSql('load/make-keys'));
      await session.insert({
        table: 'batch_keys',
        columns: ['event_key'],
        format: 'RowBinary',
        body: chunks.map(({ keys }) => new Uint8Array(keys.buffer, keys.byteOffset, keys.byteLength)),
      });
      // No event is accepted that lies more than a day ahead.
      const stored = inFacts ? await this.readFacts(session, chunks, forgottenBefore + DAY_MS) : NONE;
      const recentKeys = rows < MANY_KEYS ? 'load/recent-keys' : 'load/recent-keys-of-many';
      const recent = wordsOf(await readRowBinary(session, loadSql(recentKeys)));
      const known = new KnownKeys(rows + stored.length / KEY_WORDS + recent.length / RECENT_WORDS);
      for (let at = 0; at < stored.length; at += KEY_WORDS) known.set(stored, at, statedMsOf(stored, at), 0);
      for (let at = 0; at < recent.length; at += RECENT_WORDS) {
        known.set(recent, at, wholeNumber(recent, at + 4), wholeNumber(recent, at + 6));
      }
      return known;
    });
  }

  /** The keys of the batch that the facts hold. */
  private async readFacts(
    session: Warehouse,
    chunks: readonly EventChunk[],
    latestMs: number,
  ): Promise<Uint32Array> {
    let from = Number.MAX_SAFE_INTEGER;
    let to = 0;
    for (const { keys, rows } of chunks) {
      for (let row = 0; row < rows; row++) {
        const statedMs = statedMsOf(keys, row * KEY_WORDS);
        if (statedMs > latestMs) continue;
        from = Math.min(from, statedMs);
        to = Math.max(to, statedMs);
      }
    }
    if (to === 0) return NONE;
    // Corrected and stated time of one event differ by clock skew, which is under a day.
    const parameters = { from_ms: from - DAY_MS, to_ms: to + DAY_MS };
    return wordsOf(await readRowBinary(session, loadSql('load/stored-keys'), parameters));
  }

  private async oldestBatchMs(): Promise<number> {
    if (this.oldestMs === null) {
      const [oldest] = await this.warehouse.query(loadSql('load/oldest-batch'), oldestRow);
      // Whoever loads into an empty warehouse is its oldest batch.
      this.oldestMs = Math.min((oldest?.batch_seq ?? 0) / 1000, Date.now());
    }
    return this.oldestMs;
  }
}

/** A 64-bit number below 2⁵³. */
function wholeNumber(words: Uint32Array, at: number): number {
  return (words[at + 1] ?? 0) * 2 ** 32 + (words[at] ?? 0);
}
