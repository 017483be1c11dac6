import { isDeepStrictEqual, TextDecoder } from 'node:util';
import type { ReadAll } from './read-all.js';

type Read = Extract<ReadAll, { code: null }>;

/**
 * What is wrong with what was read from a text, by the shortest way to read it: decoded as a whole, split, parsed by
 * `JSON.parse`. Null when nothing is, or when the text is one that this way cannot judge (quotes in a CSV, an array
 * that is no JSON as a whole).
 */
export function complaintOfText(bytes: Buffer, read: Read): string | null {
  const encoding = read.encoding ?? 'utf-8';
  // NUL is removed before anything is parsed: also one that stands within a character.
  const whole = encoding === 'utf-8' ? bytes.filter((byte) => byte !== 0) : bytes;
  const text = new TextDecoder(encoding, { ignoreBOM: true })
    .decode(whole)
    .replaceAll('\0', '')
    .replace(/^\ufeff/u, '');
  switch (read.root) {
    case 'lines':
      return compareLines(text, read);
    case 'array':
    case 'document':
      return compareJson(text, read);
    case null:
      return compareCells(text, read);
  }
}

function compareLines(text: string, read: Read): string | null {
  const wanted = text.split('\n').flatMap((line, at): [number, string][] => {
    const whole = (line.endsWith('\r') ? line.slice(0, -1) : line).replace(/^\ufeff/u, '');
    const isFilled = Array.from(whole).some((character) => character > ' ');
    return isFilled ? [[at + 1, whole]] : [];
  });
  return isDeepStrictEqual(read.records, wanted) ? null : 'other lines than the text has';
}

function compareJson(text: string, read: Read): string | null {
  const whole = parsed(text);
  if (whole === undefined) return read.root === 'document' ? 'a document that is no JSON' : null;
  const values = read.records.map(([, record]) => parsed(record));
  const wanted = read.root === 'array' ? whole : [whole];
  return isDeepStrictEqual(values, wanted) ? null : 'other values than JSON.parse finds';
}

function compareCells(text: string, read: Read): string | null {
  if (text.includes('"')) return null;
  const lines = text.split(/\r\n|\r|\n/u);
  const wanted = (delimiter: string): [string, number, string[]][] =>
    lines.flatMap((line, at): [string, number, string[]][] => {
      const cells = line.split(delimiter);
      return cells.some((cell) => cell !== '') ? [['csv', at + 1, cells]] : [];
    });
  const fits = [',', ';', '\t', '|'].some((delimiter) => isDeepStrictEqual(read.rows, wanted(delimiter)));
  return fits ? null : 'other cells than the lines have, whatever the delimiter';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
