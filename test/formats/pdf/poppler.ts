import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lacksProgram } from '../../external-tool.js';

/** Whether the independent readers of PDFs are missing. */
export function lacksPdfTools(): boolean {
  return lacksProgram('pdftotext') || lacksProgram('qpdf');
}

/** The whole document in one piece. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

function withFile<Result>(bytes: Uint8Array, run: (path: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-pdf-'));
  try {
    const path = join(folder, 'document.pdf');
    writeFileSync(path, bytes);
    return run(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function passwordArguments(password: string | undefined): string[] {
  return password === undefined ? [] : ['-upw', password];
}

/** The text of each page as poppler lays it out. */
export function pageTexts(bytes: Uint8Array, password?: string): string[] {
  return withFile(bytes, (path) => {
    const text = execFileSync('pdftotext', ['-layout', ...passwordArguments(password), path, '-'], {
      encoding: 'utf8',
    });
    return text.split('\f').slice(0, -1);
  });
}

/** The text of each page in the order it was drawn: cell by cell, and with the spaces that were written. */
export function drawnTexts(bytes: Uint8Array, password?: string): string[] {
  return withFile(bytes, (path) => {
    const text = execFileSync('pdftotext', ['-raw', ...passwordArguments(password), path, '-'], {
      encoding: 'utf8',
    });
    return text.split('\f').slice(0, -1);
  });
}

/** What `pdfinfo` says, by name. */
export function pdfInfo(bytes: Uint8Array, password?: string): Map<string, string> {
  return withFile(bytes, (path) => {
    const text = execFileSync('pdfinfo', [...passwordArguments(password), path], { encoding: 'utf8' });
    return new Map(
      text.split('\n').map((line) => [line.split(':')[0] ?? '', line.slice(line.indexOf(':') + 1).trim()]),
    );
  });
}

/** Whether poppler opens it with the password, as owner or user. */
export function opens(bytes: Uint8Array, password: string, as: 'user' | 'owner' = 'user'): boolean {
  return withFile(
    bytes,
    (path) => spawnSync('pdfinfo', [as === 'user' ? '-upw' : '-opw', password, path]).status === 0,
  );
}

/** The output of `qpdf --check`, which must find nothing wrong. */
export function qpdfCheck(bytes: Uint8Array, password = ''): string {
  return withFile(bytes, (path) =>
    execFileSync('qpdf', ['--check', `--password=${password}`, path], { encoding: 'utf8' }),
  );
}

interface QpdfOutline {
  readonly title: string;
  readonly destpageposfrom1: number;
  readonly kids: readonly QpdfOutline[];
}

/** The bookmarks: level, title and page from 1. */
export function outline(bytes: Uint8Array, password = ''): { level: number; title: string; page: number }[] {
  const flatten = (
    entries: readonly QpdfOutline[],
    level: number,
  ): { level: number; title: string; page: number }[] =>
    entries.flatMap(({ title, destpageposfrom1, kids }) => [
      { level, title, page: destpageposfrom1 },
      ...flatten(kids, level + 1),
    ]);
  return withFile(bytes, (path) => {
    const text = execFileSync('qpdf', ['--json', '--json-key=outlines', `--password=${password}`, path], {
      encoding: 'utf8',
    });
    return flatten((JSON.parse(text) as { outlines: readonly QpdfOutline[] }).outlines, 0);
  });
}

/** The file without protection and compression, as qpdf rewrites it: what its objects say. */
export function plainObjects(bytes: Uint8Array, password = ''): string {
  return withFile(bytes, (path) => {
    execFileSync('qpdf', ['--decrypt', '--qdf', `--password=${password}`, path, `${path}.plain`]);
    return readFileSync(`${path}.plain`, 'latin1');
  });
}

/** Where words stand: page from 1, edges in points from the top left. */
export function words(
  bytes: Uint8Array,
): { page: number; text: string; left: number; top: number; right: number; bottom: number }[] {
  return withFile(bytes, (path) => {
    const text = execFileSync('pdftotext', ['-bbox', path, '-'], { encoding: 'utf8' });
    let page = 0;
    return text.split('\n').flatMap((line) => {
      if (line.includes('<page ')) page++;
      const match =
        /<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*)<\/word>/.exec(line);
      if (match === null) return [];
      const [left = 0, top = 0, right = 0, bottom = 0] = match.slice(1, 5).map(Number);
      return [{ page, text: match[5] ?? '', left, top, right, bottom }];
    });
  });
}

/** The first page as poppler draws it, one byte of grey a pixel, 72 pixels an inch. */
export function firstPagePixels(bytes: Uint8Array): Buffer {
  return withFile(bytes, (path) => {
    const image = execFileSync('pdftoppm', ['-gray', '-r', '72', '-f', '1', '-l', '1', path], {
      maxBuffer: 1 << 26,
    });
    // P5, width, height, 255
    const header = /^P5\s+\d+\s+\d+\s+\d+\s/.exec(image.subarray(0, 40).toString('latin1'))?.[0] ?? '';
    return image.subarray(header.length);
  });
}
