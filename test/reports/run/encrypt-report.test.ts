import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { relockPdf } from '../../../formats/index.js';
import { SharedRendering } from '../../../reports/run/encrypt-report.js';
import type { ReportDocument } from '../../../reports/index.js';
import { lacksProgram, lacksPython, runPython } from '../../external-tool.js';
import { tinyCompute, tinyDefinition } from '../schedule/tiny-report.js';

const PASSWORDS = Array.from({ length: 12 }, (_, at) => `Kettle-Moss-${String(at + 40)}-Ferry`);
const folder = mkdtempSync(join(tmpdir(), 'wxlive-shared-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function documentOf(): Promise<ReportDocument> {
  const compute = tinyCompute('Asia/Shanghai', () => ({ viewers: 1_234, complete: true }));
  const built = await compute(tinyDefinition({}), {
    report: 'tiny',
    scheduledAt: Date.UTC(2026, 10, 12),
    issue: 0,
  });
  if (!built.ok) throw new Error(built.failure.message);
  return built.value;
}

async function bytesOf(
  rendering: SharedRendering,
  format: 'xlsx' | 'pdf',
  name: string | null,
  password: string,
): Promise<Buffer> {
  const encrypted = rendering.encrypt(format, name, password);
  if (!encrypted.ok) throw new Error(encrypted.failure.reason);
  const parts: Uint8Array[] = [];
  for await (const part of encrypted.value) parts.push(part);
  return Buffer.concat(parts);
}

describe('one report for twelve recipients', () => {
  it('is rendered once a format when only the password differs, and for each where the watermark does', async () => {
    const rendering = new SharedRendering(await documentOf());
    for (const password of PASSWORDS) await bytesOf(rendering, 'pdf', null, password);
    for (const password of PASSWORDS.slice(0, 3)) await bytesOf(rendering, 'xlsx', null, password);
    expect(rendering.renderings).toBe(2);
    await bytesOf(rendering, 'pdf', '张经理', PASSWORDS[0] ?? '');
    await bytesOf(rendering, 'pdf', '李总', PASSWORDS[0] ?? '');
    expect(rendering.renderings).toBe(4);
  });

  it.skipIf(lacksProgram('qpdf') || lacksProgram('pdftotext'))(
    'opens each PDF with its own password alone, unharmed',
    async () => {
      const rendering = new SharedRendering(await documentOf());
      const texts = new Set<string>();
      for (const [at, password] of PASSWORDS.slice(0, 3).entries()) {
        const path = join(folder, `${String(at)}.pdf`);
        writeFileSync(path, await bytesOf(rendering, 'pdf', null, password));
        expect(
          execFileSync('qpdf', [`--password=${password}`, '--show-encryption', path], { encoding: 'utf8' }),
        ).toContain('R = 6');
        expect(spawnSync('qpdf', [`--password=${password}`, '--check', path]).status).toBe(0);
        for (const other of [...PASSWORDS.filter((one) => one !== password).slice(0, 2), ''])
          expect(spawnSync('qpdf', [`--password=${other}`, '--check', path]).status).not.toBe(0);
        texts.add(execFileSync('pdftotext', ['-upw', password, path, '-'], { encoding: 'utf8' }));
      }
      expect(texts.size).toBe(1);
      expect([...texts].join()).toContain('1,234');
    },
  );

  it.skipIf(lacksPython('msoffcrypto'))('opens each workbook with its own password alone', async () => {
    const rendering = new SharedRendering(await documentOf());
    for (const [at, password] of PASSWORDS.slice(0, 2).entries()) {
      const path = join(folder, `${String(at)}.xlsx`);
      writeFileSync(path, await bytesOf(rendering, 'xlsx', null, password));
      expect(runPython(OPEN, path, password)).toBe('open');
      expect(runPython(OPEN, path, PASSWORDS[at + 1] ?? '')).toBe('refused');
    }
  });

  it('refuses weak passwords, passwords PDFs cannot have, and files that are none of ours', async () => {
    const rendering = new SharedRendering(await documentOf());
    expect(rendering.encrypt('pdf', null, 'short')).toMatchObject({
      ok: false,
      failure: { reason: 'too_short' },
    });
    expect(rendering.encrypt('pdf', null, '中文密码中文密码中文密码')).toMatchObject({ ok: false });
    expect(() => relockPdf(Buffer.from('%PDF-1.7 nothing'), 'a', PASSWORDS[0] ?? '')).toThrow(TypeError);
    const pdf = await bytesOf(rendering, 'pdf', null, PASSWORDS[0] ?? '');
    expect(() => relockPdf(pdf, PASSWORDS[0] ?? '', '密码')).toThrow(TypeError);
  });
});

const OPEN = `
import sys, io, json, msoffcrypto
file = msoffcrypto.OfficeFile(open(sys.argv[1], 'rb'))
try:
    file.load_key(password=sys.argv[2], verify_password=True)
    file.decrypt(io.BytesIO(), verify_integrity=True)
    print(json.dumps('open'))
except Exception:
    print(json.dumps('refused'))
`;
