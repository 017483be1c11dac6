import { z } from 'zod';

import {
  ATTRIBUTION_MODELS,
  attributionResultSchema,
  attributionSpecSchema,
  channelColumns,
  succeed,
  type AnalysisFailure,
  type AttributionModel,
  type AttributionResult,
  type AttributionSpec,
  type Outcome,
  type TimeRange,
} from '../../../schemas/index.js';
import {
  checkPatterns,
  createFilter,
  fillSlots,
  fixed,
  loadSql,
  scopeRows,
  touchLabel,
  touchRange,
  type Filter,
  type SqlFragment,
  type Warehouse,
} from '../../../sql/index.js';
import type { Analysis, RunContext } from '../analysis.js';
import { explainEmpty } from '../empty-reason.js';
import { readRows, type RowCursor } from '../row-binary.js';

import { createAttribution, type AttributionEngine, type Journey } from './engine.js';
import { attributionCharts, attributionTables } from './show.js';

const DAY_MS = 86_400_000;
/** Conversions that are grouped at once; more are taken in parts by a hash of the viewer. */
const CONVERSIONS_AT_ONCE = 2_000_000;

export const attribution: Analysis<typeof attributionSpecSchema, typeof attributionResultSchema> = {
  name: 'attribution',
  title: { zh: '渠道归因', en: 'Attribution' },
  spec: attributionSpecSchema,
  result: attributionResultSchema,
  example: { conversion: { event: 'order_pay', value: 'amount_fen' }, channel: 'channel', lookback_days: 30 },
  run: runAttribution,
  tables: attributionTables,
  charts: attributionCharts,
};

async function runAttribution(
  warehouse: Warehouse,
  spec: AttributionSpec,
  context: RunContext,
): Promise<Outcome<AttributionResult, AnalysisFailure>> {
  const engine = createAttribution({
    models: modelsOf(spec),
    halfLifeMs: spec.half_life_days * DAY_MS,
    lookbackMs: spec.lookback_days * DAY_MS,
    position: spec.position,
    markovOrder: spec.markov_order,
    firstOnly: spec.unit === 'viewer',
    language: context.language ?? 'zh',
  });
  if (spec.paths !== undefined) {
    for (const row of spec.paths) engine.addSummary(row.path, row.conversions, row.value, row.null_paths);
    const result = engine.result();
    if (result.conversions > 0) return succeed(result);
    const reason =
      context.language === 'en' ? 'no path of the summary has conversions' : '路径汇总中没有转化';
    return succeed({ ...result, notes: [...result.notes, reason] });
  }
  const read = await readWarehouse(warehouse, spec, context, engine);
  if (!read.ok) return read;
  const result = engine.result();
  if (result.conversions > 0) return succeed(result);
  const reasons = await explainEmpty(warehouse, spec, context.range, [spec.conversion.event], context);
  return succeed({ ...result, notes: [...result.notes, ...reasons] });
}

function modelsOf(spec: AttributionSpec): readonly AttributionModel[] {
  if (spec.models !== undefined) return [...new Set(spec.models)];
  return ATTRIBUTION_MODELS.filter((model) => spec.paths === undefined || model !== 'time_decay');
}

/** The conversions of a spec as fragments; each statement has a filter of its own, so that it knows all its values. */
interface Conversions {
  readonly filter: Filter;
  readonly slots: {
    readonly conversion: SqlFragment;
    readonly where: SqlFragment;
    readonly rows: SqlFragment;
  };
}

function selectConversions(
  spec: AttributionSpec,
  range: TimeRange,
  timeZone: string,
): Outcome<Conversions, AnalysisFailure> {
  const filter = createFilter(timeZone);
  const conversion = filter.anyMatch([spec.conversion]);
  if (!conversion.ok) return conversion;
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const rows = scopeRows(filter, filter.scope(spec, range, [spec.conversion.event]));
  return succeed({ filter, slots: { conversion: conversion.value, where: where.value, rows } });
}

const countSchema = z.object({ conversions: z.coerce.number() });

async function readWarehouse(
  warehouse: Warehouse,
  spec: AttributionSpec,
  context: RunContext,
  engine: AttributionEngine,
): Promise<Outcome<null, AnalysisFailure>> {
  const { range } = context;
  const counting = selectConversions(spec, range, context.timeZone);
  if (!counting.ok) return counting;
  const checked = await checkPatterns(warehouse, counting.value.filter);
  if (!checked.ok) return checked;
  const reading = selectConversions(spec, range, context.timeZone);
  if (!reading.ok) return reading;
  const { filter, slots } = reading.value;
  const value = spec.conversion.value === null ? succeed(fixed('0')) : filter.number(spec.conversion.value);
  if (!value.ok) return value;

  const [count] = await warehouse.query(
    fillSlots(loadSql('attribution/count'), counting.value.slots),
    countSchema,
    counting.value.filter.parameters,
  );
  const buckets = Math.max(1, Math.ceil((count?.conversions ?? 0) / CONVERSIONS_AT_ONCE));
  // Touches of lost viewers lie in the range; those of conversions may be as old as the lookback.
  const firstMs = range.fromMs === null ? null : range.fromMs - Math.ceil(spec.lookback_days * DAY_MS);
  const journeys = fillSlots(loadSql('attribution/viewer-journeys'), {
    ...slots,
    value: value.value,
    label: touchLabel(channelColumns(spec.channel), 'touches'),
    scope: filter.scope(spec, range),
    touch_range: touchRange(filter, firstMs, range.toMs === null ? null : range.toMs - 1),
  });
  const readJourney = createJourneyReader(engine, range.fromMs ?? Number.NEGATIVE_INFINITY);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const parameters = { ...filter.parameters, buckets, bucket };
    await readRows(warehouse.stream(journeys, 'RowBinary', parameters, context.streaming), readJourney);
  }
  return succeed(null);
}

function createJourneyReader(engine: AttributionEngine, fromMs: number): (cursor: RowCursor) => void {
  const journey: Journey = {
    conversionCount: 0,
    conversionTimes: [],
    conversionValues: [],
    touchCount: 0,
    touchTimes: [],
    touchLabels: [],
  };
  return (cursor) => {
    journey.conversionCount = cursor.length();
    cursor.need(journey.conversionCount * 16);
    for (let index = 0; index < journey.conversionCount; index += 1) {
      journey.conversionTimes[index] = cursor.int64();
      journey.conversionValues[index] = cursor.float64();
    }
    journey.touchCount = cursor.length();
    for (let index = 0; index < journey.touchCount; index += 1) {
      journey.touchTimes[index] = cursor.int64();
      journey.touchLabels[index] = engine.label(cursor.text());
    }
    if (journey.conversionCount > 0) engine.addJourney(journey);
    else engine.addNullPath(touchesSince(journey, fromMs), 1);
  };
}

/** Labels of the touches from an instant on. */
function touchesSince({ touchCount, touchTimes, touchLabels }: Journey, fromMs: number): number[] {
  let first = 0;
  while (first < touchCount && (touchTimes[first] ?? 0) < fromMs) first += 1;
  return touchLabels.slice(first, touchCount);
}
