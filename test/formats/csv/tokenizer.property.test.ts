import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readCsv, verifyCsv } from '../../../formats/csv/read.js';
import type { TableRow } from '../../../formats/table.js';
import { cutRandomly, random } from '../text-files.js';

const PYTHON = `
import csv, io, json, sys
out = []
for text in json.load(sys.stdin):
    rows = list(csv.reader(io.StringIO(text + '\\n"END"\\n', newline='')))
    closed = rows[-1] == ['END']
    out.append([r for r in rows[:-1] if any(r)] if closed else None)
json.dump(out, sys.stdout)
`;
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('python3 is missing: the CSV reader is not compared with Python');

async function read(text: string, below: (limit: number) => number): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  const blocks = cutRandomly(Buffer.from(text), below);
  for await (const chunk of readCsv(blocks, { delimiter: ',' }, { recordBytes: 1 << 20, columns: 1000 })) {
    rows.push(...chunk.rows);
  }
  return rows;
}

function randomCsv(below: (limit: number) => number): string {
  const pieces = [
    ',',
    ',',
    ',',
    '"',
    '"',
    '""',
    '\n',
    '\r\n',
    '\r',
    'a',
    '7',
    '值',
    '😀',
    ' ',
    "'",
    ';',
    '\ufeff',
    '"x,y"',
  ];
  return Array.from({ length: 1 + below(60) }, () => pieces[below(pieces.length)])
    .join('')
    .replace(/^\ufeff+/, '');
}

describe('the CSV reader', () => {
  test.skipIf(!hasPython && process.env['CI'] !== 'true')(
    'agrees with Python on 3,000 random texts, however they are cut',
    async () => {
      const below = random(20260911);
      const texts = Array.from({ length: 3000 }, () => randomCsv(below));
      const python = spawnSync('python3', ['-c', PYTHON], {
        input: JSON.stringify(texts),
        maxBuffer: 1 << 28,
      });
      expect(python.status, python.stderr.toString()).toBe(0);
      const expected = JSON.parse(python.stdout.toString()) as (string[][] | null)[];
      let compared = 0;
      for (const [at, text] of texts.entries()) {
        const rows = expected[at];
        if (rows === null || rows === undefined) continue;
        compared += 1;
        expect(
          (await read(text, below)).map((row) => row.cells),
          JSON.stringify(text),
        ).toEqual(rows);
      }
      expect(compared).toBeGreaterThan(1000);
    },
  );

  test('gives the same rows and lines however the bytes are cut', async () => {
    const below = random(5);
    for (let round = 0; round < 400; round += 1) {
      const text = randomCsv(below);
      const whole = await read(text, () => 39);
      expect(await read(text, below), JSON.stringify(text)).toEqual(whole);
      expect(await read(text, () => 0), JSON.stringify(text)).toEqual(whole);
    }
  });

  test('verifying finds what reading would, also when it looks at lines with quotes alone', async () => {
    const below = random(77);
    let refused = 0;
    for (let round = 0; round < 600; round += 1) {
      const text = randomCsv(below);
      const columns = 1 + below(6);
      const caps = { recordBytes: 1 << 20, columns };
      const blocks = (): AsyncGenerator<Buffer> => cutRandomly(Buffer.from(text), below);
      const failed = async (reading: Promise<unknown>): Promise<boolean> =>
        reading.then(
          () => false,
          () => true,
        );
      const reads = async (): Promise<void> => {
        for await (const { rows } of readCsv(blocks(), { delimiter: ',' }, caps))
          expect(rows).not.toEqual([]);
      };
      const expected = await failed(reads());
      const linesFit = text.split(/\r\n|\r|\n/u).every((line) => line.split(',').length <= columns);
      const found = await failed(verifyCsv(blocks(), { delimiter: ',' }, caps, linesFit));
      expect(found, JSON.stringify(text)).toBe(expected);
      if (expected) refused += 1;
    }
    expect(refused).toBeGreaterThan(100);
  });

  test('a row stands at the physical line where it starts', async () => {
    const rows = await read('a,b\r\n"x\ny\r\nz\rw",1\n\n\nlast,2\rend,3', random(1));
    expect(rows).toEqual([
      { row: 1, cells: ['a', 'b'] },
      { row: 2, cells: ['x\ny\r\nz\rw', '1'] },
      { row: 8, cells: ['last', '2'] },
      { row: 9, cells: ['end', '3'] },
    ]);
  });

  test('a quote that is never closed is text and swallows nothing', async () => {
    const rows = await read('id,note\n1,"open\n2,fine\n3,"also ""fine"""\n4,"cut', random(1));
    expect(rows.map((row) => row.cells)).toEqual([
      ['id', 'note'],
      ['1', 'open\n2,fine\n3,also ""fine"""'],
      ['4', '"cut'],
    ]);
  });

  test('a quoted cell over the cap is text too', async () => {
    const text = `1,"${'x\n'.repeat(50)}y"\n2,b\n`;
    const rows: TableRow[] = [];
    const caps = { recordBytes: 40, columns: 10 };
    for await (const chunk of readCsv(cutRandomly(Buffer.from(text), random(3)), { delimiter: ',' }, caps)) {
      rows.push(...chunk.rows);
    }
    expect(rows[0]).toEqual({ row: 1, cells: ['1', '"x'] });
    expect(rows.at(-1)).toEqual({ row: 52, cells: ['2', 'b'] });
  });
});
