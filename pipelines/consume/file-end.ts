import { z } from 'zod';
import { ADAPTERS, fail, succeed, type Outcome } from '../../schemas/index.js';
import type { BatchEntry } from '../load/batch-ledger.js';

const entrySchema = z.object({
  batchSeq: z.number(),
  file: z.string(),
  sha256: z.string(),
  adapter: z.enum(ADAPTERS),
  account: z.string(),
  rows: z.number(),
  rejected: z.number(),
  newerBy: z.enum(['rows', 'title', 'name', 'option', 'import']),
  startedAt: z.number(),
});

/** How a file ended, out of what its import says of it and what became of its messages. */
export function endedEntry(
  text: string,
  figures: { readonly accepted: number; readonly conflicts: number; readonly held: number },
): Outcome<BatchEntry, 'damaged'> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail('damaged');
  }
  const parsed = entrySchema.safeParse(json);
  if (!parsed.success) return fail('damaged');
  const { rows, rejected } = parsed.data;
  const good = rows - rejected;
  const outcome =
    figures.held > 0
      ? { accepted: 0, duplicates: 0, held: good, state: 'held' as const }
      : {
          accepted: figures.accepted,
          duplicates: good - figures.accepted,
          held: 0,
          state: 'loaded' as const,
        };
  return succeed({ ...parsed.data, ...outcome, conflicts: figures.conflicts });
}
