import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fileByteSource, type ByteSource } from './byte-source.js';
import { FormatError } from './table.js';

const STORED_BLOCK_BYTES = 256 * 1024;

/** The inflated bytes of a gzip file (several members after each other included), streamed. */
export function gunzipByteSource(handle: FileHandle, storedBytes: number, blockBytes: number): ByteSource {
  const stored = fileByteSource(handle, storedBytes, STORED_BLOCK_BYTES);
  async function* blocks(signal?: AbortSignal): AsyncGenerator<Buffer> {
    const compressed = Readable.from(copies(stored.blocks(signal)));
    const gunzip = createGunzip({ chunkSize: Math.max(64, blockBytes) });
    compressed.on('error', (error) => gunzip.destroy(error));
    compressed.pipe(gunzip);
    try {
      for await (const block of gunzip as AsyncIterable<Buffer>) {
        signal?.throwIfAborted();
        yield block;
      }
    } catch (error) {
      throw isInflateError(error)
        ? new FormatError({ code: 'damaged', detail: `the gzip data is cut or corrupt (${error.code})` })
        : error;
    } finally {
      compressed.destroy();
      gunzip.destroy();
    }
  }
  return { storedBytes, blocks, consumed: () => stored.consumed() };
}

/** The stream keeps blocks for longer than they are valid. */
async function* copies(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const block of blocks) yield Buffer.from(block);
}

function isInflateError(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')
  );
}
