import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AdapterName } from '../schemas/index.js';

/** A file of the sample company, and what its import must give into an empty folder, in the order of the list. */
export interface SampleFile {
  readonly path: string;
  readonly adapter: AdapterName;
  /** `--room` */
  readonly room: string | null;
  readonly password: string | null;
  readonly rows: number;
  readonly duplicates: number;
  readonly rejected: number;
}

export type FileContent = string | Uint8Array | AsyncIterable<Uint8Array>;

export interface PlannedFile extends Partial<Omit<SampleFile, 'path' | 'adapter' | 'rows'>> {
  readonly name: string;
  readonly adapter: AdapterName;
  readonly rows: number;
  readonly content: FileContent;
}

/** Writes the files into a folder, which is made when it is missing; files of the same names are replaced. */
export async function writeFiles(folder: string, files: readonly PlannedFile[]): Promise<SampleFile[]> {
  await mkdir(folder, { recursive: true });
  const written: SampleFile[] = [];
  for (const file of files) {
    const path = join(folder, file.name);
    const { content } = file;
    const source =
      typeof content === 'string' || content instanceof Uint8Array ? [Buffer.from(content)] : content;
    try {
      await pipeline(Readable.from(source), createWriteStream(path));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    written.push({
      path,
      adapter: file.adapter,
      room: file.room ?? null,
      password: file.password ?? null,
      rows: file.rows,
      duplicates: file.duplicates ?? 0,
      rejected: file.rejected ?? 0,
    });
  }
  return written;
}
