import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormatError, type CellValue } from '../../../formats/table.js';
import { openXlsx } from '../../../formats/xlsx/read.js';
import { lacksPython } from '../../external-tool.js';
import { noise } from '../office-encryption/encrypted-sample.js';
import { zipFile } from '../zip-file.js';
import { readWorkbookFile } from './workbook-file.js';

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

describe('no workbook', () => {
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
