import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { METRICS, type ReportDefinition } from '../../../schemas/index.js';
import { definitionFolders, loadDefinition, loadDefinitions } from '../../../reports/index.js';
import { parseDefinition } from '../../../reports/definitions/load.js';
import { openAnalyst, openWarehouse, typedByUser, type Warehouse } from '../../../sql/index.js';
import { runWxlive, type RunResult } from '../../cli/run-wxlive.js';
import { lacksProgram, lacksPython, runPython } from '../../external-tool.js';
import { engineEnded, makeDataDir } from '../../servers/clickhouse.js';
import { SAMPLES } from '../analyses/expected-figures.js';
import { readExpectedSamples, samplesEnvironment } from '../../suites/expected-samples.js';

/** The daily brief over the imported samples, read by programs that are not ours and compared with SQL on the views. */
const PASSWORD = 'Kettle-Moss-41-Ferry';
const DAY = '2026-09-09';
const dataDir = makeDataDir();
const out = mkdtempSync(join(tmpdir(), 'wxlive-brief-'));
const env = { ...samplesEnvironment(readExpectedSamples()), BRIEF: PASSWORD, WEAK: 'abc' };
let owner: Warehouse;
let analyst: Warehouse;
let made: RunResult;

const wxlive = (...args: readonly string[]): Promise<RunResult> =>
  runWxlive(args, { dataDir, env, cwd: SAMPLES });
const ask = <Row extends z.ZodType>(sql: string, row: Row): Promise<z.infer<Row>[]> =>
  analyst.query(typedByUser(sql), row);

beforeAll(async () => {
  owner = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  await wxlive(
    'import',
    'links.csv',
    'roster-1.csv',
    'roster-2.xlsx',
    'rooms.json',
    'events-01.ndjson',
    'sensors-01.log',
  );
  await wxlive('import', 'minutes-k1-day0.json', '--room', 'kd-8544');
  const room = 'lvWORLDKKulKGwYXuOsi0jKpS';
  await wxlive('import', 'live-l1-info.json', 'watch-l1-restated.xlsx', '--room', room);
  analyst = await openAnalyst({ dataDir, reportZone: 'Asia/Shanghai' });
  made = await wxlive(
    'report',
    'run',
    'daily-live-brief',
    '--from',
    DAY,
    '--to',
    DAY,
    '--password-env',
    'BRIEF',
    '--out',
    out,
    '--json',
  );
});

