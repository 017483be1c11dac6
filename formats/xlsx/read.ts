import { stat } from 'node:fs/promises';
import { runIsolated } from '../isolated.js';
import type { ReaderLimits } from '../limits.js';
import type { OpenedFile, OpenOptions } from '../table.js';

export interface OpenXlsxOptions extends OpenOptions {
  readonly limits?: Partial<ReaderLimits>;
}

/**
 * Opens a workbook (plain or encrypted) in a child process. It resolves once the whole file has been verified, so
 * that `content` yields every row of every sheet, in order, or the promise is rejected.
 *
 * @throws {FormatError} with the code of PRODUCT §3 for a workbook that cannot be read; a system error when the
 * file itself cannot.
 */
export async function openXlsx(path: string, options: OpenXlsxOptions): Promise<OpenedFile> {
  const { size } = await stat(path);
  const run = await runIsolated({ reader: 'xlsx', path, ...options });
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
