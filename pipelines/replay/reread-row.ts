import { z } from 'zod';
import { headerText, type CellValue } from '../../formats/index.js';
import {
  fail,
  succeed,
  type CanonicalRecord,
  type DraftRecord,
  type Outcome,
  type RejectFailure,
} from '../../schemas/index.js';
import { findExportTime, findFileDay } from '../import/file-time.js';
import { placeDraft } from '../import/place-draft.js';
import { toSourceRow } from '../import/table-rows.js';
import type { Pseudonymizer } from '../privacy/pseudonymize.js';
import { matchSource } from '../sources/column-match.js';
import type { Source, SourceRow } from '../source.js';
import type { RejectOriginal } from './original.js';
import type { ReplayOptions } from './replay-options.js';

/** Platform exports are Beijing time (PRODUCT §3). */
const BEIJING_MS = 8 * 3_600_000;

/** A bad row that can be read now. */
export interface RereadRow {
  readonly records: readonly CanonicalRecord[];
  /** When its file was exported, UTC ms. */
  readonly exportedAt: number;
}

/**
 * Reads a bad row again, as its import would read it under today's settings: what the command says comes before what
 * was said then. No records: under these settings the row says nothing.
 *
 * @param account given for its file; null: none
 * @param receivedAt when it came in, UTC ms
 */
export function rereadRow(
  original: RejectOriginal,
  source: Source,
  file: { readonly account: string | null; readonly receivedAt: number },
  options: ReplayOptions,
  pseudonymizer: Pseudonymizer,
): Outcome<RereadRow, RejectFailure> {
  const row = readRow(original, source, options);
  if (!row.ok) return row;
  const room = options.room ?? original.room;
  const { table, tableIndex, titles } = original;
  const normalized = source.normalize(row.value, {
    adapter: source.name,
    room,
    receivedAt: options.now,
    wallClockZone: options.wallClockZone ?? original.wallClockZone,
    amountUnit: options.amountUnit ?? original.amountUnit,
    eventMap: options.eventMap,
    table,
    tableIndex,
    titles,
  });
  if (!normalized.ok) return normalized;
  const placed: DraftRecord[] = [];
  for (const draft of normalized.value) {
    const outcome = placeDraft(draft, source.loads === 'whole' ? room : null);
    if (!outcome.ok) return fail({ code: 'missing_key', field: 'room' });
    placed.push(outcome.value);
  }
  const words = {
    titles,
    tables: table === '' ? [] : [table],
    fileName: original.file,
    rowsExportedAt: statedTime(placed),
  };
  const exportedAt =
    findExportTime(words)?.at ?? options.exportedAt ?? original.exportedAt ?? file.receivedAt;
  const placement = {
    adapter: source.name,
    receivedAt: options.now,
    account: options.account ?? file.account,
    room,
    exportedAt,
    day: findFileDay(words) ?? new Date(exportedAt + BEIJING_MS).toISOString().slice(0, 10),
  };
  return succeed({
    records: placed.map((draft) => pseudonymizer.pseudonymize(draft, placement)),
    exportedAt,
  });
}

const cellsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

function readRow(
  original: RejectOriginal,
  source: Source,
  options: ReplayOptions,
): Outcome<SourceRow, RejectFailure> {
  let value: unknown;
  try {
    value = JSON.parse(original.row);
  } catch {
    return fail({ code: 'not_json' });
  }
  if (original.from === 'json') return succeed({ from: 'json', value });
  const cells = cellsSchema.safeParse(value);
  if (!cells.success) return fail({ code: 'not_json' });
  const headers: CellValue[] = Object.keys(cells.data);
  const match = matchSource(headers, source, [...options.aliases, ...original.aliases]);
  const [lacking] = match?.missing ?? [];
  if (match === null) return fail({ code: 'missing_key' });
  if (lacking !== undefined) return fail({ code: 'missing_key', field: lacking.map(headerText).join(' / ') });
  return succeed(toSourceRow(match, headers, Object.values(cells.data)));
}

function statedTime(drafts: readonly DraftRecord[]): number | null {
  return drafts.reduce<number | null>(
    (newest, draft) =>
      draft.kind === 'minute' && draft.exported_at !== null
        ? Math.max(newest ?? 0, draft.exported_at)
        : newest,
    null,
  );
}
