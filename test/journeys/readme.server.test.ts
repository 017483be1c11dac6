import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { textWidth } from '../../formats/index.js';
import { ANALYSES, generatePassword } from '../../reports/index.js';
import { generateSamples, SAMPLE_PASSWORD, type Samples } from '../../samples/index.js';
import { openWarehouse, packageRoot } from '../../sql/index.js';
import { runWxlive, type RunResult } from '../cli/run-wxlive.js';
import { lacksPython, runPython } from '../external-tool.js';
import { engineEnded } from '../servers/clickhouse.js';

/** A newcomer's first hour: the demo, what it says to try next, and the README's own commands as they stand there. */
const folder = mkdtempSync(join(tmpdir(), 'wxlive-newcomer-'));
const readme = readFileSync(join(packageRoot(), 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => (text ?? '').trim());
const ENTRY = join(packageRoot(), 'dist', 'cli', 'main.js');

afterAll(async () => {
  for (const data of ['demo-data', 'other-data', '.wxlive']) await engineEnded(join(folder, data));
  rmSync(folder, { recursive: true, force: true });
});

/** A line of shell as it is typed, in the newcomer's folder. */
function type(line: string): Promise<RunResult> {
  const command = line.replaceAll('npx wxlive', `"${process.execPath}" "${ENTRY}"`);
  const own = Object.entries(process.env).filter(([name]) => !/^(?:WXLIVE_|CLICKHOUSE_)/.test(name));
  return new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', command],
      { cwd: folder, env: Object.fromEntries(own), maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ exit, stdout, stderr });
      },
    );
  });
}

it('README opens with two commands, each doing all its own set-up', () => {
  expect(blocks.slice(0, 2)).toEqual(['npm ci && npx wxlive demo', 'npm ci && npm test']);
});

