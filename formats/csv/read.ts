import type { TableChunk } from '../table.js';
import { CsvTokenizer, type CsvCaps, type CsvDialect } from './tokenizer.js';

/** The table name of every CSV. */
export const CSV_TABLE = 'csv';

/** Rows of a CSV that comes as blocks of UTF-8; one chunk a block. */
export async function* readCsv(
  blocks: AsyncIterable<Buffer>,
  dialect: CsvDialect,
  caps: CsvCaps,
): AsyncGenerator<TableChunk> {
  const tokenizer = new CsvTokenizer(dialect, caps);
  for await (const block of blocks) {
    const rows = tokenizer.push(block);
    if (rows.length > 0) yield { table: CSV_TABLE, rows };
  }
  const rows = tokenizer.end();
  if (rows.length > 0) yield { table: CSV_TABLE, rows };
}

/** Reads a CSV to its end without making cells: throws what `readCsv` would throw. */
export async function verifyCsv(
  blocks: AsyncIterable<Buffer>,
  dialect: CsvDialect,
  caps: CsvCaps,
): Promise<void> {
  const tokenizer = new CsvTokenizer(dialect, caps, false);
  for await (const block of blocks) tokenizer.push(block);
  tokenizer.end();
}
