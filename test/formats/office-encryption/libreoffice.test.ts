import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { encryptPackage } from '../../../formats/office-encryption/encrypt.js';
import { lacksProgram } from '../../external-tool.js';
import { readWorkbookFile } from '../xlsx/workbook-file.js';

/** The system's own Python has the bridge to LibreOffice, another one seldom does. */
function lacksBridge(): boolean {
  if (spawnSync('/usr/bin/python3', ['-c', 'import uno']).status === 0) return false;
  if (process.env['CI'] === 'true') throw new Error('the tests need python3-uno, which is not installed');
  console.warn('SKIPPED: python3-uno is not installed, so LibreOffice did not open an encrypted workbook');
  return true;
}

describe.skipIf(lacksProgram('soffice') || lacksBridge())('LibreOffice', () => {
  it('opens what encryptPackage wrote, and encrypts it again for our reader', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wxlive-test-'));
    try {
      const sample = fileURLToPath(new URL('../../fixtures/samples/roster-2.xlsx', import.meta.url));
      const blocks: Buffer[] = [];
      for await (const block of encryptPackage(readFileSync(sample), 'Kai播 #1')) blocks.push(block);
      const [ours, theirs] = [join(folder, 'ours.xlsx'), join(folder, 'theirs.xlsx')];
      writeFileSync(ours, Buffer.concat(blocks));
      const script = fileURLToPath(new URL('./reopen_in_libreoffice.py', import.meta.url));
      execFileSync('/usr/bin/python3', [script, ours, theirs, 'Kai播 #1', folder], { timeout: 100_000 });
      const { rows } = await readWorkbookFile(theirs, ['Kai播 #1']);
      expect(rows).toEqual((await readWorkbookFile(sample)).rows);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});
