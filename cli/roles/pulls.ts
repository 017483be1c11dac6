import type { PullSourceName, PullTarget, PullTime } from '../../pipelines/index.js';
import { UsageError } from '../exit-codes.js';
import { findTarget, pullCron, pullManner } from '../pull-targets.js';
import type { Role } from './role.js';

const SILENT = { update: () => undefined, end: () => undefined };

/** Part of the scheduler: pulls from the platforms' APIs whose credentials are set. */
export const pullsRole: Role = {
  name: 'scheduler',
  async start({ app, logger, metrics }) {
    const { isCron, PULL_SOURCES, runPull, startPulls } = await import('../../pipelines/index.js');
    const targets = new Map<PullSourceName, PullTarget>();
    const times: PullTime[] = [];
    for (const source of PULL_SOURCES) {
      const { target } = findTarget(app, source);
      const cron = pullCron(app, source);
      if (cron !== 'off' && !isCron(cron)) {
        const name = `pull_${source}_cron`;
        throw new UsageError(
          app.say(
            `${name}：不是 cron 表达式，例如 10 7 * * *`,
            `${name}: not a cron expression such as 10 7 * * *`,
          ),
        );
      }
      if (target === null || cron === 'off') continue;
      targets.set(source, target);
      times.push({ source, cron });
    }
    if (times.length === 0) return null;
    const ends = metrics.counter('wxlive_pulls_total', 'Pulls from APIs by source and outcome.');
    const doneAt = metrics.gauge(
      'wxlive_pull_done_timestamp_seconds',
      'When all of a source was last pulled.',
    );
    const running = startPulls({
      times,
      timeZone: app.settings.report_time_zone,
      dataDir: app.dataDir,
      logger,
      async pull(source, signal) {
        const target = targets.get(source);
        if (target === undefined) throw new Error(`no target for ${source}`);
        const options = { from: null, to: null, lives: [], dryRun: false, acceptShrink: false } as const;
        return runPull(
          target,
          { ...options, language: app.language },
          await pullManner(app, signal),
          await app.importTools(SILENT),
          app.dataDir,
        );
      },
      onEnd(source, outcome) {
        ends.add({ source, outcome });
        if (outcome === 'done') doneAt.set(Math.round(Date.now() / 1000), { source });
      },
    });
    return { stop: () => running.stop() };
  },
};
