import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openFile } from '../../formats/open-file.js';
import { readBack, readBytes } from './text-files.js';

const SAMPLES = new URL('../fixtures/samples/', import.meta.url);
const fileName = (name: string): string => join(fileURLToPath(SAMPLES), name);
const ROWS = 'a,b\n1,值\n2,😀\n';
const CELLS = [
  ['a', 'b'],
  ['1', '值'],
  ['2', '😀'],
];
/** `ROWS` in GB18030: 值 in two bytes, 😀 in four. */
const ROWS_GB18030 = Buffer.from('612c620a312cd6b50a322c9439fc360a', 'hex');
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('openFile on the samples', () => {
  test.each([
    ['events-01.ndjson', 'ndjson', 'utf-8', 'lines', 590],
    ['events-02.json', 'json', 'utf-8', 'array', 270],
    ['events-03.csv', 'csv', 'utf-8', null, 186],
    ['events-bad.ndjson', 'ndjson', 'utf-8', 'lines', 86],
    ['edge-open.ndjson', 'ndjson', 'utf-8', 'lines', 10],
    ['edge-events.ndjson', 'ndjson', 'utf-8', 'lines', 22],
    ['sensors-01.log', 'ndjson', 'utf-8', 'lines', 568],
    ['sensors-03.log.gz', 'ndjson', 'utf-8', 'lines', 7],
    ['rooms.json', 'json', 'utf-8', 'document', 1],
    ['minutes-k1-day0.json', 'json', 'utf-8', 'array', 87],
    ['minutes-k2-day0-css.json', 'json', 'utf-8', 'document', 1],
    ['watch-l3-pages.json', 'json', 'utf-8', 'array', 5],
    ['watch-l3-error.json', 'json', 'utf-8', 'document', 1],
    ['roster-1.csv', 'csv', 'gb18030', null, 15],
    ['watch-l2-gb18030.csv', 'csv', 'gb18030', null, 24],
    ['统计报表-直播-44条-2026-09-11-2026-09-11.csv', 'csv', 'utf-8', null, 45],
  ])('%s is %s in %s', async (name, format, encoding, root, count) => {
    const read = await readBack(fileName(name));
    expect(read.failure).toBeNull();
    expect([read.format, read.encoding, read.root]).toEqual([format, encoding, root]);
    expect(read.rows.length + read.records.length).toBe(count);
  });

  test('rejects stand at their physical lines', async () => {
    const expected = JSON.parse(await readFile(fileName('expected.json'), 'utf8')) as {
      files: Record<string, { rejects?: { line?: number; index?: number; code: string | string[] }[] }>;
    };
    for (const name of ['events-bad.ndjson', 'events-02.json']) {
      const { records } = await readBack(fileName(name));
      for (const reject of expected.files[name]?.rejects ?? []) {
        const record = records.find((one) => one.position === (reject.line ?? reject.index));
        expect(record, name).toBeDefined();
        if (reject.code === 'not_json') expect(() => JSON.parse(record?.text ?? '') as unknown).toThrow();
      }
    }
  });

  test.each([
    ['hostile/empty.csv', 'empty'],
    ['hostile/picture.csv', 'unsupported'],
  ])('%s is refused: %s', async (name, code) => {
    expect((await readBack(fileName(name))).failure?.code).toBe(code);
  });

  test('says how far it has read', async () => {
    const opened = await openFile(fileName('events-01.ndjson'), { passwords: [] });
    if (!opened.ok || opened.value.content.kind !== 'records') throw new Error('not opened');
    for await (const chunk of opened.value.content.chunks()) expect(chunk.length).toBeGreaterThan(0);
    expect(opened.value.consumed()).toBe(opened.value.bytes);
    await opened.value.close();
  });
});

