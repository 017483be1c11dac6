import { open, type FileHandle } from 'node:fs/promises';
import { fileByteSource, type ByteSource } from './byte-source.js';
import { detectContainer, HEAD_BYTES } from './detect.js';
import { gunzipByteSource } from './gzip.js';
import { runIsolated } from './isolated.js';
import { openText, TEXT_HEAD_BYTES } from './open-text.js';
import {
  FormatError,
  type FormatFailure,
  type FormatFailureCode,
  type OpenedFile,
  type OpenOptions,
} from './table.js';
import { textLimits, type TextLimits } from './text-limits.js';
import { openXlsx } from './xlsx/read.js';

/** A value or the reason why there is none; the same shape as `Outcome` of the schemas. */
export type OpenOutcome =
  { readonly ok: true; readonly value: OpenedFile } | { readonly ok: false; readonly failure: FormatFailure };

export interface OpenFileOptions extends OpenOptions {
  /** Lower caps for text formats. */
  readonly textLimits?: Partial<TextLimits>;
}

/**
 * Opens a file of any supported format, recognised by its content: CSV, NDJSON, JSON (each also gzipped), XLSX (also
 * encrypted), PDF (also encrypted). The whole file has been found readable when this resolves with `ok: true`.
 * Rejects only with the system's own error (`ENOENT`, `EACCES`, `EISDIR`) or the signal's reason.
 *
 * ```ts
 * const opened = await openFile('events.ndjson', { passwords: [] });
 * if (!opened.ok) return opened.failure;
 * try { for await (const chunk of opened.value.content.chunks()) … } finally { await opened.value.close(); }
 * ```
 */
export async function openFile(path: string, options: OpenFileOptions): Promise<OpenOutcome> {
  try {
    return { ok: true, value: await openKnown(path, options) };
  } catch (error) {
    if (error instanceof FormatError) return { ok: false, failure: error.failure };
    throw error;
  }
}

async function openKnown(path: string, options: OpenFileOptions): Promise<OpenedFile> {
  options.signal?.throwIfAborted();
  const handle = await open(path, 'r');
  let text: OpenedFile | null = null;
  try {
    const { size } = await handle.stat();
    const head = await readHead(handle, TEXT_HEAD_BYTES);
    const container = detectContainer(head.subarray(0, HEAD_BYTES));
    const { blockBytes } = textLimits(options.textLimits);
    if (container.kind === 'empty') throw refusal('empty', 'the file has no byte');
    if (container.kind === 'unsupported') throw refusal('unsupported', `the file is ${container.what}`);
    if (container.kind === 'pdf') return await openPdf(path, size, options);
    if (container.kind !== 'text' && container.kind !== 'gzip') {
      return await openXlsx(path, {
        passwords: options.passwords,
        ...(options.signal && { signal: options.signal }),
      });
    }
    const source = (container.kind === 'text' ? fileByteSource : gunzipByteSource)(handle, size, blockBytes);
    const textHead = container.kind === 'text' ? head : await readTextHead(source, options.signal);
    text = await openTextFile(path, handle, source, textHead, options);
    return text;
  } finally {
    if (text === null) await handle.close();
  }
}

async function openTextFile(
  path: string,
  handle: FileHandle,
  source: ByteSource,
  head: Buffer,
  options: OpenFileOptions,
): Promise<OpenedFile> {
  const text = await openText(source, head, {
    limits: textLimits(options.textLimits),
    namedLines: /\.(?:ndjson|jsonl|log)(?:\.gz)?$/i.test(path),
    signal: options.signal,
  });
  return {
    ...text,
    encrypted: null,
    bytes: source.storedBytes,
    consumed: () => source.consumed(),
    close: () => handle.close(),
  };
}

async function openPdf(path: string, bytes: number, options: OpenOptions): Promise<OpenedFile> {
  const { passwords, signal } = options;
  const run = await runIsolated({
    reader: 'pdf',
    path,
    passwords,
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    format: 'pdf',
    encrypted: run.header.encrypted,
    encoding: null,
    bytes,
    content: { kind: 'table', chunks: () => run.chunks() },
    consumed: () => run.consumed(),
    close: () => run.close(),
  };
}

/** The first bytes of the file, fewer only when it ends. */
async function readHead(handle: FileHandle, length: number): Promise<Buffer> {
  const head = Buffer.alloc(length);
  let filled = 0;
  for (;;) {
    const { bytesRead } = await handle.read(head, filled, length - filled, filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === length) return head.subarray(0, filled);
  }
}

/** The first inflated bytes of a gzip; refuses one that holds anything but text. */
async function readTextHead(source: ByteSource, signal: AbortSignal | undefined): Promise<Buffer> {
  const blocks: Buffer[] = [];
  let length = 0;
  for await (const block of source.blocks(signal)) {
    blocks.push(Buffer.from(block));
    length += block.length;
    if (length >= TEXT_HEAD_BYTES) break;
  }
  const head = Buffer.concat(blocks).subarray(0, TEXT_HEAD_BYTES);
  const container = detectContainer(head.subarray(0, HEAD_BYTES));
  if (container.kind === 'empty') throw refusal('empty', 'the gzip holds no byte');
  if (container.kind === 'text') return head;
  const what = container.kind === 'unsupported' ? container.what : `a ${container.kind} file`;
  throw refusal('unsupported', `the gzip holds ${what}; only text may be gzipped`);
}

function refusal(code: FormatFailureCode, detail: string): FormatError {
  return new FormatError({ code, detail });
}
