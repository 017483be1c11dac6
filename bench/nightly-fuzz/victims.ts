/** Good files of every reader, to be hurt; made or found once a process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encryptPackage } from '../../formats/index.js';
import { openZip } from '../../formats/bounded-zip.js';
import { memoryAccess } from '../../formats/random-access.js';
import { packageRoot } from '../../sql/index.js';
import { makePdf } from '../../test/formats/pdf/pdf-table.js';
import { zipFile } from '../../test/formats/zip-file.js';

const SAMPLES = join(packageRoot(), 'test', 'fixtures', 'samples');

/** Opens every encrypted victim; one that opens none of them stands before them. */
export const PASSWORDS = ['none of them', 'fuzz', 'Lo-3FeCU7X1Ac', 'Pd_ppUDCgnaGz'];

/** Hundred thousand rounds of hashing a case would make up nine tenths of the work and find nothing. */
const FEW_ROUNDS = 3;

export interface Victim {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A workbook taken apart: content by name of part. */
export type Parts = ReadonlyMap<string, Buffer>;

const sample = (name: string): Victim => ({ name, bytes: readFileSync(join(SAMPLES, name)) });

export const workbooks = once(() =>
  Promise.resolve(['events-04.xlsx', 'signin-l1.xlsx', 'roster-2.xlsx', 'edge-ids.xlsx'].map(sample)),
);

export const workbookParts = once(async () =>
  Promise.all((await workbooks()).map(async ({ bytes }) => takeApart(bytes))),
);

/** Agile by this product, standard by LibreOffice. */
export const encryptedWorkbooks = once(async () => {
  const [first, second] = await workbooks();
  const agile = [first, second].flatMap((victim) => (victim === undefined ? [] : [victim]));
  return [
    ...(await Promise.all(
      agile.map(async ({ name, bytes }) => ({ name, bytes: await encryptQuickly(bytes) })),
    )),
    sample('watch-l2-restated-encrypted.xlsx'),
  ];
});

export const csvFiles = once(() =>
  Promise.resolve(
    [
      'edge-events-columns.csv',
      'watch-l2-gb18030.csv',
      'roster-1.csv',
      'links.csv',
      'orders-fen.csv',
      '统计报表-直播-44条-2026-09-11-2026-09-11.csv',
    ].map(sample),
  ),
);

export const jsonFiles = once(() =>
  Promise.resolve(
    [
      'events-bad.ndjson',
      'edge-events.ndjson',
      'minutes-k1-day0-older.json',
      'rooms.json',
      'watch-l3-pages.json',
      'minutes-k2-day0-css.json',
    ].map(sample),
  ),
);

/** Compressed and not, encrypted and not. */
export const pdfFiles = once(async () => [
  sample('minutes-k1-day2.pdf'),
  sample('minutes-k2-day2-encrypted.pdf'),
  { name: 'plain.pdf', bytes: (await makePdf({ rows: 30, gap: 10, compress: false })).bytes },
  { name: 'turned.pdf', bytes: (await makePdf({ rows: 20, gap: 10, rotate: 90, compress: false })).bytes },
]);

export async function encryptQuickly(workbook: Buffer): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of encryptPackage(workbook, 'fuzz', FEW_ROUNDS)) blocks.push(block);
  return Buffer.concat(blocks);
}

/** The parts as a workbook again, with sizes and checksums that are right. */
export function putTogether(parts: Parts): Buffer {
  return zipFile(Array.from(parts, ([name, content]) => ({ name, content })));
}

async function takeApart(workbook: Buffer): Promise<Parts> {
  const zip = await openZip(memoryAccess(workbook));
  const parts = new Map<string, Buffer>();
  for (const entry of zip.entries) {
    const blocks: Buffer[] = [];
    for await (const block of zip.inflate(entry)) blocks.push(block);
    parts.set(entry.name, Buffer.concat(blocks));
  }
  return parts;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => (made ??= make());
}