describe('encodings', () => {
  test.each([
    ['UTF-8', Buffer.from(ROWS), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${ROWS}`), 'utf-8'],
    ['UTF-16LE with a mark', Buffer.from(`\ufeff${ROWS}`, 'utf16le'), 'utf-16le'],
    ['UTF-16BE with a mark', utf16be(`\ufeff${ROWS}`), 'utf-16be'],
    ['UTF-16LE without one', Buffer.from(ROWS, 'utf16le'), 'utf-16le'],
    ['GB18030', ROWS_GB18030, 'gb18030'],
    ['UTF-8, gzipped', gzipSync(ROWS), 'utf-8'],
    ['two gzips after each other', Buffer.concat([gzipSync('a,b\n1,值\n'), gzipSync('2,😀\n')]), 'utf-8'],
    ['UTF-8 with NULs', Buffer.from('a,b\n1,\0值\n\0\n2,😀\n\0'), 'utf-8'],
  ])('%s', async (_, bytes, encoding) => {
    for (const blockBytes of [1, 2, 3, 5, 1 << 20]) {
      const read = await readBytes('x.csv', bytes, { textLimits: { blockBytes } });
      expect(read.failure).toBeNull();
      expect(read.encoding).toBe(encoding);
      expect(read.rows.map((row) => row.cells)).toEqual(CELLS);
    }
  });

  test('NDJSON and arrays in UTF-16 and GB18030', async () => {
    const lines = '{"a":"值"}\n{"a":"😀"}\n';
    for (const bytes of [Buffer.from(`\ufeff${lines}`, 'utf16le'), utf16be(`\ufeff${lines}`)]) {
      expect((await readBytes('x', bytes)).records.map((record) => record.text)).toEqual([
        '{"a":"值"}',
        '{"a":"😀"}',
      ]);
    }
    const gb = Buffer.concat([
      Buffer.from('[{"a":"'),
      Buffer.from('d6b59439fc36', 'hex'),
      Buffer.from('"}]'),
    ]);
    const read = await readBytes('x', gb);
    expect([read.encoding, read.root, read.records]).toEqual([
      'gb18030',
      'array',
      [{ position: 0, text: '{"a":"值😀"}' }],
    ]);
  });

  test('a CSV hurt in the middle is damaged, not read as another encoding', async () => {
    const bytes = Buffer.from(`a,b\n${'1,观看人数\n'.repeat(50)}`);
    bytes[200] = 0xff;
    expect((await readBytes('x.csv', bytes)).failure?.code).toBe('damaged');
  });

  test('NDJSON loses only the line that is hurt', async () => {
    const bytes = Buffer.from(`${'{"a":"观看人数"}\n'.repeat(50)}{"a":"观看`);
    const { encoding, records } = await readBytes('x.ndjson', bytes.subarray(0, -1));
    expect(encoding).toBe('utf-8');
    expect(records.length).toBe(51);
    expect(records[49]?.text).toBe('{"a":"观看人数"}');
  });

  test('lone surrogates in UTF-16 become U+FFFD', async () => {
    const read = await readBytes('x.csv', Buffer.from('\ufeffa,b\n1,\ud800x\n', 'utf16le'));
    expect(read.rows[1]?.cells).toEqual(['1', '\ufffdx']);
  });
});

describe('files that are refused', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['only a mark', Buffer.from('\ufeff'), 'empty'],
    ['only blanks', Buffer.from('\r\n \t\n\n'), 'empty'],
    ['a gzip of nothing', gzipSync(''), 'empty'],
    ['a gzip of a gzip', gzipSync(gzipSync('a,b\n')), 'unsupported'],
    ['a gzip of a picture', gzipSync(Buffer.from('89504e470d0a1a0a00', 'hex')), 'unsupported'],
    ['a JPEG', Buffer.from('ffd8ffe000104a46', 'hex'), 'unsupported'],
    ['an HTML page', Buffer.from('<html><table><tr><td>1'), 'unsupported'],
    ['a RAR', Buffer.from('Rar!\u001a\u0007\u0001\u0000'), 'unsupported'],
    ['a truncated gzip', gzipSync('a,b\n1,2\n'.repeat(500)).subarray(0, -20), 'damaged'],
    ['a truncated array', Buffer.from('[{"a":1},{"a":2}'), 'damaged'],
    ['a truncated document', Buffer.from('{"errcode":0,"list":[1,2'), 'damaged'],
    ['a document with NaN', Buffer.from('{"errcode":NaN}'), 'damaged'],
    ['text that is neither', Buffer.from('a,b\n1,\xff\xff\n', 'latin1'), 'damaged'],
  ])('%s', async (_, bytes, code) => {
    expect((await readBytes('x.csv', bytes)).failure?.code).toBe(code);
  });

  test('a gzip with a wrong checksum gives nothing', async () => {
    const bytes = gzipSync('a,b\n1,2\n');
    const at = bytes.length - 5;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    expect((await readBytes('x.csv.gz', bytes)).failure?.code).toBe('damaged');
  });

  test('caps: a line, a document, an element, the columns', async () => {
    const textLimits = { lineBytes: 100, documentBytes: 100, columns: 50 };
    const long = 'x'.repeat(200);
    expect((await readBytes('x.csv', `a,b\n${long},1\n`, { textLimits })).failure?.code).toBe('too_large');
    expect((await readBytes('x.csv.gz', gzipSync(`a,b\n${long},1\n`), { textLimits })).failure?.code).toBe(
      'too_large',
    );
    expect((await readBytes('x', `{"a":1}\n{"b":"${long}"}\n`, { textLimits })).failure?.code).toBe(
      'too_large',
    );
    expect(
      (await readBytes('x', `{"a":[\n"${'x'.repeat(60)}",\n"${'x'.repeat(60)}"]}`, { textLimits })).failure
        ?.code,
    ).toBe('too_large');
    expect((await readBytes('x', `[1,"${long}"]`, { textLimits })).failure?.code).toBe('too_large');
    expect((await readBytes('x.csv', `${','.repeat(60)}1\n`, { textLimits })).failure?.code).toBe(
      'too_large',
    );
    expect((await readBytes('x', `[${'1,'.repeat(500)}1]`, { textLimits })).records.length).toBe(501);
  });

  test('a missing file is the system error', async () => {
    await expect(openFile('/nonexistent/x.csv', { passwords: [] })).rejects.toThrow(/ENOENT/);
  });

  test('an aborted signal stops it', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(openFile(fileName('events-01.ndjson'), { passwords: [], signal })).rejects.toThrow('enough');
  });
});

