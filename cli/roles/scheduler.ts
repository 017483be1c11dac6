import type { Role } from './role.js';

/** Sends reports when they are due, corrections when days change, and alerts. */
export const schedulerRole: Role = {
  name: 'scheduler',
  async start({ app }) {
    const { lookForAlerts, startScheduler } = await import('../../reports/index.js');
    const { composeReporting } = await import('../compose-reporting.js');
    const reporting = await composeReporting(app);
    const running = startScheduler(reporting.scheduler, () => lookForAlerts(reporting.alerts));
    return {
      ready: () => Promise.resolve(running.trouble() === null ? null : 'scheduler_failing'),
      async stop() {
        await running.stop();
        reporting.close();
      },
    };
  },
};
