import { hexByte } from '../hex-byte.js';

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

  /** Leaves room for bytes that are filled in later; returns where. */
  reserve(bytes: number): number {
    this.ensure(bytes);
    const at = this.position;
    this.position += bytes;
    return at;
  }

  /** The whole buffer, for filling in reserved places. */
  get target(): Buffer {
    return this.buffer;
  }

  byte(value: number): void {
    this.ensure(1);
    this.buffer[this.position++] = value;
  }

  uint16(value: number): void {
    this.ensure(2);
    this.position = this.buffer.writeUInt16LE(value, this.position);
  }

  uint32(value: number): void {
    this.ensure(4);
    this.position = this.buffer.writeUInt32LE(value, this.position);
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

  nullableInt64(value: number | null): void {
    if (value === null) {
      this.byte(1);
      return;
    }
    this.byte(0);
    this.int64(value);
  }

  /** A UUID in lower-case text. */
  uuid(text: string): void {
    this.ensure(16);
    writeUuid(this.buffer, this.position, text);
    this.position += 16;
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

  bytes(source: Uint8Array): void {
    this.ensure(source.length);
    this.buffer.set(source, this.position);
    this.position += source.length;
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

/** ClickHouse keeps a UUID as two little-endian halves. */
export function writeUuid(target: Buffer, offset: number, text: string): void {
  for (let index = 0; index < 16; index++) {
    const digits = UUID_DIGITS[index] ?? 0;
    target[offset + (UUID_PLACES[index] ?? 0)] = hexByte(text, digits);
  }
}

/** Reads a UUID out of RowBinary. */
export function readUuid(source: Buffer, offset: number): string {
  const bytes = Buffer.allocUnsafe(16);
  for (let index = 0; index < 8; index++) {
    bytes[index] = source[offset + 7 - index] ?? 0;
    bytes[8 + index] = source[offset + 15 - index] ?? 0;
  }
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Where each byte's two digits stand in `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, and where the byte goes. */
const UUID_DIGITS = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);
const UUID_PLACES = Uint8Array.of(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
/** Longest text that is tried by hand first. */
const SHORT = 40;
