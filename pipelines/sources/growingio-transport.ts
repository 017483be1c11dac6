import { fail, succeed, type Outcome, type RejectCode } from '../../schemas/index.js';
import { decompressUtf16 } from './lz-string.js';

/** A request of the GrowingIO mini-program SDK 4: `POST /v3/projects/{id}/collect?stm=…&compress=0|1`. */
export interface GrowingioRequest {
  /** The body as UTF-8 text. */
  readonly body: string;
  /** The query of the address without `?`. */
  readonly query: string;
}

/** Of the JSON after decompression, in UTF-16 code units; an SDK sends some dozens of events at once. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/**
 * The records in a request, parsed; an array's elements may still be anything. `compress=1` is LZString's
 * `compressToUTF16`; a body that begins as JSON is taken as it is, whatever the address says. `too_large` is no reject
 * but an answer 413.
 */
export function decodeGrowingioRequest(
  request: GrowingioRequest,
  mostCharacters = MOST_CHARACTERS,
): Outcome<readonly unknown[], { readonly code: RejectCode } | { readonly code: 'too_large' }> {
  const { body } = request;
  const compressed = new URLSearchParams(request.query).get('compress') === '1' && !/^\s*[[{]/u.test(body);
  if (!compressed && body.length > mostCharacters) return fail({ code: 'too_large' });
  const json = compressed ? decompressUtf16(body, mostCharacters) : succeed(body);
  if (!json.ok) return fail({ code: json.failure === 'too_large' ? 'too_large' : 'not_json' });
  try {
    const value: unknown = JSON.parse(json.value.replaceAll('\0', ''));
    return succeed(Array.isArray(value) ? value : [value]);
  } catch {
    return fail({ code: 'not_json' });
  }
}
