/**
 * Speed of the text readers and of PDF tables: `npm run build && node dist/bench/text-read.js [rows]`.
 * Prints one line a format: rows a second of wall and of this process's CPU time (a busy machine spoils only the first; a
 * PDF is read in a child), and memory.
 */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import PDFDocument from 'pdfkit';
import { openFile } from '../formats/index.js';

const rows = Number(process.argv[2] ?? 1_000_000);
const pages = Math.max(20, Math.round(rows / 5000));

function event(at: number): string {
  return JSON.stringify({
    event_id: at.toString(16).padStart(32, '0'),
    event: 'live_enter',
    time: 1_788_969_600_000 + at,
    openid: 'oWylEzwFdJ4gsY8Ku0pUhcAsRqNm',
    unionid: 'oxiCxkMobNZ1nAYrSnHc_11up7Z7',
    room_id: '1003',
    platform: 'miniprogram',
    scene: 1047,
    query: 'utm_source=wechat_group&utm_campaign=double11&c=8hK2',
    props: { goods_id: 'g12', amount_fen: 19_900, note: at % 4 === 0 ? '云南普洱茶' : 'tea' },
  });
}

function csvRow(at: number): string {
  return `${at},live_enter,${1_788_969_600_000 + at},oWylEzwFdJ4gsY8Ku0pUhc,1003,miniprogram,1047,,g12,19900,普洱,ok`;
}

async function write(path: string, lines: Iterable<string>): Promise<void> {
  const file = createWriteStream(path);
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < 1 << 20) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'finish');
}

function* lines(row: (at: number) => string, first = '', separator = '\n', last = ''): Generator<string> {
  yield first;
  for (let at = 0; at < rows; at += 1) yield (at === 0 ? '' : separator) + row(at);
  yield last;
}

async function writePdf(path: string): Promise<void> {
  const document = new PDFDocument({ size: 'A4', margin: 40, autoFirstPage: false });
  const file = createWriteStream(path);
  document.pipe(file);
  document.fontSize(7);
  for (let page = 0; page < pages; page += 1) {
    document.addPage();
    for (let line = 0; line < 60; line += 1) {
      for (let column = 0; column < 10; column += 1) {
        document.text(String((page * 60 + line) * (column + 1)), 40 + column * 52, 40 + line * 12, {
          width: 45,
          align: 'right',
          lineBreak: false,
        });
      }
    }
  }
  document.end();
  await once(file, 'finish');
}

async function measure(path: string, unit: string, count?: number): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const opened = await openFile(path, { passwords: [] });
  if (!opened.ok) throw new Error(opened.failure.detail);
  const openSeconds = (performance.now() - before) / 1000;
  const { content } = opened.value;
  let read = 0;
  let peakBytes = 0;
  const note = (length: number): void => {
    read += length;
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  };
  if (content.kind === 'table') for await (const chunk of content.chunks()) note(chunk.rows.length);
  else for await (const chunk of content.chunks()) note(chunk.length);
  await opened.value.close();
  const seconds = (performance.now() - before) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  const per = (time: number): string => Math.round((count ?? read) / time).toLocaleString('en-US');
  console.log(
    `${opened.value.format.padEnd(7)} ${path.replace(/.*\./, '.').padEnd(7)} ${per(seconds)} ${unit}/s, ` +
      `${per(cpuSeconds)} ${unit}/CPU s here, opened after ${openSeconds.toFixed(2)} s, peak ${Math.round(peakBytes / 2 ** 20)} MiB`,
  );
}

const folder = await mkdtemp(join(tmpdir(), 'wxlive-bench-'));
try {
  const at = (name: string): string => join(folder, name);
  await write(at('e.ndjson'), lines(event));
  await write(at('e.json'), lines(event, '[', ',', ']'));
  await write(at('e.csv'), lines(csvRow, 'a,b,c,d,e,f,g,h,i,j,k,l\n'));
  await pipeline(createReadStream(at('e.ndjson')), createGzip({ level: 1 }), createWriteStream(at('e.gz')));
  await writePdf(at('t.pdf'));
  for (const name of ['e.ndjson', 'e.json', 'e.csv', 'e.gz']) await measure(at(name), 'rows');
  await measure(at('t.pdf'), 'pages', pages);
} finally {
  await rm(folder, { recursive: true });
}
