import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { dayOf, succeed, type Outcome } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import { checkPassword, type PasswordRefusal } from '../protect/password-rule.js';
import { protectWorkbook } from '../protect/protect-workbook.js';
import { renderDocument } from '../render/document.js';
import type { ReportDocument, ReportState } from '../render/report-document.js';
import { renderWorkbook } from '../render/workbook.js';
import { buildDocument, type ReportRun, type SectionFailure } from './build-document.js';

/** A report file that was written. */
export interface ReportFile {
  readonly path: string;
  readonly format: ReportFormat;
  readonly bytes: number;
}
export type ReportFormat = 'xlsx' | 'pdf';

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
    const bytes = encrypted(document.value, format, password.value);
    if (!bytes.ok) return bytes;
    const path = join(target.folder, fileName(run, format));
    await writeWhole(path, bytes.value);
    files.push({ path, format, bytes: (await stat(path)).size });
  }
  await remember(warehouse, run, document.value, target, files, startedAt);
  return succeed({ state: document.value.state, files });
}

function encrypted(
  document: ReportDocument,
  format: ReportFormat,
  password: string,
): Outcome<AsyncIterable<Uint8Array>, PasswordRefusal> {
  return format === 'xlsx'
    ? protectWorkbook(renderWorkbook(document), password)
    : succeed(renderDocument(document, { userPassword: password }));
}

function fileName(run: ReportRun, format: ReportFormat): string {
  const first = dayOf(run.period.from, run.timeZone);
  const last = dayOf(run.period.to - 1, run.timeZone);
  return `${run.definition.name}_${first === last ? first : `${first}_${last}`}.${format}`;
}

async function writeWhole(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await pipeline(bytes, createWriteStream(part, { mode: 0o600 }));
    const handle = await open(part, 'r+');
    await handle.sync();
    await handle.close();
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function remember(
  warehouse: Warehouse,
  run: ReportRun,
  document: ReportDocument,
  target: ReportTarget,
  files: readonly ReportFile[],
  startedAt: number,
): Promise<void> {
  const rows = document.sections.reduce(
    (sum, section) =>
      sum +
      section.tables.reduce((count, table) => count + (Array.isArray(table.rows) ? table.rows.length : 0), 0),
    0,
  );
  await warehouse.insert({
    table: 'wxlive_store.report_runs_ledger',
    columns: [
      'run_id',
      'report',
      'period_from',
      'period_to',
      'state',
      'data_as_of',
      'files',
      'started_at',
      'seconds',
    ],
    format: 'JSONEachRow',
    body: Buffer.from(
      JSON.stringify({
        run_id: `${run.definition.name}:${run.period.from}:${startedAt}`,
        report: run.definition.name,
        period_from: instant(run.period.from),
        period_to: instant(run.period.to),
        state: document.state,
        data_as_of: instant(document.dataAsOf),
        files: files.map(({ path }) => basename(path)),
        started_at: instant(startedAt),
        seconds: (Date.now() - startedAt) / 1000,
      }),
    ),
  });
  await warehouse.insert({
    table: 'wxlive_store.access_ledger',
    columns: ['at', 'who', 'action', 'what', 'rows', 'detail'],
    format: 'JSONEachRow',
    body: Buffer.from(
      files
        .map(({ path, format }) =>
          JSON.stringify({
            at: instant(Date.now()),
            who: target.who,
            action: 'report',
            what: run.definition.name,
            rows,
            detail: `${format} ${basename(path)}`,
          }),
        )
        .join('\n'),
    ),
  });
}

function instant(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
