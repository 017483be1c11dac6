import type { CanonicalEvent } from '../../schemas/index.js';
import { EVENT_KEY_BYTES, writeEventKey } from '../event-key.js';
import { RowBinaryWriter, writeUuid } from './row-binary.js';

/** Columns of `events_store` in the order in which EventEncoder writes them. */
export const EVENT_COLUMNS = [
  'event_key',
  'viewer',
  'batch_seq',
  'received_at',
  'viewer_key',
  'event_time',
  'stated_time',
  'event_id',
  'platform',
  'account',
  'room_id',
  'event',
  'event_original',
  'scene',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
  'chan_id',
  'link_code',
  'referrer_host',
  'referrer_group',
  'malformed_url',
  'referrer_viewer',
  'goods_id',
  'order_id',
  'refund_id',
  'amount_fen',
  'watch_ms',
  'props',
  'adapter',
] as const;

/** What order_facts_store has beyond an event (see OrderFactEncoder). */
export const ORDER_FACT_COLUMNS = [...EVENT_COLUMNS, 'fact_key', 'account_stated', 'order_status'] as const;

const VIEWER_OFFSET = EVENT_KEY_BYTES;
/** Key, viewer, batch and receipt come first: what follows is the content that two copies of an event share. */
const CONTENT_OFFSET = EVENT_KEY_BYTES + 16 + 8 + 8;

/** Encodes events as RowBinary, one behind the other, and remembers where each stands. */
export class EventEncoder {
  readonly writer = new RowBinaryWriter();

  /** Writes an event with its own key as `viewer`; returns its first byte. */
  write(event: CanonicalEvent, hashHex: string, batchSeq: number): number {
    const { writer } = this;
    const start = writer.reserve(EVENT_KEY_BYTES + 16);
    writeEventKey(writer.target, start, hashHex, event.stated_time);
    writeUuid(writer.target, start + VIEWER_OFFSET, event.viewer_key);
    writer.int64(batchSeq);
    writer.int64(event.received_at);
    const viewerKey = writer.reserve(16);
    writer.target.copyWithin(viewerKey, start + VIEWER_OFFSET, start + VIEWER_OFFSET + 16);
    writer.int64(event.event_time);
    writer.int64(event.stated_time);
    writer.string(event.event_id);
    writer.string(event.platform);
    writer.string(event.account);
    writer.string(event.room_id);
    writer.string(event.event);
    writer.string(event.event_original);
    if (event.scene === null) writer.byte(1);
    else {
      writer.byte(0);
      writer.uint32(event.scene);
    }
    const { evidence } = event;
    writer.string(evidence.utm_source);
    writer.string(evidence.utm_medium);
    writer.string(evidence.utm_campaign);
    writer.string(evidence.utm_content);
    writer.string(evidence.utm_term);
    writer.string(evidence.chan_id);
    writer.string(evidence.link_code);
    writer.string(evidence.referrer_host);
    writer.string(evidence.referrer_group);
    writer.byte(evidence.malformed ? 1 : 0);
    if (event.referrer_viewer === null) writer.byte(1);
    else {
      writer.byte(0);
      writer.uuid(event.referrer_viewer);
    }
    writer.string(event.goods_id);
    writer.string(event.order_id);
    writer.string(event.refund_id);
    writer.nullableInt64(event.amount_fen);
    writer.nullableInt64(event.watch_ms);
    const { props } = event;
    const keys = Object.keys(props);
    writer.variableLength(keys.length);
    for (const key of keys) {
      writer.string(key);
      writer.string(props[key] ?? '');
    }
    writer.string(event.adapter);
    return start;
  }

  /** A 53-bit hash of the content of the row at `start`: equal for equal events, whoever sent them when. */
  contentHash(start: number, end: number): number {
    const bytes = this.writer.target;
    let one = 0xdeadbeef;
    let two = 0x41c6ce57;
    // The viewer key (16) is content too; the corrected event_time (8) after it is not: a retry has another clock skew.
    for (let index = start + CONTENT_OFFSET; index < end; index++) {
      if (index === start + CONTENT_OFFSET + 16) index += 8;
      const byte = bytes[index] ?? 0;
      one = Math.imul(one ^ byte, 2654435761);
      two = Math.imul(two ^ byte, 1597334677);
    }
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
    two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
    return 4294967296 * (2097151 & two) + (one >>> 0);
  }

  /** Puts the person's pseudonym into the row at `start`. */
  setViewer(start: number, viewer: string): void {
    writeUuid(this.writer.target, start + VIEWER_OFFSET, viewer);
  }
}
