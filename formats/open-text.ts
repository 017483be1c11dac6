import type { ByteSource } from './byte-source.js';
import { detectDelimiter } from './csv/delimiter.js';
import { readCsv, verifyCsv } from './csv/read.js';
import { readArray, verifyArray } from './json/array.js';
import { readDocument } from './json/document.js';
import { judgeShape } from './json/shape.js';
import { readLines } from './ndjson/read.js';
import { FormatError, type Content, type FormatFailureCode, type FormatName } from './table.js';
import { decodeBlocks, hintEncoding, utf8Blocks, type TextEncoding } from './text-encoding.js';
import type { TextLimits } from './text-limits.js';
import { surveyText } from './text-survey.js';

/** A text that was found readable in a pass of its own. */
export interface OpenedText {
  readonly format: FormatName;
  readonly encoding: TextEncoding;
  readonly content: Content;
}

export interface OpenTextOptions {
  readonly limits: TextLimits;
  /** The file is called .ndjson, .jsonl or .log; settles only doubtful cases. */
  readonly namedLines: boolean;
  readonly signal: AbortSignal | undefined;
}

/** First bytes of a text by which its layout (NDJSON, array, document, CSV and its delimiter) is judged. */
export const TEXT_HEAD_BYTES = 256 * 1024;

/**
 * Verifies a text from end to end, then offers its rows or records; every pass reads `source` anew.
 * @param head the first `TEXT_HEAD_BYTES` of the text, or all of it when shorter.
 * @throws FormatError when the text cannot be read as a whole.
 */
export async function openText(
  source: ByteSource,
  head: Buffer,
  options: OpenTextOptions,
): Promise<OpenedText> {
  const { limits, signal } = options;
  const complete = head.length < TEXT_HEAD_BYTES;
  const shape = judgeShape(await provisionalText(head), complete, options.namedLines);
  const survey = await surveyText(source, head, limits, { capLines: shape.kind !== 'array', signal });
  if (survey.filledLines === 0) throw refusal('empty', 'there is no text in the file');
  const { encoding } = survey;
  const bytes = (): AsyncIterable<Buffer> => utf8Blocks(source.blocks(signal), encoding);
  const lines = (): OpenedText => ({
    format: 'ndjson',
    encoding,
    content: { kind: 'records', root: 'lines', chunks: () => readLines(bytes()), utf8: bytes },
  });

  if (shape.kind === 'lines') return lines();
  if (shape.kind === 'object') {
    const fits = survey.bytes <= limits.documentBytes;
    const text = fits ? await readDocument(source.blocks(signal), encoding) : null;
    if (text !== null) {
      const records = [{ position: 0, text }];
      return {
        format: 'json',
        encoding,
        content: { kind: 'records', root: 'document', chunks: () => once(records) },
      };
    }
    if (survey.filledLines > 1 && shape.orLines) return lines();
    throw fits
      ? refusal('damaged', 'the JSON document is cut short or not JSON')
      : refusal('too_large', `one JSON document of more than ${limits.documentBytes} bytes`);
  }
  if (!survey.sound) throw refusal('damaged', 'the text is neither UTF-8 nor GB18030 throughout');
  if (shape.kind === 'array') {
    const records = (): ReturnType<typeof readArray> => readArray(bytes(), limits.lineBytes);
    await verifyArray(bytes(), limits.lineBytes);
    return { format: 'json', encoding, content: { kind: 'records', root: 'array', chunks: records } };
  }

  let headText = '';
  for await (const text of decodeBlocks(once(wholeLines(head, complete)), encoding)) headText += text;
  const dialect = { delimiter: detectDelimiter(headText, complete) };
  const caps = { recordBytes: limits.lineBytes, columns: limits.columns };
  // Only a quoted record or a very long line can break a cap that the survey did not check.
  const linesFit = survey.longestLineBytes < limits.columns;
  if (survey.hasQuote || !linesFit) await verifyCsv(bytes(), dialect, caps, linesFit);
  const rows = (): ReturnType<typeof readCsv> => readCsv(bytes(), dialect, caps);
  return { format: 'csv', encoding, content: { kind: 'table', chunks: rows } };
}

/** The head as text before the encoding is known: JSON's own characters are the same in UTF-8 and GB18030. */
async function provisionalText(head: Buffer): Promise<string> {
  let text = '';
  const encoding = hintEncoding(head).encoding ?? 'utf-8';
  for await (const piece of decodeBlocks(once(head), encoding)) text += piece;
  return text;
}

/** A cut head up to its last line end: in GB18030 a character cut in two would be an error. */
function wholeLines(head: Buffer, complete: boolean): Buffer {
  return complete || !head.includes('\n') ? head : head.subarray(0, head.lastIndexOf('\n'));
}

/** An async iterable of one value, again and again. */
function once<Value>(value: Value): AsyncIterable<Value> {
  return {
    [Symbol.asyncIterator]() {
      let done = false;
      return {
        next() {
          const result: IteratorResult<Value> = done ? { done, value: undefined } : { done, value };
          done = true;
          return Promise.resolve(result);
        },
      };
    },
  };
}

function refusal(code: FormatFailureCode, detail: string): FormatError {
  return new FormatError({ code, detail });
}
