import { z } from 'zod';
import { DEFAULT_ACCOUNT, type CanonicalRecord, type Logger, type RejectCode } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { BusReply, SnapshotOptions } from '../bus/bus.js';
import type { DirectBus } from '../bus/direct.js';
import type { KafkaBus } from '../bus/kafka-bus.js';
import { laneOf, travelsWhole } from '../bus/lanes.js';
import { batchId, writeBatch, type BatchEntry } from '../load/batch-ledger.js';
import { insertJsonRows } from '../load/json-rows.js';
import { rejectId, storeRejects, type Reject } from '../load/rejects.js';
import { maskPreview } from '../privacy/mask-preview.js';
import type { Seal } from '../privacy/seal.js';
import { blamesRecord } from './failure-blame.js';
import { endedEntry } from './file-end.js';
import { readMessages, type MessagePlace, type RecordMessage } from './flush-messages.js';
import type { Cut } from './partition-inbox.js';

export interface FlushTools {
  /** As the holder of the lease writes to it. */
  readonly warehouse: Warehouse;
  /** Loads in this process, into the same warehouse. */
  readonly bus: DirectBus;
  /** Where dead letters go. */
  readonly letters: KafkaBus;
  readonly letterTopic: string;
  readonly seal: Seal;
  readonly logger: Logger;
  /** Names the topics of this cluster among all. */
  readonly cluster: string;
}

/** What became of a flush. */
export interface StoredFlush {
  readonly rows: number;
  readonly accepted: number;
  readonly deadLetters: number;
  /** When its oldest message was sent, UTC ms; null without records. */
  readonly oldestSentAt: number | null;
}

/** Records that go together, and what became of them. */
interface Outcome {
  accepted: number;
  rows: number;
  conflicts: number;
  held: boolean;
  letters: number;
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

/**
 * Stores the messages of some ranges. Throws what is worth another try; whatever can never be stored is a dead letter
 * and no failure. Run again with the same ranges it ends in the same state.
 */
export class FlushStore {
  constructor(private readonly tools: FlushTools) {}

  async store(cuts: readonly Cut[]): Promise<StoredFlush> {
    const { live, files, ends, rejects, poison } = readMessages(cuts);
    let letters = 0;
    for (const { place, message, reason } of poison) {
      await this.bury(place, 'unreadable_message', reason, originalOf(message.value), null);
      letters++;
    }
    for (const { origin, reject } of rejects) await storeRejects(this.tools.warehouse, origin, [reject]);
    const total: Outcome = { accepted: 0, rows: 0, conflicts: 0, held: false, letters };
    for (const messages of groupBy(live, ({ adapter, route }) => `${adapter}\u0000${route}`)) {
      add(total, await this.storeLive(messages));
    }
    for (const messages of groupBy(files, ({ file }) => file?.batchSeq ?? 0)) {
      add(total, await this.storeFile(messages));
    }
    if (ends.length > 0) await this.rememberEnds(ends);
    const touched = new Set([
      ...files.map(({ file }) => file?.batchSeq ?? 0),
      ...ends.map((end) => end.batchSeq),
    ]);
    if (touched.size > 0) await this.closeFiles([...touched]);
    const sent = [...live, ...files].map(({ sentAt }) => sentAt);
    return {
      rows: total.rows,
      accepted: total.accepted,
      deadLetters: total.letters,
      oldestSentAt: sent.length === 0 ? null : sent.reduce((oldest, at) => Math.min(oldest, at)),
    };
  }

