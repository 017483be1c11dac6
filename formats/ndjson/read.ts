import type { TextRecord } from '../table.js';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
/** Lines of two bytes must not make a chunk of hundreds of thousands. */
const RECORDS_AT_ONCE = 16_384;

/**
 * Lines of a UTF-8 stream as records: `position` is the physical line from 1, blank lines are counted and left
 * out, a missing line end at the end of the file is fine. One chunk a block (about 3,000 events a megabyte), or a few of very short lines.
 * Bytes that are no UTF-8 become U+FFFD; whether a line is JSON is for its reader to judge.
 */
export async function* readLines(
  blocks: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<readonly TextRecord[]> {
  let line = 0;
  let parts: Buffer[] = [];
  for await (const block of blocks) {
    let records: TextRecord[] = [];
    const hasNul = block.includes(0);
    let start = 0;
    let end = block.indexOf(LINE_FEED);
    if (end !== -1 && parts.length > 0) {
      parts.push(block.subarray(0, end));
      line += 1;
      appendRecord(records, Buffer.concat(parts), line);
      parts = [];
      start = end + 1;
      end = block.indexOf(LINE_FEED, start);
    }
    while (end !== -1) {
      line += 1;
      if (hasNul) appendRecord(records, block.subarray(start, end), line);
      else appendSlice(records, block, start, end, line);
      start = end + 1;
      end = block.indexOf(LINE_FEED, start);
      if (records.length < RECORDS_AT_ONCE) continue;
      yield records;
      records = [];
    }
    if (start < block.length) parts.push(Buffer.from(block.subarray(start)));
    if (records.length > 0) yield records;
  }
  if (parts.length === 0) return;
  const records: TextRecord[] = [];
  appendRecord(records, Buffer.concat(parts), line + 1);
  if (records.length > 0) yield records;
}

/** The slow way: the line may hold NULs, which are removed before anything is parsed. */
function appendRecord(records: TextRecord[], bytes: Buffer, line: number): void {
  const clean = bytes.includes(0) ? bytes.filter((byte) => byte !== 0) : bytes;
  appendSlice(records, Buffer.from(clean.buffer, clean.byteOffset, clean.length), 0, clean.length, line);
}

function appendSlice(records: TextRecord[], bytes: Buffer, from: number, to: number, line: number): void {
  let start = from;
  const end = to > from && bytes[to - 1] === CARRIAGE_RETURN ? to - 1 : to;
  if (start === end) return;
  const first = bytes[start] ?? 0;
  if (first === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
  if ((bytes[start] ?? 0) <= SPACE && isBlank(bytes, start, end)) return;
  records.push({ position: line, text: bytes.toString('utf8', start, end) });
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) if ((bytes[index] ?? 0) > SPACE) return false;
  return true;
}
