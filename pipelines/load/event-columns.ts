import type { CanonicalEvent } from '../../schemas/index.js';
import { writeIdWords } from '../identity/id-words.js';
import {
  ByteColumn,
  DictionaryColumn,
  encodeBlock,
  MapColumn,
  NullableColumn,
  TextColumn,
  WordColumn,
  type NamedColumn,
} from './native-columns.js';

/** What a row of order_facts_store has beyond an event. */
export interface OrderFact {
  /** Whether its key is that of a tracked event; the orders file's rows replace each other and have none. */
  readonly tracked: boolean;
  readonly accountStated: boolean;
  readonly status: string;
}

/** Columns that the loader adds when it knows them: who is behind the viewer key, and whether the row is stored. */
export const ADDED_COLUMNS = 2;

/** Events as a block in ClickHouse's Native format; sql/queries/load/insert-events.sql names the same columns. */
export class EventColumns {
  private readonly keys = new WordColumn(4);
  private readonly received = new WordColumn(2);
  private readonly viewerKeys = new WordColumn(4);
  private readonly eventTimes = new WordColumn(2);
  private readonly statedTimes = new WordColumn(2);
  private readonly eventIds = new TextColumn();
  private readonly dictionaries = DICTIONARIES.map(() => new DictionaryColumn());
  private readonly hashes = DICTIONARIES.map((): number[] => []);
  private readonly scenes = new NullableColumn(1);
  private readonly malformed = new ByteColumn();
  private readonly referrers = new NullableColumn(4);
  private readonly goods = new TextColumn();
  private readonly orders = new TextColumn();
  private readonly refunds = new TextColumn();
  private readonly amounts = new NullableColumn(2);
  private readonly watches = new NullableColumn(2);
  private readonly props = new MapColumn();
  private readonly propHashes: number[] = [];
  private readonly factKeys = new WordColumn(4);
  private readonly accountsStated = new ByteColumn();
  private readonly statuses = new DictionaryColumn();
  private readonly referrer = new Uint32Array(4);
  /** Of the event before, in this block. */
  private lastEvidence: CanonicalEvent['evidence'] | null = null;
  private one = 0;
  private two = 0;
  rows = 0;

  constructor(private readonly aboutOrders: boolean) {}

  /**
   * Adds an event.
   *
   * @param key four words: see event-key.ts
   * @param viewerKey four words: `event.viewer_key`
   * @returns a 53-bit hash of the content: equal for equal events, whoever sent them when. The key and the corrected time
   *   are no content: a retry has another clock skew.
   */
  add(
    event: CanonicalEvent,
    key: Uint32Array,
    keyAt: number,
    viewerKey: Uint32Array,
    viewerAt: number,
    fact: OrderFact = TRACKED,
  ): number {
    this.one = 0xdeadbeef;
    this.two = 0x41c6ce57;
    this.rows++;
    this.keys.copy4(key, keyAt);
    this.received.int64(event.received_at);
    this.viewerKeys.copy4(viewerKey, viewerAt);
    this.mix(viewerKey[viewerAt] ?? 0);
    this.mix(viewerKey[viewerAt + 1] ?? 0);
    this.eventTimes.int64(event.event_time);
    this.statedTimes.int64(event.stated_time);
    this.eventIds.push(event.event_id);
    const { evidence } = event;
    this.word(0, event.platform);
    this.word(1, event.account);
    this.word(2, event.room_id);
    this.word(3, event.event);
    this.word(4, event.event_original);
    if (evidence === this.lastEvidence) this.repeatEvidence();
    else this.addEvidence(evidence);
    this.word(14, event.adapter);
    this.scenes.push(event.scene);
    this.mix(event.scene ?? -1);
    this.malformed.push(evidence.malformed ? 1 : 0);
    if (event.referrer_viewer === null) this.referrers.push4(null);
    else {
      writeIdWords(this.referrer, 0, event.referrer_viewer);
      this.referrers.push4(this.referrer);
      this.mix(this.referrer[0] ?? 0);
    }
    this.text(this.goods, event.goods_id);
    this.text(this.orders, event.order_id);
    this.text(this.refunds, event.refund_id);
    this.amounts.push(event.amount_fen);
    this.mixNumber(event.amount_fen);
    this.watches.push(event.watch_ms);
    this.mixNumber(event.watch_ms);
    const { props } = event;
    for (const name in props) this.prop(name, props[name] ?? '');
    this.props.endRow();
    if (this.aboutOrders) {
      if (fact.tracked) this.factKeys.copy4(key, keyAt);
      else this.factKeys.copy4(NO_KEY, 0);
      this.accountsStated.push(fact.accountStated ? 1 : 0);
      this.statuses.push(fact.status);
    }
    return this.finishHash();
  }

  /** The rows as a block that waits for ADDED_COLUMNS more columns; forgets them. */
  take(): Buffer {
    const block = encodeBlock(this.named(), this.rows, ADDED_COLUMNS);
    for (const { column } of this.named()) column.clear();
    for (const hashes of this.hashes) hashes.length = 0;
    this.propHashes.length = 0;
    this.lastEvidence = null;
    this.rows = 0;
    return block;
  }

