import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { guardFormula } from '../../../formats/csv/formula-guard.js';
import { csvLine, writeCsv } from '../../../formats/csv/write.js';
import { random, readBytes } from '../text-files.js';

async function write(rows: string[][], formulaGuard = false): Promise<string> {
  let text = '';
  for await (const piece of writeCsv(rows, { formulaGuard })) text += piece;
  return text;
}

function randomRows(below: (limit: number) => number): string[][] {
  const pieces = ['a', ',', '"', '\n', '\r\n', '值', ' ', '😀', '=1+1', '\t', ';', '|', "'"];
  const columns = 2 + below(4);
  return Array.from({ length: 1 + below(8) }, (_, at) =>
    Array.from({ length: columns }, (_, column) =>
      column === 0 ? `r${at}` : Array.from({ length: below(5) }, () => pieces[below(pieces.length)]).join(''),
    ),
  );
}

describe('writeCsv', () => {
  test('what it writes reads back the same, by us and by Python', async () => {
    const below = random(42);
    const hasPython = spawnSync('python3', ['--version']).status === 0;
    if (!hasPython) console.warn('python3 is missing: written CSV is not read by Python');
    if (process.env['CI'] === 'true') expect(hasPython).toBe(true);
    const files = [];
    for (let round = 0; round < 100; round += 1) {
      const rows = randomRows(below);
      const text = await write(rows);
      files.push({ rows, text });
      const back = await readBytes('x.csv', text);
      expect(
        back.rows.map((row) => row.cells),
        JSON.stringify(text),
      ).toEqual(rows);
    }
    if (!hasPython) return;
    const script = `
import csv, io, json, sys
json.dump([list(csv.reader(io.StringIO(t[1:], newline=''))) for t in json.load(sys.stdin)], sys.stdout)`;
    const input = JSON.stringify(files.map((file) => file.text));
    const python = spawnSync('python3', ['-c', script], { input, maxBuffer: 1 << 26 });
    expect(JSON.parse(python.stdout.toString())).toEqual(files.map((file) => file.rows));
  });

  test('starts with a byte order mark and ends lines with CR LF', async () => {
    expect(await write([['a', 'b']])).toBe('\ufeffa,b\r\n');
  });

  test('numbers, booleans and nothing', () => {
    expect(csvLine([1, -2.5, true, null, ''])).toBe('1,-2.5,true,,\r\n');
    expect(csvLine([null])).toBe('""\r\n');
  });
});

describe('guardFormula', () => {
  test.each([
    '=1+1',
    '+cmd',
    '-cmd',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠a',
    '|x',
    '%x',
    '  =1',
    '\u3000=1',
    '-1,234',
    '--',
  ])('%j is neutralised', (text) => {
    expect(guardFormula(text)).toBe(`'${text}`);
  });
  test.each(['-1', '+1.5', '-1e5', '.5', '', 'a=b', '1+1', '导出', "'=1", ' x'])('%j stays', (text) => {
    expect(guardFormula(text)).toBe(text);
  });
  test('is on unless switched off', () => {
    expect(csvLine(['=1'])).toBe("'=1\r\n");
    expect(csvLine(['=1'], { formulaGuard: false })).toBe('=1\r\n');
  });
});
