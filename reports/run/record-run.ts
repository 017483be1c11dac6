import type { Warehouse } from '../../sql/index.js';
import { databaseTime } from '../ledger/database-time.js';
import type { RunKey } from '../ledger/delivery.js';
import type { ReportDocument } from '../render/report-document.js';
import { isListed } from '../render/table-model.js';
import { figuresOf } from './figures.js';

/** What `report_runs` remembers of a run. */
export interface RunRecord {
  readonly document: ReportDocument;
  /** Null: a person asked for it. */
  readonly scheduled: RunKey | null;
  /** Base names of the files. */
  readonly files: readonly string[];
  /** UTC ms. */
  readonly startedAt: number;
  readonly seconds: number;
}

/** Remembers a run in `report_runs`, with its figures when they may have to be corrected; a repeated run replaces it. */
export async function recordRun(warehouse: Warehouse, run: RunRecord): Promise<void> {
  const { document, scheduled, startedAt } = run;
  const figures = scheduled === null ? [] : figuresOf(document);
  const row = {
    run_id:
      scheduled === null
        ? `${document.name}:${String(document.period.from)}:${String(startedAt)}`
        : `${document.name}@${new Date(scheduled.scheduledAt).toISOString()}#${String(scheduled.issue)}`,
    report: document.name,
    period_from: databaseTime(document.period.from),
    period_to: databaseTime(document.period.to),
    state: document.state,
    data_as_of: databaseTime(document.dataAsOf),
    files: run.files,
    started_at: databaseTime(startedAt),
    seconds: run.seconds,
    scheduled_at: scheduled === null ? null : databaseTime(scheduled.scheduledAt),
    issue: scheduled?.issue ?? 0,
    figure_ids: figures.map(({ id }) => id),
    figure_values: figures.map(({ value }) => value),
    rows: rowsOf(document),
  };
  await warehouse.insert({
    table: 'wxlive_store.report_runs_ledger',
    columns: Object.keys(row),
    format: 'JSONEachRow',
    body: Buffer.from(JSON.stringify(row)),
  });
}

/** Rows of the tables of a report that are in memory. */
export function rowsOf(document: ReportDocument): number {
  const tables = document.sections.flatMap((section) => section.tables);
  return tables.reduce((sum, table) => sum + (isListed(table) ? table.rows.length : 0), 0);
}
