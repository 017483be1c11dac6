import { schedule, validate, type ScheduledTask } from 'node-cron';
import type { Logger } from '../../schemas/index.js';
import type { PullSourceName } from './pull-ledger.js';
import type { PullReport } from './run-pull.js';
import { tryPullLock } from './pull-lock.js';

/** One source and when it is pulled: five cron fields in a time zone. */
export interface PullTime {
  readonly source: PullSourceName;
  readonly cron: string;
}

export interface PullScheduleOptions {
  readonly times: readonly PullTime[];
  readonly timeZone: string;
  readonly dataDir: string;
  readonly logger: Logger;
  /** Pulls a source while this process holds the lock. Throws when the warehouse cannot take what was pulled. */
  readonly pull: (source: PullSourceName, signal: AbortSignal) => Promise<PullReport>;
  /** Told of the end of each. */
  readonly onEnd?: (source: PullSourceName, outcome: PullOutcome) => void;
}

export type PullOutcome = 'done' | 'failed' | 'skipped';

export interface RunningPulls {
  /** The name of what kept the last pull from its work; null when it did it. */
  trouble(): string | null;
  /** As the clock would. */
  due(source: PullSourceName): void;
  /** Ends the pull that is on at its next request; what it stored stays, the next one goes on. */
  stop(): Promise<void>;
}

/** Whether node-cron takes an expression. */
export function isCron(expression: string): boolean {
  return validate(expression);
}

/** Pulls at their times, one after the other; a source that is still waiting is not queued twice. */
export function startPulls(options: PullScheduleOptions): RunningPulls {
  const { times, timeZone, dataDir, logger, pull, onEnd } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const waiting = new Set<PullSourceName>();
  let queue: Promise<void> = Promise.resolve();
  let trouble: string | null = null;

  const pullOnce = async (source: PullSourceName): Promise<PullOutcome> => {
    const lock = tryPullLock(dataDir);
    if (lock === null) {
      logger.info('a pull is left to its next time: another process pulls', { source });
      return 'skipped';
    }
    try {
      const { pulled, files, failures, requests, seconds } = await pull(source, signal);
      const fields = { source, pulled, files: files.length, failures: failures.length, requests, seconds };
      if (failures.length === 0) logger.info('pulled', fields);
      else logger.warn('pulled in part', { ...fields, reason: failures[0]?.code ?? '' });
      trouble = failures.length === 0 ? null : `pull_${source}_${failures[0]?.code ?? 'failed'}`;
      return failures.length === 0 ? 'done' : 'failed';
    } catch (error) {
      if (signal.aborted) return 'skipped';
      trouble = `pull_${source}_${error instanceof Error ? error.name : 'failed'}`;
      logger.error('a pull failed', { source, reason: error instanceof Error ? error.name : 'error' });
      return 'failed';
    } finally {
      lock.release();
    }
  };
  const due = (source: PullSourceName): void => {
    if (signal.aborted || waiting.has(source)) return;
    waiting.add(source);
    queue = queue.then(async () => {
      waiting.delete(source);
      if (!signal.aborted) onEnd?.(source, await pullOnce(source));
    });
  };
  const tasks: ScheduledTask[] = times.map(({ source, cron }) =>
    schedule(
      cron,
      () => {
        due(source);
      },
      { timezone: timeZone },
    ),
  );
  return {
    trouble: () => trouble,
    due,
    async stop() {
      stopping.abort();
      for (const task of tasks) await task.destroy();
      await queue;
    },
  };
}
