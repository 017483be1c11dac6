import type { TableChunk } from '../table.js';
import { CsvTokenizer, type CsvCaps, type CsvDialect } from './tokenizer.js';

/** The table name of every CSV. */
export const CSV_TABLE = 'csv';

/** Rows of a CSV that comes as blocks of UTF-8; the rows of a block in one chunk or a few. */
export async function* readCsv(
  blocks: AsyncIterable<Buffer>,
  dialect: CsvDialect,
  caps: CsvCaps,
): AsyncGenerator<TableChunk> {
  const tokenizer = new CsvTokenizer(dialect, caps);
  for await (const block of blocks) {
    for (const rows of tokenizer.push(block)) yield { table: CSV_TABLE, rows };
  }
  for (const rows of tokenizer.end()) yield { table: CSV_TABLE, rows };
}

/**
 * Reads a CSV to its end without making cells: throws what `readCsv` would throw.
 * @param linesFit it is known that no physical line breaks a cap: only records over several lines can.
 */
export async function verifyCsv(
  blocks: AsyncIterable<Buffer>,
  dialect: CsvDialect,
  caps: CsvCaps,
  linesFit = false,
): Promise<void> {
  const tokenizer = new CsvTokenizer(dialect, caps, false, linesFit);
  for await (const block of blocks) exhaust(tokenizer.push(block));
  exhaust(tokenizer.end());
}

function exhaust(rows: Iterator<unknown>): void {
  while (rows.next().done !== true);
}
