import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { guardFormula } from '../../../formats/index.js';
import { openViewExport, type ViewRequest } from '../../../reports/export/view-export.js';
import type { TableFormat } from '../../../reports/export/table-format.js';
import { ANALYSES } from '../../../reports/analyses/index.js';
import { renderListed } from '../../../reports/export/listed-table.js';
import { renderTableWorkbook } from '../../../reports/export/table-workbook.js';
import type { ListedTable } from '../../../reports/render/table-model.js';
import { writeWholeFile } from '../../../reports/whole-file.js';
import { instantText } from '../../../schemas/index.js';
import { migrate, typedByUser } from '../../../sql/index.js';
import { runWxlive, type RunResult } from '../../cli/run-wxlive.js';
import { lacksPython, runPython } from '../../external-tool.js';
import { createRandom } from '../../oracles/random.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';
import { insertEvents, viewerOf, ZONE, type ScratchEvent } from '../analyses/scratch-warehouse.js';

/** Views as files, read back by readers that are not ours. One engine; the command line runs over it too. */
const folder = mkdtempSync(join(tmpdir(), 'wxlive-export-'));
const DAY = Date.parse('2026-11-23T00:00:00+08:00');
const PIECES = [
  '=1+1',
  '+86',
  '-',
  '-5',
  '@x',
  '\t',
  '\r',
  '\n',
  '"',
  ',',
  '值',
  '😀',
  ' ',
  '\u3000',
  '＝',
  '|',
  '%',
  "'",
  '.5',
  '1e3',
  'a',
];
const random = createRandom(11);
const hostile = (): string =>
  Array.from({ length: 1 + random(4) }, () => PIECES[random(PIECES.length)] ?? '').join('');
const events: ScratchEvent[] = Array.from({ length: 400 }, (_, index) => ({
  event_id: `e${index}`,
  person: random(50),
  event: ['live_enter', 'order_pay'][random(2)] ?? '',
  time: DAY + random(3) * 86_400_000 + random(86_400_000),
  room_id: '1',
  utm_source: hostile(),
  goods_id: random(3) === 0 ? '' : hostile(),
  amount_fen: random(3) === 0 ? null : random(1_000_000),
  props: random(2) === 0 ? { note: hostile() } : {},
}));
let test: TestWarehouse;

beforeAll(async () => {
  test = await startTestWarehouse();
  await migrate(test.warehouse, { reportZone: ZONE, channelGroups: {} });
  await insertEvents(test.warehouse, events);
}, 120_000);
afterAll(async () => {
  await test.stop();
  rmSync(folder, { recursive: true, force: true });
});

const all: ViewRequest = { view: 'events', from: null, to: null, where: [] };
async function write(format: TableFormat, request: ViewRequest, maxSheetRows?: number): Promise<string> {
  const opened = await openViewExport(test.warehouse, request, format, {
    timeZone: ZONE,
    language: 'zh',
    byteOrderMark: true,
    ...(maxSheetRows === undefined ? {} : { maxSheetRows }),
  });
  if (!opened.ok) throw new Error(opened.failure.message);
  const path = join(folder, `${request.view}.${format}`);
  await writeWholeFile(path, opened.value.bytes());
  return path;
}

/** What every reader must find, by event id: texts, a number, an instant in UTC ms. */
function expected(guarded: boolean): Record<string, unknown> {
  const text = (value: string | undefined): string | null => {
    if (value === undefined || value === '') return null;
    return guarded ? guardFormula(value) : value;
  };
  return Object.fromEntries(
    events.map((event) => [
      event.event_id,
      [
        viewerOf(event.person),
        event.time,
        text(event.utm_source),
        text(event.goods_id),
        event.amount_fen ?? null,
        event.props?.['note'] ?? null,
      ],
    ]),
  );
}

