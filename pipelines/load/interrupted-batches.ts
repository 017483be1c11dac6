import { z } from 'zod';
import { ADAPTERS } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { markChangedDays } from './changed-days.js';

const batchRow = z.object({ batch_seq: z.coerce.number(), adapter: z.enum(ADAPTERS) });

/**
 * Closes the batches of loaders that were killed: remembers the keys of events they stored without coming to remember
 * them (otherwise the same event under another time would be taken for a new one), marks the past days they changed,
 * and calls them failed. Only under the loader lease, when no batch can be on its way.
 */
export async function closeInterruptedBatches(warehouse: Warehouse): Promise<void> {
  const interrupted = await warehouse.query(loadSql('load/interrupted-batches'), batchRow);
  if (interrupted.length === 0) return;
  const batches = interrupted.map(({ batch_seq }) => batch_seq);
  await warehouse.command(loadSql('load/remember-interrupted'), { batches });
  await markChangedDays(
    warehouse,
    interrupted.map(({ batch_seq, adapter }) => ({ batchSeq: batch_seq, adapter })),
  );
  await warehouse.command(loadSql('load/fail-interrupted'), { batches });
}
