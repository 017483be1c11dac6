import { isOrderEvent, type CanonicalEvent } from '../../schemas/index.js';
import { KEY_WORDS, writeEventKey, type EventKeyMaker } from '../event-key.js';
import { EventColumns } from './event-columns.js';
import { ByteColumn, WordColumn } from './native-columns.js';
import type { PeopleBuilder } from './people.js';

/**
 * Events as the loader takes them, in plain memory that can change threads: blocks for the database, and beside them what
 * the test for duplicates needs of each. Holds no raw id: it is made of records that went through privacy/.
 */
export interface EventChunk {
  readonly rows: number;
  /** KEY_WORDS words an event. */
  readonly keys: Uint32Array;
  /** Hash of the content of each. */
  readonly contents: Float64Array;
  /** Place of its viewer key among the people. */
  readonly viewers: Uint32Array;
  /** The record that it was. */
  readonly records: Uint32Array;
  /** 1: about an order. */
  readonly aboutOrders: Uint8Array;
  /** The events that are not about orders, in order, without ADDED_COLUMNS; null without any. */
  readonly facts: Uint8Array | null;
  readonly orderFacts: Uint8Array | null;
  /** 1: of a person who was erased, not to be stored; absent when there is none. */
  readonly erased?: Uint8Array;
}

/** Makes chunks of events. */
export class EventChunkBuilder {
  private readonly facts = new EventColumns(false);
  private readonly orderFacts = new EventColumns(true);
  private readonly keys = new WordColumn(KEY_WORDS);
  private readonly viewers = new WordColumn(1);
  private readonly records = new WordColumn(1);
  private readonly aboutOrders = new ByteColumn();
  private contents = new Float64Array(1 << 12);
  private rows = 0;

  constructor(
    private readonly keyOf: EventKeyMaker,
    private readonly people: PeopleBuilder,
  ) {}

  add(event: CanonicalEvent, record: number): void {
    const viewer = this.people.name(event.viewer_key);
    this.people.link(event.linked, record);
    const at = this.keys.next();
    writeEventKey(
      this.keys.words,
      at,
      this.keyOf(event.account, event.adapter, event.event_id),
      event.stated_time,
    );
    const aboutOrder = isOrderEvent(event.event) && event.order_id !== '';
    const columns = aboutOrder ? this.orderFacts : this.facts;
    if (this.rows === this.contents.length) {
      const larger = new Float64Array(this.rows * 2);
      larger.set(this.contents);
      this.contents = larger;
    }
    this.contents[this.rows++] = columns.add(event, this.keys.words, at, this.people.ids.words, viewer * 4);
    this.viewers.uint32(viewer);
    this.records.uint32(record);
    this.aboutOrders.push(aboutOrder ? 1 : 0);
  }

  /** What was added since the last call. */
  take(): EventChunk {
    const { rows } = this;
    const aboutOrders = Buffer.from(new ArrayBuffer(rows));
    this.aboutOrders.writeTo(aboutOrders, 0);
    const chunk: EventChunk = {
      rows,
      keys: this.keys.words.slice(0, rows * KEY_WORDS),
      contents: this.contents.slice(0, rows),
      viewers: this.viewers.words.slice(0, rows),
      records: this.records.words.slice(0, rows),
      aboutOrders,
      facts: this.facts.rows === 0 ? null : this.facts.take(),
      orderFacts: this.orderFacts.rows === 0 ? null : this.orderFacts.take(),
    };
    for (const column of [this.keys, this.viewers, this.records, this.aboutOrders]) column.clear();
    this.rows = 0;
    return chunk;
  }
}