const PYTHON: Readonly<Record<TableFormat, string>> = {
  csv: `
import csv,datetime
rows=csv.DictReader(open(sys.argv[1],encoding='utf-8-sig',newline=''))
for r in rows:
  p=json.loads(r['props']) if r['props'] else {}
  out[r['event_id']]=[r['viewer'],ms(datetime.datetime.fromisoformat(r['event_time'])),r['utm_source'] or None,r['goods_id'] or None,int(r['amount_fen']) if r['amount_fen'] else None,p.get('note')]`,
  arrow: `
import pyarrow as pa
for r in pa.ipc.open_file(sys.argv[1]).read_all().to_pylist():
  out[r['event_id']]=[r['viewer'],ms(r['event_time']),r['utm_source'] or None,r['goods_id'] or None,r['amount_fen'],dict(r['props']).get('note')]`,
  parquet: `
import pyarrow.parquet as pq
for r in pq.read_table(sys.argv[1]).to_pylist():
  out[r['event_id']]=[r['viewer'],ms(r['event_time']),r['utm_source'] or None,r['goods_id'] or None,r['amount_fen'],dict(r['props']).get('note')]`,
  xlsx: `
import openpyxl,datetime
from openpyxl.utils.escape import unescape
def text(v):
  return None if v is None else unescape(str(v))
for ws in openpyxl.load_workbook(sys.argv[1]).worksheets:
  head=None
  for row in ws.iter_rows():
    if head is None:
      head=[c.value for c in row]; continue
    assert all(c.data_type!='f' for c in row)
    r=dict(zip(head,[c.value for c in row]))
    zone=datetime.timezone(datetime.timedelta(hours=8))
    out[r['event_id']]=[r['viewer'],round(r['event_time'].replace(tzinfo=zone).timestamp()*1000),text(r['utm_source']) or None,text(r['goods_id']) or None,r['amount_fen'],json.loads(unescape(r['props'])).get('note')]`,
};
const START = 'import sys,json\nout={}\ndef ms(t):\n  return round(t.timestamp()*1000)\n';
const MODULES = { csv: 'csv', arrow: 'pyarrow', parquet: 'pyarrow', xlsx: 'openpyxl' } as const;

describe.each(['csv', 'arrow', 'parquet', 'xlsx'] as const)('a view as %s', (format) => {
  it.skipIf(lacksPython(MODULES[format]))('is read back the same by a reader of others', async () => {
    const found = runPython(
      `${START}${PYTHON[format]}\nprint(json.dumps(out))`,
      await write(format, all, format === 'xlsx' ? 100 : undefined),
    );
    expect(found).toEqual(expected(format === 'csv'));
  });
});

describe('a workbook', () => {
  it.skipIf(lacksPython('openpyxl'))(
    'goes on on further sheets, each with its header, before a sheet is full',
    async () => {
      const sheets = runPython(
        `import sys,json,openpyxl\nb=openpyxl.load_workbook(sys.argv[1])\nprint(json.dumps([[w.title,w.max_row,w.cell(1,1).value] for w in b.worksheets]))`,
        await write('xlsx', all, 151),
      );
      expect(sheets).toEqual([
        ['events', 151, 'event_id'],
        ['events (2)', 151, 'event_id'],
        ['events (3)', 101, 'event_id'],
      ]);
    },
  );
});