describe('odd files that load', () => {
  test('100,000 columns', async () => {
    const line = Array.from({ length: 100_000 }, (_, at) => `c${at}`).join(',');
    const read = await readBytes('x.csv', `${line}\n${line}\n`);
    expect(read.rows.map((row) => row.cells.length)).toEqual([100_000, 100_000]);
  });

  test.each([
    ['CSV rows', 'x.csv', `a,b\n${'1,\n'.repeat(200_000)}`],
    ['lines', 'x.ndjson', `{"a":1}\n${'2\n'.repeat(200_000)}`],
    ['elements', 'x.json', `[0${',1'.repeat(200_000)}]`],
    ['rows after a quote that is never closed', 'x.csv', `a,b\n1,"${'x\n'.repeat(200_000)}`],
  ])('200,000 short %s, in chunks that can be handed on', async (_, name, text) => {
    const folder = await mkdtemp(join(tmpdir(), 'wxlive-formats-'));
    try {
      await writeFile(join(folder, name), text);
      const opened = await openFile(join(folder, name), { passwords: [] });
      if (!opened.ok) throw new Error(opened.failure.detail);
      const sizes: number[] = [];
      const { content } = opened.value;
      if (content.kind === 'table') for await (const { rows } of content.chunks()) sizes.push(rows.length);
      else for await (const records of content.chunks()) sizes.push(records.length);
      await opened.value.close();
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200_001);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(16_384);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('junk on the first line of NDJSON', async () => {
    const read = await readBytes('x.txt', 'oops\n{"a":1}\n\n{"a":2}\n{"a":3');
    expect(read.records.map((record) => record.position)).toEqual([1, 2, 4, 5]);
  });

  test('one line of NDJSON, cut, is one record by its name', async () => {
    const read = await readBytes('x.ndjson', '{"a":1');
    expect([read.root, read.records.length]).toEqual(['lines', 1]);
  });

  test('a document 100,000 deep', async () => {
    const text = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000);
    expect((await readBytes('x.json', text)).records[0]?.text.length).toBe(text.length);
  });

  test('an empty array', async () => {
    const read = await readBytes('x.json', ' [ ] ');
    expect([read.failure, read.root, read.records]).toEqual([null, 'array', []]);
  });

  test('it can be read twice', async () => {
    const opened = await openFile(fileName('events-03.csv'), { passwords: [] });
    if (!opened.ok || opened.value.content.kind !== 'table') throw new Error('not opened');
    const counts = [];
    for (let pass = 0; pass < 2; pass += 1) {
      let count = 0;
      for await (const chunk of opened.value.content.chunks()) count += chunk.rows.length;
      counts.push(count);
    }
    await opened.value.close();
    expect(counts).toEqual([186, 186]);
  });
});
