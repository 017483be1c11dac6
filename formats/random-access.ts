import type { FileHandle } from 'node:fs/promises';
import { FormatError } from './table.js';

/** Bytes that can be read at any place: a file, a stream inside a container, a decrypted package. */
export interface RandomAccess {
  readonly bytes: number;
  /** Exactly `length` bytes; throws a `FormatError` (`damaged`) when they are not all there. */
  read(position: number, length: number): Promise<Buffer>;
}

/** A plain file of a known size. */
export function fileAccess(handle: FileHandle, bytes: number): RandomAccess {
  return {
    bytes,
    async read(position, length) {
      assertInside(bytes, position, length);
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
        if (bytesRead === 0) throw cutOff();
        filled += bytesRead;
      }
      return buffer;
    },
  };
}

/** Bytes already in memory. */
export function memoryAccess(content: Buffer): RandomAccess {
  return {
    bytes: content.length,
    read(position, length) {
      assertInside(content.length, position, length);
      return Promise.resolve(content.subarray(position, position + length));
    },
  };
}

/** Refuses a range that is not wholly inside `bytes`. */
export function assertInside(bytes: number, position: number, length: number): void {
  if (!(position >= 0 && length >= 0 && position + length <= bytes)) throw cutOff();
}

function cutOff(): FormatError {
  return new FormatError({ code: 'damaged', detail: 'the file ends before its contents do' });
}