describe('what leaves', () => {
  const count = async (request: Partial<ViewRequest>): Promise<number | string> => {
    const opened = await openViewExport(test.warehouse, { ...all, ...request }, 'csv', {
      timeZone: ZONE,
      language: 'zh',
      byteOrderMark: false,
    });
    return opened.ok ? opened.value.rows : `${opened.failure.code}: ${opened.failure.message}`;
  };

  it('is what lies in the days and meets the conditions', async () => {
    const inDay = events.filter(({ time }) => time >= DAY + 86_400_000 && time < DAY + 2 * 86_400_000);
    expect(await count({ from: '2026-11-24', to: '2026-11-24' })).toBe(inDay.length);
    expect(await count({ from: '2026-11-24T00:00:00+08:00', to: null })).toBe(
      events.filter(({ time }) => time >= DAY + 86_400_000).length,
    );
    expect(
      await count({
        where: [
          { field: 'event', op: 'eq', value: 'order_pay' },
          { field: 'amount_fen', op: 'gte', value: 500_000 },
          { field: 'props.note', op: 'is_set' },
        ],
      }),
    ).toBe(
      events.filter(
        ({ event, amount_fen, props }) =>
          event === 'order_pay' && (amount_fen ?? 0) >= 500_000 && props?.['note'] !== undefined,
      ).length,
    );
    expect(await count({ view: 'live_daily', from: '2026-11-24', to: '2026-11-25' })).toBe(2);
    expect(
      await count({ view: 'live_daily', where: [{ field: 'day', op: 'gt', value: '2026-11-24' }] }),
    ).toBe(1);
  });

  it('is refused by name where a view, a column or a range is not known', async () => {
    expect(await count({ view: 'event' })).toMatch(/^unknown_field: .*event.*did you mean.*events/);
    expect(await count({ view: 'events_store; DROP' })).toMatch(/^unknown_field/);
    expect(await count({ where: [{ field: 'amount', op: 'gt', value: 1 }] })).toMatch(/amount_fen/);
    expect(await count({ where: [{ field: 'event_id) OR (1', op: 'eq', value: 1 }] })).toMatch(
      /^unknown_field/,
    );
    expect(await count({ view: 'employees', from: '2026-11-24' })).toMatch(/^bad_range/);
  });

  it('of every view is a file', async () => {
    const views = await test.warehouse.query(
      typedByUser("SELECT name FROM system.tables WHERE database = 'wxlive'"),
      z.object({ name: z.string() }),
    );
    expect(views.length).toBeGreaterThan(20);
    const formats = ['csv', 'parquet', 'xlsx'] as const;
    const heads = { csv: 'efbbbf', parquet: '50415231', xlsx: '504b0304' };
    for (const [index, { name }] of views.entries()) {
      const format = formats[index % formats.length] ?? 'csv';
      const bytes = readFileSync(await write(format, { ...all, view: name }));
      expect(bytes.toString('hex').startsWith(heads[format]), `${name} as ${format}`).toBe(true);
    }
  });
});

