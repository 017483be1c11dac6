import { openFile, type CellValue, type FormatFailureCode, type TextLimits } from '../../formats/index.js';

/** What a file turned out to be: all of its rows, or one code. */
export type ReadAll =
  | { readonly code: FormatFailureCode }
  | {
      readonly code: null;
      readonly format: string;
      readonly encoding: string | null;
      /** `lines`, `array`, `document`; null for tables. */
      readonly root: 'lines' | 'array' | 'document' | null;
      readonly rows: readonly (readonly [table: string, row: number, cells: readonly CellValue[]])[];
      readonly records: readonly (readonly [position: number, text: string])[];
    };

/**
 * Reads a file as every command does. What comes after `openFile` has said yes may not fail any more: a `FormatError`
 * there is thrown as it is, and is a bug.
 */
export async function readAll(
  path: string,
  passwords: readonly string[],
  textLimits: Partial<TextLimits> = {},
): Promise<ReadAll> {
  const opened = await openFile(path, { passwords, textLimits });
  if (!opened.ok) return { code: opened.failure.code };
  const { format, encoding, content } = opened.value;
  const rows: [string, number, readonly CellValue[]][] = [];
  const records: [number, string][] = [];
  try {
    if (content.kind === 'table') {
      for await (const chunk of content.chunks()) {
        for (const { row, cells } of chunk.rows) rows.push([chunk.table, row, cells]);
      }
    } else {
      for await (const chunk of content.chunks()) {
        for (const { position, text } of chunk) records.push([position, text]);
      }
    }
  } finally {
    await opened.value.close();
  }
  return {
    code: null,
    format,
    encoding,
    root: content.kind === 'table' ? null : content.root,
    rows,
    records,
  };
}
