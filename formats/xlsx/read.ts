import { stat } from 'node:fs/promises';
import { runIsolated } from '../isolated.js';
import { DEFAULT_READER_LIMITS, type ReaderLimits } from '../limits.js';
import type { OpenedFile, OpenOptions } from '../table.js';

export interface OpenXlsxOptions extends OpenOptions {
  readonly limits?: Partial<ReaderLimits>;
}

/**
 * What a file may take longer to verify for its size: a large one is read at a twentieth of the usual speed before
 * it is given up, while a small one that inflates without end gets no second more.
 */
const storedBytesPerMillisecond = 5_000;

/**
 * Opens a workbook (plain or encrypted) in a child process. It resolves once the whole file has been verified, so
 * that `content` yields every row of every sheet, in order, or the promise is rejected.
 *
 * @throws {FormatError} with the code of PRODUCT §3 for a workbook that cannot be read; a system error when the
 * file itself cannot.
 */
export async function openXlsx(path: string, options: OpenXlsxOptions): Promise<OpenedFile> {
  const { size } = await stat(path);
  const openMilliseconds =
    DEFAULT_READER_LIMITS.openMilliseconds + Math.ceil(size / storedBytesPerMillisecond);
  const run = await runIsolated({
    reader: 'xlsx',
    path,
    ...options,
    limits: { openMilliseconds, ...options.limits },
  });
  return {
    format: 'xlsx',
    encrypted: run.header.encrypted,
    encoding: null,
    bytes: size,
    content: { kind: 'table', chunks: () => run.chunks() },
    consumed: () => run.consumed(),
    close: () => run.close(),
  };
}
