import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';

const batchRow = z.object({ batch_seq: z.coerce.number() });

/**
 * Closes the batches of loaders that were killed: remembers the keys of events they stored without coming to remember
 * them (otherwise the same event under another time would be taken for a new one), and calls them failed. Only under the
 * loader lease, when no batch can be on its way.
 */
export async function closeInterruptedBatches(warehouse: Warehouse): Promise<void> {
  const interrupted = await warehouse.query(loadSql('load/interrupted-batches'), batchRow);
  if (interrupted.length === 0) return;
  const batches = interrupted.map(({ batch_seq }) => batch_seq);
  await warehouse.command(loadSql('load/remember-interrupted'), { batches });
  await warehouse.command(loadSql('load/fail-interrupted'), { batches });
}