afterAll(async () => {
  await Promise.all([owner.close(), analyst.close()]);
  await engineEnded(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
  rmSync(out, { recursive: true, force: true });
});

const madeSchema = z.object({
  report: z.literal('daily-live-brief'),
  period: z.object({ from: z.string(), to: z.string() }),
  state: z.enum(['complete', 'provisional']),
  files: z.array(z.object({ path: z.string(), format: z.string(), bytes: z.number().positive() })),
});

describe('the daily live brief', () => {
  it('is written as two files and told in the shape of PRODUCT §8', () => {
    expect(made.exit, made.stderr).toBe(0);
    const answer = madeSchema.parse(JSON.parse(made.stdout));
    expect(answer.files.map(({ format }) => format)).toEqual(['xlsx', 'pdf']);
    expect(answer.period.from).toContain('2026-09-09T00:00:00');
    expect(answer.period.to).toContain('2026-09-10T00:00:00');
    expect(readdirSync(out).sort()).toEqual([`daily-live-brief_${DAY}.pdf`, `daily-live-brief_${DAY}.xlsx`]);
  });

  it('leaves no plain text on the disk', () => {
    for (const name of readdirSync(out)) {
      const bytes = readFileSync(join(out, name));
      expect(bytes.subarray(0, 2).toString('latin1')).not.toBe('PK');
      expect(bytes.includes(Buffer.from('直播日报'))).toBe(false);
      expect(bytes.includes(Buffer.from('kd-8544'))).toBe(false);
    }
  });

  it('is in access_log and report_runs', async () => {
    const logged = await ask(
      "SELECT what, detail FROM wxlive.access_log WHERE action = 'report' ORDER BY detail",
      z.object({ what: z.string(), detail: z.string() }),
    );
    expect(logged.map(({ detail }) => detail.split(' ')[0])).toEqual(['pdf', 'xlsx']);
    const runs = await ask(
      'SELECT report, length(files) AS files FROM wxlive.report_runs',
      z.object({ report: z.string(), files: z.coerce.number() }),
    );
    expect(runs).toEqual([{ report: 'daily-live-brief', files: 2 }]);
  });

  it.skipIf(lacksPython('openpyxl') || lacksPython('msoffcrypto'))(
    'shows in the workbook the figures that SQL on the views gives',
    async () => {
      const table = z.array(z.array(z.union([z.string(), z.number(), z.null()])));
      const sheet = (name: string): ((title: string, column: RegExp) => unknown) & { titles: string[] } => {
        const rows = table.parse(
          runPython(READ_SHEET, join(out, `daily-live-brief_${DAY}.xlsx`), PASSWORD, name),
        );
        const header = rows.find((row) => row.includes('场次')) ?? [];
        const at = (column: RegExp): number => header.findIndex((cell) => column.test(String(cell)));
        const lives = rows.slice(rows.indexOf(header) + 1).filter((row) => String(row[0]).endsWith('直播'));
        const titles = lives.map((row) => String(row[at(/^场次/)]));
        return Object.assign(
          (title: string, column: RegExp) =>
            lives.find((row) => row[at(/^场次/)] === title)?.[at(column)] ?? null,
          { titles },
        );
      };
      const watched = sheet('各场直播：观看');
      const sold = sheet('各场直播：成交');
      expect(sold.titles).toEqual(watched.titles);
      const shown = watched.titles
        .map((title) => ({
          title,
          viewers: watched(title, /^观看人数/),
          views: watched(title, /^观看次数/),
          orders: sold(title, /^支付订单数/),
          gmv: sold(title, /^成交金额/),
        }))
        .sort((one, other) => (one.title < other.title ? -1 : 1));
      const queried = await ask(
        `SELECT if(lives.title != '', lives.title, daily.room_id) AS title, viewers, views, orders, gmv_fen / 100 AS gmv
         FROM wxlive.live_daily AS daily LEFT JOIN wxlive.lives AS lives USING (platform, account, live_id)
         WHERE day = '${DAY}' AND NOT endsWith(live_id, '@${DAY}')`,
        z.object({
          title: z.string(),
          viewers: z.coerce.number().nullable(),
          views: z.coerce.number().nullable(),
          orders: z.coerce.number().nullable(),
          gmv: z.coerce.number().nullable(),
        }),
      );
      queried.sort((one, other) => (one.title < other.title ? -1 : 1));
      expect(shown.length).toBeGreaterThanOrEqual(3);
      expect(shown).toEqual(queried);
    },
  );

  it.skipIf(lacksPython('msoffcrypto'))('opens as a workbook with its password alone', () => {
    const open = (password: string): unknown =>
      runPython(TRY_PASSWORD, join(out, `daily-live-brief_${DAY}.xlsx`), password);
    expect(open(PASSWORD)).toBe('open');
    expect(open('Kettle-Moss-41-Ferrz')).toBe('refused');
    expect(open('')).toBe('refused');
  });

  it.skipIf(lacksProgram('qpdf') || lacksProgram('pdftotext'))(
    'opens as a PDF with its password alone, revision 6',
    () => {
      const pdf = join(out, `daily-live-brief_${DAY}.pdf`);
      const shown = execFileSync('qpdf', [`--password=${PASSWORD}`, '--show-encryption', pdf], {
        encoding: 'utf8',
      });
      expect(shown).toContain('R = 6');
      expect(spawnSync('qpdf', [`--password=${PASSWORD}`, '--check', pdf]).status).toBe(0);
      for (const wrong of ['', 'nonsense-nonsense']) {
        expect(spawnSync('qpdf', [`--password=${wrong}`, '--check', pdf]).status).not.toBe(0);
        expect(spawnSync('pdftotext', ['-upw', wrong, pdf, '-']).status).not.toBe(0);
      }
      const text = execFileSync('pdftotext', ['-upw', PASSWORD, pdf, '-'], { encoding: 'utf8' });
      for (const words of ['直播日报', '各场直播', '企业微信直播到课', '指标字典', '秋季新品首发'])
        expect(text).toContain(words);
    },
  );

  it('refuses a weak or a missing password and writes nothing', async () => {
    for (const password of [['--password-env', 'WEAK'], []]) {
      const folder = join(out, 'refused');
      const run = await wxlive(
        'report',
        'run',
        'daily-live-brief',
        '--from',
        DAY,
        '--out',
        folder,
        ...password,
      );
      expect(run.exit).toBe(2);
      expect(run.stderr).toMatch(/密码/);
      expect(spawnSync('ls', [folder]).status).not.toBe(0);
    }
  });
});

describe('report definitions', () => {
  it('are all valid, and every metric they name is in the dictionary', () => {
    const all = loadDefinitions(definitionFolders(undefined));
    expect(all.ok).toBe(true);
    const known = new Set(METRICS.map(({ id }) => id));
    for (const definition of all.ok ? all.value : [])
      for (const id of metricsOf(definition)) expect(known).toContain(id);
  });

  it('name the line and key of a mistake', () => {
    const text =
      'name: x\ntitle: { zh: 甲, en: a }\nsubtitle: { zh: 甲, en: a }\nperiod: tomorrow\nformats: [pdf]\n';
    const parsed = parseDefinition(text, 'mine.yaml');
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.failure.message).toMatch(/^mine\.yaml:4: period/);
  });

  it('say which there are when one is asked for that is not', () => {
    const found = loadDefinition('no-such', definitionFolders(undefined));
    expect(found.ok ? '' : found.failure.message).toContain('daily-live-brief');
  });
});

function metricsOf(definition: ReportDefinition): string[] {
  return definition.sections.flatMap((section) =>
    'columns' in section
      ? section.columns.flatMap(({ metric }) => metric ?? [])
      : 'metrics' in section
        ? section.metrics
        : [],
  );
}

const READ_SHEET = `
import sys, io, json, msoffcrypto, openpyxl
file = msoffcrypto.OfficeFile(open(sys.argv[1], 'rb'))
file.load_key(password=sys.argv[2], verify_password=True)
plain = io.BytesIO()
file.decrypt(plain, verify_integrity=True)
book = openpyxl.load_workbook(plain)
sheet = book[sys.argv[3]]
print(json.dumps([[c if c is None or isinstance(c, (str, int, float)) else str(c) for c in row] for row in sheet.iter_rows(values_only=True)]))
`;

const TRY_PASSWORD = `
import sys, json, msoffcrypto
file = msoffcrypto.OfficeFile(open(sys.argv[1], 'rb'))
try:
    file.load_key(password=sys.argv[2], verify_password=True)
    print(json.dumps('open'))
except Exception:
    print(json.dumps('refused'))
`;