  private named(): NamedColumn[] {
    const columns: NamedColumn[] = [
      { name: 'event_key', type: 'UInt128', column: this.keys },
      { name: 'received_at', type: INSTANT, column: this.received },
      { name: 'viewer_key', type: 'UUID', column: this.viewerKeys },
      { name: 'event_time', type: INSTANT, column: this.eventTimes },
      { name: 'stated_time', type: INSTANT, column: this.statedTimes },
      { name: 'event_id', type: 'String', column: this.eventIds },
      { name: 'scene', type: 'Nullable(UInt32)', column: this.scenes },
      { name: 'malformed_url', type: 'UInt8', column: this.malformed },
      { name: 'referrer_viewer', type: 'Nullable(UUID)', column: this.referrers },
      { name: 'goods_id', type: 'String', column: this.goods },
      { name: 'order_id', type: 'String', column: this.orders },
      { name: 'refund_id', type: 'String', column: this.refunds },
      { name: 'amount_fen', type: 'Nullable(Int64)', column: this.amounts },
      { name: 'watch_ms', type: 'Nullable(Int64)', column: this.watches },
      { name: 'props', type: 'Map(LowCardinality(String), String)', column: this.props },
    ];
    DICTIONARIES.forEach((name, at) => {
      const column = this.dictionaries[at];
      if (column !== undefined) columns.push({ name, type: WORD, column });
    });
    if (!this.aboutOrders) return columns;
    columns.push(
      { name: 'fact_key', type: 'UInt128', column: this.factKeys },
      { name: 'account_stated', type: 'UInt8', column: this.accountsStated },
      { name: 'order_status', type: WORD, column: this.statuses },
    );
    return columns;
  }

  private addEvidence(evidence: CanonicalEvent['evidence']): void {
    this.word(5, evidence.utm_source);
    this.word(6, evidence.utm_medium);
    this.word(7, evidence.utm_campaign);
    this.word(8, evidence.utm_content);
    this.word(9, evidence.utm_term);
    this.word(10, evidence.chan_id);
    this.word(11, evidence.link_code);
    this.word(12, evidence.referrer_host);
    this.word(13, evidence.referrer_group);
    this.lastEvidence = evidence;
  }

  /** Most events carry none, and those that carry some carry that of the event before. */
  private repeatEvidence(): void {
    for (let at = 5; at <= 13; at++) {
      const place = this.dictionaries[at]?.repeat() ?? 0;
      this.mix(this.hashes[at]?.[place] ?? 0);
    }
  }

  /** A value of the dictionary column `at`; its hash is made once. */
  private word(at: number, text: string): void {
    const place = this.dictionaries[at]?.push(text) ?? 0;
    const hashes = this.hashes[at] ?? [];
    this.mix((hashes[place] ??= hashOf(text)));
  }

  private text(column: TextColumn, text: string): void {
    const { writer } = column;
    const from = writer.length;
    writer.string(text);
    this.mixBytes(writer.target, from, writer.length);
  }

  private prop(name: string, value: string): void {
    const { writer } = this.props.values;
    const from = writer.length;
    const place = this.props.entry(name, value);
    this.mix((this.propHashes[place] ??= hashOf(name)));
    this.mixBytes(writer.target, from, writer.length);
  }

  private mixNumber(value: number | null): void {
    if (value === null) this.mix(-1);
    else {
      this.mix(value | 0);
      this.mix(Math.floor(value / 4294967296));
    }
  }

  private mixBytes(bytes: Buffer, from: number, to: number): void {
    let { one, two } = this;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0;
      one = Math.imul(one ^ byte, 2654435761);
      two = Math.imul(two ^ byte, 1597334677);
    }
    this.one = one;
    this.two = two;
  }

  private mix(word: number): void {
    this.one = Math.imul(this.one ^ word ^ (this.one >>> 15), 2654435761);
    this.two = Math.imul(this.two ^ word ^ (this.two >>> 13), 1597334677);
  }

  private finishHash(): number {
    let { one, two } = this;
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
    two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
    return 4294967296 * (2097151 & two) + (one >>> 0);
  }
}

/** A 32-bit hash of a text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 ^ text.length;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 2654435761);
    hash ^= hash >>> 15;
  }
  return hash;
}

/** The texts of an event that repeat, in the order in which `add` names them. */
const DICTIONARIES = [
  'platform',
  'account',
  'room_id',
  'event',
  'event_original',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
  'chan_id',
  'link_code',
  'referrer_host',
  'referrer_group',
  'adapter',
] as const;
const WORD = 'LowCardinality(String)';
const INSTANT = "DateTime64(3, 'UTC')";
const TRACKED: OrderFact = { tracked: true, accountStated: true, status: '' };
const NO_KEY = new Uint32Array(4);
