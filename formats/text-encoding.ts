import { isUtf8 } from 'node:buffer';
import { FormatError } from './table.js';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030';

/** What the first bytes alone say about the encoding. */
export interface EncodingHint {
  /** null: UTF-8 or GB18030, which only the whole file can tell. */
  readonly encoding: TextEncoding | null;
  /** Bytes of the byte order mark to skip. */
  readonly markBytes: number;
}

/** Reads the byte order mark; UTF-16 without one is known by every second byte being NUL. */
export function hintEncoding(head: Buffer): EncodingHint {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: null, markBytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', markBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', markBytes: 2 };
  const sample = head.subarray(0, 512);
  let evenNuls = 0;
  let oddNuls = 0;
  sample.forEach((byte, index) => {
    if (byte !== 0) return;
    if (index % 2 === 0) evenNuls += 1;
    else oddNuls += 1;
  });
  const pairs = Math.floor(sample.length / 2);
  if (pairs >= 4 && oddNuls > pairs * 0.4 && evenNuls * 4 < oddNuls)
    return { encoding: 'utf-16le', markBytes: 0 };
  if (pairs >= 4 && evenNuls > pairs * 0.4 && oddNuls * 4 < evenNuls)
    return { encoding: 'utf-16be', markBytes: 0 };
  return { encoding: null, markBytes: 0 };
}

/** Where the last complete UTF-8 character before `end` ends: at most 3 bytes earlier. */
export function utf8Boundary(bytes: Buffer, end = bytes.length): number {
  for (let back = 1; back <= 3 && back <= end; back += 1) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? end - back : end;
    }
  }
  return end;
}

/** Counts how much of a stream is UTF-8; exact where it matters: `valid()` is true only when all of it is. */
export class Utf8Survey {
  #tail: Buffer = Buffer.alloc(0);
  #allValid = true;
  #goodCharacters = 0;
  #badBytes = 0;

  /** The next bytes of the stream, cut anywhere. */
  push(block: Buffer): void {
    const bytes = this.#tail.length > 0 ? Buffer.concat([this.#tail, block]) : block;
    const boundary = utf8Boundary(bytes);
    const whole = bytes.subarray(0, boundary);
    if (!isUtf8(whole)) {
      this.#allValid = false;
      this.#countSequences(whole);
    }
    this.#tail = Buffer.from(bytes.subarray(boundary));
  }

  /** After the last block: is every byte part of a UTF-8 character? */
  valid(): boolean {
    return this.#allValid && this.#tail.length === 0;
  }

  /**
   * After the last block, when not `valid()`: is it still plainly UTF-8, only cut at the end or hurt in a few
   * places? GB18030 read as UTF-8 is wrong nearly everywhere, so that the two do not meet in the middle.
   */
  mostlyValid(): boolean {
    return this.#badBytes === 0 ? this.#allValid : this.#goodCharacters > this.#badBytes * 20;
  }

  #countSequences(bytes: Buffer): void {
    for (let index = 0; index < bytes.length;) {
      const byte = bytes[index] ?? 0;
      const length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
      if (length === 1) index += 1;
      else if (length > 0 && isUtf8(bytes.subarray(index, index + length))) {
        this.#goodCharacters += 1;
        index += length;
      } else {
        this.#badBytes += 1;
        index += 1;
      }
    }
  }
}

/** Text of a stream of bytes, NUL characters and the byte order mark removed; cut only between characters. */
export async function* decodeBlocks(
  blocks: AsyncIterable<Buffer>,
  encoding: TextEncoding,
): AsyncGenerator<string> {
  const decode = encoding === 'utf-8' ? utf8Decoder() : labelDecoder(encoding);
  let first = true;
  const clean = (text: string): string => {
    const unmarked = first && text.startsWith('\ufeff') ? text.slice(1) : text;
    first &&= text === '';
    return unmarked.includes('\0') ? unmarked.replaceAll('\0', '') : unmarked;
  };
  for await (const block of blocks) {
    const text = clean(decode(block, true));
    if (text !== '') yield text;
  }
  const rest = clean(decode(Buffer.alloc(0), false));
  if (rest !== '') yield rest;
}

type Decode = (block: Buffer, more: boolean) => string;

/** `Buffer.toString` is several times faster than a streaming TextDecoder in Node 20. */
function utf8Decoder(): Decode {
  let tail: Buffer = Buffer.alloc(0);
  return (block, more) => {
    const bytes = tail.length > 0 ? Buffer.concat([tail, block]) : block;
    const boundary = more ? utf8Boundary(bytes) : bytes.length;
    tail = Buffer.from(bytes.subarray(boundary));
    return bytes.toString('utf8', 0, boundary);
  };
}

/** UTF-16 lets lone surrogates through as U+FFFD; GB18030 is fatal, because nothing else vouches for it. */
function labelDecoder(encoding: Exclude<TextEncoding, 'utf-8'>): Decode {
  const decoder = new TextDecoder(encoding, { fatal: encoding === 'gb18030', ignoreBOM: true });
  return (block, more) => {
    try {
      return decoder.decode(block, { stream: more });
    } catch {
      throw new FormatError({ code: 'damaged', detail: 'the text is neither UTF-8 nor GB18030' });
    }
  };
}

/** The stream as UTF-8 bytes, whatever it was; UTF-8 passes through untouched. */
export async function* utf8Blocks(
  blocks: AsyncIterable<Buffer>,
  encoding: TextEncoding,
): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    yield* blocks;
    return;
  }
  for await (const text of decodeBlocks(blocks, encoding)) yield Buffer.from(text, 'utf8');
}
