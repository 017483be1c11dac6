import {
  fail,
  funnelResultSchema,
  funnelSpecSchema,
  succeed,
  type AnalysisFailure,
  type FunnelResult,
  type FunnelSpec,
  type Outcome,
} from '../../../schemas/index.js';
import { checkPatterns, type Warehouse } from '../../../sql/index.js';
import type { Analysis, RunContext } from '../analysis.js';
import { explainEmpty, remarkUnknownEvents } from '../empty-reason.js';
import { settle } from '../settle.js';

import { codesOfTexts, readTexts, readTouchTexts } from './breakdown-texts.js';
import { matchesOf } from './compile.js';
import { readViewers } from './read-viewers.js';
import { selectSteps, type SelectedSteps } from './select-steps.js';
import { funnelCharts, funnelTables } from './show.js';
import { createFunnelTally } from './tally.js';

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
  context: RunContext,
): Promise<Outcome<FunnelResult, AnalysisFailure>> {
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
  const selected = selectSteps(spec, context.range, context.timeZone);
  if (!selected.ok) return selected;
  const checked = await checkPatterns(warehouse, selected.value.filter);
  if (!checked.ok) return checked;
  const { result, marks } = await count(warehouse, spec, selected.value, context);
  const { range } = context;
  if (result.steps[0]?.viewers === 0) {
    const notes = await explainEmpty(warehouse, spec, range, namesOf(spec.steps), context);
    return succeed({ ...result, notes });
  }
  if (!mayBeMistyped(spec, marks)) return succeed(result);
  const names = namesOf([...spec.steps, ...spec.exclusions]);
  return succeed({ ...result, notes: await remarkUnknownEvents(warehouse, spec, range, names, context) });
}

type Part = FunnelSpec['steps'][number] | FunnelSpec['exclusions'][number];

function namesOf(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => matchesOf(part).map(({ event }) => event));
}

/** Whether a step or an exclusion may name an event that nobody sent: what was met tells all but one of several names. */
function mayBeMistyped(spec: FunnelSpec, marks: number): boolean {
  return [...spec.steps, ...spec.exclusions].some(
    (part, bit) => (marks & (1 << bit)) === 0 || matchesOf(part).length > 1,
  );
}

interface Counted {
  readonly result: FunnelResult;
  /** What the events of all who can begin fit. */
  readonly marks: number;
}

/**
 * The groups of a breakdown add up to all, and every group must have its text; one that came between the two statements
 * is counted again.
 */
async function count(
  warehouse: Warehouse,
  spec: FunnelSpec,
  selected: SelectedSteps,
  { timeZone, range, streaming, viewersAt }: RunContext,
): Promise<Counted> {
  return settle('funnel', async () => {
    const { field } = spec.breakdown ?? { field: '' };
    const tally = createFunnelTally({
      spec,
      compiled: selected.compiled,
      timeZone,
      viewersAt: viewersAt ?? null,
    });
    const withViewer = viewersAt !== undefined;
    // Their codes are needed with the first of the viewers.
    const ofTouches = selected.touchesBeside ? readTouchTexts(warehouse, field, timeZone, streaming) : null;
    const touchCodes = ofTouches?.then(codesOfTexts) ?? Promise.resolve(new Map<number, number>());
    // Whoever waits for them hears of their failure; nobody does when the viewers cannot be asked for.
    touchCodes.catch(() => undefined);
    const settings = { timeZone, withViewer, touchCodes, ...streaming };
    await readViewers(warehouse, spec, range, selected, settings, tally.add);
    const codes = tally.codes();
    const texts =
      codes.length === 0
        ? new Map<number, string>()
        : await (ofTouches ?? readTexts(warehouse, spec, range, timeZone, streaming));
    const value = tally.result(range, texts);
    return {
      value: { result: value, marks: tally.marks() },
      counted: { groups: codes.length, ...viewersByStep(value.steps.length, [value]) },
      summed: {
        groups: codes.filter((code) => texts.has(code)).length,
        ...viewersByStep(value.steps.length, value.breakdown ?? [value]),
      },
    };
  });
}

/** Viewers of each step, of all parts together: none without a part. */
function viewersByStep(
  stepCount: number,
  parts: readonly Pick<FunnelResult, 'steps'>[],
): Record<string, number> {
  const sums = Array.from({ length: stepCount }, (_, at) =>
    parts.reduce((sum, { steps }) => sum + (steps[at]?.viewers ?? 0), 0),
  );
  return Object.fromEntries(sums.map((viewers, at) => [`step_${at + 1}_viewers`, viewers]));
}
