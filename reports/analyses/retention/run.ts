import { z } from 'zod';

import {
  fail,
  instantText,
  retentionResultSchema,
  retentionSpecSchema,
  shownName,
  succeed,
  type AnalysisFailure,
  type Outcome,
  type RetentionCohort,
  type RetentionResult,
  type RetentionSpec,
  type TimeRange,
} from '../../../schemas/index.js';
import {
  checkPatterns,
  createFilter,
  fillSlots,
  loadSql,
  periodCode,
  scopeRows,
  withLives,
  type Filter,
  type SqlFragment,
  type Warehouse,
} from '../../../sql/index.js';
import type { Analysis, RunContext } from '../analysis.js';
import { explainEmpty, remarkUnknownEvents } from '../empty-reason.js';
import { IntegrityError } from '../integrity-error.js';
import type { Label } from '../labels.js';
import { createPeriodClock } from '../report-period.js';
import { readRows, type RowCursor } from '../row-binary.js';

import { createRetention, type Retention } from './cohorts.js';
import { retentionCharts, retentionTables } from './show.js';

export const retention: Analysis<typeof retentionSpecSchema, typeof retentionResultSchema> = {
  name: 'retention',
  title: { zh: '留存', en: 'Retention' },
  spec: retentionSpecSchema,
  result: retentionResultSchema,
  example: { cohort: { event: 'live_enter' }, returning: { event: 'live_enter' }, period: 'day' },
  run: runRetention,
  tables: retentionTables,
  charts: retentionCharts,
};

/** More cohorts, each with as many figures, cannot be looked at. */
const MOST_PERIODS = 2500;
/** Before every event there can be. */
const EARLIEST_MS = -(2 ** 50);

async function runRetention(
  warehouse: Warehouse,
  spec: RetentionSpec,
  context: RunContext,
): Promise<Outcome<RetentionResult, AnalysisFailure>> {
  const { range } = context;
  const reading = selectEvents(spec, range, context.timeZone);
  if (!reading.ok) return reading;
  const { filter, slots } = reading.value;
  const checked = await checkPatterns(warehouse, filter);
  if (!checked.ok) return checked;

  const cohorts = createRetention();
  const since = range.fromMs ?? EARLIEST_MS;
  const zone = spec.period === 'live' ? null : context.timeZone;
  const sql = fillSlots(loadSql('retention/viewer-periods'), { ...slots, period: periodCode(filter, zone) });
  await readRows(
    warehouse.stream(sql, 'RowBinary', { ...filter.parameters, since }, context.streaming),
    createViewerReader(cohorts, spec, context.timeZone, since),
  );
  const result =
    spec.period === 'live'
      ? await listLives(warehouse, spec, context, cohorts)
      : listPeriods(spec.period, context, cohorts);
  if (!result.ok) return result;
  checkCohorts(result.value.cohorts, spec);
  const { cohorts: listed, notes } = result.value;
  if (listed.some(({ returned }) => returned.some((viewers) => viewers > 0))) return result;
  const reasons =
    listed.length > 0
      ? await remarkUnknownEvents(warehouse, spec, range, [spec.returning.event], context)
      : await explainEmpty(warehouse, spec, range, [spec.cohort.event], context, ruleOf(spec, range));
  return succeed({ cohorts: listed, notes: [...notes, ...reasons] });
}

/** Who is in no cohort although there. */
function ruleOf({ mode, cohort }: RetentionSpec, { fromMs }: TimeRange): Label | undefined {
  if (mode === 'each' || fromMs === null) return undefined;
  const event = shownName(cohort.event);
  return {
    zh: `mode 为 first：首个「${event}」早于 from 的观众不在任何一期；要计入请用 mode each`,
    en: `mode first: whose first '${event}' lies before from is in no cohort; mode each counts them`,
  };
}

interface Selected {
  readonly filter: Filter;
  readonly slots: {
    readonly cohort: SqlFragment;
    readonly returning: SqlFragment;
    readonly where: SqlFragment;
    readonly rows: SqlFragment;
  };
}

/** A viewer's first event ever may lie before the range; nothing is counted there. */
function selectEvents(
  spec: RetentionSpec,
  range: TimeRange,
  timeZone: string,
): Outcome<Selected, AnalysisFailure> {
  const filter = createFilter(timeZone);
  const cohort = filter.anyMatch([spec.cohort]);
  if (!cohort.ok) return cohort;
  const returning = filter.anyMatch([spec.returning]);
  if (!returning.ok) return returning;
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const read = spec.mode === 'first' ? { ...range, fromMs: null } : range;
  const events = scopeRows(filter, filter.scope(spec, read, [spec.cohort.event, spec.returning.event]));
  const rows = spec.period === 'live' ? withLives(events, timeZone, filter) : events;
  return succeed({
    filter,
    slots: { cohort: cohort.value, returning: returning.value, where: where.value, rows },
  });
}

