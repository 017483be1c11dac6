import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What was written: its size, and the hash it is known by. */
export interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes a new file, mode 0600, and has it on the disk before it returns. */
export async function storeFile(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onBytes: (count: number) => void = () => undefined,
): Promise<Written> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of content) {
      hash.update(piece);
      await file.writeFile(piece);
      bytes += piece.byteLength;
      onBytes(piece.byteLength);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Size and hash of a file as it lies there. */
export async function hashFile(
  path: string,
  onBytes: (count: number) => void = () => undefined,
): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of piecesOf(path, onBytes)) {
    hash.update(piece);
    bytes += piece.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}

const PIECE_BYTES = 2 ** 20;

/** A file in pieces of a megabyte. */
export async function* piecesOf(
  path: string,
  onBytes: (count: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const stream: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: PIECE_BYTES });
  for await (const piece of stream) {
    onBytes(piece.byteLength);
    yield piece;
  }
}

/** Makes names in a folder last through a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
