import { FormatError, readArray } from '../../formats/index.js';
import { fail, succeed, type Outcome, type RejectFailure } from '../../schemas/index.js';
import { elementRows, singleRow, unreadableRow, type CollectedRow } from './collected-rows.js';

const NOT_JSON: Outcome<unknown, RejectFailure> = fail({ code: 'not_json' });

/**
 * The rows in a body of `POST /v1/events`: a JSON array, NDJSON, or one JSON object over several lines. What cannot
 * be parsed is a row too, so that it is counted and kept; a body that is an array but no JSON is cut at its elements.
 *
 * @param route names the place of a line: `/v1/events:17`
 */
export async function readEventsBody(body: Buffer, route: string): Promise<readonly CollectedRow[]> {
  const text = textOf(body);
  const first = /\S/u.exec(text)?.[0];
  if (first === undefined) return [];
  if (first === '[') {
    const value = parse(text);
    return value.ok && Array.isArray(value.value) ? elementRows(value.value) : readBrokenArray(text);
  }
  const rows = readLines(text, route);
  // `{` alone on its line: the whole body is one object.
  if (first === '{' && rows.length > 1 && rows[0]?.value.ok === false) {
    const value = parse(text);
    if (value.ok) return singleRow(value.value);
  }
  return rows;
}

function textOf(body: Buffer): string {
  const text = body.toString('utf8');
  const clean = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return clean.startsWith('\uFEFF') ? clean.slice(1) : clean;
}

function readLines(text: string, route: string): CollectedRow[] {
  const rows: CollectedRow[] = [];
  let line = 0;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    line++;
    const record = text.slice(start, end);
    if (record.trim() !== '') {
      rows.push({ place: `${route}:${line}`, value: parse(record), original: () => record });
    }
    start = end + 1;
  }
  return rows;
}

async function readBrokenArray(text: string): Promise<readonly CollectedRow[]> {
  const rows: CollectedRow[] = [];
  const bytes = Buffer.from(text);
  try {
    for await (const records of readArray(oneBlock(bytes), bytes.length)) {
      for (const { position, text: element } of records) {
        rows.push({ place: `$[${position}]`, value: parse(element), original: () => element });
      }
    }
    return rows;
  } catch (error) {
    if (error instanceof FormatError) return unreadableRow({ code: 'not_json' }, text);
    throw error;
  }
}

// eslint would have an await in it; the reader of arrays takes a stream.
function oneBlock(bytes: Buffer): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => iterateOnce(bytes) };
}

function iterateOnce(bytes: Buffer): AsyncIterator<Buffer> {
  let done = false;
  return {
    next() {
      const result = done ? ({ done: true, value: undefined } as const) : ({ done, value: bytes } as const);
      done = true;
      return Promise.resolve(result);
    },
  };
}

function parse(text: string): Outcome<unknown, RejectFailure> {
  try {
    return succeed(JSON.parse(text));
  } catch {
    return NOT_JSON;
  }
}
