import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile, type OpenFileOptions } from '../../formats/open-file.js';
import type { CellValue, FormatFailure, OpenedFile, TextRecord } from '../../formats/table.js';

/** Everything in an opened file, and what it said about itself. */
export interface ReadBack {
  readonly failure: FormatFailure | null;
  readonly format: string | null;
  readonly encoding: string | null;
  readonly root: string | null;
  readonly rows: readonly { readonly row: number; readonly cells: readonly CellValue[] }[];
  readonly records: readonly TextRecord[];
}

const NOTHING = { failure: null, format: null, encoding: null, root: null, rows: [], records: [] };

/** Opens a file and reads it to its end. */
export async function readBack(path: string, options: Partial<OpenFileOptions> = {}): Promise<ReadBack> {
  const opened = await openFile(path, { passwords: [], ...options });
  if (!opened.ok) return { ...NOTHING, failure: opened.failure };
  try {
    return await drain(opened.value);
  } finally {
    await opened.value.close();
  }
}

/** Writes the bytes under a name in a folder of their own, reads them back, removes them. */
export async function readBytes(
  name: string,
  bytes: Buffer | string,
  options: Partial<OpenFileOptions> = {},
): Promise<ReadBack> {
  const folder = await mkdtemp(join(tmpdir(), 'wxlive-formats-'));
  try {
    await writeFile(join(folder, name), bytes);
    return await readBack(join(folder, name), options);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function drain(file: OpenedFile): Promise<ReadBack> {
  const { format, encoding, content } = file;
  if (content.kind === 'table') {
    const rows = [];
    for await (const chunk of content.chunks()) rows.push(...chunk.rows);
    return { ...NOTHING, format, encoding, rows };
  }
  const records = [];
  for await (const chunk of content.chunks()) records.push(...chunk);
  return { ...NOTHING, format, encoding, root: content.root, records };
}

/** A small seeded generator: the same numbers every time. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** Blocks of random sizes that together are `bytes`. */
export async function* cutRandomly(bytes: Buffer, below: (limit: number) => number): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length;) {
    const size = 1 + below(1 + below(40));
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}
