import { basename } from 'node:path';
import { FormatError, openFile, type OpenedFile } from '../../formats/index.js';
import { fail, succeed, type FileFailure, type Outcome } from '../../schemas/index.js';
import type { Source } from '../source.js';
import type { Input, InputOptions } from './input.js';
import { openRecords } from './record-rows.js';
import { openTables } from './table-rows.js';

/**
 * Opens a file by its content and finds whose it is. The caller closes `value.opened`.
 * Throws the reason of the signal when it is aborted.
 */
export async function openInput(
  path: string,
  sources: readonly Source[],
  options: InputOptions,
  signal?: AbortSignal,
): Promise<Outcome<Input, FileFailure>> {
  const candidates =
    options.adapter === null ? sources : sources.filter((source) => source.name === options.adapter);
  const opened = await openFileOutcome(path, options.passwords, signal);
  if (!opened.ok) return opened;
  const file = opened.value;
  try {
    const input =
      file.content.kind === 'table'
        ? await openTables(basename(path), file, candidates, options)
        : await openRecords(basename(path), file, candidates, options);
    if (!input.ok) await file.close();
    return input;
  } catch (error) {
    await file.close();
    if (error instanceof FormatError) return fail(error.failure);
    throw error;
  }
}

/** openFile with the system's own errors as failures too. */
export async function openFileOutcome(
  path: string,
  passwords: readonly string[],
  signal?: AbortSignal,
): Promise<Outcome<OpenedFile, FileFailure>> {
  try {
    const opened = await openFile(path, { passwords, ...(signal === undefined ? {} : { signal }) });
    return opened.ok ? succeed(opened.value) : fail(opened.failure);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'EPERM') {
      return fail({ code: 'not_found', detail: code });
    }
    throw error;
  }
}
