import type { FailureCode, Language } from '../../schemas/index.js';
import { isUnusable, type FileReport } from '../import/file-report.js';
import type { ImportOptions, ImportTools } from '../import/import-options.js';
import { importRecords } from '../import/import-records.js';
import { openPull, type PullManner, type PullScope, type PullTarget } from './open-pull.js';
import { describePullFailure, type PullFailure } from './pull-failure.js';
import { writePull, type PullSourceName } from './pull-ledger.js';
import type { PulledUnit } from './pulled-unit.js';

export interface PullOptions extends PullScope {
  readonly dryRun: boolean;
  readonly acceptShrink: boolean;
  readonly language: Language;
  /** Told of each file when it is stored. */
  readonly onFile?: (report: FileReport) => Promise<void>;
}

/** What became of a pull, as `pull --json` prints it. */
export interface PullReport {
  readonly source: PullSourceName;
  readonly account: string;
  /** Lives, room lists or days that were pulled and stored. */
  readonly pulled: number;
  /** Those that nothing changes any more, or that are not of the time asked for. */
  readonly skipped: number;
  readonly requests: number;
  readonly retries: number;
  /** As `import --json` has them, one a batch. */
  readonly files: readonly FileReport[];
  readonly failures: readonly ReportedPullFailure[];
  readonly seconds: number;
}

export interface ReportedPullFailure {
  /** The live, day or list that is missing. */
  readonly unit: string;
  readonly code: FailureCode;
  readonly message: string;
  readonly fix: string;
}

/**
 * Pulls what is due and imports it, unit by unit: what was stored stays, whatever happens to the rest, and is
 * remembered only when it is stored whole. The caller holds the pull lock.
 */
export async function runPull(
  target: PullTarget,
  options: PullOptions,
  manner: PullManner,
  tools: ImportTools,
  dataDir: string,
): Promise<PullReport> {
  const startedAt = performance.now();
  const { warehouse, seal } = tools;
  const { source, account } = target;
  const opened = await openPull(target, options, manner, { warehouse, seal, dataDir });
  const files: FileReport[] = [];
  const failures: ReportedPullFailure[] = [];
  let pulled = 0;
  let skipped = 0;
  const miss = (unit: string, failure: PullFailure): void => {
    failures.push({ unit, code: failure.code, ...describePullFailure(failure, options.language) });
  };
  for await (const step of opened.steps) {
    if ('skipped' in step) {
      skipped++;
      continue;
    }
    if (!step.ok) {
      miss(step.failure.unit, step.failure);
      continue;
    }
    const reports = await importUnit(step.value, account, options, tools);
    files.push(...reports);
    for (const report of reports) await options.onFile?.(report);
    tools.progress.update(step.value.unit, pulled, 0);
    pulled++;
    // A list that was refused, or waits for --accept-shrink, is asked for again.
    if (options.dryRun || !step.value.whole || !reports.every(isStored)) continue;
    const rows = reports.reduce((sum, report) => sum + (isUnusable(report) ? 0 : report.rows), 0);
    const { unit, pulledAt, settled } = step.value;
    await writePull(warehouse, { source, account, unit, pulledAt, settled, rows });
  }
  const { requests, retries } = opened.client;
  const seconds = (performance.now() - startedAt) / 1000;
  return { source, account, pulled, skipped, requests, retries, files, failures, seconds };
}

async function importUnit(
  { files, pulledAt }: PulledUnit,
  account: string,
  { dryRun, acceptShrink, language }: PullOptions,
  tools: ImportTools,
): Promise<readonly FileReport[]> {
  const reports: FileReport[] = [];
  for (const { name, adapter, room, records } of files) {
    const options: ImportOptions = {
      adapter,
      room,
      account,
      exportedAt: pulledAt,
      acceptShrink,
      dryRun,
      language,
      passwords: [],
      wallClockZone: null,
      amountUnit: null,
      scope: null,
      aliases: [],
      eventMap: {},
    };
    reports.push(await importRecords(name, records, options, tools));
    tools.progress.end();
  }
  return reports;
}

function isStored(report: FileReport): boolean {
  return !isUnusable(report) && report.held === 0;
}
