import { z } from 'zod';

import type { CommonSpec, TimeRange } from '../../schemas/index.js';
import { createFilter, fillSlots, loadSql, type Warehouse } from '../../sql/index.js';

/** Events that are grouped by viewer at once: what keeps memory below 2 GB. */
const EVENTS_AT_ONCE = 12_000_000;

const eventsSchema = z.object({ events: z.coerce.number().nullable() });

/**
 * In how many parts, by a hash of the viewer, the events of a scope are read; they are counted only where all that is
 * stored is more than one part.
 */
export async function countViewerParts(
  warehouse: Warehouse,
  spec: CommonSpec,
  range: TimeRange,
  timeZone: string,
  events?: readonly string[],
): Promise<number> {
  const [stored] = await warehouse.query(loadSql('scope/stored-events'), eventsSchema);
  if (typeof stored?.events === 'number' && stored.events <= EVENTS_AT_ONCE) return 1;
  const filter = createFilter(timeZone);
  const sql = fillSlots(loadSql('scope/count'), { scope: filter.scope(spec, range, events) });
  const [row] = await warehouse.query(sql, eventsSchema, filter.parameters);
  return Math.max(1, Math.ceil((row?.events ?? 0) / EVENTS_AT_ONCE));
}