describe('the tables of an analysis', () => {
  /** What another program reads of a file: rows of cells, instants as UTC ms, days as texts. */
  const READ = `
import csv,datetime,json,sys
import openpyxl,pyarrow as pa,pyarrow.parquet as pq
from openpyxl.utils.escape import unescape
ZONE=datetime.timezone(datetime.timedelta(hours=8))
def plain(v):
  if isinstance(v,datetime.datetime): return round((v if v.tzinfo else v.replace(tzinfo=ZONE)).timestamp()*1000)
  if isinstance(v,datetime.timedelta): return v.total_seconds()
  if isinstance(v,datetime.date): return v.isoformat()
  return v
out={}
for name in json.load(open(sys.argv[1])):
  base=sys.argv[2]+'/'+name
  a=pa.ipc.open_file(base+'.arrow').read_all()
  p=pq.read_table(base+'.parquet')
  out[name]={'keys':[a.schema.names,p.schema.names],
    'arrow':[[plain(v) for v in r.values()] for r in a.to_pylist()],
    'parquet':[[plain(v) for v in r.values()] for r in p.to_pylist()],
    'csv':list(csv.reader(open(base+'.csv',encoding='utf-8',newline=''))),
    'xlsx':[[unescape(c) if isinstance(c,str) else plain(c) for c in r] for r in openpyxl.load_workbook(base+'.xlsx').worksheets[0].iter_rows(min_row=2,values_only=True)]}
print(json.dumps(out))`;

  it.skipIf(lacksPython('pyarrow') || lacksPython('openpyxl'))(
    'are the same figures in every format, read by readers of others',
    async () => {
      const tables = new Map<string, ListedTable>();
      for (const analysis of ANALYSES) {
        const { name } = analysis;
        const counts = [
          { variant: 'a', users: 1000, conversions: 50 },
          { variant: '=b', users: 1001, conversions: 80 },
        ];
        const spec = name === 'experiment' ? { counts } : analysis.example;
        const outcome = await analysis.answer(test.warehouse, spec, { timeZone: ZONE, language: 'zh' });
        if (!outcome.ok) throw new Error(outcome.failure.message);
        for (const [index, table] of outcome.value.tables('zh').entries()) {
          tables.set(`${name}-${index}`, table);
          for (const format of ['csv', 'arrow', 'parquet'] as const) {
            const bytes = renderListed(test.warehouse, table, format, {
              timeZone: ZONE,
              byteOrderMark: false,
            });
            await writeWholeFile(join(folder, `${name}-${index}.${format}`), bytes);
          }
          const workbook = renderTableWorkbook([table], {
            title: name,
            language: 'zh',
            timeZone: ZONE,
            createdMs: DAY,
          });
          await writeWholeFile(join(folder, `${name}-${index}.xlsx`), workbook);
        }
      }
      expect(tables.size).toBeGreaterThan(15);
      writeFileSync(join(folder, 'names.json'), JSON.stringify([...tables.keys()]));
      const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
      const read = z
        .record(
          z.string(),
          z.object({
            keys: z.array(z.array(z.string())),
            arrow: z.array(z.array(cell)),
            parquet: z.array(z.array(cell)),
            csv: z.array(z.array(z.string())),
            xlsx: z.array(z.array(cell)),
          }),
        )
        .parse(runPython(READ, join(folder, 'names.json'), folder));
      for (const [name, { columns, rows }] of tables) {
        const found = read[name];
        if (found === undefined) throw new Error(name);
        const keys = columns.map(({ key }) => key);
        expect(found.keys, name).toEqual([keys, keys]);
        const cells = rows.map((row) => columns.map((_, index) => row[index] ?? null));
        expect(found.arrow, name).toEqual(cells);
        expect(found.parquet, name).toEqual(cells);
        // For people: yuan, and below the rows their total, or why there is none.
        const inSheet = found.xlsx.slice(0, cells.length);
        const asShown = cells.map((row) =>
          row.map((value, index) =>
            columns[index]?.kind === 'money_fen' && typeof value === 'number' ? value / 100 : value,
          ),
        );
        for (const [at, row] of asShown.entries()) {
          for (const [index, value] of row.entries()) {
            const got = inSheet[at]?.[index];
            if (typeof value !== 'number') expect(got, `${name} ${at} ${index}`).toEqual(value);
            else {
              const most = columns[index]?.kind === 'instant' ? 1 : 1e-9 * Math.max(1, Math.abs(value));
              expect(Math.abs(Number(got) - value), `${name} ${at} ${index}`).toBeLessThanOrEqual(most);
            }
          }
        }
        const [head, ...lines] = found.csv;
        expect(head, name).toEqual(keys);
        expect(lines, name).toEqual(
          cells.map((row) =>
            row.map((value, index) => {
              if (value === null) return '';
              if (columns[index]?.kind === 'instant') return instantText(Number(value), ZONE);
              return typeof value === 'string' ? guardFormula(value) : String(value);
            }),
          ),
        );
      }
    },
  );
});

