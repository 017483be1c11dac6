const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const strictGb18030 = new TextDecoder('gb18030', { fatal: true });

/**
 * One pass of percent-decoding (PRODUCT §5 "Reading a query"): the bytes are UTF-8, else GB18030, else UTF-8 with
 * U+FFFD. A `%` that begins no escape stays.
 */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    // Strict in both: UTF-8 and complete escapes. Ten times the speed of the long way.
    return decodeURIComponent(text);
  } catch {
    return decodeBytes(text);
  }
}

/** Characters beyond ASCII were never bytes of the text as received: they divide it. */
function decodeBytes(text: string): string {
  return text.replace(/[\0-\x7f]+/gu, (run) => (run.includes('%') ? decodeRun(run) : run));
}

function decodeRun(run: string): string {
  const bytes = new Uint8Array(run.length);
  let length = 0;
  for (let at = 0; at < run.length; at += 1) {
    let byte = run.charCodeAt(at);
    if (byte === 37) {
      const escaped = escapedByte(run, at + 1);
      if (escaped >= 0) {
        byte = escaped;
        at += 2;
      }
    }
    bytes[length] = byte;
    length += 1;
  }
  const found = bytes.subarray(0, length);
  return decodeWith(strictUtf8, found) ?? decodeWith(strictGb18030, found) ?? utf8.decode(found);
}

function escapedByte(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

function decodeWith(decoder: typeof utf8, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
