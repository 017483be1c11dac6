import PDFDocument from 'pdfkit';
import { random } from '../text-files.js';

/** How a test table is set. */
export interface PdfTableLayout {
  readonly rows: number;
  /** Points between the columns, at the narrowest. */
  readonly gap: number;
  readonly rowsPerPage?: number;
  /** Draw each page turned by 90° and mark it as turned, as scanners and landscape exports do. */
  readonly rotate?: 0 | 90 | 180 | 270;
  readonly title?: string;
  readonly seed?: number;
  /** Deflate the pages, as every program does; plain, their text can be hurt. */
  readonly compress?: boolean;
}

export const HEADER = ['minute', 'online', 'viewers', 'views', 'likes', 'flux(MB)'];
const SIZE = 8;

/** A table of numbers by pdfkit, its columns as narrow as their widest cell allows, and the rows it shows. */
export async function makePdf(layout: PdfTableLayout): Promise<{ bytes: Buffer; rows: string[][] }> {
  const below = random(layout.seed ?? 7);
  const rows = Array.from({ length: layout.rows }, (_, at) => {
    const minute = new Date(Date.UTC(2026, 8, 9, 20, at)).toISOString().slice(0, 16).replace('T', ' ');
    const numbers = [3000, 900, 1500, 20, 90_000].map((limit) => {
      const number = below(limit);
      return number % 13 === 0 ? '--' : number.toLocaleString('en-US');
    });
    return [minute, ...numbers];
  });
  const document = new PDFDocument({
    size: 'A4',
    margin: 40,
    autoFirstPage: false,
    compress: layout.compress ?? true,
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => document.on('end', resolve));
  document.font('Helvetica').fontSize(SIZE);
  const widths = HEADER.map((name, at) =>
    Math.max(...[name, ...rows.map((row) => row[at] ?? '')].map((text) => document.widthOfString(text))),
  );
  const perPage = layout.rowsPerPage ?? 40;
  for (let from = 0; from < rows.length; from += perPage) {
    document.addPage();
    if (layout.rotate) Object.assign(document.page.dictionary.data, { Rotate: layout.rotate });
    let y = 50;
    if (from === 0 && layout.title) document.text(layout.title, 40, 30, { lineBreak: false });
    for (const row of [HEADER, ...rows.slice(from, from + perPage)]) {
      let x = 40;
      for (const [at, text] of row.entries()) {
        const width = widths[at] ?? 0;
        const left = at === 0 ? x : x + width - document.widthOfString(text);
        document.text(text, left, y, { lineBreak: false });
        x += width + layout.gap;
      }
      y += 12;
    }
    document.text(`Page ${from / perPage + 1} of ${Math.ceil(rows.length / perPage)}`, 250, 760, {
      lineBreak: false,
    });
  }
  document.end();
  await ended;
  return { bytes: Buffer.concat(chunks), rows };
}
