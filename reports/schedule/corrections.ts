import { dayOf, DAY_MS, type ReportDefinition } from '../../schemas/index.js';
import { isSettled, runText, type Delivery } from '../ledger/delivery.js';
import type { ChangedDay, IssuedRun } from '../ledger/ledger.js';
import { planRun } from './plan-due.js';
import { MINUTE_MS, type SchedulerTools } from './scheduler-tools.js';

const MARK = 'changes';
/** Changes are looked at when they are so old: what was written at the same moment is seen together. */
const SETTLE_MS = MINUTE_MS;

/**
 * Plans a correction of every issued run whose figures moved by more than the definition's threshold, after a day of
 * its period changed.
 */
export async function planCorrections(
  tools: SchedulerTools,
  definitions: readonly ReportDefinition[],
  deliveries: readonly Delivery[],
  marks: ReadonlyMap<string, number>,
  term: number,
): Promise<void> {
  const now = tools.clock.now();
  const until = now - SETTLE_MS;
  const after = marks.get(MARK);
  if (after === undefined) {
    await tools.ledger.mark(MARK, until);
    return;
  }
  const changed = until > after ? await tools.ledger.changedDays(after, until) : [];
  if (changed.length === 0) return;
  const oldest = Math.max(0, ...definitions.map(({ lateness }) => lateness.reissue_within_days));
  const latest = new Map<string, IssuedRun>();
  for (const run of await tools.ledger.runs(now - oldest * DAY_MS))
    latest.set(runText({ ...run, issue: 0 }), run);
  for (const run of latest.values()) {
    const definition = definitions.find(({ name }) => name === run.report);
    if (definition === undefined || !usesDay(run, changed, tools.reportTimeZone)) continue;
    const { reissue_threshold, reissue_within_days } = definition.lateness;
    if (reissue_threshold === null || now - run.scheduledAt > reissue_within_days * DAY_MS) continue;
    // one that is still to be rendered will show the change anyway
    const own = deliveries.filter((one) => runText(one) === runText(run));
    if (own.some((one) => !one.frozen && !isSettled(one))) continue;
    if (!(await tools.moved(definition, run))) continue;
    tools.logger.warn('a past day changed: a correction goes out', { report: run.report });
    await planRun(tools, definition, { ...run, issue: run.issue + 1 }, term);
  }
  await tools.ledger.mark(MARK, until);
}

function usesDay(run: IssuedRun, changed: readonly ChangedDay[], zone: string): boolean {
  const first = dayOf(run.from, zone);
  const last = dayOf(run.to - 1, zone);
  return changed.some(({ day }) => day >= first && day <= last);
}
