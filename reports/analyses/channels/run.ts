import { z } from 'zod';

import {
  channelColumns,
  channelsResultSchema,
  channelsSpecSchema,
  dayOf,
  succeed,
  type AnalysisFailure,
  type ChannelFigures,
  type ChannelsResult,
  type ChannelsSpec,
  type Outcome,
  type TimeRange,
} from '../../../schemas/index.js';
import {
  checkPatterns,
  costLabel,
  createFilter,
  fillSlots,
  loadSql,
  scopeRows,
  seenBefore,
  touchLabel,
  type Warehouse,
} from '../../../sql/index.js';
import type { Analysis, RunContext } from '../analysis.js';
import { explainEmpty } from '../empty-reason.js';
import { IntegrityError } from '../integrity-error.js';
import type { Label } from '../labels.js';

import { deriveFigures, type ChannelCounts } from './figures.js';
import { channelsCharts, channelsTables } from './show.js';

export const channels: Analysis<typeof channelsSpecSchema, typeof channelsResultSchema> = {
  name: 'channels',
  title: { zh: '渠道效果', en: 'Channels' },
  spec: channelsSpecSchema,
  result: channelsResultSchema,
  example: { channel: 'channel' },
  run: runChannels,
  tables: channelsTables,
  charts: channelsCharts,
};

const countsSchema = z.object({
  label: z.string(),
  is_total: z.coerce.number(),
  link_clicks: z.coerce.number(),
  entrants: z.coerce.number(),
  goods_clickers: z.coerce.number(),
  buyers: z.coerce.number(),
  orders: z.coerce.number(),
  gmv_fen: z.coerce.number(),
  returning_viewers: z.coerce.number(),
});
const costSchema = z.object({ label: z.string(), cost_fen: z.coerce.number() });

/** All that a channel is measured by. */
const COUNTED_EVENTS = ['link_click', 'live_enter', 'goods_click', 'order_pay'];

const COUNTED = ['link_clicks', 'entrants', 'goods_clickers', 'orders'] as const;
const COUNTED_ONLY: Label = {
  zh: `只计 ${COUNTED_EVENTS.join('、')}`,
  en: `only ${COUNTED_EVENTS.join(', ')} count`,
};

/** What a number of 53 bits may be off by, as a part of it. */
const ROUNDED = 2 ** -53;

const NOTHING: ChannelCounts = {
  link_clicks: 0,
  entrants: 0,
  goods_clickers: 0,
  buyers: 0,
  orders: 0,
  gmv_fen: 0,
  returning_viewers: 0,
};

async function runChannels(
  warehouse: Warehouse,
  spec: ChannelsSpec,
  context: RunContext,
): Promise<Outcome<ChannelsResult, AnalysisFailure>> {
  const { range } = context;
  const filter = createFilter(context.timeZone);
  filter.needTouch();
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const columns = channelColumns(spec.channel);
  const slots = {
    where: where.value,
    label: touchLabel(columns, 'event'),
    known: seenBefore(filter, range.fromMs),
    rows: scopeRows(filter, filter.scope(spec, range, COUNTED_EVENTS)),
  };
  const checked = await checkPatterns(warehouse, filter);
  if (!checked.ok) return checked;

  const counted = await warehouse.query(
    fillSlots(loadSql('channels/figures'), slots),
    countsSchema,
    filter.parameters,
  );
  const costs = await readCosts(warehouse, spec, range, context.timeZone);
  const rows = new Map<string, ChannelCounts>();
  for (const row of counted) if (row.is_total === 0) rows.set(row.label, row);
  for (const label of costs.keys()) if (!rows.has(label)) rows.set(label, NOTHING);
  const total = counted.find(({ is_total }) => is_total === 1) ?? NOTHING;
  checkTotal([...rows.values()], total);
  const listed = [...rows]
    .map(([channel, counts]) => ({ channel, ...deriveFigures(counts, costs.get(channel) ?? null) }))
    .sort(byEntrants);
  const cost = costs.size === 0 ? null : [...costs.values()].reduce((sum, amount) => sum + amount, 0);
  // What was spent stands there whatever happened.
  const isEmpty = COUNTED.every((figure) => total[figure] === 0);
  const notes = isEmpty ? await explainEmpty(warehouse, spec, range, [], context, COUNTED_ONLY) : [];
  return succeed({ channels: listed, total: deriveFigures(total, cost), notes });
}

function byEntrants(
  left: ChannelFigures & { channel: string },
  right: ChannelFigures & { channel: string },
): number {
  return (
    right.entrants - left.entrants ||
    right.gmv_fen - left.gmv_fen ||
    right.link_clicks - left.link_clicks ||
    (left.channel < right.channel ? -1 : 1)
  );
}

/** What was spent on every day that the range touches, as a whole, whatever rooms are asked for. */
async function readCosts(
  warehouse: Warehouse,
  spec: ChannelsSpec,
  { fromMs, toMs }: TimeRange,
  timeZone: string,
): Promise<Map<string, number>> {
  const sql = fillSlots(loadSql('channels/costs'), { label: costLabel(channelColumns(spec.channel)) });
  const rows = await warehouse.query(sql, costSchema, {
    first_day: fromMs === null ? '1970-01-01' : dayOf(fromMs, timeZone),
    last_day: toMs === null ? '2149-06-06' : dayOf(toMs - 1, timeZone),
  });
  return new Map(rows.map(({ label, cost_fen }) => [label, cost_fen]));
}

/**
 * Σ channels = Σ events: what is counted in events (not people) adds up, to the last fen below 2⁵³; larger sums arrive
 * here rounded.
 */
function checkTotal(rows: readonly ChannelCounts[], total: ChannelCounts): void {
  for (const figure of ['link_clicks', 'orders', 'gmv_fen'] as const) {
    const sum = rows.reduce((before, row) => before + row[figure], 0);
    const rounding = Number.isSafeInteger(total[figure]) ? 0 : total[figure] * ROUNDED * (rows.length + 1);
    if (Math.abs(sum - total[figure]) > rounding) {
      throw new IntegrityError(
        `channels: ${figure} of all channels is ${sum}, of all events ${total[figure]}`,
      );
    }
  }
}
