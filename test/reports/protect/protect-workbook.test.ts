import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { protectWorkbook } from '../../../reports/protect/protect-workbook.js';
import { renderWorkbook } from '../../../reports/render/workbook.js';
import { lacksPython, runPython } from '../../external-tool.js';
import { sampleDocument } from '../render/sample-document.js';

const directory = mkdtempSync(join(tmpdir(), 'wxlive-protect-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const OPEN = `
import msoffcrypto, io, json, sys, openpyxl
f = msoffcrypto.OfficeFile(open(sys.argv[1], 'rb'))
out = io.BytesIO()
try:
    f.load_key(password=sys.argv[2], verify_password=True)
    f.decrypt(out, verify_integrity=True)
    print(json.dumps(openpyxl.load_workbook(out).sheetnames))
except Exception as e:
    print(json.dumps(type(e).__name__))`;

describe('a protected workbook', () => {
  it('is not made for a weak password, and nothing is read', () => {
    let read = false;
    async function* bytes(): AsyncGenerator<Uint8Array, void> {
      read = true;
      yield await Promise.resolve(new Uint8Array(1));
    }
    for (const password of [undefined, null, '', 'short', 'password1234']) {
      expect(protectWorkbook(bytes(), password)).toMatchObject({
        ok: false,
        failure: { code: 'password_weak' },
      });
    }
    expect(read).toBe(false);
  });

  it.skipIf(lacksPython('msoffcrypto') || lacksPython('openpyxl'))(
    'opens with its password and no other, integrity checked',
    async () => {
      for (const password of ['k7mq-3xwd-p9fa-v2tc', '青山 流水 明月 清风']) {
        const protectedBytes = protectWorkbook(renderWorkbook(sampleDocument()), password);
        if (!protectedBytes.ok) throw new Error(protectedBytes.failure.reason);
        const parts: Uint8Array[] = [];
        for await (const part of protectedBytes.value) parts.push(part);
        const bytes = Buffer.concat(parts);
        const file = join(directory, 'report.xlsx');
        writeFileSync(file, bytes);
        expect(runPython(OPEN, file, password)).toContain('指标字典');
        expect(runPython(OPEN, file, `${password}x`)).toBe('InvalidKeyError');
        expect(runPython(OPEN, file, '')).toMatch(/Error$/);
        expect(bytes.includes('worksheets')).toBe(false);
      }
    },
  );
});
