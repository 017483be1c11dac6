import { z } from 'zod';

import {
  instantText,
  segmentsResultSchema,
  segmentsSpecSchema,
  succeed,
  type AnalysisFailure,
  type Outcome,
  type SegmentsResult,
  type SegmentsSpec,
  type TimeRange,
} from '../../../schemas/index.js';
import {
  checkPatterns,
  createFilter,
  fillSlots,
  loadSql,
  scopeRows,
  type Filter,
  type SqlFragment,
  type Warehouse,
} from '../../../sql/index.js';
import type { Analysis, RunContext } from '../analysis.js';
import { mergeLives, type Interval } from '../audience/watch-intervals.js';
import { explainEmpty } from '../empty-reason.js';
import { readRows } from '../row-binary.js';
import { settle, type Reckoning } from '../settle.js';
import { countViewerParts } from '../viewer-parts.js';

import { segmentsCharts, segmentsTables } from './show.js';
import { createSegmentTally } from './tally.js';
import { createSummaryReader } from './viewer-summary.js';

export const segments: Analysis<typeof segmentsSpecSchema, typeof segmentsResultSchema> = {
  name: 'segments',
  title: { zh: '观众分层', en: 'Segments' },
  spec: segmentsSpecSchema,
  result: segmentsResultSchema,
  example: { recency_days: [1, 2], frequency: [1, 2], money_fen: [1, 50_000], watch_seconds: [60, 1800] },
  run: runSegments,
  tables: segmentsTables,
  charts: segmentsCharts,
};

const totalsSchema = z.object({
  viewers: z.coerce.number(),
  gmv_fen: z.coerce.number(),
  latest_ms: z.coerce.number(),
});
const liveSchema = z.object({
  room_code: z.coerce.number(),
  started_ms: z.coerce.number(),
  ended_ms: z.coerce.number().nullable(),
});

async function runSegments(
  warehouse: Warehouse,
  spec: SegmentsSpec,
  context: RunContext,
): Promise<Outcome<SegmentsResult, AnalysisFailure>> {
  const selected = selectRows(spec, context.range, context.timeZone);
  if (!selected.ok) return selected;
  const checked = await checkPatterns(warehouse, selected.value.filter);
  if (!checked.ok) return checked;
  const result = await settle('segments', () => reckon(warehouse, spec, selected.value, context));
  if (result.total.viewers > 0) return succeed(result);
  return succeed({ ...result, notes: await explainEmpty(warehouse, spec, context.range, [], context) });
}

interface SelectedRows {
  readonly filter: Filter;
  readonly slots: { readonly rows: SqlFragment; readonly where: SqlFragment };
}

function selectRows(
  spec: SegmentsSpec,
  range: TimeRange,
  timeZone: string,
): Outcome<SelectedRows, AnalysisFailure> {
  const filter = createFilter(timeZone);
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const rows = scopeRows(filter, filter.scope(spec, range));
  return succeed({ filter, slots: { rows, where: where.value } });
}

async function reckon(
  warehouse: Warehouse,
  spec: SegmentsSpec,
  { filter, slots }: SelectedRows,
  context: RunContext,
): Promise<Reckoning<SegmentsResult>> {
  const { range } = context;
  const [totals] = await warehouse.query(
    fillSlots(loadSql('segments/totals'), slots),
    totalsSchema,
    filter.parameters,
  );
  const counted = { viewers: totals?.viewers ?? 0, gmv_fen: totals?.gmv_fen ?? 0 };
  const asOfMs = range.toMs ?? totals?.latest_ms ?? 0;
  const tally = createSegmentTally(spec, asOfMs, await readLives(warehouse));
  const sql = fillSlots(loadSql('segments/viewers'), slots);
  const readSummary = createSummaryReader(tally.add);
  const buckets = await countViewerParts(warehouse, spec, range, context.timeZone);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const parameters = { ...filter.parameters, buckets, bucket };
    await readRows(warehouse.stream(sql, 'RowBinary', parameters, context.streaming), readSummary);
  }
  const found = tally.segments();
  const total = {
    viewers: found.reduce((sum, { viewers }) => sum + viewers, 0),
    gmv_fen: found.reduce((sum, { gmv_fen }) => sum + gmv_fen, 0),
  };
  const { recency_days, frequency, money_fen, watch_seconds } = spec;
  const value: SegmentsResult = {
    segments: found,
    total,
    as_of: total.viewers === 0 ? null : instantText(asOfMs, context.timeZone),
    bands: { recency_days, frequency, money_fen, watch_seconds },
    notes: [],
  };
  return { value, counted, summed: total };
}

/** Broadcasts with known bounds, by the code of their room. */
async function readLives(warehouse: Warehouse): Promise<ReadonlyMap<number, readonly Interval[]>> {
  const lives = new Map<number, { from: number; to: number | null }[]>();
  for (const live of await warehouse.query(loadSql('audience/lives'), liveSchema)) {
    const known = lives.get(live.room_code) ?? [];
    known.push({ from: live.started_ms, to: live.ended_ms });
    lives.set(live.room_code, known);
  }
  return new Map([...lives].map(([room, list]) => [room, mergeLives(list)]));
}
