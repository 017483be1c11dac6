import { z } from 'zod';
import type { Logger } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { batchId, writeBatch } from '../load/batch-ledger.js';
import { insertJsonRows } from '../load/json-rows.js';
import { endedEntry } from './file-end.js';
import type { EndMessage, RecordMessage } from './flush-messages.js';
import { wholeOrTogether, type RecordPublisher } from './record-publisher.js';
import { addRows, groupBy, noRows, type StoredRows } from './stored-rows.js';

export interface FileTools {
  readonly warehouse: Warehouse;
  readonly publisher: RecordPublisher;
  readonly logger: Logger;
}

const partRow = z.object({ batch_seq: z.coerce.number(), part: z.coerce.number() });
const storedRow = z.object({ stored: z.coerce.number(), counted: z.coerce.number() });
const completeRow = z.object({
  batch_seq: z.coerce.number(),
  entry: z.string(),
  rows: z.coerce.number(),
  accepted: z.coerce.number(),
  conflicts: z.coerce.number(),
  held: z.coerce.number(),
});

/** Files come in parts, over several flushes and maybe several loaders; which parts are loaded the warehouse remembers. */
export class FileParts {
  constructor(private readonly tools: FileTools) {}

  async store(messages: readonly RecordMessage[], ends: readonly EndMessage[]): Promise<StoredRows> {
    const total = noRows();
    for (const ofFile of groupBy(messages, seqOf)) addRows(total, await this.storeFile(ofFile));
    if (ends.length > 0) await this.rememberEnds(ends);
    const touched = new Set([...messages.map(seqOf), ...ends.map(({ batchSeq }) => batchSeq)]);
    if (touched.size > 0) await this.close([...touched]);
    return total;
  }

  /** Messages of one file. Those that are loaded already are left alone, so that their figures stay as they were. */
  private async storeFile(messages: readonly RecordMessage[]): Promise<StoredRows> {
    const { warehouse, publisher } = this.tools;
    const batchSeq = messages[0] === undefined ? 0 : seqOf(messages[0]);
    const loaded = await warehouse.query(loadSql('kafka/loaded-parts'), partRow, { batches: [batchSeq] });
    const known = new Set(loaded.map(({ part }) => part));
    const fresh: RecordMessage[] = [];
    for (const message of messages) {
      const part = message.file?.part ?? 0;
      if (known.has(part)) continue;
      known.add(part);
      fresh.push(message);
    }
    // What a killed loader stored of them is found as known now, but it was this batch that brought it.
    const before = fresh.some(({ again }) => again) ? await this.uncounted(batchSeq) : 0;
    const total = noRows();
    for (const group of wholeOrTogether(fresh)) {
      const snapshot = group[0]?.file?.snapshot;
      if (snapshot === undefined) continue;
      const stored = await publisher.publish(group, batchSeq, snapshot);
      stored.accepted = Math.min(
        stored.rows - stored.rejected,
        stored.accepted + (total.rows === 0 ? before : 0),
      );
      await this.writeParts(batchSeq, group, stored);
      addRows(total, stored);
    }
    return total;
  }

  private async uncounted(batch: number): Promise<number> {
    const [row] = await this.tools.warehouse.query(loadSql('kafka/stored-of-batch'), storedRow, { batch });
    return Math.max(0, (row?.stored ?? 0) - (row?.counted ?? 0));
  }

  /** The figures of a group stand with its first message; the others are there to be counted. */
  private async writeParts(
    batchSeq: number,
    messages: readonly RecordMessage[],
    stored: StoredRows,
  ): Promise<void> {
    const rows = messages.map(({ file }, at) => ({
      batch_seq: batchSeq,
      part: file?.part ?? 0,
      rows: at === 0 ? stored.rows : 0,
      accepted: at === 0 ? stored.accepted : 0,
      conflicts: at === 0 ? stored.conflicts : 0,
      held: stored.held ? 1 : 0,
      written_at: Date.now(),
    }));
    await insertJsonRows(
      this.tools.warehouse,
      'wxlive_store.batch_parts_store',
      ['batch_seq', 'part', 'rows', 'accepted', 'conflicts', 'held', 'written_at'],
      ['written_at'],
      rows,
    );
  }

  private async rememberEnds(ends: readonly EndMessage[]): Promise<void> {
    await insertJsonRows(
      this.tools.warehouse,
      'wxlive_store.batch_ends_store',
      ['batch_seq', 'parts', 'entry', 'written_at'],
      ['written_at'],
      ends.map(({ batchSeq, parts, entry }) => ({
        batch_seq: batchSeq,
        parts,
        entry,
        written_at: Date.now(),
      })),
    );
  }

  /** Says of files whose messages are all loaded how they ended. */
  private async close(batches: readonly number[]): Promise<void> {
    const { warehouse, logger } = this.tools;
    const rows = await warehouse.query(loadSql('kafka/complete-batches'), completeRow, { batches });
    for (const { entry, ...figures } of rows) {
      const ended = endedEntry(entry, figures);
      if (ended.ok) await writeBatch(warehouse, ended.value);
      else logger.error('the end of a file cannot be read', { batch: batchId(figures.batch_seq) });
    }
  }
}

function seqOf({ file }: RecordMessage): number {
  return file?.batchSeq ?? 0;
}
