import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { loadSql, WarehouseError, type Warehouse } from '../../sql/index.js';

const runningRow = z.object({ writes: z.coerce.number() });
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
const LONGEST_WAIT_MS = 120_000;

/**
 * Waits until no statement writes facts. A loader that was killed may have left one behind that the database still works
 * on: what it is about to store would be missed by the test for duplicates. Only under the loader lease, when no living
 * loader writes.
 */
export async function awaitEarlierWrites(warehouse: Warehouse): Promise<void> {
  const started = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const [running] = await warehouse.query(loadSql('load/writes-running'), runningRow);
    if ((running?.writes ?? 0) === 0) return;
    if (performance.now() - started > LONGEST_WAIT_MS) {
      throw new WarehouseError(
        'a write that an earlier import left behind is still running; try again when it has ended',
        null,
        true,
      );
    }
    await sleep(pauseMs);
  }
}
