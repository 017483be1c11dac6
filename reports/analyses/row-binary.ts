/** Reads ClickHouse's RowBinary as it arrives, in pieces that end anywhere. */
export interface RowCursor {
  /** An unsigned LEB128 number: the length of an array. */
  length(): number;
  /** Makes sure that so many bytes of this row are there, so that the reads after it need no check of their own. */
  need(bytes: number): void;
  uint8(): number;
  uint32(): number;
  int64(): number;
  /** Both halves of a UInt64 are left in `low` and `high`. */
  uint64Halves(): void;
  readonly low: number;
  readonly high: number;
  float64(): number;
  text(): string;
  /** A text as a number that is the same for the same text; `texts[number]` is the text. */
  interned(): number;
  readonly texts: readonly string[];
  /** Goes past a text and says where it stands; `textAt` reads it while the row is being read. */
  skipText(): number;
  textAt(position: number): string;
}

const NEED_MORE = Symbol('the row goes on in the next piece');

/**
 * Calls `readRow` for every row of the stream. A row that is cut off is read again from its beginning when more bytes
 * are there, so `readRow` must keep nothing of a row before it has read all of it.
 */
export async function readRows(
  stream: AsyncIterable<Uint8Array>,
  readRow: (cursor: RowCursor) => void,
): Promise<void> {
  const cursor = new BufferCursor();
  for await (const piece of stream) {
    cursor.append(piece);
    cursor.drain(readRow);
  }
  cursor.finish(readRow);
  if (cursor.rest > 0) throw new Error('the result ended in the middle of a row');
}

class BufferCursor implements RowCursor {
  low = 0;
  high = 0;
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();
  private buffer: Buffer = Buffer.alloc(0);
  /** Of the same bytes: the engine inlines its reads, which Buffer's own are four times as slow as. */
  private view = new DataView(this.buffer.buffer, this.buffer.byteOffset, 0);
  private position = 0;
  private wanted = 0;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;

  append(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
  }

  get rest(): number {
    return this.buffer.length - this.position + this.waitingBytes;
  }

  /** Nothing more comes: what was put off is read now. */
  finish(readRow: (cursor: RowCursor) => void): void {
    this.wanted = 0;
    this.drain(readRow);
  }

  drain(readRow: (cursor: RowCursor) => void): void {
    // A very long row is not tried again before it can be complete: pieces are joined by doubling.
    if (this.rest < this.wanted) return;
    this.buffer = Buffer.concat([this.buffer.subarray(this.position), ...this.waiting]);
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.length);
    this.position = 0;
    this.waiting = [];
    this.waitingBytes = 0;
    this.wanted = 0;
    let rowStart = 0;
    try {
      while (this.position < this.buffer.length) {
        rowStart = this.position;
        readRow(this);
      }
    } catch (error) {
      if (error !== NEED_MORE) throw error;
      this.position = rowStart;
      this.wanted = Math.max(this.wanted, (this.buffer.length - rowStart) * 1.5);
    }
  }

  need(bytes: number): void {
    if (this.position + bytes <= this.buffer.length) return;
    throw NEED_MORE as unknown as Error;
  }

  length(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.uint8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  uint8(): number {
    this.need(1);
    const value = this.buffer[this.position] ?? 0;
    this.position += 1;
    return value;
  }

  uint32(): number {
    this.need(4);
    const value = this.view.getUint32(this.position, true);
    this.position += 4;
    return value;
  }

  int64(): number {
    this.need(8);
    const value = Number(this.view.getBigInt64(this.position, true));
    this.position += 8;
    return value;
  }

  uint64Halves(): void {
    this.need(8);
    this.low = this.view.getUint32(this.position, true);
    this.high = this.view.getUint32(this.position + 4, true);
    this.position += 8;
  }

  float64(): number {
    this.need(8);
    const value = this.view.getFloat64(this.position, true);
    this.position += 8;
    return value;
  }

  text(): string {
    return this.textAt(this.skipText());
  }

  interned(): number {
    const text = this.text();
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.numbers.set(text, number);
      this.texts.push(text);
    }
    return number;
  }

  skipText(): number {
    const start = this.position;
    const bytes = this.length();
    this.need(bytes);
    this.position += bytes;
    return start;
  }

  textAt(position: number): string {
    const after = this.position;
    this.position = position;
    const bytes = this.length();
    const text = this.buffer.toString('utf8', this.position, this.position + bytes);
    this.position = after;
    return text;
  }
}
