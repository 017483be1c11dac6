import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, extname } from 'node:path';
import type { Command } from 'commander';
import { flag, textOption, type Options } from './command.js';
import type { App } from './compose.js';
import { UsageError } from './exit-codes.js';
import { print } from './output.js';
import type { TableFormat } from '../reports/index.js';

/** Where a table goes: a file, or standard output when `path` is null. */
export interface TableTarget {
  readonly format: TableFormat | 'json';
  readonly path: string | null;
}

const WORDS = ['json', 'csv', 'arrow', 'parquet', 'xlsx'];

/** `--format` and `--out` of a command that gives tables. */
export function addTableOptions(command: Command): void {
  command
    .option('--format <format>', `输出格式 / output: ${WORDS.join(' | ')}`)
    .option(
      '--out <file>',
      '写入文件；不给 --format 时由扩展名决定 / into a file, whose ending is the format',
    );
}

/** What `--format` and `--out` say; null when neither is there. */
export async function readTableTarget(app: App, options: Options): Promise<TableTarget | null> {
  const word = textOption(options, 'format');
  const path = textOption(options, 'out') ?? null;
  if (word === undefined && path === null) return null;
  const { tableFormat } = await import('../reports/index.js');
  const text = word ?? extname(path ?? '');
  const known = /^(?:.*\.)?json$/i.test(text) ? 'json' : tableFormat(text);
  if (known === undefined) {
    throw new UsageError(
      app.say(
        `输出格式应为 ${WORDS.join('、')} 之一（--format，或 --out 的扩展名）`,
        `the format is one of ${WORDS.join(', ')} (--format, or the ending of --out)`,
      ),
    );
  }
  if (path === null && flag(options, 'json') && known !== 'json') {
    throw new UsageError(
      app.say(`--json 与 --format ${known} 同用时请给出 --out`, `with --json, --format ${known} needs --out`),
    );
  }
  if (
    path === null &&
    (known === 'arrow' || known === 'parquet' || known === 'xlsx') &&
    process.stdout.isTTY
  ) {
    throw new UsageError(
      app.say(`${known} 是二进制格式：请用 --out 写入文件`, `${known} is binary: give --out a file`),
    );
  }
  return { format: known, path };
}

/** Writes to the file, which appears when it is whole, or to standard output; answers the bytes. */
export async function writeTarget(
  app: App,
  path: string | null,
  content: AsyncIterable<Uint8Array>,
): Promise<number> {
  if (path === null) {
    let bytes = 0;
    for await (const piece of content) {
      bytes += piece.byteLength;
      await print(piece);
    }
    return bytes;
  }
  const { writeWholeFile } = await import('../reports/index.js');
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch {
    throw new UsageError(app.say(`无法建立 ${dirname(path)}`, `cannot make the folder ${dirname(path)}`));
  }
  return writeWholeFile(path, content);
}

/** Who it is that asks, for access_log. */
export function systemUser(): string {
  return userInfo().username;
}

/** What access_log says of a target. */
export function targetText(format: string, path: string | null): string {
  return path === null ? `${format} stdout` : `${format} ${basename(path)}`;
}

/** `name.csv`, then `name-2.csv`: a file for each further table. */
export function numberedPath(path: string, number: number): string {
  if (number === 1) return path;
  const ending = extname(path);
  return `${path.slice(0, path.length - ending.length)}-${number}${ending}`;
}
