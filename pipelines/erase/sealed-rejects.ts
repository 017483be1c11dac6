import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { Pseudonymizer } from '../privacy/pseudonymize.js';
import type { Seal } from '../privacy/seal.js';

/** What it takes to see whom a sealed original speaks of. */
export interface RejectReader {
  readonly seal: Seal;
  readonly pseudonymizer: Pseudonymizer;
  /** The id that was given. */
  readonly rawId: string;
}

const sealedRow = z.object({ reject_id: z.string(), sealed: z.string() });

/**
 * The rejects whose original holds the id given, or any id that becomes one of the pseudonyms: all are opened, since
 * of a row that could not be read nobody knew whom it was about. 10 microseconds each.
 */
export async function rejectsOf(
  warehouse: Warehouse,
  members: readonly string[],
  { seal, pseudonymizer, rawId }: RejectReader,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { reject_id, sealed } of await warehouse.query(loadSql('erase/sealed-rejects'), sealedRow)) {
    const opened = seal.open(sealed, reject_id);
    if (!opened.ok) continue;
    const original = opened.value;
    const scrubbed = pseudonymizer.scrub(original);
    if (original.includes(rawId) || members.some((member) => scrubbed.includes(member))) {
      found.push(reject_id);
    }
  }
  return found;
}
