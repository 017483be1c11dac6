/** Whole lines, and which line of the file is the first of them. */
export interface LineBlock {
  /** In memory of its own, to be handed to another thread. */
  readonly bytes: Uint8Array;
  /** From 1. */
  readonly firstLine: number;
}

const LINE_FEED = 0x0a;
/** Lines of one block; events of 100 bytes and more do not come near it. */
const MOST_LINES = 32_768;

/**
 * Cuts a stream of UTF-8 into blocks of whole lines, each about `size` bytes; a longer line makes a longer block.
 *
 * @param memoryFor memory of at least so many bytes, whatever is in it
 */
export async function* cutAtLines(
  blocks: AsyncIterable<Buffer> | Iterable<Buffer>,
  size: number,
  memoryFor: (bytes: number) => ArrayBuffer = (bytes) => new ArrayBuffer(bytes),
): AsyncGenerator<LineBlock> {
  let filled = 0;
  let waiting = Buffer.from(memoryFor(size));
  let firstLine = 1;
  for await (const block of blocks) {
    if (filled + block.length > waiting.length) {
      const larger = Buffer.from(memoryFor(filled + block.length));
      waiting.copy(larger, 0, 0, filled);
      waiting = larger;
    }
    filled += block.copy(waiting, filled);
    if (filled < size) continue;
    const end = waiting.subarray(0, filled).lastIndexOf(LINE_FEED) + 1;
    if (end === 0) continue;
    const rest = Buffer.from(memoryFor(Math.max(size, filled - end)));
    const left = waiting.copy(rest, 0, end, filled);
    firstLine = yield* byLines(waiting.subarray(0, end), firstLine);
    waiting = rest;
    filled = left;
  }
  if (filled > 0) yield* byLines(waiting.subarray(0, filled), firstLine);
}

/** The block, cut up where its lines are so short that their rejects would be many times its size; gives the next line. */
function* byLines(bytes: Buffer, firstLine: number): Generator<LineBlock, number> {
  let start = 0;
  let first = firstLine;
  let line = firstLine;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    line += 1;
    if (line - first < MOST_LINES) continue;
    const piece = Buffer.from(new ArrayBuffer(at + 1 - start));
    bytes.copy(piece, 0, start, at + 1);
    yield { bytes: piece, firstLine: first };
    start = at + 1;
    first = line;
  }
  // Counted before the block goes away with its memory.
  if (start < bytes.length) {
    yield { bytes: start === 0 ? bytes : Uint8Array.from(bytes.subarray(start)), firstLine: first };
  }
  return line;
}
