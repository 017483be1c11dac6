import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { FileIdentity } from './file-tally.js';

/** What is known of the bytes of a file from before. */
export interface EarlierImports {
  /** When they were imported first, UTC ms. */
  readonly firstAt: number;
  /** The batches that did, ascending. */
  readonly batches: readonly number[];
}

const earlierRow = z.object({ at: z.coerce.number().nullable(), batches: z.array(z.coerce.number()) });

/** null: the bytes are new. An import that was broken off is none. */
export async function findEarlierImports(
  warehouse: Warehouse,
  { sha256, adapter, account }: FileIdentity,
): Promise<EarlierImports | null> {
  const parameters = { sha256, adapter, account };
  const [found] = await warehouse.query(loadSql('load/earlier-imports'), earlierRow, parameters);
  return found === undefined || found.at === null ? null : { firstAt: found.at, batches: found.batches };
}
