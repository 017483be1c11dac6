import { textOption, type Options } from './command.js';
import type { App } from './compose.js';
import { UsageError } from './exit-codes.js';

/** `--from` and `--to` in UTC ms, half open: instants, or bare dates that mean whole days of the report zone. */
export async function readTimeBounds(
  app: App,
  options: Options,
): Promise<{ readonly from: number | null; readonly to: number | null }> {
  const { resolveTimeRange } = await import('../schemas/index.js');
  const from = textOption(options, 'from') ?? null;
  const to = textOption(options, 'to') ?? null;
  const range = resolveTimeRange({ from, to }, app.settings.report_time_zone);
  if (range.ok) return { from: range.value.fromMs, to: range.value.toMs };
  throw new UsageError(
    app.say(
      '--from、--to 应为日期（2026-09-09）或带时区的时间（2026-09-09T20:00:00+08:00），且 --from 早于 --to',
      '--from and --to take a date (2026-09-09) or an instant with an offset (2026-09-09T20:00:00+08:00), --from before --to',
    ),
  );
}