describe('wxlive demo', () => {
  let result: RunResult;
  beforeAll(async () => {
    result = await runWxlive(['demo', '--out', 'demo'], { dataDir: join(folder, 'demo-data'), cwd: folder });
  }, 180_000);

  it('ends well and reads well on 80 columns', () => {
    expect(result.exit, result.stderr).toBe(0);
    const wide = result.stdout.split('\n').filter((line) => !line.includes(folder) && textWidth(line) > 80);
    expect(wide).toEqual([]);
    for (const word of ['漏斗', '归因', '密码', 'wechat_group']) expect(result.stdout).toContain(word);
  });

  it('leaves the brief as encrypted files that the printed password opens', () => {
    const reports = join(folder, 'demo', 'reports');
    const names = readdirSync(reports);
    expect(names.map((name) => name.replace(/^.*\./, '')).sort()).toEqual(['pdf', 'xlsx']);
    for (const name of names) {
      const bytes = readFileSync(join(reports, name));
      if (name.endsWith('.pdf')) expect(bytes.includes('/Encrypt')).toBe(true);
      else expect(bytes.subarray(0, 8).toString('hex')).toBe('d0cf11e0a1b11ae1');
    }
  });

  it.skipIf(lacksPython('msoffcrypto'))('whose password is the one it prints', () => {
    const password = /密码 (\S+)/.exec(result.stdout)?.[1] ?? '';
    const reports = join(folder, 'demo', 'reports');
    const workbook = readdirSync(reports).find((name) => name.endsWith('.xlsx')) ?? '';
    const opened = runPython(
      'import sys,io,json,msoffcrypto\nf=msoffcrypto.OfficeFile(open(sys.argv[1],"rb"))\nf.load_key(password=sys.argv[2],verify_password=True)\no=io.BytesIO()\nf.decrypt(o,verify_integrity=True)\nprint(json.dumps(o.getvalue()[:2].decode()))',
      join(reports, workbook),
      password,
    );
    expect(opened).toBe('PK');
  });

  it('says what to try next, and that works', async () => {
    const next = [...result.stdout.matchAll(/^ +(npx wxlive (?:sql|rejects|dictionary) .*?)(?: {4,}.*)?$/gm)];
    expect(next.length).toBe(3);
    for (const [, line] of next) {
      const tried = await type(line ?? '');
      expect(tried.exit, `${line ?? ''}\n${tried.stderr}`).toBe(0);
      expect(tried.stdout.split('\n').length).toBeGreaterThan(3);
    }
  });

  it.each(ANALYSES.map(({ name }) => [name]))(
    'has data for the examples that wxlive %s --help shows, and shows them on 80 columns',
    async (name) => {
      const help = await type(`npx wxlive ${name} --help`);
      const examples = [...help.stdout.matchAll(/^ +((?:echo '.*' \| )?wxlive .*)$/gm)].map(
        ([, line]) => line ?? '',
      );
      expect(examples.length).toBeGreaterThan(0);
      const shown = await Promise.all(
        examples.map((line) => type(`${line.replace('wxlive', 'npx wxlive')} --data demo-data`)),
      );
      for (const { exit, stdout, stderr } of shown) {
        expect(exit, stderr).toBe(0);
        expect(stdout).toMatch(/[1-9]/);
        expect(stdout).not.toMatch(/没有/);
        expect(stdout.split('\n').filter((line) => textWidth(line) > 80)).toEqual([]);
      }
    },
  );

  it('shows no figure that the metric dictionary does not explain', async () => {
    const warehouse = await openWarehouse({
      dataDir: join(folder, 'demo-data'),
      reportZone: 'Asia/Shanghai',
    });
    try {
      for (const analysis of ANALYSES) {
        const answered = await analysis.answer(warehouse, analysis.example, { timeZone: 'Asia/Shanghai' });
        if (!answered.ok) throw new Error(answered.failure.message);
        const columns = answered.value.tables('zh').flatMap((table) => table.columns);
        const unexplained = columns.filter(
          ({ kind, metricId }) => !['text', 'day', 'instant'].includes(kind) && metricId === undefined,
        );
        expect(unexplained, analysis.name).toEqual([]);
        expect(columns.some(({ metricId }) => metricId !== undefined)).toBe(true);
      }
    } finally {
      await warehouse.close();
    }
  });

  it('can be asked again, and answers as one JSON document', async () => {
    const again = await runWxlive(['demo', '--out', 'demo', '--json', '--lang', 'en'], {
      dataDir: join(folder, 'demo-data'),
      cwd: folder,
    });
    expect(again.exit, again.stderr).toBe(0);
    const answer = z
      .object({
        imported: z.array(z.object({ adapter: z.string(), rows: z.number(), accepted: z.number() })),
        reports: z.array(z.object({ path: z.string(), format: z.enum(['xlsx', 'pdf']) })).length(2),
        password: z.string().min(16),
        seconds: z.number(),
      })
      .parse(JSON.parse(again.stdout));
    // The same files again: events and orders are known; lists are replaced by equal ones.
    expect(answer.imported.filter(({ accepted }) => accepted > 0)).toEqual([]);
    expect(new Set(answer.imported.map(({ adapter }) => adapter)).size).toBeGreaterThanOrEqual(10);
  }, 180_000);
});

describe("README's commands for one's own data", () => {
  let samples: Samples;
  const brief = generatePassword();
  beforeAll(async () => {
    samples = await generateSamples({ outDir: join(folder, 'own'), firstDay: '2026-11-09', scale: 0.3 });
  }, 120_000);

  /** The README's file names are placeholders: these stand for them. */
  function withOwnFiles(line: string): string {
    const own = (part: string): { path: string; room: string | null } => {
      const found = samples.files.find(({ path }) => path.includes(part));
      if (found === undefined) throw new Error(`no sample called ${part}`);
      return found;
    };
    const watch = own('观看明细-双11');
    return line
      .replace(/ +#.*$/, '')
      .replace('导出文件.xlsx', own('小程序事件-第3天').path)
      .replace('events.ndjson', own('小程序事件-第1天').path)
      .replace('orders.csv', own('订单-前两天').path)
      .replace('links.csv', own('链接登记表').path)
      .replace('观看明细.xlsx', watch.path)
      .replace('lvXXXX', watch.room ?? '')
      .replace('L1=密码', `L1='${SAMPLE_PASSWORD}'`)
      .replace('BRIEF=密码', `BRIEF='${brief}'`);
  }

  const lines = (blocks[2] ?? '').split('\n').filter((line) => !line.includes('wxlive connect'));
  it.each(lines)('%s', async (line) => {
    const result = await type(withOwnFiles(line));
    // 3: the samples hold bad rows on purpose.
    expect(line.includes('import') ? [0, 3] : [0], result.stderr).toContain(result.exit);
    expect(result.stdout.trim()).not.toBe('');
  });
});
