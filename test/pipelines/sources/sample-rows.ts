import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openFile, type CellValue } from '../../../formats/index.js';
import { matchSource } from '../../../pipelines/sources/column-match.js';
import type { Source, SourceContext, SourceRow } from '../../../pipelines/source.js';
import type { DraftRecord, RejectCode } from '../../../schemas/index.js';

export const SAMPLES = fileURLToPath(new URL('../../fixtures/samples/', import.meta.url));

export interface ExpectedReject {
  readonly line?: number;
  readonly index?: number;
  readonly row?: number;
  readonly code: string | readonly string[];
}
export interface ExpectedFile {
  readonly adapter: string | null;
  readonly rows: number | null;
  readonly accepted: number | null;
  readonly rejects?: readonly ExpectedReject[];
}
export interface Expected {
  readonly files: Readonly<Record<string, ExpectedFile>>;
  readonly pseudonym_key: string;
  readonly viewer_lookup: { readonly id: string; readonly viewer: string };
}

/** The figures that came with the samples. */
export function readExpected(): Expected {
  // A fixture of known shape: what a test compares would show a difference.
  return JSON.parse(readFileSync(`${SAMPLES}expected.json`, 'utf8')) as Expected;
}

/** A row of a sample as a source said it: where it stands, and drafts or a code. */
export interface SampleRow {
  /** Line, index or sheet row. */
  readonly at: number;
  readonly drafts: readonly DraftRecord[];
  readonly code: RejectCode | null;
}

export const RECEIVED_AT = Date.UTC(2026, 8, 20);

export function contextOf(source: Source, part: Partial<SourceContext> = {}): SourceContext {
  return {
    adapter: source.name,
    room: null,
    receivedAt: RECEIVED_AT,
    wallClockZone: null,
    amountUnit: null,
    eventMap: {},
    table: '',
    tableIndex: 0,
    titles: [],
    ...part,
  };
}

/** Every row of a sample through a source, by the shortest way: header in the first row, JSON parsed as it stands. */
export async function sampleRows(
  source: Source,
  file: string,
  part: Partial<SourceContext> = {},
): Promise<readonly SampleRow[]> {
  const context = contextOf(source, part);
  const opened = await openFile(SAMPLES + file, { passwords: [] });
  if (!opened.ok) throw new Error(`${file}: ${opened.failure.code}: ${opened.failure.detail}`);
  const found: SampleRow[] = [];
  const give = (at: number, row: SourceRow): void => {
    const outcome = source.normalize(row, context);
    if (!outcome.ok) found.push({ at, drafts: [], code: outcome.failure.code });
    else found.push({ at, drafts: outcome.value, code: null });
  };
  const { content } = opened.value;
  try {
    if (content.kind === 'records') {
      for await (const chunk of content.chunks()) {
        for (const { position, text } of chunk) {
          let value: unknown;
          try {
            value = JSON.parse(text);
          } catch {
            found.push({ at: position, drafts: [], code: 'not_json' });
            continue;
          }
          give(position, { from: 'json', value });
        }
      }
      return found;
    }
    let header: readonly CellValue[] | null = null;
    for await (const { rows } of content.chunks()) {
      for (const { row, cells } of rows) {
        if (header === null) header = cells;
        else give(row, tableRow(source, header, cells));
      }
    }
    return found;
  } finally {
    await opened.value.close();
  }
}

/** A row of cells under a header, as the import gives it to a source. */
export function tableRow(
  source: Source,
  header: readonly CellValue[],
  cells: readonly CellValue[],
): SourceRow & { readonly from: 'table' } {
  const match = matchSource(header, source);
  if (match?.missing.length !== 0) throw new Error(`not a table of ${source.name}`);
  const named: Record<string, CellValue> = {};
  const headers: Record<string, string> = {};
  const others: Record<string, CellValue> = {};
  header.forEach((title, at) => {
    const column = match.columns[at] ?? null;
    const text = String(title ?? '').trim();
    if (column === null) others[text] = cells[at] ?? null;
    else {
      named[column] = cells[at] ?? null;
      headers[column] = text;
    }
  });
  return { from: 'table', cells: named, headers, others };
}
