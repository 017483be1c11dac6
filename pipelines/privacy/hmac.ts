import { createHmac, hash } from 'node:crypto';
import { createSha256Compress, INITIAL_STATE } from './sha256-compress.js';

const BLOCK_BYTES = 64;
const BLOCK_WORDS = BLOCK_BYTES / 4;
/** Texts of one block beside its end mark and its length, one byte a character; others go the slow way. */
const SHORT_CHARACTERS = BLOCK_BYTES - 9;
/** Places in bytes: the states after the key's two blocks, a text's block, the block of the inner hash, the result. */
const INNER = 0;
const OUTER = 32;
const TEXT = 64;
const SECOND = 128;
const RESULT = 192;
const NO_ASCII = 0x80;
const END_MARK = 0x80;

/** The first four words of an HMAC, big-endian as it states them; valid until the next call. */
export type TextHmac = (text: string) => Int32Array;

/**
 * HMAC-SHA256 (RFC 2104) of texts in UTF-8 under one key. An id takes 0.45 µs, with two one-shot hashes of Node's 0.9 µs,
 * with `createHmac` 1.7 µs and an object whose end costs the garbage collector as much again: the blocks of the key are
 * compressed once.
 */
export function createTextHmac(key: Uint8Array): TextHmac {
  const { words, compress } = createSha256Compress();
  const block = Buffer.alloc(BLOCK_BYTES);
  if (key.length > BLOCK_BYTES) block.write(hash('sha256', key, 'binary'), 'binary');
  else block.set(key);
  for (const [state, pad] of [
    [INNER, 0x36],
    [OUTER, 0x5c],
  ] as const) {
    words.set(INITIAL_STATE, RESULT / 4);
    for (let word = 0; word < BLOCK_WORDS; word++) {
      words[TEXT / 4 + word] = block.readInt32BE(word * 4) ^ (pad * 0x01010101);
    }
    compress(RESULT, state, TEXT);
  }
  const second = words.subarray(SECOND / 4, SECOND / 4 + BLOCK_WORDS);
  second[8] = 0x80000000;
  second[BLOCK_WORDS - 1] = (BLOCK_BYTES + 32) * 8;
  const result = words.subarray(RESULT / 4, RESULT / 4 + 4);
  return (text) => {
    if (text.length > SHORT_CHARACTERS || !writeText(words, text)) {
      const digest = createHmac('sha256', key).update(text).digest();
      for (let word = 0; word < 4; word++) result[word] = digest.readInt32BE(word * 4);
      return result;
    }
    compress(INNER, SECOND, TEXT);
    compress(OUTER, RESULT, SECOND);
    return result;
  };
}

/** Writes the last block of the inner hash; false when a character is more than one byte. */
function writeText(words: Int32Array, text: string): boolean {
  const { length } = text;
  let seen = 0;
  let at = TEXT / 4;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    const one = text.charCodeAt(index);
    const two = text.charCodeAt(index + 1);
    const three = text.charCodeAt(index + 2);
    const four = text.charCodeAt(index + 3);
    seen |= one | two | three | four;
    words[at++] = (one << 24) | (two << 16) | (three << 8) | four;
  }
  let shift = 24;
  let word = 0;
  for (; index < length; index++) {
    const code = text.charCodeAt(index);
    seen |= code;
    word |= code << shift;
    shift -= 8;
  }
  words[at++] = word | (END_MARK << shift);
  for (const end = TEXT / 4 + BLOCK_WORDS - 1; at < end; at++) words[at] = 0;
  words[at] = (BLOCK_BYTES + length) * 8;
  return seen < NO_ASCII;
}
