import { gunzipSync } from 'node:zlib';
import { fail, succeed, type Outcome, type RejectCode } from '../../../schemas/index.js';

/** A request of a Sensors SDK: the body of a POST, or the query of a GET without `?`. */
export interface SensorsRequest {
  /** Form data, whatever the content type says. */
  readonly form: string;
  /** The query of the address of a POST (`gzip` may stand there). */
  readonly query?: string;
}

export interface TransportLimits {
  /** Of the JSON after decompression. */
  readonly mostBytes: number;
}

/** SDKs send at most 100 events of 5,000-character texts. */
const DEFAULT_LIMITS: TransportLimits = { mostBytes: 16 * 1024 * 1024 };

/** Why nothing could be taken from a request; `too_large` is no reject but an answer 413. */
export type TransportFailure = { readonly code: RejectCode } | { readonly code: 'too_large' };

/**
 * The records in a request, parsed: `data_list=` (an array) or `data=` (one object), base64, gzip with `gzip=1`. What
 * the encryption plugin sent (`gzip=9`) is `encrypted_payload`. An array's elements may still be anything.
 */
export function decodeSensorsRequest(
  request: SensorsRequest,
  limits: TransportLimits = DEFAULT_LIMITS,
): Outcome<readonly unknown[], TransportFailure> {
  const form = readForm(request.form);
  const address = readForm(request.query ?? '');
  const payload =
    form.get('data_list') ?? form.get('data') ?? address.get('data_list') ?? address.get('data');
  if (payload === undefined) return fail({ code: 'not_json' });
  const gzip = form.get('gzip') ?? address.get('gzip');
  if (gzip === '9') return fail({ code: 'encrypted_payload' });
  const bytes = decodeBase64(payload);
  if (bytes === null) return fail({ code: looksEncrypted(payload) ? 'encrypted_payload' : 'not_json' });
  const json = inflate(bytes, limits);
  if (!json.ok) return json;
  try {
    const value: unknown = JSON.parse(json.value.replaceAll('\0', ''));
    return succeed(Array.isArray(value) ? value : [value]);
  } catch {
    return fail({ code: 'not_json' });
  }
}

/** The first of a repeated name; values percent-decoded, `+` kept: in base64 it is a letter, unescaped or not. */
function readForm(text: string): ReadonlyMap<string, string> {
  const form = new Map<string, string>();
  for (const piece of text.trim().split('&')) {
    const equals = piece.indexOf('=');
    if (equals < 1) continue;
    const name = piece.slice(0, equals);
    if (!form.has(name)) form.set(name, unescapeForm(piece.slice(equals + 1)));
  }
  return form;
}

function unescapeForm(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** A space was a `+` that some form parser on the way took for one. */
function decodeBase64(text: string): Buffer | null {
  const base64 = text.trim().replaceAll(' ', '+');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/u.test(base64)) return null;
  return Buffer.from(base64, 'base64');
}

function looksEncrypted(payload: string): boolean {
  return payload.includes('"payload') && /"(?:ekey|key_id)"/u.test(payload);
}

/** Compressed or not, whatever `gzip` says: the first two bytes know. */
function inflate(bytes: Buffer, limits: TransportLimits): Outcome<string, TransportFailure> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    return bytes.length > limits.mostBytes ? fail({ code: 'too_large' }) : succeed(bytes.toString('utf8'));
  }
  try {
    return succeed(gunzipSync(bytes, { maxOutputLength: limits.mostBytes }).toString('utf8'));
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    return fail({ code: tooLarge ? 'too_large' : 'not_json' });
  }
}
