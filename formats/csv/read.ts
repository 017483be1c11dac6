import type { TableChunk } from '../table.js';
import { CsvTokenizer, type CsvCaps, type CsvDialect } from './tokenizer.js';

/** The table name of every CSV. */
export const CSV_TABLE = 'csv';

/** Rows of a CSV text that comes in pieces of any size; one chunk a piece. */
export async function* readCsv(
  texts: AsyncIterable<string>,
  dialect: CsvDialect,
  caps: CsvCaps,
): AsyncGenerator<TableChunk> {
  const tokenizer = new CsvTokenizer(dialect, caps);
  for await (const text of texts) {
    const rows = tokenizer.push(text);
    if (rows.length > 0) yield { table: CSV_TABLE, rows };
  }
  const rows = tokenizer.end();
  if (rows.length > 0) yield { table: CSV_TABLE, rows };
}
