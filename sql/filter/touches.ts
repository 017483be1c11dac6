import { DIRECT, NOT_SET, NO_TOUCH, type ChannelColumn, type TimeRange } from '../../schemas/index.js';

import type { Filter } from './filter.js';
import { fragment, type SqlFragment } from './fragment.js';

/** What a touch is called: `direct` whatever the dimension, else its columns, `(not set)` for what it lacks. */
export function touchLabel(columns: readonly ChannelColumn[], source: 'touches' | 'event'): SqlFragment {
  const prefix = source === 'event' ? 'touch_' : '';
  const parts = columns.map(
    (column) => `if(ifNull(${prefix}${column}, '') = '', '${NOT_SET}', toString(${prefix}${column}))`,
  );
  const joined = parts.length === 1 ? (parts[0] ?? '') : `concat(${parts.join(`, '/', `)})`;
  const known = `if(${prefix}channel = '${DIRECT}', '${DIRECT}', assumeNotNull(${joined}))`;
  return fragment(source === 'event' ? `if(has_touch, ${known}, '${NO_TOUCH}')` : known);
}

/** One column of a touch as it stands, `''` where the touch lacks it. */
export function touchColumn(column: ChannelColumn): SqlFragment {
  return fragment(`ifNull(toString(${column}), '')`);
}

/** Touches of a campaign (null: of any) in a range, half open, that have a variant, one of those named where any is. */
export function campaignTouches(
  filter: Filter,
  campaign: string | null,
  variant: ChannelColumn,
  variants: readonly string[],
  { fromMs, toMs }: TimeRange,
): SqlFragment {
  const column = touchColumn(variant);
  const parts: string[] = [
    campaign === null ? 'utm_campaign IS NOT NULL' : `utm_campaign = ${filter.bind(campaign, 'String')}`,
    `${column} != ''`,
    touchRange(filter, fromMs, toMs === null ? null : toMs - 1),
  ];
  if (variants.length > 0) parts.push(`${column} IN ${filter.bind([...variants], 'Array(String)')}`);
  return fragment(parts.join(' AND '));
}

/** What a cost is booked under: costs know a channel (the source where there is one) and a campaign, nothing else. */
export function costLabel(columns: readonly ChannelColumn[]): SqlFragment {
  const parts = columns.map((column) => {
    const known =
      column === 'utm_campaign'
        ? 'utm_campaign'
        : column === 'channel' || column === 'utm_source'
          ? 'channel'
          : "''";
    return `if(ifNull(${known}, '') = '', '${NOT_SET}', assumeNotNull(${known}))`;
  });
  return fragment(parts.length === 1 ? (parts[0] ?? '') : `concat(${parts.join(`, '/', `)})`);
}

/** Touches whose time lies within these bounds, both inside; null is no bound. */
export function touchRange(filter: Filter, firstMs: number | null, lastMs: number | null): SqlFragment {
  const parts: string[] = [];
  if (firstMs !== null)
    parts.push(`touch_time >= fromUnixTimestamp64Milli(${filter.bind(firstMs, 'Int64')})`);
  if (lastMs !== null) parts.push(`touch_time <= fromUnixTimestamp64Milli(${filter.bind(lastMs, 'Int64')})`);
  return fragment(parts.length === 0 ? '1' : parts.join(' AND '));
}
