import type { ViewerId } from '../../schemas/index.js';
import { hexHalf, hexWord } from '../hex-byte.js';

/** Pseudonyms as four 32-bit words, in the order in which ClickHouse keeps a UUID: two little-endian halves. */

/** Writes the UUID `text` to four words. */
export function writeIdWords(target: Uint32Array, at: number, text: string): void {
  target[at + 1] = hexWord(text, 0);
  target[at] = (hexHalf(text, 9) << 16) | hexHalf(text, 14);
  target[at + 3] = (hexHalf(text, 19) << 16) | hexHalf(text, 24);
  target[at + 2] = hexWord(text, 28);
}

/** The UUID text of four words. */
export function readIdWords(source: Uint32Array, at: number): ViewerId {
  const one = wordHex(source[at + 1]);
  const two = wordHex(source[at]);
  const three = wordHex(source[at + 3]);
  const four = wordHex(source[at + 2]);
  // Words are only ever made of a pseudonym.
  return `${one}-${two.slice(0, 4)}-${two.slice(4)}-${three.slice(0, 4)}-${three.slice(4)}${four}` as ViewerId;
}

/** Whether the first id stands before the second as text. */
export function isIdBefore(one: Uint32Array, at: number, other: Uint32Array, otherAt: number): boolean {
  for (const offset of [1, 0, 3, 2]) {
    const left = one[at + offset] ?? 0;
    const right = other[otherAt + offset] ?? 0;
    if (left !== right) return left < right;
  }
  return false;
}

function wordHex(word: number | undefined): string {
  return (word ?? 0).toString(16).padStart(8, '0');
}
