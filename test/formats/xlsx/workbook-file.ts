import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read } from '../../../formats/xlsx/read-task.js';
import type { CellValue, TableChunk } from '../../../formats/table.js';
import { zipFile, type ZipFileEntry } from '../zip-file.js';

export interface OddWorkbook {
  /** XML of each sheet, or only what is inside its `sheetData`. */
  readonly sheets: Readonly<Record<string, Buffer | string>>;
  readonly sharedStrings?: Buffer | string;
  /** Number format codes; style 0 is General, style n the n-th of these. */
  readonly formats?: readonly string[];
  readonly workbookProperties?: string;
  /** Attributes of the sheets in the workbook part, by name. */
  readonly sheetAttributes?: Readonly<Record<string, string>>;
  readonly more?: readonly ZipFileEntry[];
  readonly strict?: boolean;
}

const transitional = 'http://schemas.openxmlformats.org';
const strict = 'http://purl.oclc.org/ooxml';

/** A workbook as the parts say, however odd. */
export function oddWorkbook(workbook: OddWorkbook): Buffer {
  const names = Object.keys(workbook.sheets);
  const main =
    workbook.strict === true ? `${strict}/spreadsheetml/main` : `${transitional}/spreadsheetml/2006/main`;
  const relations =
    workbook.strict === true
      ? `${strict}/officeDocument/relationships`
      : `${transitional}/officeDocument/2006/relationships`;
  const relationship = (id: string, kind: string, target: string): string =>
    `<Relationship Id="${id}" Type="${relations}/${kind}" Target="${target}"/>`;
  const relationships = (all: string): string =>
    `<Relationships xmlns="${transitional}/package/2006/relationships">${all}</Relationships>`;
  const sheetXml = (content: Buffer | string): Buffer | string =>
    typeof content === 'string' && !content.includes('sheetData')
      ? `<worksheet xmlns="${main}"><sheetData>${content}</sheetData></worksheet>`
      : content;
  const formats = workbook.formats ?? [];
  const entries: ZipFileEntry[] = [
    {
      name: '_rels/.rels',
      content: relationships(relationship('rId1', 'officeDocument', 'xl/workbook.xml')),
    },
    {
      name: 'xl/workbook.xml',
      content:
        `<workbook xmlns="${main}" xmlns:r="${relations}"><workbookPr ${workbook.workbookProperties ?? ''}/><sheets>` +
        names
          .map(
            (name, at) =>
              `<sheet name="${name}" sheetId="${at + 1}" r:id="s${at}" ${workbook.sheetAttributes?.[name] ?? ''}/>`,
          )
          .join('') +
        '</sheets></workbook>',
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relationships(
        names.map((_, at) => relationship(`s${at}`, 'worksheet', `/xl/worksheets/sheet${at}.xml`)).join('') +
          relationship('styles', 'styles', 'styles.xml') +
          (workbook.sharedStrings === undefined
            ? ''
            : relationship('strings', 'sharedStrings', 'sharedStrings.xml')),
      ),
    },
    {
      name: 'xl/styles.xml',
      content:
        `<styleSheet xmlns="${main}"><numFmts>` +
        formats
          .map(
            (code, at) => `<numFmt numFmtId="${200 + at}" formatCode="${code.replaceAll('"', '&quot;')}"/>`,
          )
          .join('') +
        '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>' +
        formats.map((_, at) => `<xf numFmtId="${200 + at}"/>`).join('') +
        '</cellXfs></styleSheet>',
    },
    ...names.map((name, at) => ({
      name: `xl/worksheets/sheet${at}.xml`,
      content: sheetXml(workbook.sheets[name] ?? ''),
    })),
    ...(workbook.sharedStrings === undefined
      ? []
      : [{ name: 'xl/sharedStrings.xml', content: workbook.sharedStrings }]),
    ...(workbook.more ?? []),
  ];
  return zipFile(entries);
}

export interface ReadWorkbook {
  readonly chunks: readonly TableChunk[];
  /** Rows by sheet, by row number. */
  readonly rows: Readonly<Record<string, Readonly<Record<number, readonly CellValue[]>>>>;
}

/** Reads a workbook in this process, by the function that otherwise runs in the child. */
export async function readWorkbookFile(
  path: string,
  passwords: readonly string[] = [],
): Promise<ReadWorkbook> {
  const chunks: TableChunk[] = [];
  let headers = 0;
  await read(
    { path, passwords },
    {
      header: () => {
        headers += 1;
      },
      chunk: (chunk) => {
        if (headers !== 1) throw new Error('a chunk came before the header');
        chunks.push(chunk);
        return Promise.resolve();
      },
      consumed: () => undefined,
      extend: () => undefined,
    },
  );
  const rows: Record<string, Record<number, readonly CellValue[]>> = {};
  for (const chunk of chunks) {
    const sheet = (rows[chunk.table] ??= {});
    for (const { row, cells } of chunk.rows) sheet[row] = cells;
  }
  return { chunks, rows };
}

/** As `readWorkbookFile`, from bytes. */
export async function readWorkbookBytes(content: Buffer): Promise<ReadWorkbook> {
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-test-'));
  try {
    const path = join(folder, 'book.xlsx');
    writeFileSync(path, content);
    return await readWorkbookFile(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
