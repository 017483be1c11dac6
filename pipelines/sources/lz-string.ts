import { fail, succeed, type Outcome } from '../../schemas/index.js';

/** Bits of a character that carry something; each stands 32 above its value, clear of control characters. */
const BITS = 15;
const OFFSET = 32;
const TOP_BIT = 1 << (BITS - 1);
/** What a code says in place of an entry of the dictionary. */
const BYTE = 0;
const WIDE = 1;
const END = 2;

/**
 * Undoes `compressToUTF16` of LZString, which the GrowingIO SDK uses (DOMAIN §2.6): LZW over UTF-16 code units, new
 * ones spelled out in 8 or 16 bits.
 *
 * @param most length of the result, in UTF-16 code units, beyond which it is refused
 */
export function decompressUtf16(text: string, most: number): Outcome<string, 'damaged' | 'too_large'> {
  const bits = new BitReader(text);
  // 0 to 2 are taken; kept as strings, that the longest match is one look-up.
  const entries: string[] = ['', '', ''];
  let width = 3;
  /** Entries still to come before codes grow by a bit. */
  let room = 4;
  const parts: string[] = [];
  let length = 1;

  /** The character that a code of 0 or 1 spells out; null at the end. */
  const spelled = (code: number): string | null =>
    code === BYTE
      ? String.fromCharCode(bits.read(8))
      : code === WIDE
        ? String.fromCharCode(bits.read(16))
        : null;

  if (text === '') return succeed('');
  const opening = bits.read(2);
  if (opening === END) return succeed('');
  const first = spelled(opening);
  if (first === null) return fail('damaged');
  entries.push(first);
  parts.push(first);
  let before = first;
  for (;;) {
    if (bits.ended) return fail('damaged');
    let code = bits.read(width);
    if (code === END) return succeed(parts.join(''));
    if (code === BYTE || code === WIDE) {
      const character = spelled(code);
      if (character === null) return fail('damaged');
      code = entries.push(character) - 1;
      room--;
    }
    if (room === 0) {
      room = 2 ** width;
      width++;
    }
    // The one code that may not stand in the dictionary yet is what comes of the entry before.
    const entry = entries[code] ?? (code === entries.length ? before + before.charAt(0) : null);
    if (entry === null || entry === '') return fail('damaged');
    parts.push(entry);
    length += entry.length;
    if (length > most) return fail('too_large');
    entries.push(before + entry.charAt(0));
    room--;
    before = entry;
    if (room === 0) {
      room = 2 ** width;
      width++;
    }
  }
}

/** Reads bits from the top of each character; a number's own bits come lowest first. */
class BitReader {
  private at = 0;
  private mask = TOP_BIT;
  private value: number;

  constructor(private readonly text: string) {
    this.value = this.valueAt(0);
  }

  /** Whether more was read than there is. */
  get ended(): boolean {
    return this.at > this.text.length;
  }

  read(count: number): number {
    let number = 0;
    for (let bit = 0; bit < count; bit++) {
      if ((this.value & this.mask) !== 0) number += 2 ** bit;
      this.mask >>= 1;
      if (this.mask === 0) {
        this.mask = TOP_BIT;
        this.at++;
        this.value = this.valueAt(this.at);
      }
    }
    return number;
  }

  private valueAt(at: number): number {
    return at < this.text.length ? this.text.charCodeAt(at) - OFFSET : 0;
  }
}
