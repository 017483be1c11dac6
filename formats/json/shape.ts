/** How the text of a file is laid out, as far as its first part tells. */
export interface TextShape {
  /** `object`: starts like a JSON object that may be a document of its own; the whole file decides. */
  readonly kind: 'lines' | 'array' | 'object' | 'table';
  /** Should `object` turn out to be no document: do its lines look like NDJSON? */
  readonly orLines: boolean;
}

/** Lines looked at. */
const SAMPLE = 200;

/**
 * Judges by the first part of a text (NULs and byte order mark removed).
 * `lines`: NDJSON, which is a first line that is a whole JSON object or array with more after it, or a majority of
 * lines that look like objects, so that junk on line 1 does not hide the rest.
 * @param complete whether `head` is the whole text; otherwise its last line is cut and ignored.
 * @param namedLines whether the file is called .ndjson, .jsonl or .log, which settles only doubtful cases.
 */
export function judgeShape(head: string, complete: boolean, namedLines: boolean): TextShape {
  const pieces = head.split('\n', SAMPLE + 1);
  if (!complete && pieces.length <= SAMPLE) pieces.pop();
  const lines = pieces.map((line) => line.trim()).filter((line) => line !== '');
  const first = lines[0];
  const objects = lines.filter(isWholeObject).length;
  const openings = lines.filter((line) => line.startsWith('{') && line !== '{').length;
  // A third: in a pretty-printed array all objects but the last end in a comma.
  const mostlyObjects = openings * 2 > lines.length && objects * 3 >= lines.length;
  const start = head.trimStart();
  const orLines = first === undefined || objects * 2 >= lines.length;
  const isLines =
    first !== undefined &&
    ((lines.length > 1 && (mostlyObjects || isWholeContainer(first))) ||
      (namedLines && (objects > 0 || (first.startsWith('{') && first !== '{'))));
  if (isLines) return { kind: 'lines', orLines };
  if (/^\[\s*(?:[{["\]\d-]|true|false|null|$)/.test(start)) return { kind: 'array', orLines };
  return { kind: start.startsWith('{') ? 'object' : 'table', orLines };
}

function isWholeObject(line: string): boolean {
  return line.startsWith('{') && line.endsWith('}') && isWholeContainer(line);
}

function isWholeContainer(line: string): boolean {
  if (!/^[{[]/.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
