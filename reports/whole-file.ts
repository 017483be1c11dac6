import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Writes a file that appears under its name when it is whole and on the disk; answers its bytes. Mode 0600. */
export async function writeWholeFile(
  path: string,
  content: AsyncIterable<Uint8Array | string>,
): Promise<number> {
  const part = `${path}.${process.pid}.part`;
  try {
    await pipeline(content, createWriteStream(part, { mode: 0o600 }));
    const handle = await open(part, 'r+');
    await handle.sync();
    await handle.close();
    const { size } = await stat(part);
    await rename(part, path);
    return size;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
