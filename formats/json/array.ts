import { FormatError, type TextRecord } from '../table.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const RECORDS_AT_ONCE = 16_384;

/** 1 for the bytes that mean something outside of strings. */
const STRUCTURAL = new Uint8Array(256);
for (const byte of [QUOTE, COMMA, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE]) STRUCTURAL[byte] = 1;

/**
 * Elements of one JSON array in a UTF-8 stream as records (`position` = index from 0), found by counting brackets,
 * so that depth costs nothing and an element that is not JSON is still handed over for its reader to reject.
 * Throws `FormatError` `damaged` when the array does not end, or goes on after its end; `too_large` when one
 * element is over `elementBytes`.
 */
export async function* readArray(
  blocks: AsyncIterable<Buffer>,
  elementBytes: number,
): AsyncGenerator<readonly TextRecord[]> {
  const splitter = new ArraySplitter(elementBytes);
  for await (const block of blocks) {
    const records: TextRecord[] = [];
    splitter.push(block, records);
    // Elements of two bytes must not make a chunk of hundreds of thousands.
    for (let from = 0; from < records.length; from += RECORDS_AT_ONCE) {
      yield records.length <= RECORDS_AT_ONCE ? records : records.slice(from, from + RECORDS_AT_ONCE);
    }
  }
  splitter.end();
}

/** Reads an array to its end without making records: throws what `readArray` would throw. */
export async function verifyArray(blocks: AsyncIterable<Buffer>, elementBytes: number): Promise<void> {
  const splitter = new ArraySplitter(elementBytes);
  for await (const block of blocks) splitter.push(block, null);
  splitter.end();
}

class ArraySplitter {
  readonly #elementBytes: number;
  #stage: 'before' | 'inside' | 'after' = 'before';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #index = 0;
  #parts: Buffer[] = [];
  #openBytes = 0;

  constructor(elementBytes: number) {
    this.#elementBytes = elementBytes;
  }

  push(block: Buffer, records: TextRecord[] | null): void {
    let at = 0;
    if (this.#stage === 'before') {
      at = block.indexOf(OPEN_BRACKET) + 1;
      if (at === 0) return;
      this.#stage = 'inside';
    }
    if (this.#stage === 'inside') at = this.#scan(block, at, records);
    if (this.#stage === 'after' && hasText(block, at)) {
      throw new FormatError({ code: 'damaged', detail: 'the JSON array goes on after its end' });
    }
  }

  end(): void {
    if (this.#stage !== 'after')
      throw new FormatError({ code: 'damaged', detail: 'the JSON array does not end' });
  }

  /** Splits `block` from `from`; the index after the end of the array, or of the block. */
  #scan(block: Buffer, from: number, records: TextRecord[] | null): number {
    const length = block.length;
    let start = from;
    let at = from;
    let depth = this.#depth;
    let inString = this.#inString;
    if (this.#escaped && at < length) at += 1;
    this.#escaped = false;
    while (at < length) {
      if (inString) {
        while (at < length && block[at] !== QUOTE && block[at] !== BACKSLASH) at += 1;
        if (at >= length) break;
        if (block[at] === BACKSLASH) at += 2;
        else {
          inString = false;
          at += 1;
        }
        continue;
      }
      while (at < length && STRUCTURAL[block[at] ?? 0] === 0) at += 1;
      if (at >= length) break;
      const byte = block[at];
      at += 1;
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === COMMA) {
        if (depth > 0) continue;
        this.#take(block, start, at - 1, records, false);
        start = at;
      } else if (depth > 0) depth -= 1;
      else if (byte === CLOSE_BRACKET) {
        this.#take(block, start, at - 1, records, true);
        this.#stage = 'after';
        return at;
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = at > length;
    this.#openBytes += length - start;
    if (this.#openBytes > this.#elementBytes) {
      throw new FormatError({
        code: 'too_large',
        detail: `element ${this.#index} of the JSON array is longer than ${this.#elementBytes} bytes`,
      });
    }
    if (records !== null && start < length) this.#parts.push(Buffer.from(block.subarray(start)));
    return length;
  }

  #take(block: Buffer, start: number, end: number, records: TextRecord[] | null, last: boolean): void {
    this.#openBytes = 0;
    if (records === null) {
      this.#index += 1;
      return;
    }
    const bytes =
      this.#parts.length === 0
        ? block.subarray(start, end)
        : Buffer.concat([...this.#parts, block.subarray(start, end)]);
    this.#parts = [];
    const text = bytes.toString('utf8');
    const clean = (text.includes('\0') ? text.replaceAll('\0', '') : text).trim();
    if (last && this.#index === 0 && clean === '') return;
    records.push({ position: this.#index, text: clean });
    this.#index += 1;
  }
}

function hasText(block: Buffer, from: number): boolean {
  for (let at = from; at < block.length; at += 1) if ((block[at] ?? 0) > 0x20) return true;
  return false;
}
