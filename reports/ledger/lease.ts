import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { databaseTime } from './database-time.js';

/** The right to schedule: one scheduler of a warehouse has it at a time. */
export interface SchedulerLease {
  /**
   * Takes or renews it; the number of the term, which grows with every change of hands, or null while another has it.
   * Correctness does not hang on it (the ledger takes one writer of each state): it spares two schedulers the same
   * work, and tells a send that was broken off from one that is going on.
   */
  hold(now: number): Promise<number | null>;
  /** Ends the term, so that the next scheduler need not wait. */
  release(now: number): Promise<void>;
}

const TERM_MS = 120_000;
/** Renewed when less than this is left. */
const RENEW_MS = 60_000;
const termRow = z.object({ term: z.coerce.number(), holder: z.string(), until_ms: z.coerce.number() });

/**
 * The lease in the warehouse: one row a term, written under a token of its number, of which the database takes one.
 * `now` is the caller's clock; clocks of different machines should agree to within a minute.
 */
export function openSchedulerLease(warehouse: Warehouse): SchedulerLease {
  const holder = randomUUID();
  let firstOwn: number | null = null;
  /** Until when nobody else can have it. */
  let ownUntil = Number.NEGATIVE_INFINITY;

  const latest = async (): Promise<z.infer<typeof termRow> | undefined> =>
    (await warehouse.query(loadSql('ledger/term'), termRow))[0];

  async function begin(term: number, now: number, until: number): Promise<boolean> {
    await warehouse.insert({
      table: 'wxlive_store.scheduler_terms_ledger',
      columns: ['term', 'holder', 'until', 'written_at'],
      format: 'JSONEachRow',
      body: Buffer.from(
        JSON.stringify({ term, holder, until: databaseTime(until), written_at: databaseTime(now) }),
      ),
      settings: { insert_deduplication_token: `term:${String(term)}` },
    });
    const taken = await latest();
    return taken?.holder === holder && taken.term === term;
  }

  return {
    async hold(now) {
      if (firstOwn !== null && ownUntil - now > RENEW_MS) return firstOwn;
      const current = await latest();
      const own = current?.holder === holder;
      if (current !== undefined && !own && current.until_ms > now) return null;
      if (!own) firstOwn = null;
      const term = (current?.term ?? 0) + 1;
      if (!(await begin(term, now, now + TERM_MS))) return null;
      ownUntil = now + TERM_MS;
      return (firstOwn ??= term);
    },
    async release(now) {
      const current = await latest();
      if (current?.holder === holder && current.until_ms > now) await begin(current.term + 1, now, now);
      firstOwn = null;
      ownUntil = Number.NEGATIVE_INFINITY;
    },
  };
}
