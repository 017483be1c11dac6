import { ENTRY_EVENTS } from '../../schemas/index.js';
import { loadSql } from '../query-file.js';

import type { Filter } from './filter.js';
import { fillSlots, fragment, type SqlFragment } from './fragment.js';

/** The rows an analysis looks at: events, with the touch of each where the filter needs it. */
export function scopeRows(filter: Filter, scope: SqlFragment): SqlFragment {
  const rows = filter.usesTouch ? 'scope/events-with-touch' : 'scope/events';
  return fragment(`(\n${fillSlots(loadSql(rows), { scope })}\n)`);
}

/** Rows that have the touch of an event for every touch there is: entries, of which touches are made; cheap to read. */
export function touchCandidates(filter: Filter): SqlFragment {
  const slots = { entry_events: filter.bind([...ENTRY_EVENTS], 'Array(String)') };
  return fragment(`(\n${fillSlots(loadSql('scope/entries-as-touches'), slots)}\n)`);
}

/**
 * All touches, of whatever scope: `viewer`, `touched_at`, `channel_key`. Those of one viewer and instant are all there,
 * or, which takes longer, only the one that counts.
 */
export function touchRows(ties: 'all' | 'counting'): SqlFragment {
  return fragment(`(\n${loadSql(ties === 'all' ? 'funnel/touches' : 'funnel/distinct-touches')}\n)`);
}

/** Which viewers a statement reads: one part of them, by a hash (`buckets`, `bucket`), or those named (`viewers`). */
export function viewersAmong(which: 'bucket' | 'named'): SqlFragment {
  return fragment(
    which === 'bucket'
      ? 'cityHash64(viewer) % {buckets:UInt32} = {bucket:UInt32}'
      : 'viewer IN {viewers:Array(UUID)}',
  );
}

/** Rows of a scope that stand in a room, each with its live (as in wxlive.live_daily): `live_id`, `live_code`, `live_started_at`. */
export function withLives(rows: SqlFragment, zone: string, filter: Filter): SqlFragment {
  const slots = { rows, zone: filter.bind(zone, 'String') };
  return fragment(`(\n${fillSlots(loadSql('scope/events-with-live'), slots)}\n)`);
}

/** The day of an event in a zone, or where there is none the code of its live: a number for each period. */
export function periodCode(filter: Filter, zone: string | null): SqlFragment {
  return fragment(zone === null ? 'live_code' : `toDate(event_time, ${filter.bind(zone, 'String')})`);
}

/** The viewer has an event before an instant; never without one. */
export function seenBefore(filter: Filter, instantMs: number | null): SqlFragment {
  if (instantMs === null) return fragment('0');
  const before = filter.bind(instantMs, 'Int64');
  return fragment(
    `viewer IN (SELECT viewer FROM wxlive.events WHERE NOT is_system AND event_time < fromUnixTimestamp64Milli(${before}))`,
  );
}
