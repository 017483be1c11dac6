import {
  fail,
  funnelResultSchema,
  funnelSpecSchema,
  resolveTimeRange,
  succeed,
  type AnalysisFailure,
  type FunnelResult,
  type FunnelSpec,
  type Outcome,
  type TimeRange,
} from '../../../schemas/index.js';
import {
  checkPatterns,
  createFilter,
  fillSlots,
  fixed,
  loadSql,
  packValues,
  scopeRows,
  textsOf,
  type Filter,
  type SqlFragment,
  type Warehouse,
} from '../../../sql/index.js';
import type { Analysis, AnalysisContext } from '../analysis.js';
import { explainEmpty } from '../empty-reason.js';
import { readRows } from '../row-binary.js';
import { countViewerParts } from '../viewer-parts.js';

import { compileFunnel, matchesOf, type CompiledFunnel } from './compile.js';
import { funnelCharts, funnelTables } from './show.js';
import { createFunnelTally } from './tally.js';
import { createViewerRowReader, orderMatters, type RowShape, type ViewerRow } from './viewer-rows.js';

/** Viewers whose ties are looked at in one statement. */
const TIED_AT_ONCE = 20_000;

export const funnel: Analysis<typeof funnelSpecSchema, typeof funnelResultSchema> = {
  name: 'funnel',
  title: { zh: '转化漏斗', en: 'Funnel' },
  spec: funnelSpecSchema,
  result: funnelResultSchema,
  example: {
    steps: [{ event: 'live_enter' }, { event: 'goods_click' }, { event: 'order_pay' }],
    window_seconds: 7200,
    breakdown: { field: 'touch.channel' },
  },
  run: runFunnel,
  tables: funnelTables,
  charts: funnelCharts,
};

async function runFunnel(
  warehouse: Warehouse,
  spec: FunnelSpec,
  context: AnalysisContext,
): Promise<Outcome<FunnelResult, AnalysisFailure>> {
  const range = resolveTimeRange(spec, context.timeZone);
  if (!range.ok) return range;
  const viewersAt = context.viewersAt ?? null;
  if (
    viewersAt !== null &&
    (!Number.isInteger(viewersAt) || viewersAt < 1 || viewersAt > spec.steps.length)
  ) {
    return fail({
      code: 'bad_value',
      message: `there is no step ${viewersAt}: the funnel has ${spec.steps.length}`,
      zh: `没有第 ${viewersAt} 步：漏斗共 ${spec.steps.length} 步`,
    });
  }
  const selected = selectSteps(spec, range.value, context.timeZone);
  if (!selected.ok) return selected;
  const { filter, compiled } = selected.value;
  const checked = await checkPatterns(warehouse, filter);
  if (!checked.ok) return checked;

  const tally = createFunnelTally({ spec, compiled, timeZone: context.timeZone, viewersAt });
  const values = await readViewers(warehouse, spec, range.value, selected.value, context, tally.add);
  const result = tally.result(range.value, values);
  if (result.steps[0]?.viewers !== 0) return succeed(result);
  const names = spec.steps.flatMap((step) => matchesOf(step).map(({ event }) => event));
  return succeed({ ...result, notes: await explainEmpty(warehouse, spec, range.value, names, context) });
}

/** A funnel as fragments of one statement; each statement has its own, so that it knows all its values. */
interface SelectedSteps {
  readonly filter: Filter;
  readonly compiled: CompiledFunnel;
  readonly where: SqlFragment;
  readonly rows: SqlFragment;
  readonly correlated: SqlFragment | null;
  readonly brokenDown: SqlFragment | null;
}

function selectSteps(
  spec: FunnelSpec,
  range: TimeRange,
  timeZone: string,
): Outcome<SelectedSteps, AnalysisFailure> {
  const filter = createFilter(timeZone);
  const compiled = compileFunnel(spec, filter);
  if (!compiled.ok) return compiled;
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const brokenDown = spec.breakdown === null ? null : filter.text(spec.breakdown.field);
  if (brokenDown?.ok === false) return brokenDown;
  const { correlatedField } = compiled.value;
  const correlated = correlatedField === null ? null : filter.text(correlatedField);
  if (correlated?.ok === false) return correlated;
  const rows = scopeRows(filter, filter.scope(spec, range, eventNames(spec)));
  return succeed({
    filter,
    compiled: compiled.value,
    where: where.value,
    rows,
    correlated: correlated?.value ?? null,
    brokenDown: brokenDown?.value ?? null,
  });
}

/** The events that a funnel looks at; a strict one looks at all of them. */
function eventNames(spec: FunnelSpec): string[] | undefined {
  if (spec.order === 'strict') return undefined;
  return [...spec.steps, ...spec.exclusions].flatMap((part) => matchesOf(part).map(({ event }) => event));
}

/** Hands over every viewer who can begin; answers what the codes of the breakdown stand for. */
async function readViewers(
  warehouse: Warehouse,
  spec: FunnelSpec,
  range: TimeRange,
  { filter, compiled, where, rows, correlated, brokenDown }: SelectedSteps,
  context: AnalysisContext,
  onViewer: (row: ViewerRow) => void,
): Promise<ReadonlyMap<number, string>> {
  const values = new Map<number, string>();
  const shape: RowShape = {
    withViewer: brokenDown !== null || context.viewersAt !== undefined,
    withCorrelated: correlated !== null,
    withBreakdown: brokenDown !== null,
    texts: brokenDown === null ? null : values,
  };
  const slots = { marks: compiled.marks, rows, where, ...packValues(correlated, brokenDown) };
  const sql = fillSlots(loadSql('funnel/viewer-steps'), {
    ...slots,
    viewer: fixed(shape.withViewer ? 'viewer,' : ''),
    texts: textsOf(brokenDown),
  });
  const options = context.signal === undefined ? {} : { signal: context.signal };
  const tied: string[] = [];
  const readRow = createViewerRowReader(shape, (row) => {
    if (shape.withBreakdown && orderMatters(row)) tied.push(row.viewerText());
    else onViewer(row);
  });
  const buckets = await countViewerParts(warehouse, spec, range, context.timeZone, eventNames(spec));
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const parameters = { ...filter.parameters, buckets, bucket, start_marks: compiled.startMarks };
    await readRows(warehouse.stream(sql, 'RowBinary', parameters, options), readRow);
  }
  // Event ids are long; only those who need them are asked for them.
  const inOrder = fillSlots(loadSql('funnel/viewer-steps-with-ties'), slots);
  const readTied = createViewerRowReader({ ...shape, texts: null }, onViewer);
  for (let first = 0; first < tied.length; first += TIED_AT_ONCE) {
    const parameters = { ...filter.parameters, viewers: tied.slice(first, first + TIED_AT_ONCE) };
    await readRows(warehouse.stream(inOrder, 'RowBinary', parameters, options), readTied);
  }
  return values;
}
