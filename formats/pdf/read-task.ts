/** The PDF reader that `isolated.ts` runs in its child. */
import { readFile, stat } from 'node:fs/promises';
import type { IsolatedReader } from '../isolated-protocol.js';
import { FormatError } from '../table.js';
import { readPdfTables } from './read.js';

/** A PDF is read as a whole. */
const FILE_BYTES = 256 * 1024 * 1024;

/** CPU seconds that any PDF may take, and what each page adds: less than 17 pages/s is no honest table. */
const CPU_SECONDS = 15;
const CPU_SECONDS_PER_PAGE = 0.06;
/** How often the parent is told that pages are being read. */
const EXTEND_MILLISECONDS = 1000;

/** Reads the table of a PDF; its header is sent when every page has been read. */
export const read: IsolatedReader = async (task, output) => {
  const { size } = await stat(task.path);
  if (size > FILE_BYTES) {
    throw new FormatError({ code: 'too_large', detail: `a PDF of more than ${FILE_BYTES} bytes` });
  }
  const bytes = new Uint8Array(await readFile(task.path));
  const before = process.cpuUsage();
  let extended = performance.now();
  const tables = await readPdfTables(bytes, task.passwords, (page, pages) => {
    output.consumed(Math.floor((size * page) / pages));
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1e6 > CPU_SECONDS + CPU_SECONDS_PER_PAGE * page) {
      throw new FormatError({ code: 'too_large', detail: `its first ${page} pages took too long to read` });
    }
    if (performance.now() - extended > EXTEND_MILLISECONDS) {
      extended = performance.now();
      output.extend();
    }
  });
  output.header({ encrypted: tables.encrypted });
  for (const chunk of tables.chunks) await output.chunk(chunk);
};
