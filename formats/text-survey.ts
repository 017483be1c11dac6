import type { ByteSource } from './byte-source.js';
import { FormatError } from './table.js';
import { decodeBlocks, hintEncoding, utf8Blocks, Utf8Survey, type TextEncoding } from './text-encoding.js';
import type { TextLimits } from './text-limits.js';

/** What a first pass over a whole text file found; nothing is delivered before it. */
export interface TextSurvey {
  readonly encoding: TextEncoding;
  /** False when some bytes are not of the encoding: allowed in NDJSON, where it costs only the line. */
  readonly sound: boolean;
  /** Decoded or inflated bytes, not the stored size. */
  readonly bytes: number;
  /** Lines with something on them, counted up to 2. */
  readonly filledLines: 0 | 1 | 2;
  readonly hasQuote: boolean;
  /** No shorter than any physical line, and never over the longest by more than a block. */
  readonly longestLineBytes: number;
}

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
/** No line that matters consists of these bytes alone. */
const BYTE_ORDER_MARK = new Set([0xef, 0xbb, 0xbf]);

/**
 * Reads the whole of `source` once: the encoding (byte order mark, else UTF-8, else GB18030), the line lengths, and
 * for gzip the checksum. `capLines` refuses a line over `limits.lineBytes` as soon as it is seen.
 */
export async function surveyText(
  source: ByteSource,
  head: Buffer,
  limits: TextLimits,
  options: { readonly capLines: boolean; readonly signal: AbortSignal | undefined },
): Promise<TextSurvey> {
  const hint = hintEncoding(head);
  const lines = new LineSurvey(options.capLines ? limits.lineBytes : Infinity);
  if (hint.encoding !== null) {
    for await (const block of utf8Blocks(source.blocks(options.signal), hint.encoding)) lines.push(block);
    return { encoding: hint.encoding, sound: true, ...lines.result() };
  }
  const utf8 = new Utf8Survey();
  for await (const block of source.blocks(options.signal)) {
    utf8.push(block);
    lines.push(block);
  }
  if (utf8.valid()) return { encoding: 'utf-8', sound: true, ...lines.result() };
  if (hint.markBytes > 0 || utf8.mostlyValid() || !(await isGb18030(source, options.signal))) {
    return { encoding: 'utf-8', sound: false, ...lines.result() };
  }
  return { encoding: 'gb18030', sound: true, ...lines.result() };
}

async function isGb18030(source: ByteSource, signal: AbortSignal | undefined): Promise<boolean> {
  const texts = decodeBlocks(source.blocks(signal), 'gb18030');
  try {
    for (;;) if ((await texts.next()).done === true) return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

/** Line feeds only where they can matter: inside one block no line can be over the cap. */
class LineSurvey {
  #bytes = 0;
  #open = 0;
  #longest = 0;
  #longestBlock = 0;
  #filled = 0;
  #lineIsFilled = false;
  #hasQuote = false;

  constructor(readonly capBytes: number) {}

  push(block: Buffer): void {
    this.#bytes += block.length;
    this.#longestBlock = Math.max(this.#longestBlock, block.length);
    this.#hasQuote ||= block.includes(QUOTE);
    if (this.#filled < 2) this.#countFilled(block);
    const first = block.indexOf(LINE_FEED);
    this.#note(this.#open + (first === -1 ? block.length : first));
    this.#open = first === -1 ? this.#open + block.length : block.length - 1 - block.lastIndexOf(LINE_FEED);
  }

  result(): Pick<TextSurvey, 'bytes' | 'filledLines' | 'hasQuote' | 'longestLineBytes'> {
    const filled = Math.min(2, this.#filled + (this.#lineIsFilled ? 1 : 0));
    return {
      bytes: this.#bytes,
      filledLines: filled === 0 ? 0 : filled === 1 ? 1 : 2,
      hasQuote: this.#hasQuote,
      longestLineBytes: Math.max(this.#longest, this.#longestBlock),
    };
  }

  #note(length: number): void {
    this.#longest = Math.max(this.#longest, length);
    if (length > this.capBytes) {
      throw new FormatError({ code: 'too_large', detail: `a line is longer than ${this.capBytes} bytes` });
    }
  }

  #countFilled(block: Buffer): void {
    for (let at = 0; at < block.length && this.#filled < 2; at += 1) {
      if (this.#lineIsFilled) {
        at = block.indexOf(LINE_FEED, at);
        if (at === -1) return;
        this.#filled += 1;
        this.#lineIsFilled = false;
      } else {
        const byte = block[at] ?? 0;
        this.#lineIsFilled = byte > 0x20 && !BYTE_ORDER_MARK.has(byte);
      }
    }
  }
}
