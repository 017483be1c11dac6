import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { dayOf, succeed, type Outcome } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import { recordAccess } from '../access-log.js';
import { checkPassword, type PasswordRefusal } from '../protect/password-rule.js';
import type { ReportState } from '../render/report-document.js';
import { buildDocument } from './build-document.js';
import { encryptReport, type ReportFormat } from './encrypt-report.js';
import { writeWholeFile } from '../whole-file.js';
import { recordRun, rowsOf } from './record-run.js';
import type { ReportRun, SectionFailure } from './report-run.js';

/** A report file that was written. */
export interface ReportFile {
  readonly path: string;
  readonly format: ReportFormat;
  readonly bytes: number;
}
export type { ReportFormat } from './encrypt-report.js';

/** What a run made. */
export interface ReportOutcome {
  readonly state: ReportState;
  readonly files: readonly ReportFile[];
}

export interface ReportTarget {
  readonly folder: string;
  readonly formats: readonly ReportFormat[];
  readonly password: string | null;
  /** Who asked for it, for access_log. */
  readonly who: string;
}

/**
 * Computes a report once and writes it in every format asked for, encrypted: only ciphertext touches the disk, a file
 * appears under its name when it is whole. Every file is in `access_log`, the run in `report_runs`.
 */
export async function runReport(
  warehouse: Warehouse,
  run: ReportRun,
  target: ReportTarget,
): Promise<Outcome<ReportOutcome, PasswordRefusal | SectionFailure>> {
  const password = checkPassword(target.password, target.formats);
  if (!password.ok) return password;
  const startedAt = Date.now();
  const document = await buildDocument(warehouse, run);
  if (!document.ok) return document;
  await mkdir(target.folder, { recursive: true });
  const files: ReportFile[] = [];
  for (const format of target.formats) {
    const bytes = encryptReport(document.value, format, password.value);
    if (!bytes.ok) return bytes;
    const path = join(target.folder, fileName(run, format));
    files.push({ path, format, bytes: await writeWholeFile(path, bytes.value) });
  }
  await recordRun(warehouse, {
    document: document.value,
    scheduled: null,
    files: files.map(({ path }) => basename(path)),
    startedAt,
    seconds: (Date.now() - startedAt) / 1_000,
  });
  const access = { who: target.who, action: 'report', what: run.definition.name } as const;
  const rows = rowsOf(document.value);
  await recordAccess(
    warehouse,
    files.map(({ path, format }) => ({ ...access, rows, detail: `${format} ${basename(path)}` })),
  );
  return succeed({ state: document.value.state, files });
}

function fileName(run: ReportRun, format: ReportFormat): string {
  const first = dayOf(run.period.from, run.timeZone);
  const last = dayOf(run.period.to - 1, run.timeZone);
  return `${run.definition.name}_${first === last ? first : `${first}_${last}`}.${format}`;
}
