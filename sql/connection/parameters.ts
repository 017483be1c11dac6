import { randomUUID } from 'node:crypto';
import type { SqlParameter, SqlParameters } from './warehouse.js';

/** How parameters travel: in the address, or as a form when they are long (thousands of ids). */
export type EncodedParameters =
  | { readonly kind: 'none' }
  | { readonly kind: 'url'; readonly entries: Readonly<Record<string, string>> }
  | { readonly kind: 'multipart'; readonly contentType: string; readonly body: Buffer };

const LONGEST_IN_ADDRESS = 4_096;

/** Encodes `{name:Type}` values as ClickHouse reads them (escaped as in TSV; lists and maps as literals). */
export function encodeParameters(parameters: SqlParameters): EncodedParameters {
  const entries: Record<string, string> = {};
  let length = 0;
  for (const [name, value] of Object.entries(parameters)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new TypeError('a parameter is named by letters, digits and _');
    const text = formatParameter(value);
    entries[`param_${name}`] = text;
    length += name.length + text.length;
  }
  if (length === 0) return { kind: 'none' };
  if (length <= LONGEST_IN_ADDRESS) return { kind: 'url', entries };
  const boundary = `wxlive-${randomUUID()}`;
  const parts = Object.entries(entries).map(
    ([name, text]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`,
  );
  return {
    kind: 'multipart',
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.from(`${parts.join('')}--${boundary}--\r\n`, 'utf8'),
  };
}

/** One value in the text form of a query parameter. */
export function formatParameter(value: SqlParameter): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number' || typeof value === 'bigint') return formatNumber(value);
  if (isList(value)) return `[${value.map(formatElement).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, text]) => `${quote(key)}:${quote(text)}`)
    .join(',')}}`;
}

function isList(value: SqlParameter): value is readonly (string | number | bigint | null)[] {
  return Array.isArray(value);
}

function formatElement(value: string | number | bigint | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? quote(value) : formatNumber(value);
}

function formatNumber(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'nan';
  return value > 0 ? '+inf' : '-inf';
}

// Lists and maps are literals; ClickHouse does not unescape them as a whole first.
const quote = (text: string): string => `'${escape(text)}'`;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  "'": "\\'",
  '\0': '\\0',
};

function escape(text: string): string {
  return text.replace(/[\\\t\n\r'\0]/g, (character) => ESCAPES[character] ?? character);
}
