import type { FileHandle } from 'node:fs/promises';

/** Bytes that can be read from the start as often as needed (verify first, then deliver), one pass at a time. */
export interface ByteSource {
  /** Size as stored on disk, for progress. */
  readonly storedBytes: number;
  /**
   * One pass from the first byte. A block is valid only until the next one is asked for.
   * Throws `FormatError` when the bytes cannot be delivered, the signal's reason when it is aborted.
   */
  blocks(signal?: AbortSignal): AsyncIterable<Buffer>;
  /** Stored bytes read so far by the latest pass. */
  consumed(): number;
}

/** A plain file. Reads one block ahead, so that the disk works while the last block is parsed. */
export function fileByteSource(handle: FileHandle, storedBytes: number, blockBytes: number): ByteSource {
  let consumed = 0;
  async function* blocks(signal?: AbortSignal): AsyncGenerator<Buffer> {
    consumed = 0;
    let offset = 0;
    let [buffer, spare] = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)];
    let reading = handle.read(buffer, 0, blockBytes, offset);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead } = await reading;
        if (bytesRead === 0) return;
        const block = buffer.subarray(0, bytesRead);
        offset += bytesRead;
        [buffer, spare] = [spare, buffer];
        reading = handle.read(buffer, 0, blockBytes, offset);
        consumed = offset;
        yield block;
      }
    } finally {
      await reading.catch(() => undefined);
    }
  }
  return { storedBytes, blocks, consumed: () => consumed };
}
