import { DAY_MS } from '../../schemas/index.js';
import { isSettled, runText, type Delivery } from '../ledger/delivery.js';
import { planCorrections } from './corrections.js';
import { planDue } from './plan-due.js';
import { processRun } from './process-run.js';
import { recoverBroken } from './recover.js';
import type { SchedulerTools } from './scheduler-tools.js';

/** What one look found. */
export type Tick = 'worked' | 'another_scheduler';

const LOOK_EVERY_MS = 15_000;
const OUTBOX_DAYS = 30;
const LEAST_DAYS_BACK = 2;
const ALERT_PREFIX = 'alert:';

/**
 * One look: plans what became due, takes up what a crash broke off, sends what is ready in the order it was due, plans
 * corrections. May be killed at any point and run beside others: every state is taken by one writer.
 */
export async function runTick(tools: SchedulerTools): Promise<Tick> {
  const term = await tools.lease.hold(tools.clock.now());
  if (term === null) return 'another_scheduler';
  const { definitions, complete } = tools.definitions();
  const marks = await tools.ledger.marks();
  await planDue(tools, definitions, marks, term);
  const days = Math.max(
    LEAST_DAYS_BACK,
    ...definitions.map(({ lateness }) => lateness.reissue_within_days + 1),
  );
  const found = await tools.ledger.deliveries(tools.clock.now() - days * DAY_MS);
  const recovered = await recoverBroken(tools, found, term);
  // alerts are told by their own looks
  const deliveries = recovered.filter(({ report }) => !report.startsWith(ALERT_PREFIX));
  const behind = new Set<string>();
  for (const [first, own] of byRun(deliveries)) {
    if (own.every(isSettled) || behind.has(first.report)) continue;
    if ((await tools.lease.hold(tools.clock.now())) !== term) return 'another_scheduler';
    const definition = definitions.find(({ name }) => name === first.report);
    // one that cannot be read just now may be mended
    if (definition === undefined && !complete) continue;
    const frozen = await processRun(tools, definition, first, own, term);
    if (!frozen && first.issue === 0) behind.add(first.report);
  }
  await planCorrections(tools, definitions, deliveries, marks, term);
  return 'worked';
}

/** The issues by due time, each with its deliveries. */
function byRun(deliveries: readonly Delivery[]): readonly (readonly [Delivery, readonly Delivery[]])[] {
  const runs = new Map<string, [Delivery, Delivery[]]>();
  for (const one of deliveries) {
    const run = runs.get(runText(one));
    if (run === undefined) runs.set(runText(one), [one, [one]]);
    else run[1].push(one);
  }
  return [...runs.values()].sort(
    ([one], [other]) => one.scheduledAt - other.scheduledAt || one.issue - other.issue,
  );
}

/** A scheduler at work. */
export interface RunningScheduler {
  /** Null while it works, else the name of what keeps it from working. */
  trouble(): string | null;
  /** Ends after the delivery that is being sent. */
  stop(): Promise<void>;
}

/** Looks every 15 seconds until it is stopped; a look that fails is logged and the next one tries again. */
export function startScheduler(
  tools: SchedulerTools,
  also: () => Promise<void> = () => Promise.resolve(),
): RunningScheduler {
  let stopped = false;
  const isStopped = (): boolean => stopped;
  let trouble: string | null = null;
  let wake: () => void = () => undefined;
  let prunedAt = 0;
  // a long look must not lose the lease
  const renewal = setInterval(() => {
    tools.lease.hold(tools.clock.now()).catch(() => undefined);
  }, LOOK_EVERY_MS * 2);

  const look = async (): Promise<void> => {
    const tick = await runTick(tools);
    if (tick === 'another_scheduler') return;
    await also();
    const now = tools.clock.now();
    if (now - prunedAt > DAY_MS) {
      await tools.outbox.prune(now - OUTBOX_DAYS * DAY_MS);
      prunedAt = now;
    }
  };
  const ended = (async () => {
    while (!isStopped()) {
      try {
        await look();
        trouble = null;
      } catch (error) {
        trouble = error instanceof Error ? error.name : 'error';
        tools.logger.error('the scheduler could not look', {
          reason: error instanceof Error ? error.message : 'error',
        });
      }
      if (!isStopped())
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, LOOK_EVERY_MS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
    }
  })();
  return {
    trouble: () => trouble,
    async stop() {
      stopped = true;
      wake();
      clearInterval(renewal);
      await ended;
      await tools.lease.release(tools.clock.now()).catch(() => undefined);
    },
  };
}
