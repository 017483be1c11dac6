import type { OpenedFile, TextRecord } from '../../formats/index.js';
import { fail, succeed, type FileFailure, type Outcome, type RejectFailure } from '../../schemas/index.js';
import { jsonText } from '../json-text.js';
import type { FileSummary, Source, SourceRow } from '../source.js';
import { chooseByRecords, RECORD_SEARCH_LENGTH } from './choose-source.js';
import { FileRefused, type Input, type InputOptions, type InputRow } from './input.js';
import { Peekable } from './peekable.js';

/** Opens a file of records: the first that can be read decide whose it is. */
export async function openRecords(
  name: string,
  file: OpenedFile,
  sources: readonly Source[],
  options: InputOptions,
): Promise<Outcome<Input, FileFailure>> {
  if (file.content.kind !== 'records') throw new Error('not records');
  const { content } = file;
  const chunks = new Peekable(content.chunks());
  const forced = options.adapter === null ? undefined : sources[0];
  const chosen = forced === undefined ? await chooseByFirstRecords(chunks.peek(), sources) : succeed(forced);
  if (!chosen.ok) return chosen;
  const source = chosen.value;
  const reader = source.records?.() ?? null;
  let summary: FileSummary = {};
  const place = (position: number): string => placeOf(name, content.root, position);
  async function* rows(): AsyncIterable<readonly InputRow[]> {
    for await (const records of chunks.read()) {
      const ready: InputRow[] = [];
      for (const { position, text } of records) {
        if (reader === null) {
          ready.push(new RecordRow(place, position, text));
          continue;
        }
        const parsed = parseJson(text);
        if (!parsed.ok) throw new FileRefused({ code: 'damaged', detail: place(position) });
        const expanded = reader.expand(parsed.value);
        if (!expanded.ok) throw new FileRefused(expanded.failure);
        for (const { place: suffix, value } of expanded.value) {
          ready.push({
            ...RECORD_TABLE,
            place: place(position) + suffix.replace(/^\$/, ''),
            row: succeed({ from: 'json', value }),
            original: () => jsonText(value),
          });
        }
      }
      if (ready.length > 0) yield ready;
    }
    const finished = reader?.finish();
    if (finished?.ok === false) throw new FileRefused(finished.failure);
    if (finished !== undefined) summary = finished.value;
  }
  const { utf8 } = content;
  const oneRowALine = content.root === 'lines' && utf8 !== undefined && reader === null;
  return succeed({
    source,
    opened: file,
    rows,
    lines: oneRowALine ? () => linesInstead(chunks, utf8) : null,
    summary: () => summary,
    words: () => ({ titles: [], tables: [] }),
  });
}

/** Looks further than the first chunk only while nothing of it could be read. */
async function chooseByFirstRecords(
  chunks: AsyncIterable<readonly TextRecord[]>,
  sources: readonly Source[],
): Promise<Outcome<Source, FileFailure>> {
  const head: TextRecord[] = [];
  for await (const chunk of chunks) {
    head.push(...chunk);
    const chosen = chooseByRecords(head, sources);
    if (chosen.ok || head.length >= RECORD_SEARCH_LENGTH) return chosen;
  }
  return chooseByRecords(head, sources);
}

/** What records have instead of tables. */
const RECORD_TABLE = { table: '', tableIndex: 0, titles: [] as readonly string[] } as const;

/** A record that is one row. Files have millions: its place is put into words only when somebody asks. */
export class RecordRow implements InputRow {
  readonly table = RECORD_TABLE.table;
  readonly tableIndex = RECORD_TABLE.tableIndex;
  readonly titles = RECORD_TABLE.titles;
  readonly row: Outcome<SourceRow, RejectFailure>;

  constructor(
    private readonly placeOfPosition: (position: number) => string,
    private readonly position: number,
    private readonly text: string,
  ) {
    const parsed = parseJson(text);
    this.row = parsed.ok ? succeed({ from: 'json', value: parsed.value }) : fail({ code: 'not_json' });
  }

  get place(): string {
    return this.placeOfPosition(this.position);
  }

  original(): string {
    return this.text;
  }
}

/** Where a record stands in its file. */
export function placeOf(name: string, root: 'lines' | 'array' | 'document', position: number): string {
  return root === 'lines' ? `${name}:${position}` : root === 'array' ? `$[${position}]` : '$';
}

/** The lines from the first on; what was looked at before is let go. */
async function* linesInstead(
  chunks: Peekable<readonly TextRecord[]>,
  utf8: () => AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  await chunks.close();
  yield* utf8();
}

function parseJson(text: string): Outcome<unknown, 'not_json'> {
  try {
    return succeed<unknown>(JSON.parse(text));
  } catch {
    return fail('not_json');
  }
}
