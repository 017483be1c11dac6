/**
 * How fast and in how much memory workbooks are read: `node dist/bench/xlsx-read.js [rows]` (after `npm run build`).
 * The workbook has twelve columns as an event export has them, once with inline and once with shared strings, and
 * is read plain and encrypted.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflateRaw, crc32 } from 'node:zlib';
import { encryptPackage } from '../formats/office-encryption/encrypt.js';
import { openXlsx } from '../formats/xlsx/read.js';

const password = 'bench 密码';
const rowsAtOnce = 2_000;

interface Part {
  readonly name: string;
  readonly content: Iterable<string>;
}

/** Rows as a platform exports events; texts that repeat and texts that do not. */
function* sheet(rows: number, strings: Map<string, number> | null): Generator<string> {
  const text = (value: string): string => {
    if (strings === null) return `t="inlineStr"><is><t>${value}</t></is></c>`;
    const index = strings.get(value) ?? strings.size;
    strings.set(value, index);
    return `t="s"><v>${index}</v></c>`;
  };
  yield '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>';
  let block = '';
  for (let row = 1; row <= rows; row += 1) {
    const mixed = (row * 7_919) % 1_000_003;
    block +=
      `<row r="${row}"><c r="A${row}" ${text(`ev-${mixed.toString(16).padStart(8, '0')}-${row}`)}` +
      `<c r="B${row}" ${text(row % 3 === 0 ? 'goods_click' : 'live_enter')}<c r="C${row}"><v>${1_794_398_400_123 + row}</v></c>` +
      `<c r="D${row}" ${text(`oAbCdEf${String(mixed % 50_000).padStart(20, '0')}`)}<c r="E${row}" ${text('1003')}` +
      `<c r="F${row}" ${text('miniprogram')}<c r="G${row}"><v>1047</v></c><c r="H${row}" ${text(`观看直播${mixed % 100}`)}` +
      `<c r="I${row}" s="1"><v>${46_275 + row / 86_400}</v></c><c r="J${row}"><v>${mixed * 1.5}</v></c>` +
      `<c r="K${row}"><v>${mixed}</v></c><c r="L${row}"><v>${row % 7}</v></c></row>`;
    if (row % rowsAtOnce === 0) {
      yield block;
      block = '';
    }
  }
  yield `${block}</sheetData></worksheet>`;
}

function* sharedStrings(strings: Map<string, number>): Generator<string> {
  yield '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">';
  for (const text of strings.keys()) yield `<si><t>${text}</t></si>`;
  yield '</sst>';
}

function parts(rows: number, isShared: boolean): Part[] {
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const relationships = (...kinds: readonly (readonly [string, string])[]): string =>
    `<Relationships>${kinds.map(([kind, target], at) => `<Relationship Id="r${at}" Type="${office}/${kind}" Target="${target}"/>`).join('')}</Relationships>`;
  const strings = isShared ? new Map<string, number>() : null;
  return [
    { name: '_rels/.rels', content: [relationships(['officeDocument', 'xl/workbook.xml'])] },
    {
      name: 'xl/workbook.xml',
      content: [`<workbook xmlns:r="${office}"><sheets><sheet name="events" r:id="r0"/></sheets></workbook>`],
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: [
        isShared
          ? relationships(
              ['worksheet', 'sheet.xml'],
              ['styles', 'styles.xml'],
              ['sharedStrings', 'strings.xml'],
            )
          : relationships(['worksheet', 'sheet.xml'], ['styles', 'styles.xml']),
      ],
    },
    {
      name: 'xl/styles.xml',
      content: ['<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>'],
    },
    { name: 'xl/sheet.xml', content: sheet(rows, strings) },
    ...(strings === null ? [] : [{ name: 'xl/strings.xml', content: sharedStrings(strings) }]),
  ];
}

/** A zip in pieces; returns the inflated size of all entries. */
async function writeZip(path: string, entries: readonly Part[]): Promise<number> {
  let inflated = 0;
  async function* pieces(): AsyncGenerator<Buffer> {
    const directory: Buffer[] = [];
    let position = 0;
    for (const { name, content } of entries) {
      const header = Buffer.alloc(30 + name.length);
      header.writeUInt32LE(0x04034b50, 0);
      header.writeUInt16LE(8, 8);
      header.writeUInt16LE(8, 6);
      header.writeUInt16LE(name.length, 26);
      header.write(name, 30);
      yield header;
      let [crc, plainBytes, storedBytes] = [0, 0, 0];
      const plain = Readable.from(
        (function* () {
          for (const text of content) {
            const block = Buffer.from(text);
            crc = crc32(block, crc);
            plainBytes += block.length;
            yield block;
          }
        })(),
      );
      for await (const block of plain.pipe(createDeflateRaw({ level: 3 }))) {
        storedBytes += (block as Buffer).length;
        yield block as Buffer;
      }
      const entry = Buffer.alloc(46 + name.length);
      entry.writeUInt32LE(0x02014b50, 0);
      entry.writeUInt16LE(8, 10);
      entry.writeUInt32LE(crc, 16);
      entry.writeUInt32LE(storedBytes, 20);
      entry.writeUInt32LE(plainBytes, 24);
      entry.writeUInt16LE(name.length, 28);
      entry.writeUInt32LE(position, 42);
      entry.write(name, 46);
      directory.push(entry);
      position += header.length + storedBytes;
      inflated += plainBytes;
    }
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(entries.length, 10);
    end.writeUInt32LE(
      directory.reduce((bytes, entry) => bytes + entry.length, 0),
      12,
    );
    end.writeUInt32LE(position, 16);
    yield Buffer.concat([...directory, end]);
  }
  await pipeline(pieces, createWriteStream(path));
  return inflated;
}

async function measure(label: string, path: string, inflatedBytes: number): Promise<void> {
  const started = performance.now();
  const file = await openXlsx(path, { passwords: [password] });
  const opened = performance.now();
  if (file.content.kind !== 'table') throw new Error('no table');
  let rows = 0;
  for await (const chunk of file.content.chunks()) rows += chunk.rows.length;
  const seconds = (performance.now() - started) / 1000;
  const fileMebibytes = (await stat(path)).size / 2 ** 20;
  console.log(
    `${label}: ${rows} rows, ${fileMebibytes.toFixed(0)} MiB, ${(inflatedBytes / 2 ** 20).toFixed(0)} MiB inflated: ` +
      `verified after ${((opened - started) / 1000).toFixed(2)} s, read in ${seconds.toFixed(2)} s, ` +
      `${Math.round(rows / seconds)} rows/s`,
  );
}

const rows = Number(process.argv[2] ?? 1_000_000);
const folder = await mkdtemp(join(tmpdir(), 'wxlive-bench-'));
try {
  for (const isShared of [false, true]) {
    const [plain, encrypted] = [join(folder, 'plain.xlsx'), join(folder, 'encrypted.xlsx')];
    const inflatedBytes = await writeZip(plain, parts(rows, isShared));
    const label = isShared ? 'shared strings' : 'inline strings';
    await measure(label, plain, inflatedBytes);
    await pipeline(encryptPackage(await readFile(plain), password), createWriteStream(encrypted));
    await measure(`${label}, encrypted`, encrypted, inflatedBytes);
  }
} finally {
  await rm(folder, { recursive: true });
}