  /** What HTTP brought: a batch a flush and route. */
  private async storeLive(messages: readonly RecordMessage[]): Promise<Outcome> {
    const { warehouse, bus } = this.tools;
    const [first] = messages;
    if (first === undefined) return nothing();
    const batchSeq = bus.nextBatchSeq();
    const startedAt = Date.now();
    const entry = (
      state: BatchEntry['state'],
      { rows, accepted, conflicts, letters }: Outcome,
    ): BatchEntry => ({
      batchSeq,
      file: first.route,
      sha256: '',
      adapter: first.adapter,
      account: DEFAULT_ACCOUNT,
      rows,
      accepted,
      duplicates: rows - accepted - letters,
      rejected: letters,
      held: 0,
      conflicts,
      state,
      newerBy: 'import',
      startedAt,
    });
    await writeBatch(warehouse, entry('loading', nothing()));
    const outcome = nothing();
    const snapshot = { exportedAt: startedAt, scopes: [], acceptShrink: false };
    for (const group of wholeOrTogether(messages))
      add(outcome, await this.publish(group, batchSeq, snapshot));
    await writeBatch(warehouse, entry('loaded', outcome));
    return outcome;
  }

  /** Messages of one file. Those that are loaded already are left alone, so that their figures stay as they were. */
  private async storeFile(messages: readonly RecordMessage[]): Promise<Outcome> {
    const { warehouse } = this.tools;
    const batchSeq = messages[0]?.file?.batchSeq ?? 0;
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
    const total = nothing();
    for (const group of wholeOrTogether(fresh)) {
      const snapshot = group[0]?.file?.snapshot;
      if (snapshot === undefined) continue;
      const outcome = await this.publish(group, batchSeq, snapshot);
      outcome.accepted = Math.min(
        outcome.rows - outcome.letters,
        outcome.accepted + (total.rows === 0 ? before : 0),
      );
      await this.writeParts(batchSeq, group, outcome);
      add(total, outcome);
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
    outcome: Outcome,
  ): Promise<void> {
    const rows = messages.map(({ file }, at) => ({
      batch_seq: batchSeq,
      part: file?.part ?? 0,
      rows: at === 0 ? outcome.rows : 0,
      accepted: at === 0 ? outcome.accepted : 0,
      conflicts: at === 0 ? outcome.conflicts : 0,
      held: outcome.held ? 1 : 0,
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

  private async rememberEnds(
    ends: readonly { readonly batchSeq: number; readonly parts: number; readonly entry: string }[],
  ): Promise<void> {
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
  private async closeFiles(batches: readonly number[]): Promise<void> {
    const rows = await this.tools.warehouse.query(loadSql('kafka/complete-batches'), completeRow, {
      batches,
    });
    for (const { entry, ...figures } of rows) {
      const ended = endedEntry(entry, figures);
      if (ended.ok) await writeBatch(this.tools.warehouse, ended.value);
      else this.tools.logger.error('the end of a file cannot be read', { batch: batchId(figures.batch_seq) });
    }
  }

  /** Publishes records; what the database refuses for the record's own sake is narrowed down and buried. */
  private async publish(
    messages: readonly RecordMessage[],
    batchSeq: number,
    snapshot: SnapshotOptions,
  ): Promise<Outcome> {
    const records = messages.flatMap((message) => message.records);
    const outcome = nothing();
    outcome.rows = messages.reduce((rows, { beginsRow }) => rows + count(beginsRow), 0);
    if (records.length === 0) return outcome;
    let reply: BusReply;
    try {
      reply = await this.tools.bus.publish({ batchSeq, records, snapshot });
    } catch (error) {
      if (!blamesRecord(error)) throw error;
      return this.narrow(messages, batchSeq, snapshot, error);
    }
    outcome.conflicts = reply.conflicts;
    outcome.held = reply.held;
    let at = 0;
    for (const { beginsRow } of messages) {
      let counted = false;
      for (const begins of beginsRow) {
        if (begins === 1) counted = false;
        if (!counted && reply.accepted[at] === 1) {
          outcome.accepted++;
          counted = true;
        }
        at++;
      }
    }
    return outcome;
  }

  private async narrow(
    messages: readonly RecordMessage[],
    batchSeq: number,
    snapshot: SnapshotOptions,
    error: unknown,
  ): Promise<Outcome> {
    const [first, ...others] = messages;
    if (first === undefined) return nothing();
    if (others.length > 0) {
      const half = messages.length >> 1;
      const outcome = await this.publish(messages.slice(0, half), batchSeq, snapshot);
      add(outcome, await this.publish(messages.slice(half), batchSeq, snapshot));
      return outcome;
    }
    const rows = rowsOf(first);
    const lane = first.records[0] === undefined ? null : laneOf(first.records[0], 'file');
    if (rows.length === 1 || (lane !== null && travelsWhole(lane))) {
      const reason = error instanceof Error ? error.message : 'refused';
      const original = JSON.stringify(first.records);
      await this.bury(first.place, 'refused_by_warehouse', reason, original, first);
      return { ...nothing(), rows: rows.length, letters: rows.length };
    }
    const half = rows.length >> 1;
    const outcome = await this.publish([joinRows(first, rows.slice(0, half))], batchSeq, snapshot);
    add(outcome, await this.publish([joinRows(first, rows.slice(half))], batchSeq, snapshot));
    return outcome;
  }

  /** A dead letter: in the topic, and in `rejects`. */
  private async bury(
    place: MessagePlace,
    code: RejectCode,
    reason: string,
    original: string,
    message: RecordMessage | null,
  ): Promise<void> {
    const where = `${place.topic}/${place.partition}/${place.offset}`;
    const id = rejectId(this.tools.cluster, message === null ? where : `${where}\u0000${original}`);
    const reject: Reject = {
      rejectId: id,
      place: where,
      code,
      reason,
      preview: maskPreview(original),
      sealed: this.tools.seal.seal(original, id),
      pseudonyms: [],
    };
    const origin = {
      batchId: '',
      adapter: message?.adapter ?? 'events',
      account: DEFAULT_ACCOUNT,
      receivedAt: Date.now(),
    };
    this.tools.logger.error('a record was set aside', { code, place: where });
    await storeRejects(this.tools.warehouse, origin, [reject]);
    // A dead letter that cannot be read stays where it lies: another one about it would never end.
    if (place.topic === this.tools.letterTopic) return;
    const step = code === 'unreadable_message' ? 'read' : 'store';
    await this.tools.letters.publishRejects(origin, [reject], step, place);
  }
}

function originalOf(value: Buffer): string {
  const text = value.toString('utf8');
  return Buffer.from(text, 'utf8').equals(value) ? text : value.toString('base64');
}

/** Lists that count as a whole each by itself, everything else together. */
function wholeOrTogether(messages: readonly RecordMessage[]): RecordMessage[][] {
  const together: RecordMessage[] = [];
  const groups: RecordMessage[][] = [];
  for (const message of messages) {
    const first = message.records[0];
    if (first !== undefined && travelsWhole(laneOf(first, 'file'))) groups.push([message]);
    else together.push(message);
  }
  return together.length === 0 ? groups : [together, ...groups];
}

interface Row {
  readonly from: number;
  readonly to: number;
}

function rowsOf({ beginsRow }: RecordMessage): Row[] {
  const starts: number[] = [];
  beginsRow.forEach((begins, at) => {
    if (begins === 1 || at === 0) starts.push(at);
  });
  return starts.map((from, at) => ({ from, to: starts[at + 1] ?? beginsRow.length }));
}

function joinRows(message: RecordMessage, rows: readonly Row[]): RecordMessage {
  const from = rows[0]?.from ?? 0;
  const to = rows.at(-1)?.to ?? from;
  return {
    ...message,
    records: message.records.slice(from, to) satisfies CanonicalRecord[],
    beginsRow: message.beginsRow.slice(from, to),
  };
}

function count(flags: Uint8Array): number {
  let sum = 0;
  for (const flag of flags) sum += flag;
  return sum;
}

function nothing(): Outcome {
  return { accepted: 0, rows: 0, conflicts: 0, held: false, letters: 0 };
}

function add(total: Outcome, more: Outcome): void {
  total.accepted += more.accepted;
  total.rows += more.rows;
  total.conflicts += more.conflicts;
  total.held ||= more.held;
  total.letters += more.letters;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | number): Item[][] {
  const groups = new Map<string | number, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
