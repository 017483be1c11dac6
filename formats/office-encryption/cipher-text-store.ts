import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Beyond this the encrypted bytes go to a temporary file: a report may be larger than memory should be. */
const inMemoryBytes = 64 * 1024 * 1024;
const readBytes = 1024 * 1024;

/**
 * Keeps encrypted bytes until their number is known: size and integrity code stand in front of them. Only
 * encrypted bytes may be put in.
 */
export class CipherTextStore {
  bytes = 0;
  readonly #folder: string;
  #blocks: Buffer[] = [];
  #file: FileHandle | null = null;

  /** `folder` for the temporary file. */
  constructor(folder: string = tmpdir()) {
    this.#folder = folder;
  }

  async append(block: Buffer): Promise<void> {
    this.bytes += block.length;
    if (this.#file === null && this.bytes > inMemoryBytes) {
      this.#file = await openUnnamed(this.#folder);
      for (const kept of this.#blocks) await writeAll(this.#file, kept);
      this.#blocks = [];
    }
    if (this.#file === null) this.#blocks.push(block);
    else await writeAll(this.#file, block);
  }

  /** Everything from the start, as often as needed. */
  async *read(): AsyncGenerator<Buffer> {
    if (this.#file === null) {
      yield* this.#blocks;
      return;
    }
    for (let position = 0; position < this.bytes;) {
      const buffer = Buffer.allocUnsafe(Math.min(readBytes, this.bytes - position));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) throw new Error('the temporary file of an encrypted document was cut');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    this.#blocks = [];
    await this.#file?.close();
    this.#file = null;
  }
}

/** A file without a name: it is gone with the process, whatever happens. */
async function openUnnamed(folder: string): Promise<FileHandle> {
  const path = join(folder, `wxlive-${randomUUID()}.encrypted`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

async function writeAll(file: FileHandle, block: Buffer): Promise<void> {
  for (let written = 0; written < block.length;) {
    written += (await file.write(block, written, block.length - written)).bytesWritten;
  }
}
