import { CsvTokenizer } from './tokenizer.js';

/** In order of preference when nothing else decides. */
const DELIMITERS = [',', '\t', ';', '|'] as const;

/** Rows looked at. */
const SAMPLE = 100;

/**
 * The delimiter under which most rows of the head have the same number (two or more) of cells; on a tie the one that
 * gives more cells. A text without any is read as one column of comma-separated values.
 * @param complete whether `head` is the whole text; otherwise its last row may be cut and is ignored.
 */
export function detectDelimiter(head: string, complete: boolean): string {
  let best: { delimiter: string; rows: number; cells: number } = { delimiter: ',', rows: 0, cells: 1 };
  const bytes = Buffer.from(head, 'utf8');
  for (const delimiter of DELIMITERS) {
    const tokenizer = new CsvTokenizer({ delimiter }, { recordBytes: bytes.length, columns: Infinity });
    const rows = tokenizer.push(bytes).concat(complete ? tokenizer.end() : []);
    const counts = new Map<number, number>();
    for (const { cells } of rows.slice(0, SAMPLE)) {
      if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    }
    for (const [cells, count] of counts) {
      if (count > best.rows || (count === best.rows && cells > best.cells)) {
        best = { delimiter, rows: count, cells };
      }
    }
  }
  return best.delimiter;
}
