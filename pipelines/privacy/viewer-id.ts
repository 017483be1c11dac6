import { createHmac } from 'node:crypto';
import type { IdentityDomain, ViewerId } from '../../schemas/index.js';
import { createTextHmac } from './hmac.js';
import type { PseudonymKey } from './key.js';

/**
 * The one function that makes a `viewer` (PRODUCT §4): the first 16 bytes of HMAC-SHA256(key, domain ‖ 0x00 ‖ id) as
 * UUID text, all bits the hash's own.
 */
export type ViewerIdMaker = (domain: IdentityDomain, id: string) => ViewerId;

/** Nothing is remembered: a pseudonym anew takes half a microsecond, no more than finding it among a day's people. */
export function createViewerIdMaker(key: PseudonymKey): ViewerIdMaker {
  const hmac = createTextHmac(key.bytes());
  return (domain, id) => uuidOf(hmac(`${domain}\0${id}`));
}

/** A keyed hash of several parts, in hex; parts are told apart by their lengths. Not a viewer: the label is no domain. */
export function keyedHash(key: PseudonymKey, label: string, parts: readonly string[]): string {
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  return createHmac('sha256', key.bytes()).update(`${label}\0${text}`).digest('hex').slice(0, 32);
}

const UUID_LENGTH = 36;
/** The text of a UUID while it is made; one flat text, where pieces put together would be made flat later. */
const uuid = Buffer.alloc(UUID_LENGTH, '-', 'latin1');
/** Where the two digits of each byte stand. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const DIGITS = Buffer.from('0123456789abcdef', 'latin1');

/** The first 16 bytes of a hash, given as four words. */
function uuidOf(words: Int32Array): ViewerId {
  for (let index = 0; index < PLACES.length; index++) {
    const byte = ((words[index >>> 2] ?? 0) >>> (24 - (index & 3) * 8)) & 0xff;
    const at = PLACES[index] ?? 0;
    uuid[at] = DIGITS[byte >>> 4] ?? 0;
    uuid[at + 1] = DIGITS[byte & 15] ?? 0;
  }
  // The one place where a viewer id comes into being.
  return uuid.toString('latin1') as ViewerId;
}
