import { FormatError } from '../../formats/index.js';
import { fail, succeed, type FileFailure, type Outcome } from '../../schemas/index.js';
import type { ImportOptions } from './import-options.js';
import { FileRefused, type Input } from './input.js';
import { placeDraft } from './place-draft.js';

/**
 * Reads a file to its end only to see whether `--room` fits every row of it: another room refuses the whole file
 * (PRODUCT §3), so nothing may be stored before, and it may be too large to be held meanwhile. Closes the file.
 */
export async function checkRoom(input: Input, options: ImportOptions): Promise<Outcome<null, FileFailure>> {
  const { source, opened } = input;
  const { room, wallClockZone, amountUnit, eventMap } = options;
  const said = { adapter: source.name, receivedAt: Date.now(), room, wallClockZone, amountUnit, eventMap };
  try {
    for await (const rows of input.rows()) {
      for (const { row, table, tableIndex, titles } of rows) {
        if (!row.ok) continue;
        const drafts = source.normalize(row.value, { ...said, table, tableIndex, titles });
        if (!drafts.ok) continue;
        for (const draft of drafts.value) {
          const placed = placeDraft(draft, room);
          if (!placed.ok) return placed;
        }
      }
    }
    return succeed(null);
  } catch (error) {
    if (error instanceof FileRefused || error instanceof FormatError) return fail(error.failure);
    throw error;
  } finally {
    await opened.close();
  }
}
