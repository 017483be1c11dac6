/** Whole lines, and which line of the file is the first of them. */
export interface LineBlock {
  /** In memory of its own, to be handed to another thread. */
  readonly bytes: Uint8Array;
  /** From 1. */
  readonly firstLine: number;
}

const LINE_FEED = 0x0a;

/** Cuts a stream of UTF-8 into blocks of whole lines, each about `size` bytes; a longer line makes a longer block. */
export async function* cutAtLines(
  blocks: AsyncIterable<Buffer> | Iterable<Buffer>,
  size: number,
): AsyncGenerator<LineBlock> {
  let filled = 0;
  let waiting = Buffer.from(new ArrayBuffer(size));
  let firstLine = 1;
  for await (const block of blocks) {
    if (filled + block.length > waiting.length) {
      const larger = Buffer.from(new ArrayBuffer(filled + block.length));
      waiting.copy(larger, 0, 0, filled);
      waiting = larger;
    }
    filled += block.copy(waiting, filled);
    if (filled < size) continue;
    const end = waiting.subarray(0, filled).lastIndexOf(LINE_FEED) + 1;
    if (end === 0) continue;
    const rest = Buffer.from(new ArrayBuffer(Math.max(size, filled - end)));
    const left = waiting.copy(rest, 0, end, filled);
    const bytes = waiting.subarray(0, end);
    // Counted before the block goes away with its memory.
    const lines = countLines(bytes);
    yield { bytes, firstLine };
    firstLine += lines;
    waiting = rest;
    filled = left;
  }
  if (filled > 0) yield { bytes: waiting.subarray(0, filled), firstLine };
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}
