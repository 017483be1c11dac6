import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormatError, FORMAT_FAILURE_CODES, type CellValue } from '../../../formats/table.js';
import { openXlsx } from '../../../formats/xlsx/read.js';
import { lacksPython } from '../../external-tool.js';
import { noise } from '../office-encryption/encrypted-sample.js';
import { zipFile } from '../zip-file.js';
import { oddWorkbook, readWorkbookFile } from './workbook-file.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wxlive-test-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.skipIf(lacksPython('openpyxl'))('against openpyxl', () => {
  it.each([1, 2, 3, 4, 5, 6])('reads the cells it wrote and as it reads them, seed %i', async (seed) => {
    const script = fileURLToPath(new URL('./write_workbook.py', import.meta.url));
    const path = join(folder, `seed-${seed}.xlsx`);
    const said = execFileSync('python3', [script, path, String(seed)], {
      encoding: 'utf8',
      maxBuffer: 1 << 27,
    });
    const expected = JSON.parse(said) as Record<string, Record<number, CellValue[]>>;
    const { rows } = await readWorkbookFile(path);
    for (const [sheet, sheetRows] of Object.entries(expected)) {
      expect(rows[sheet] ?? {}, sheet).toEqual(sheetRows);
    }
    expect(Object.keys(rows).length).toBeGreaterThan(1);
  });
});

/** Opens and reads a file to its end: rows, or the one failure it may have. */
async function outcomeOf(path: string): Promise<string> {
  let rows = 0;
  try {
    const file = await openXlsx(path, {
      passwords: ['wrong', 'Kai播#WmX10kW7c'],
      limits: { openMilliseconds: 15_000 },
    });
    if (file.content.kind !== 'table') throw new Error('no table');
    for await (const chunk of file.content.chunks()) rows += chunk.rows.length;
    return 'read';
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    // Nothing of a file that turns out to be unreadable may have been delivered.
    expect(rows).toBe(0);
    return error.failure.code;
  }
}

describe('changed bytes', () => {
  const sample = (name: string): Buffer =>
    readFileSync(new URL(`../../fixtures/samples/${name}`, import.meta.url));
  /** As many ways to be wrong as there are layers: container, encryption, zip, deflate, XML. */
  const victims: Record<string, Buffer> = {
    'watch-l1-encrypted.xlsx': Buffer.from(
      sample('watch-l1-encrypted.xlsx')
        .toString('latin1')
        .replace('spinCount="100000"', 'spinCount="000001"'),
      'latin1',
    ),
    'roster-2.xlsx': sample('roster-2.xlsx'),
    'events-04.xlsx': sample('events-04.xlsx'),
    'signin-l1.xlsx': sample('signin-l1.xlsx'),
  };

  it.each(Object.keys(victims))('%s: rows or one failure, in a shared child', async (name) => {
    const victim = victims[name] ?? Buffer.alloc(0);
    const random = noise(8 * 70, name.length);
    const seen = new Map<string, number>();
    for (let index = 0; index < 70; index += 1) {
      const changed = Buffer.from(victim);
      const number = (field: number): number => random.readUInt16LE(8 * index + 2 * field);
      const at = Math.floor((number(0) / 65_536) * changed.length);
      switch (index % 5) {
        case 0:
          changed[at] = number(1) & 0xff;
          break;
        case 1:
          changed.writeUInt32LE(0xffffffff, Math.min(at, changed.length - 4));
          break;
        case 2:
          changed.fill(number(1) & 0xff, at, Math.min(at + (number(2) % 200), changed.length));
          break;
        case 3:
          changed.copy(
            changed,
            at,
            number(1) % changed.length,
            (number(1) % changed.length) + (number(2) % 300),
          );
          break;
        default:
      }
      const bytes = index % 5 === 4 ? changed.subarray(0, at) : changed;
      const path = join(folder, 'changed.xlsx');
      writeFileSync(path, bytes);
      const outcome = await outcomeOf(path);
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
    for (const outcome of seen.keys()) expect(['read', ...FORMAT_FAILURE_CODES]).toContain(outcome);
    expect(seen.get('damaged')).toBeGreaterThan(10);
  });

  it('in the XML itself, under right checksums', async () => {
    const sheet =
      '<?xml version="1.0"?><worksheet xmlns="m"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46275.5</v></c>' +
      '<c t="inlineStr"><is><t>a &amp; b</t></is></c></row><row r="2"><c r="C2" t="b"><v>1</v></c></row></sheetData>' +
      '<mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>';
    const strings = '<sst><si><t>one</t></si><si><r><t>two</t></r></si></sst>';
    const random = noise(6 * 250, 5);
    let damaged = 0;
    for (let index = 0; index < 250; index += 1) {
      const [part, other] = index % 3 === 0 ? [strings, sheet] : [sheet, strings];
      const at = random.readUInt16LE(6 * index) % part.length;
      const until = at + ((random[6 * index + 2] ?? 0) % 8);
      const marks = '<>/"\'&;=! \u0000中0';
      const mark = marks.charAt((random[6 * index + 3] ?? 0) % marks.length);
      const changed = part.slice(0, at) + (index % 2 === 0 ? mark : '') + part.slice(until);
      const [sheetXml, stringsXml] = index % 3 === 0 ? [other, changed] : [changed, other];
      const path = join(folder, 'changed.xlsx');
      const workbook = oddWorkbook({
        sheets: { s: Buffer.from(sheetXml) },
        sharedStrings: stringsXml,
        formats: ['yyyy'],
      });
      writeFileSync(path, workbook);
      if ((await outcomeOf(path)) === 'damaged') damaged += 1;
    }
    expect(damaged).toBeGreaterThan(50);
  });

  it('files of no format at all', async () => {
    const path = join(folder, 'noise.xlsx');
    for (let seed = 1; seed <= 20; seed += 1) {
      const head = [Buffer.from('PK\u0003\u0004'), Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(0)][
        seed % 3
      ];
      writeFileSync(path, Buffer.concat([head ?? Buffer.alloc(0), noise(3_000 * seed, seed)]));
      expect(await outcomeOf(path)).toBe('damaged');
    }
    writeFileSync(path, zipFile([]));
    expect(await outcomeOf(path)).toBe('unsupported');
  });
});
