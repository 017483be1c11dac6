import type { SnapshotOptions } from '../bus/bus.js';
import type { DirectBus } from '../bus/direct.js';
import { laneOf, travelsWhole } from '../bus/lanes.js';
import type { DeadLetters } from './dead-letters.js';
import { blamesRecord } from './failure-blame.js';
import type { RecordMessage } from './flush-messages.js';
import { addRows, noRows, type StoredRows } from './stored-rows.js';

/** Loads records; what the database refuses for the record's own sake is narrowed down and buried, the rest goes in. */
export class RecordPublisher {
  constructor(
    private readonly bus: DirectBus,
    private readonly letters: DeadLetters,
  ) {}

  /** Throws what is worth another try. */
  async publish(
    messages: readonly RecordMessage[],
    batchSeq: number,
    snapshot: SnapshotOptions,
  ): Promise<StoredRows> {
    const records = messages.flatMap((message) => message.records);
    const stored = noRows();
    stored.rows = messages.reduce((rows, { beginsRow }) => rows + count(beginsRow), 0);
    if (records.length === 0) return stored;
    try {
      const reply = await this.bus.publish({ batchSeq, records, snapshot });
      stored.conflicts = reply.conflicts;
      stored.held = reply.held;
      stored.accepted = acceptedRows(messages, reply.accepted);
      return stored;
    } catch (error) {
      if (!blamesRecord(error)) throw error;
      return this.narrow(messages, batchSeq, snapshot, error);
    }
  }

  private async narrow(
    messages: readonly RecordMessage[],
    batchSeq: number,
    snapshot: SnapshotOptions,
    error: unknown,
  ): Promise<StoredRows> {
    const [first, ...others] = messages;
    if (first === undefined) return noRows();
    if (others.length > 0) {
      const half = messages.length >> 1;
      const stored = await this.publish(messages.slice(0, half), batchSeq, snapshot);
      addRows(stored, await this.publish(messages.slice(half), batchSeq, snapshot));
      return stored;
    }
    const rows = rowsOf(first);
    if (rows.length === 1 || isWhole(first)) {
      await this.letters.ofRecords(first, error, batchSeq);
      return { ...noRows(), rows: rows.length, rejected: rows.length };
    }
    const half = rows.length >> 1;
    const stored = await this.publish([joinRows(first, rows.slice(0, half))], batchSeq, snapshot);
    addRows(stored, await this.publish([joinRows(first, rows.slice(half))], batchSeq, snapshot));
    return stored;
  }
}

/** Lists that count as a whole each by itself, everything else together. */
export function wholeOrTogether(messages: readonly RecordMessage[]): RecordMessage[][] {
  const together = messages.filter((message) => !isWhole(message));
  const groups = messages.filter(isWhole).map((message) => [message]);
  return together.length === 0 ? groups : [together, ...groups];
}

function isWhole({ records: [first] }: RecordMessage): boolean {
  return first !== undefined && travelsWhole(laneOf(first, 'file'));
}

/** Rows of which a record was stored. */
function acceptedRows(messages: readonly RecordMessage[], accepted: Uint8Array): number {
  let rows = 0;
  let at = 0;
  for (const { beginsRow } of messages) {
    let counted = false;
    for (const begins of beginsRow) {
      if (begins === 1) counted = false;
      if (!counted && accepted[at] === 1) {
        rows++;
        counted = true;
      }
      at++;
    }
  }
  return rows;
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
    records: message.records.slice(from, to),
    beginsRow: message.beginsRow.slice(from, to),
  };
}

function count(flags: Uint8Array): number {
  let sum = 0;
  for (const flag of flags) sum += flag;
  return sum;
}
