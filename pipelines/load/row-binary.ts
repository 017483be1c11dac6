/** A growing buffer of values in ClickHouse's RowBinary format. */
export class RowBinaryWriter {
  private buffer: Buffer;
  private position = 0;

  constructor(initialBytes = 1 << 20) {
    this.buffer = Buffer.allocUnsafe(initialBytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.position;
  }

  /** Forgets what was written; the memory is kept. */
  reset(): void {
    this.position = 0;
  }

  /** The bytes from `from` to `to`; valid until the next write. */
  view(from = 0, to = this.position): Buffer {
    return this.buffer.subarray(from, to);
  }

  /** The whole buffer; what lies beyond `length` is nothing. */
  get target(): Buffer {
    return this.buffer;
  }

  byte(value: number): void {
    this.ensure(1);
    this.buffer[this.position++] = value;
  }

  /** Any safe integer, negative too, as Int64 (or UInt64 when it is not negative). */
  int64(value: number): void {
    this.ensure(8);
    const { buffer, position } = this;
    const high = Math.floor(value / 4294967296);
    // Shifts take the lowest 32 bits, as two's complement.
    const low = value - high * 4294967296;
    for (let index = 0; index < 4; index++) {
      buffer[position + index] = low >>> (8 * index);
      buffer[position + 4 + index] = high >>> (8 * index);
    }
    this.position += 8;
  }

  /** 32-bit words, little endian. */
  words(source: Uint32Array, from: number, count: number): void {
    this.ensure(count * 4);
    for (let index = from; index < from + count; index++) {
      this.position = this.buffer.writeUInt32LE(source[index] ?? 0, this.position);
    }
  }

  string(text: string): void {
    const { length } = text;
    // UTF-8 takes at most three bytes a UTF-16 unit; ten bytes hold any length prefix.
    this.ensure(length * 3 + 10);
    if (length <= SHORT && this.shortAscii(text, length)) return;
    if (length < 43) {
      // The length prefix is one byte for certain: write the text after it, then fill it in.
      const written = this.buffer.write(text, this.position + 1, 'utf8');
      this.buffer[this.position] = written;
      this.position += written + 1;
      return;
    }
    const bytes = Buffer.byteLength(text, 'utf8');
    this.variableLength(bytes);
    this.position += this.buffer.write(text, this.position, 'utf8');
  }

  /** Most texts are a few ASCII characters: cheaper by hand than by a call out of JavaScript. False when one is not. */
  private shortAscii(text: string, length: number): boolean {
    const { buffer } = this;
    let at = this.position;
    buffer[at++] = length;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      buffer[at++] = code;
    }
    this.position = at;
    return true;
  }

  variableLength(value: number): void {
    this.ensure(10);
    let rest = value;
    while (rest >= 128) {
      this.buffer[this.position++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.position++] = rest;
  }

  private ensure(bytes: number): void {
    if (this.position + bytes <= this.buffer.length) return;
    let size = this.buffer.length * 2;
    while (size < this.position + bytes) size *= 2;
    const larger = Buffer.allocUnsafe(size);
    this.buffer.copy(larger, 0, 0, this.position);
    this.buffer = larger;
  }
}

/** Longest text that is tried by hand first. */
const SHORT = 40;
