/** The PDF reader that `isolated.ts` runs in its child. */
import { readFile, stat } from 'node:fs/promises';
import type { IsolatedReader } from '../isolated-protocol.js';
import { FormatError } from '../table.js';
import { readPdfTables } from './read.js';

/** A PDF is read as a whole. */
const FILE_BYTES = 256 * 1024 * 1024;

/** Reads the table of a PDF; its header is sent when every page has been read. */
export const read: IsolatedReader = async (task, output) => {
  const { size } = await stat(task.path);
  if (size > FILE_BYTES) {
    throw new FormatError({ code: 'too_large', detail: `a PDF of more than ${FILE_BYTES} bytes` });
  }
  const bytes = new Uint8Array(await readFile(task.path));
  const tables = await readPdfTables(bytes, task.passwords, (share) => {
    output.consumed(Math.floor(size * share));
  });
  output.header({ encrypted: tables.encrypted });
  for (const chunk of tables.chunks) await output.chunk(chunk);
};
