import type { AttendanceScope, DraftRecord } from '../../schemas/index.js';
import { placementOf } from './file-placement.js';
import { findExportTime, findFileDay } from './file-time.js';
import { FileRefused, type InputRow } from './input.js';
import { placeDraft } from './place-draft.js';
import type { FileRun } from './run-import.js';
import { snapshotOf } from './file-snapshot.js';

/** A draft and the number of the row it came from. */
interface HeldDraft {
  readonly draft: DraftRecord;
  readonly row: number;
}

/** Reads a file to its end before anything of it is stored: a list replaces another as a whole. */
export async function readWhole(run: FileRun): Promise<void> {
  const { input, options, tools, identity, stage, builder, tally, publisher } = run;
  const held: HeldDraft[] = [];
  const tables = new TableRows();
  for await (const rows of input.rows()) {
    for (const row of rows) {
      const before = stage.count;
      for (const draft of stage.normalize(row)) {
        const placed = placeDraft(draft, options.room);
        if (!placed.ok) throw new FileRefused(placed.failure);
        held.push({ draft: placed.value, row: stage.count });
      }
      if (stage.count > before && input.source.checkTable !== undefined) tables.add(row);
    }
    tools.progress.update(identity.file, input.opened.consumed(), input.opened.bytes);
  }
  for (const { row, rows } of tables.all()) {
    const checked = stage.checkTable(row, rows);
    if (checked?.ok === false) throw new FileRefused(checked.failure);
  }
  addNobody(run, held);
  const exportedAt = readExportTime(run, held);
  const placement = placementOf(run, exportedAt, findFileDay(wordsOf(run, held)));
  const scopes = scopesOf(run, held);
  // A draft is let go as soon as it is a record: both of a large file would be twice its memory.
  held.reverse();
  for (let next = held.pop(); next !== undefined; next = held.pop()) {
    stage.addDraft(next.draft, next.row, placement);
  }
  const rows = stage.take();
  tally.addRows(rows);
  const part = builder.take();
  if (publisher === null) {
    tally.addReply(rows.recordRows, null);
    return;
  }
  const snapshot = snapshotOf(run, exportedAt, scopes);
  await publisher.add(part, rows.recordRows, rows.rejects, snapshot, 0);
  await publisher.publish(snapshot);
}

/** A list without a row says that nobody is left; whose list it is only `--room` tells. */
function addNobody({ input, options, stage }: FileRun, held: HeldDraft[]): void {
  const { nobody } = input.source;
  if (nobody === undefined || stage.count > 0) return;
  if (options.room === null) throw new FileRefused({ code: 'room_missing' });
  held.push({ draft: nobody(options.room), row: 0 });
}

/** When the file was exported; the publisher is told how that is known. */
function readExportTime(run: FileRun, held: readonly HeldDraft[]): number {
  const { options, publisher, earlier, identity } = run;
  const time = findExportTime(wordsOf(run, held));
  const newerBy = time?.from ?? (options.exportedAt === null ? 'import' : 'option');
  if (publisher !== null) publisher.newerBy = newerBy;
  // The same file again is as old as it was, and what replaced it meanwhile stays.
  return time?.at ?? options.exportedAt ?? earlier?.firstAt ?? identity.startedAt;
}

function wordsOf(
  { input, identity }: FileRun,
  held: readonly HeldDraft[],
): Parameters<typeof findExportTime>[0] {
  const stated = held.reduce<number | null>(
    (newest, { draft }) =>
      draft.kind === 'minute' && draft.exported_at !== null
        ? Math.max(newest ?? 0, draft.exported_at)
        : newest,
    null,
  );
  return { ...input.words(), fileName: identity.file, rowsExportedAt: stated };
}

/** Of whom a list without a row speaks that does not say. */
const EVERYBODY: readonly AttendanceScope[] = ['staff', 'outsiders'];

function scopesOf({ options, input }: FileRun, held: readonly HeldDraft[]): readonly AttendanceScope[] {
  if (options.scope !== null) return [options.scope];
  const stated = input.summary().scopes;
  if (stated !== undefined) return stated;
  const seen = new Set<AttendanceScope>();
  for (const { draft } of held) {
    if (draft.kind === 'attendance') seen.add(draft.scope);
    if (draft.kind === 'watch_list') return EVERYBODY;
  }
  return [...seen];
}

/** A row of each table and how many there are. */
class TableRows {
  private readonly tables = new Map<number, { row: InputRow; rows: number }>();

  add(row: InputRow): void {
    const table = this.tables.get(row.tableIndex) ?? { row, rows: 0 };
    this.tables.set(row.tableIndex, { row, rows: table.rows + 1 });
  }

  all(): Iterable<{ readonly row: InputRow; readonly rows: number }> {
    return this.tables.values();
  }
}