function createViewerReader(
  cohorts: Retention,
  { mode, period }: RetentionSpec,
  timeZone: string,
  since: number,
): (cursor: RowCursor) => void {
  const readCodes = (cursor: RowCursor): number[] => {
    const count = cursor.length();
    cursor.need(count * 8);
    return Array.from({ length: count }, () => cursor.int64());
  };
  const periodOfDay =
    period === 'day' || period === 'live' ? null : createPeriodClock(period, timeZone).periodOfDay;
  const periodsOf = (codes: number[]): number[] =>
    periodOfDay === null ? codes : [...new Set(codes.map(periodOfDay))];
  return (cursor) => {
    const firstMs = cursor.int64();
    const firstCode = cursor.int64();
    const inside = readCodes(cursor);
    const returns = periodsOf(readCodes(cursor));
    if (mode === 'each') cohorts.addViewer({ cohorts: periodsOf(inside), returns });
    else if (firstMs >= since) cohorts.addViewer({ cohorts: periodsOf([firstCode]), returns });
  };
}

/** Every day, week or month up to the end of the range; without one, to where the events reach. */
function listPeriods(
  unit: 'day' | 'week' | 'month',
  { timeZone, range: { toMs }, language = 'zh' }: RunContext,
  cohorts: Retention,
): Outcome<RetentionResult, AnalysisFailure> {
  const seen = cohorts.periods().sort((left, right) => left - right);
  const [first] = seen;
  const lastSeen = seen.at(-1);
  if (first === undefined || lastSeen === undefined) return succeed({ cohorts: [], notes: [] });
  const clock = createPeriodClock(unit, timeZone);
  const last = toMs === null ? lastSeen : clock.periodOf(toMs - 1);
  const order = clock.between(first, last);
  if (order.length > MOST_PERIODS) return fail(tooMany(order.length));
  const day = clock.nameOf(lastSeen);
  const note =
    language === 'zh'
      ? `最后计入的行为在 ${day} 这一期；之后各期的 0 可能只是还没有数据。`
      : `The last counted event lies in the period of ${day}; a 0 after it may mean that there are no data yet.`;
  return succeed({
    cohorts: cohorts.result(order, (period) => clock.nameOf(period)),
    notes: last > lastSeen ? [note] : [],
  });
}

const liveSchema = z.object({
  code: z.coerce.number(),
  live: z.string(),
  live_platform: z.string(),
  live_account: z.string(),
  started_ms: z.coerce.number(),
});
type Live = z.infer<typeof liveSchema>;

/** Every live of the scope with a cohort or returning event, by its start. */
async function listLives(
  warehouse: Warehouse,
  spec: RetentionSpec,
  { timeZone, range }: RunContext,
  cohorts: Retention,
): Promise<Outcome<RetentionResult, AnalysisFailure>> {
  const reading = selectEvents({ ...spec, mode: 'each' }, range, timeZone);
  if (!reading.ok) return reading;
  const { filter, slots } = reading.value;
  const parameters = { ...filter.parameters, since: range.fromMs ?? EARLIEST_MS };
  const lives = await warehouse.query(fillSlots(loadSql('retention/lives'), slots), liveSchema, parameters);
  if (lives.length > MOST_PERIODS) return fail(tooMany(lives.length));
  const byCode = new Map(lives.map((live) => [live.code, live]));
  const rows = cohorts.result(
    lives.map(({ code }) => code),
    (code) => nameOf(byCode.get(code), lives),
  );
  const starts = new Map(lives.map((live) => [nameOf(live, lives), instantText(live.started_ms, timeZone)]));
  const listed = rows.map((row) => {
    const start = starts.get(row.cohort);
    return start === undefined ? row : { ...row, started_at: start };
  });
  return succeed({ cohorts: listed, notes: [] });
}

/** The live's id; with what tells it apart where two lives have one. */
function nameOf(live: Live | undefined, lives: readonly Live[]): string {
  if (live === undefined) return '';
  const same = lives.filter((other) => other.live === live.live);
  if (same.length === 1) return live.live;
  const isOneAccount = same.every(({ live_account }) => live_account === live.live_account);
  return isOneAccount ? `${live.live_platform}:${live.live}` : `${live.live_account}:${live.live}`;
}

function tooMany(periods: number): AnalysisFailure {
  return {
    code: 'too_large',
    message: `${periods} periods are more than the ${MOST_PERIODS} of a retention: choose a longer period or a shorter range`,
    zh: `${periods} 个周期超过留存的上限 ${MOST_PERIODS}：请改用更长的周期或更短的时间范围`,
  };
}

/** Nobody comes back who was not there; and where coming back is being there, all were. */
function checkCohorts(cohorts: readonly RetentionCohort[], { cohort, returning }: RetentionSpec): void {
  const isSame = JSON.stringify(cohort) === JSON.stringify(returning);
  for (const { cohort: name, viewers, returned } of cohorts) {
    const most = returned.reduce((left, right) => Math.max(left, right), 0);
    if (most > viewers || (isSame && returned[0] !== viewers)) {
      throw new IntegrityError(`retention: ${most} of ${viewers} viewers of cohort ${name} came back`);
    }
  }
}
