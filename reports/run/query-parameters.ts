import { PLATFORM_LABELS, PLATFORMS } from '../../schemas/index.js';
import { loadSql, type SqlParameters } from '../../sql/index.js';
import type { Bounds } from './period.js';
import type { ReportRun } from './report-run.js';

/** The values a query of a report asks for. */
export function parametersOf(query: string, run: ReportRun, { from, to }: Bounds): SqlParameters {
  const sql = loadSql(query);
  const known: SqlParameters = {
    from_ms: from,
    to_ms: to,
    zone: run.timeZone,
    language: run.language,
    platform_names: PLATFORMS.map((platform) => PLATFORM_LABELS[platform][run.language]),
  };
  return Object.fromEntries(Object.entries(known).filter(([name]) => sql.includes(`{${name}:`)));
}