describe('the command line', () => {
  const wxlive = (args: readonly string[], input = ''): Promise<RunResult> =>
    runWxlive(args, { dataDir: test.dataDir, cwd: folder, input });
  const logged = (): Promise<unknown[]> =>
    test.warehouse.query(
      typedByUser('SELECT action, what, toUInt32(rows) AS rows, detail FROM wxlive.access_log ORDER BY at'),
      z.object({ action: z.string(), what: z.string(), rows: z.number(), detail: z.string() }),
    );

  it('exports, tells what it wrote, and is in access_log', async () => {
    const done = await wxlive([
      'export',
      'events',
      '--to',
      '2026-11-23',
      '--out',
      'out/day.parquet',
      '--json',
    ]);
    expect(done.exit, done.stderr).toBe(0);
    const first = events.filter(({ time }) => time < DAY + 86_400_000).length;
    expect(JSON.parse(done.stdout)).toMatchObject({ view: 'events', format: 'parquet', rows: first });
    expect(await logged()).toEqual([
      { action: 'export', what: 'events', rows: first, detail: 'parquet day.parquet ..2026-11-23' },
    ]);
    const refused = await wxlive(['export', 'evnts', '--out', 'x.csv']);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toMatch(/是否指 events/);
    expect((await logged()).length).toBe(1);
  });

  it('writes an analysis as data, one file a table, one workbook for all', async () => {
    writeFileSync(join(folder, 'spec.json'), JSON.stringify({ start: { event: 'live_enter' } }));
    const args = ['path', '--spec', 'spec.json', '--out'];
    const json = z
      .object({ paths: z.array(z.object({ path: z.array(z.string()), viewers: z.number() })) })
      .parse(JSON.parse((await wxlive([...args.slice(0, 3), '--json'])).stdout));
    const csv = await wxlive([...args, 'path.csv', '--json']);
    expect(csv.exit, csv.stderr).toBe(0);
    expect(JSON.parse(csv.stdout)).toMatchObject({ files: [{ path: 'path.csv' }, { path: 'path-2.csv' }] });
    const lines = readFileSync(join(folder, 'path.csv'), 'utf8').trimEnd().split('\r\n');
    expect(lines[0]).toBe('\ufeffpath,viewers,share');
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 2))).toEqual(
      json.paths.map(({ path, viewers }) => [path.join(' → '), String(viewers)]),
    );
    const written = ['arrow', 'parquet', 'xlsx'].map((format) => wxlive([...args, `path.${format}`]));
    expect((await Promise.all(written)).map(({ exit }) => exit)).toEqual([0, 0, 0]);
    if (lacksPython('pyarrow') || lacksPython('openpyxl')) return;
    const read = runPython(
      `import json,sys,openpyxl,pyarrow as pa,pyarrow.parquet as pq
a=pa.ipc.open_file(sys.argv[1]+'.arrow').read_all()
p=pq.read_table(sys.argv[1]+'.parquet')
w=openpyxl.load_workbook(sys.argv[1]+'.xlsx')
x=[[c.value for c in r][:2] for r in w.worksheets[0].iter_rows(min_row=2)]
print(json.dumps([a.select(['path','viewers']).to_pydict(),p.select(['path','viewers']).to_pydict(),x,len(w.worksheets)]))`,
      join(folder, 'path'),
    );
    const rows = json.paths.map(({ path, viewers }) => [path.join(' → '), viewers] as const);
    const columns = { path: rows.map(([path]) => path), viewers: rows.map(([, viewers]) => viewers) };
    expect(read).toEqual([columns, columns, rows, 2]);
  });

  it('answers specs in order, a failing one in its place and in Chinese, and writes JSON to a file', async () => {
    const specs = JSON.stringify([{ steps: 2 }, { stps: 2 }, { where: [{ field: 'evnt', op: 'is_set' }] }]);
    const result = await wxlive(['path', '--spec', '-', '--format', 'json', '--out', 'path.json'], specs);
    expect(result.exit).toBe(1);
    const answers = z
      .array(z.object({ error: z.object({ code: z.string(), message: z.string() }).optional() }))
      .parse(JSON.parse(readFileSync(join(folder, 'path.json'), 'utf8')));
    expect(answers.map(({ error }) => error?.code ?? null)).toEqual([null, 'unknown_key', 'unknown_field']);
    expect(answers[1]?.error?.message).toMatch(/[\u4e00-\u9fff].*steps/);
    expect(answers[2]?.error?.message).toMatch(/[\u4e00-\u9fff].*event/);
  });
});
