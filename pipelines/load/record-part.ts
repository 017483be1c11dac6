import type { AdapterName, CanonicalRecord } from '../../schemas/index.js';
import type { EventKeyMaker } from '../event-key.js';
import { EventChunkBuilder, type EventChunk } from './event-chunk.js';
import { PeopleBuilder, type People } from './people.js';

/** A part of a batch as the loader takes it: nothing in it but plain memory and records, so that it can change threads. */
export interface RecordPart {
  /** Records in it, of all kinds. */
  readonly count: number;
  readonly events: EventChunk;
  readonly people: People;
  /** Numbers of the records that only link ids. */
  readonly linkRecords: Uint32Array;
  /** Records of the other kinds, in order. */
  readonly others: readonly NumberedRecord[];
  /** Who told what ids are linked; null when no record says. */
  readonly adapter: AdapterName | null;
}

/** A record and its number within the part. */
export interface NumberedRecord {
  readonly record: CanonicalRecord;
  readonly number: number;
}

/** Makes parts out of records, so that no record has to be kept once it was added. */
export class RecordPartBuilder {
  private readonly people = new PeopleBuilder();
  private readonly events: EventChunkBuilder;
  private linkRecords: number[] = [];
  private others: NumberedRecord[] = [];
  private count = 0;
  private adapter: AdapterName | null = null;

  constructor(keyOf: EventKeyMaker) {
    this.events = new EventChunkBuilder(keyOf, this.people);
  }

  /** Records added since the last call of `take`. */
  get size(): number {
    return this.count;
  }

  add(record: CanonicalRecord): void {
    const number = this.count++;
    if (this.adapter === null && 'adapter' in record) this.adapter = record.adapter;
    if (record.kind === 'event') {
      this.events.add(record, number);
      return;
    }
    if ('viewer_key' in record && record.viewer_key !== null) this.people.name(record.viewer_key);
    if ('linked' in record) this.people.link(record.linked, number);
    if (record.kind === 'identity_link') this.linkRecords.push(number);
    else this.others.push({ record, number });
  }

  take(): RecordPart {
    const { count, linkRecords, others } = this;
    this.count = 0;
    this.linkRecords = [];
    this.others = [];
    return {
      count,
      events: this.events.take(),
      people: this.people.take(),
      linkRecords: Uint32Array.from(linkRecords),
      others,
      adapter: this.adapter,
    };
  }
}

/** The memory of a part that can be handed to another thread instead of being copied. */
export function memoryOf({ events, people, linkRecords }: RecordPart): ArrayBuffer[] {
  const { keys, contents, viewers, records, aboutOrders, facts, orderFacts } = events;
  const { ids, members, kinds, ends, records: linking } = people;
  const arrays = [keys, contents, viewers, records, aboutOrders, facts, orderFacts];
  const memory = new Set<ArrayBuffer>();
  for (const array of [...arrays, ids, members, kinds, ends, linking, linkRecords]) {
    if (array !== null && array.buffer instanceof ArrayBuffer) memory.add(array.buffer);
  }
  return [...memory];
}
