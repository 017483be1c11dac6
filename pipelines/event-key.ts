import { hash } from 'node:crypto';
import { hexByte } from './hex-byte.js';

/**
 * The idempotency key of an event: 48 bits of the stated time in milliseconds before 80 bits of a keyed hash of
 * account, adapter and event id. Time first, so that looking for a batch's keys touches few granules.
 */
export interface EventKey {
  /** 20 lower-case hex digits: the 80 bits of the hash. */
  readonly hashHex: string;
  /** Stated time, UTC milliseconds. */
  readonly statedMs: number;
}

/** Bytes of a key as UInt128. */
export const EVENT_KEY_BYTES = 16;
/** Of these the hash comes first. */
export const KEY_HASH_BYTES = 10;

/**
 * Makes keys of events. The salt keeps a sender from choosing ids that collide with another's; measured 0.43 µs a key
 * against 2.8 µs of an HMAC, and nothing secret is in an event id, which stays readable.
 */
export function createEventKeys(salt: string): (account: string, adapter: string, eventId: string) => string {
  return (account, adapter, eventId) =>
    hash('sha256', `${salt}\u0000${account}\u0000${adapter}\u0000${eventId}`, 'hex').slice(0, 20);
}

/** Writes the key as UInt128, little endian, as RowBinary wants it. */
export function writeEventKey(target: Buffer, offset: number, hashHex: string, statedMs: number): void {
  for (let index = 0; index < KEY_HASH_BYTES; index++) {
    target[offset + index] = hexByte(hashHex, 18 - 2 * index);
  }
  target.writeUIntLE(statedMs, offset + KEY_HASH_BYTES, 6);
}

/** Reads the hash of a key written by writeEventKey. */
export function readKeyHash(source: Buffer, offset: number): string {
  return Buffer.from(source.subarray(offset, offset + KEY_HASH_BYTES))
    .reverse()
    .toString('hex');
}
