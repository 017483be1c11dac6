import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFile, rowKind, type CellValue, type TableRow } from '../../../formats/index.js';
import { matchSource, matchTable } from '../../../pipelines/sources/column-match.js';
import type { Source, SourceContext, SourceRow } from '../../../pipelines/source.js';
import type { DraftRecord, FileFailure, RejectFailure } from '../../../schemas/index.js';

const SAMPLES = fileURLToPath(new URL('../../fixtures/samples/', import.meta.url));

/** Receipt of every sample: after all that they tell of. */
export const RECEIVED_AT = Date.UTC(2026, 8, 20);

export function contextFor(source: Source, part: Partial<SourceContext> = {}): SourceContext {
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

export interface ReadSample {
  readonly drafts: readonly DraftRecord[];
  readonly rows: number;
  readonly rejects: readonly RejectFailure[];
  readonly failure: FileFailure | null;
  readonly titles: readonly string[];
}

/** Isolated readers (XLSX, PDF) run from dist/. */
export const isBuilt = existsSync(
  fileURLToPath(new URL('../../../dist/formats/isolated-child.js', import.meta.url)),
);

/**
 * The smallest import there can be: opens a sample (or any file by its absolute path), finds each table's header,
 * gives every row to the source. On purpose not the product's own import: that one is tested elsewhere.
 */
export async function readSample(
  source: Source,
  file: string,
  password?: string,
  receivedAt = RECEIVED_AT,
): Promise<ReadSample> {
  const opened = await openFile(resolve(SAMPLES, file), {
    passwords: password === undefined ? [] : [password],
  });
  if (!opened.ok) throw new Error(`${file}: ${opened.failure.code}`);
  const { content } = opened.value;
  const result = {
    drafts: [] as DraftRecord[],
    rows: 0,
    rejects: [] as RejectFailure[],
    titles: [] as string[],
  };
  let failure: FileFailure | null = null;
  const give = (row: SourceRow, context: SourceContext): number => {
    const outcome = source.normalize(row, context);
    if (outcome.ok) result.drafts.push(...outcome.value);
    else result.rejects.push(outcome.failure);
    const counted = outcome.ok && outcome.value.length === 0 ? 0 : 1;
    result.rows += counted;
    return counted;
  };
  try {
    if (content.kind === 'records') {
      const reader = source.records?.();
      for await (const chunk of content.chunks()) {
        for (const { text } of chunk) {
          const record = parseJson(text);
          if (record === undefined) {
            result.rows += 1;
            result.rejects.push({ code: 'not_json' });
            continue;
          }
          const expanded = reader?.expand(record) ?? { ok: true, value: [{ place: '', value: record }] };
          if (!expanded.ok) return { ...result, failure: expanded.failure };
          for (const { value } of expanded.value)
            give({ from: 'json', value }, contextFor(source, { receivedAt }));
        }
      }
      const end = reader?.finish();
      if (end !== undefined && !end.ok) failure = end.failure;
    } else {
      const tables = new Map<string, TableRow[]>();
      for await (const { table, rows } of content.chunks()) {
        const name = opened.value.format === 'pdf' ? 'pdf' : table;
        const known = tables.get(name) ?? [];
        known.push(...rows);
        tables.set(name, known);
      }
      [...tables].forEach(([table, rows], tableIndex) => {
        const headerAt = rows.findIndex(({ cells }) => matchSource(cells, source)?.missing.length === 0);
        const header = rows[headerAt];
        const match = header === undefined ? null : matchSource(header.cells, source);
        if (header === undefined || match === null) throw new Error(`${file}: no header in ${table}`);
        const titles = rows
          .slice(0, headerAt)
          .map(({ cells }) => cells.filter((cell) => cell !== null).join(' '));
        result.titles.push(...titles);
        const names = header.cells.map((cell) => String(cell ?? '').trim());
        const headerRow = { row: header.row, names, fields: match.columns, titles: [] };
        const context = contextFor(source, { table, tableIndex, titles, receivedAt });
        let counted = 0;
        for (const { cells } of rows.slice(headerAt + 1)) {
          if (rowKind(headerRow, cells) !== 'data') continue;
          // Titles that a PDF repeats on each page.
          if (
            opened.value.format === 'pdf' &&
            titles.includes(cells.filter((cell) => cell !== null && cell !== '').join(' '))
          )
            continue;
          const byColumn: Record<string, CellValue> = {};
          const headers: Record<string, string> = {};
          const others: Record<string, CellValue> = {};
          match.columns.forEach((column, at) => {
            if (column === null) {
              others[names[at] ?? ''] = cells[at] ?? null;
              return;
            }
            byColumn[column] = cells[at] ?? null;
            headers[column] = names[at] ?? '';
          });
          counted += give({ from: 'table', cells: byColumn, headers, others }, context);
        }
        const check = source.checkTable?.(context, counted);
        if (check !== undefined && !check.ok) failure = check.failure;
      });
    }
  } finally {
    await opened.value.close();
  }
  return { ...result, failure };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The source that a file's content points to, by the product's own rules of recognition. */
export async function recognizeSample(
  sources: readonly Source[],
  file: string,
  password?: string,
): Promise<string | null> {
  const opened = await openFile(file, { passwords: password === undefined ? [] : [password] });
  if (!opened.ok) throw new Error(`${file}: ${opened.failure.code}`);
  const { content } = opened.value;
  try {
    if (content.kind === 'records') {
      for await (const chunk of content.chunks()) {
        for (const { text } of chunk) {
          const record = parseJson(text);
          const sure = sources.map((source) => source.recognize(record));
          const most = Math.max(...sure);
          return most > 0 ? (sources[sure.indexOf(most)]?.name ?? null) : null;
        }
      }
      return null;
    }
    for await (const { rows } of content.chunks()) {
      for (const { cells } of rows) {
        const match = matchTable(cells, sources);
        if (match?.missing.length === 0) return match.source.name;
      }
    }
    return null;
  } finally {
    await opened.value.close();
  }
}
