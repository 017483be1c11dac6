import { z } from 'zod';

import {
  fail,
  pathResultSchema,
  pathSpecSchema,
  succeed,
  type AnalysisFailure,
  type Outcome,
  type PathResult,
  type PathSpec,
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
import { explainEmpty } from '../empty-reason.js';
import { readRows } from '../row-binary.js';
import { settle, type Reckoning } from '../settle.js';
import { countViewerParts } from '../viewer-parts.js';

import { pathCharts, pathTables } from './show.js';
import { createPathTally, type PathTally } from './tally.js';
import { createActsReader } from './viewer-acts.js';

/** Viewers whose ties are looked at in one statement. */
const TIED_AT_ONCE = 20_000;

export const path: Analysis<typeof pathSpecSchema, typeof pathResultSchema> = {
  name: 'path',
  title: { zh: '行为路径', en: 'Paths' },
  spec: pathSpecSchema,
  result: pathResultSchema,
  example: { start: { event: 'live_enter' }, steps: 4, limit: 20, session_gap_seconds: 1800 },
  run: runPath,
  tables: pathTables,
  charts: pathCharts,
};

const totalsSchema = z.object({ starts: z.coerce.number(), viewers: z.coerce.number() });

async function runPath(
  warehouse: Warehouse,
  spec: PathSpec,
  context: RunContext,
): Promise<Outcome<PathResult, AnalysisFailure>> {
  const selected = selectActs(spec, context.range, context.timeZone);
  if (!selected.ok) return selected;
  const checked = await checkPatterns(warehouse, selected.value.filter);
  if (!checked.ok) return checked;
  const result = await settle('path', () => reckon(warehouse, spec, selected.value, context));
  if (result === null) {
    return fail({
      code: 'too_large',
      message: 'there are more different paths than can be counted: ask for fewer steps, or narrow where',
      zh: '不同的路径太多，无法统计：请减少 steps，或用 where 缩小范围',
    });
  }
  if (result.total.viewers > 0) return succeed(result);
  const notes = await explainEmpty(warehouse, spec, context.range, [spec.start.event], context);
  return succeed({ ...result, notes });
}

/** The events of a spec as fragments of one statement. */
interface SelectedActs {
  readonly filter: Filter;
  readonly slots: { readonly start: SqlFragment; readonly where: SqlFragment; readonly rows: SqlFragment };
}

function selectActs(
  spec: PathSpec,
  range: TimeRange,
  timeZone: string,
): Outcome<SelectedActs, AnalysisFailure> {
  const filter = createFilter(timeZone);
  const start = filter.anyMatch([spec.start]);
  if (!start.ok) return start;
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const rows = scopeRows(filter, filter.scope(spec, range));
  return succeed({ filter, slots: { start: start.value, where: where.value, rows } });
}

/** Null as value: too many different paths. */
async function reckon(
  warehouse: Warehouse,
  spec: PathSpec,
  { filter, slots }: SelectedActs,
  context: RunContext,
): Promise<Reckoning<PathResult | null>> {
  const names = await readNames(warehouse, spec, context.range, context.timeZone);
  const [totals] = await warehouse.query(
    fillSlots(loadSql('path/totals'), slots),
    totalsSchema,
    filter.parameters,
  );
  const tally = createPathTally(spec);
  const values = { names, numbers: names.map((_, index) => index + 1) };
  const counted = { viewers: totals?.viewers ?? 0, starts: totals?.starts ?? 0 };
  if (counted.starts > 0) {
    await readViewers(
      warehouse,
      slots,
      { ...filter.parameters, ...values },
      await countViewerParts(warehouse, spec, context.range, context.timeZone),
      tally,
      context,
    );
  }
  if (tally.full) return { value: null, counted: {}, summed: {} };
  const paths = tally.paths();
  const worded = (numbers: readonly number[]): string[] => numbers.map((number) => names[number - 1] ?? '');
  const total = { viewers: tally.viewers, starts: tally.starts, paths: paths.length };
  const value: PathResult = {
    paths: paths.slice(0, spec.limit).map((one) => ({ path: worded(one.names), viewers: one.viewers })),
    transitions: tally.transitions().map((one) => {
      const [from = '', to = ''] = worded(one.names);
      return { from, to, viewers: one.viewers };
    }),
    total,
    notes: [],
  };
  return { value, counted, summed: total };
}

async function readNames(
  warehouse: Warehouse,
  spec: PathSpec,
  range: TimeRange,
  timeZone: string,
): Promise<string[]> {
  const filter = createFilter(timeZone);
  const sql = fillSlots(loadSql('path/event-names'), { scope: filter.scope(spec, range) });
  const rows = await warehouse.query(sql, z.object({ event: z.string() }), filter.parameters);
  return rows.map(({ event }) => event);
}

/** Hands every viewer with a start to the tally, until that is full. */
async function readViewers(
  warehouse: Warehouse,
  slots: SelectedActs['slots'],
  values: Filter['parameters'],
  buckets: number,
  tally: PathTally,
  context: RunContext,
): Promise<void> {
  const tied: string[] = [];
  const readActs = createActsReader((row) => {
    if (row.tied) tied.push(row.viewerText());
    else if (!tally.full) tally.add(row.acts);
  });
  const sql = fillSlots(loadSql('path/viewer-acts'), slots);
  for (let bucket = 0; bucket < buckets && !tally.full; bucket += 1) {
    await readRows(
      warehouse.stream(sql, 'RowBinary', { ...values, buckets, bucket }, context.streaming),
      readActs,
    );
  }
  // Event ids are long; only those who need them are asked for them.
  const inOrder = fillSlots(loadSql('path/viewer-acts-with-ties'), slots);
  const readTied = createActsReader(({ acts }) => {
    if (!tally.full) tally.add(acts);
  });
  for (let first = 0; first < tied.length && !tally.full; first += TIED_AT_ONCE) {
    const parameters = { ...values, viewers: tied.slice(first, first + TIED_AT_ONCE) };
    await readRows(warehouse.stream(inOrder, 'RowBinary', parameters, context.streaming), readTied);
  }
}
