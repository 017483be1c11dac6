import { DAY_MS, type ReportDefinition } from '../../schemas/index.js';
import { newDelivery, type RunKey } from '../ledger/delivery.js';
import { parseCron, timesBetween } from './cron.js';
import type { SchedulerTools } from './scheduler-tools.js';

/**
 * Writes a delivery for every due time since the last look, recipient and channel. A report first seen now is due from
 * now on. What is older than `catch_up_days` is given up in the ledger, not silently.
 */
export async function planDue(
  tools: SchedulerTools,
  definitions: readonly ReportDefinition[],
  marks: ReadonlyMap<string, number>,
  term: number,
): Promise<void> {
  const now = tools.clock.now();
  for (const definition of definitions) {
    const { name, schedule, lateness } = definition;
    if (schedule === undefined) continue;
    const cron = parseCron(schedule.cron, schedule.time_zone);
    if (!cron.ok) continue;
    const seen = marks.get(markOf(name));
    if (seen === undefined) {
      await tools.ledger.mark(markOf(name), now);
      continue;
    }
    const times = timesBetween(cron.value, seen, now);
    for (const scheduledAt of times) {
      const run = { report: name, scheduledAt, issue: 0 };
      await planRun(tools, definition, run, term, now - scheduledAt > lateness.catch_up_days * DAY_MS);
    }
    const last = times.at(-1);
    if (last !== undefined) await tools.ledger.mark(markOf(name), last);
  }
}

/** Writes the deliveries of one issue; those that are there already stay as they are. */
export async function planRun(
  tools: Pick<SchedulerTools, 'ledger' | 'logger'>,
  definition: ReportDefinition,
  run: RunKey,
  term: number,
  givenUp = false,
): Promise<void> {
  for (const recipient of definition.recipients) {
    for (const channel of new Set(recipient.channels)) {
      const planned = newDelivery({ ...run, recipient: recipient.name, channel });
      await tools.ledger.advance(
        planned,
        givenUp ? { state: 'failed', detail: 'no scheduler ran for longer than catch_up_days' } : {},
        term,
      );
    }
  }
  if (givenUp)
    tools.logger.error('a report was given up: no scheduler ran for too long', { report: run.report });
}

function markOf(report: string): string {
  return `planned:${report}`;
}
