import type { SnapshotOptions } from '../bus/bus.js';
import type { RecordPart } from '../load/record-part.js';
import type { FileRun } from './run-import.js';
import { placementOf } from './file-placement.js';
import { snapshotOf } from './file-snapshot.js';
import type { StagedRows } from './row-stage.js';

/** Records of a part that this thread makes itself. */
const PART_RECORDS = 10_000;
const PART_REJECTS = 2_500;

/** Reads a file row by row and publishes as it goes, on several threads where that pays. */
export async function readStream(run: FileRun): Promise<void> {
  const { input, options, tools, identity } = run;
  const placement = placementOf(run, options.exportedAt ?? identity.startedAt, null);
  const { lines } = input;
  if (run.threads !== null && lines !== null && tools.threads !== undefined) {
    const { key, ownDomains } = tools.threads;
    const { settings, salt } = run;
    const task = { keyBytes: key.bytes(), ownDomains, adapter: identity.adapter, settings, placement, salt };
    for await (const { part, ...rows } of run.threads.stage(lines(), task)) await take(run, rows, part);
  } else {
    const { stage, builder } = run;
    for await (const rows of input.rows()) {
      for (const row of rows) stage.add(row, placement);
      if (builder.size >= PART_RECORDS || stage.waitingRejects >= PART_REJECTS) {
        await take(run, stage.take(), builder.take());
      }
    }
    await take(run, stage.take(), builder.take());
  }
  await run.publisher?.publish(streamSnapshot(run));
}

async function take(run: FileRun, rows: StagedRows, part: RecordPart): Promise<void> {
  const { tally, publisher, tools, input, identity } = run;
  tally.addRows(rows);
  const { bytes } = input.opened;
  const consumed = input.opened.consumed();
  if (publisher === null) tally.addReply(rows.recordRows, null);
  else {
    const rowsLeft =
      consumed === 0 ? Number.POSITIVE_INFINITY : (tally.rowsRead * (bytes - consumed)) / consumed;
    await publisher.add(part, rows.recordRows, rows.rejects, streamSnapshot(run), rowsLeft);
  }
  tools.progress.update(identity.file, consumed, bytes);
}

/** Rows that are streamed are of no list. */
function streamSnapshot(run: FileRun): SnapshotOptions {
  return snapshotOf(run, run.identity.startedAt, run.options.scope === null ? [] : [run.options.scope]);
}
