import { StyleSheet, writeWorkbook, type CellValue } from '../formats/index.js';

export interface SampleSheet {
  readonly name: string;
  readonly rows: readonly (readonly CellValue[])[];
  /** The header, from 0; title lines stand above it. */
  readonly headerRow: number;
}

/** A workbook as the platforms' consoles write them: plain, one look, a bold header. */
export function buildWorkbook(sheets: readonly SampleSheet[], createdAt: number): AsyncIterable<Uint8Array> {
  const styles = new StyleSheet();
  const bold = styles.add({ font: { bold: true } });
  return writeWorkbook({
    properties: { title: sheets[0]?.name ?? '', subject: '', creator: 'wxlive samples', created: createdAt },
    styles,
    sheets: sheets.map(({ name, rows, headerRow }) => ({
      name,
      rows: rows.map((cells, at) => ({ cells, styles: at === headerRow ? cells.map(() => bold) : [] })),
      columnWidths: (rows[headerRow] ?? []).map(() => 16),
    })),
  });
}

/** All of it, for what must be encrypted or measured. */
export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
