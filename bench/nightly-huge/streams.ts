import { gzipSync } from 'node:zlib';
import { writeZip, type ZipEntry } from '../../formats/xlsx/write-zip.js';

/** The content of a file as it is made. */
export type Bytes = AsyncGenerator<Uint8Array, void>;

const BLOCK_BYTES = 1 << 20;

/** A piece so many times, handed over in blocks of a megabyte. */
export async function* repeated(piece: Buffer, count: number): Bytes {
  const together = Math.max(1, Math.floor(BLOCK_BYTES / piece.length));
  const block = Buffer.concat(Array<Buffer>(Math.min(together, count)).fill(piece));
  for (let left = count; left > 0; left -= together) {
    yield await Promise.resolve(left >= together ? block : block.subarray(0, left * piece.length));
  }
}

/** A gzip of a piece so many times: members after each other, compressed once. */
export async function* gzipOf(piece: Buffer, count: number): Bytes {
  const member = gzipSync(piece, { level: 1 });
  for (let left = count; left > 0; left -= 1) yield await Promise.resolve(member);
}

/** A workbook of one sheet whose rows are streamed. */
export async function* deflatedSheet(rows: Bytes): Bytes {
  yield* writeZip(parts(rows));
}

async function* parts(rows: Bytes): AsyncGenerator<ZipEntry> {
  const relation = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet';
  yield {
    name: 'xl/workbook.xml',
    content: '<workbook xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="a"/></sheets></workbook>',
  };
  yield {
    name: 'xl/_rels/workbook.xml.rels',
    content: `<Relationships><Relationship Id="a" Type="${relation}" Target="sheet.xml"/></Relationships>`,
  };
  yield { name: 'xl/sheet.xml', content: sheet(rows) };
  await Promise.resolve();
}

async function* sheet(rows: Bytes): Bytes {
  yield Buffer.from('<worksheet><sheetData>');
  yield* rows;
  yield Buffer.from('</sheetData></worksheet>');
}
