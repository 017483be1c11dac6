import { crc32 } from 'node:zlib';
import type { CanonicalRecord } from '../../schemas/index.js';

/** Topics by kind of record; events of files go a way of their own, so that years of them never hold up the live ones. */
export const LANES = [
  'events',
  'minutes',
  'attendance',
  'orders',
  'dimensions',
  'import',
  'dead_letters',
] as const;
export type Lane = (typeof LANES)[number];

/**
 * Records are spread over so many buckets, for the life of the topics: the bucket is the message's key, so copies of a
 * record meet in one partition, also when partitions are added.
 */
export const BUCKETS = 48;

/** `wxlive.events` */
export function topicName(prefix: string, lane: Lane): string {
  return `${prefix}.${lane}`;
}

export function laneOfTopic(prefix: string, topic: string): Lane | null {
  return LANES.find((lane) => topicName(prefix, lane) === topic) ?? null;
}

/** Which way a record goes. */
export function laneOf(record: CanonicalRecord, from: 'live' | 'file'): Lane {
  switch (record.kind) {
    case 'event':
    case 'identity_link':
      return from === 'live' ? 'events' : 'import';
    case 'minute':
      return 'minutes';
    case 'attendance':
    case 'watch_list':
    case 'sign_in':
      return 'attendance';
    case 'order':
      return 'orders';
    case 'room':
    case 'live':
    case 'link':
    case 'employee':
    case 'violation':
    case 'cost':
    case 'target':
      return 'dimensions';
  }
}

/** The bucket of what makes a record the same record. */
export function bucketOf(record: CanonicalRecord): number {
  return crc32(identityOf(record)) % BUCKETS;
}

function identityOf(record: CanonicalRecord): string {
  switch (record.kind) {
    case 'event':
      return `${record.account}\u0000${record.adapter}\u0000${record.event_id}`;
    case 'identity_link':
      return record.linked[0]?.member ?? '';
    case 'minute':
      return `${record.platform}\u0000${record.account}\u0000${record.room_id}`;
    case 'attendance':
    case 'watch_list':
    case 'sign_in':
      return `${record.account}\u0000${record.live_id}`;
    case 'order':
      return record.order_id;
    case 'room':
    case 'live':
    case 'link':
    case 'employee':
    case 'violation':
    case 'cost':
    case 'target':
      // Small lists whose order counts: one after the other.
      return record.kind;
  }
}

/** Lists that count as a whole travel in one message. */
export function travelsWhole(lane: Lane): boolean {
  return lane === 'attendance';
}
