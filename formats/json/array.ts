import { FormatError, type TextRecord } from '../table.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Elements of one JSON array in a UTF-8 stream as records (`position` = index from 0), found by counting brackets,
 * so that depth costs nothing and an element that is not JSON is still handed over for its reader to reject.
 * Throws `FormatError` `damaged` when the array does not end, or goes on after its end; `too_large` when one
 * element is over `elementBytes`. Run it once without looking at the records to know that it will not throw.
 */
export async function* readArray(
  blocks: AsyncIterable<Buffer>,
  elementBytes: number,
): AsyncGenerator<readonly TextRecord[]> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let index = 0;
  /** 0 before the array, 1 inside, 2 after it. */
  let stage = 0;
  let parts: Buffer[] = [];
  let partBytes = 0;

  for await (const block of blocks) {
    const records: TextRecord[] = [];
    let start = 0;
    const take = (end: number, last: boolean): void => {
      const text = elementText(parts, block, start, end);
      parts = [];
      partBytes = 0;
      if (last && index === 0 && text === '') return;
      records.push({ position: index, text });
      index += 1;
    };
    for (let at = 0; at < block.length; at += 1) {
      const byte = block[at] ?? 0;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
        continue;
      }
      if (byte <= 0x20) continue;
      if (stage !== 1) {
        if (stage === 2)
          throw new FormatError({ code: 'damaged', detail: 'the JSON array goes on after its end' });
        if (byte !== OPEN_BRACKET) continue;
        stage = 1;
        start = at + 1;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === COMMA && depth === 0) {
        take(at, false);
        start = at + 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth > 0) depth -= 1;
        else if (byte === CLOSE_BRACKET) {
          take(at, true);
          stage = 2;
        }
      }
    }
    if (stage === 1 && start < block.length) {
      parts.push(Buffer.from(block.subarray(start)));
      partBytes += block.length - start;
      if (partBytes > elementBytes) {
        throw new FormatError({
          code: 'too_large',
          detail: `element ${index} of the JSON array is longer than ${elementBytes} bytes`,
        });
      }
    }
    if (records.length > 0) yield records;
  }
  if (stage !== 2) throw new FormatError({ code: 'damaged', detail: 'the JSON array does not end' });
}

function elementText(parts: readonly Buffer[], block: Buffer, start: number, end: number): string {
  const text =
    parts.length === 0
      ? block.toString('utf8', start, end)
      : Buffer.concat([...parts, block.subarray(start, end)]).toString('utf8');
  const clean = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return clean.trim();
}
