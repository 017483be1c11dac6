import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildDocument,
  definitionFolders,
  loadDefinitions,
  periodOf,
  renderDocument,
  renderWorkbook,
  type ReportDocument,
} from '../../../reports/index.js';
import type { ReportDefinition } from '../../../schemas/index.js';
import { openWarehouse, type Warehouse } from '../../../sql/index.js';
import { runWxlive } from '../../cli/run-wxlive.js';
import { lacksProgram, lacksPython, runPython } from '../../external-tool.js';
import { collect } from '../../formats/pdf/poppler.js';
import { engineEnded, makeDataDir } from '../../servers/clickhouse.js';
import { readExpectedSamples, samplesEnvironment } from '../../suites/expected-samples.js';
import { SAMPLES } from '../analyses/expected-figures.js';
import { askQuery, changeOf, earlierOf, expectByHand, ZONE } from './by-hand.js';
import { poisoned } from './poisoned-document.js';
import { LONG } from '../../long-form.js';

/** All built-in reports over the imported samples, figure by figure, text by text, byte by byte. */
const all = loadDefinitions(definitionFolders(undefined));
const definitions = all.ok ? all.value : [];
/** The brief has a test of its own beside this one; of the others all are done at night, and those of most kinds of sections always. */
const NAMES = definitions
  .map(({ name }) => name)
  .filter((name) => LONG || !['daily-live-brief', 'weekly-channels'].includes(name));
/** The second day of the samples stands beside the first; a campaign takes the week. */
const SECOND_DAY = ['2026-09-10', '2026-09-11'] as const;
const WEEK = ['2026-09-08', '2026-09-15'] as const;
const COMPUTED_TWICE = new Set(LONG ? ['daily-live-brief', 'data-quality'] : ['data-quality']);
const TARGETS =
  'metric,period,platform,room,channel,target\ngmv_fen,2026-09,,,,5000000\nentrants,2026-09-10,,,wechat_group,40\n';
const midnight = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);

const dataDir = makeDataDir();
const folder = mkdtempSync(join(tmpdir(), 'wxlive-built-in-'));
let warehouse: Warehouse;
const documents = new Map<string, ReportDocument>();

function definitionOf(name: string): ReportDefinition {
  const found = definitions.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no definition ${name}`);
  return found;
}

async function documentOf(name: string): Promise<ReportDocument> {
  const found = documents.get(name) ?? (await build(definitionOf(name)));
  documents.set(name, found);
  return found;
}

async function build(definition: ReportDefinition): Promise<ReportDocument> {
  const [from, to] = definition.name === 'poster-experiment' ? WEEK : SECOND_DAY;
  const built = await buildDocument(warehouse, {
    definition,
    period: periodOf(midnight(from), midnight(to), ZONE, 'zh'),
    recipient: '张经理',
    language: 'zh',
    timeZone: ZONE,
    now: Date.now(),
  });
  if (!built.ok) throw new Error(built.failure.message);
  return built.value;
}

beforeAll(async () => {
  warehouse = await openWarehouse({ dataDir, reportZone: ZONE });
  writeFileSync(join(folder, 'targets.csv'), TARGETS);
  const env = samplesEnvironment(readExpectedSamples());
  const load = async (...args: readonly string[]): Promise<void> => {
    const run = await runWxlive(['import', ...args], { dataDir, env, cwd: SAMPLES });
    expect([0, 3], run.stderr).toContain(run.exit);
  };
  await load(
    ...['links.csv', 'roster-1.csv', 'roster-2.xlsx', 'rooms.json', 'costs.csv', 'orders-fen.csv'],
    ...['events-01.ndjson', 'events-02.json', 'events-03.csv', 'sensors-01.log', 'events-bad.ndjson'],
    join(folder, 'targets.csv'),
  );
  await load('minutes-k1-day0.json', '--room', 'kd-8544');
  await load('live-l1-info.json', 'watch-l1-restated.xlsx', '--room', 'lvWORLDKKulKGwYXuOsi0jKpS');
  await load('live-l2-info.json', 'watch-l2-gb18030.csv', '--room', 'lvWORLDlm4QvxiAQPfr1Vi3HK');
}, 240_000);

afterAll(async () => {
  await warehouse.close();
  await engineEnded(dataDir);
  for (const path of [dataDir, folder]) rmSync(path, { recursive: true, force: true });
});

describe.each(NAMES)('%s', { timeout: 180_000 }, (name) => {
  it('shows in every section what the analysis or the query says by hand, beside what was before', async () => {
    const definition = definitionOf(name);
    const document = await documentOf(name);
    const ids = new Set<string>();
    for (const section of definition.sections) {
      const figures = await expectByHand(warehouse, section, document.sections, document.period);
      if (figures > 0) ids.add(section.id);
    }
    const silent = definition.sections.map(({ id }) => id).filter((id) => !ids.has(id));
    // batches of the samples were taken today: a period of September has none
    const excused = name === 'data-quality' ? ['rejects', 'rejects-by-day', 'batches'] : [];
    expect(silent.filter((id) => !excused.includes(id))).toEqual([]);
  });

  it('tells on page one its figures beside what was before, in at most three sentences, or none', async () => {
    const definition = definitionOf(name);
    const { highlights, summary, period } = await documentOf(name);
    const asked = definition.highlights;
    expect(highlights.map(({ metricId }) => metricId)).toEqual(asked.figures.map(({ metric }) => metric));
    if ('query' in asked) {
      const figure = async (stretch: { from: number; to: number }, metric: string) => {
        const [row] = await askQuery(warehouse, asked.query, stretch);
        const value = row?.[metric] ?? null;
        return value === null ? null : Number(value);
      };
      for (const highlight of highlights) {
        const metric = highlight.metricId ?? '';
        expect(highlight.value).toBe(await figure(period, metric));
        const changes = await Promise.all(
          earlierOf(period).map(async (stretch) => changeOf(highlight.value, await figure(stretch, metric))),
        );
        expect(highlight.change).toBe(changes[0]);
        const also = (highlight.also ?? []).filter(({ kind }) => kind === 'change');
        expect(also.map(({ fraction }) => fraction)).toEqual(
          changes.slice(1).filter((change) => change !== null),
        );
        const share = (highlight.also ?? []).filter(({ kind }) => kind === 'share');
        const month = { from: midnight('2026-09-01'), to: period.to };
        expect(share.map(({ fraction }) => fraction)).toEqual(
          metric === 'gmv_fen' ? [Number(await figure(month, metric)) / 5_000_000] : [],
        );
      }
    }
    const moved = highlights.filter(
      ({ value, change }) => value !== null && change !== null && Math.abs(change) >= asked.tell_from,
    );
    expect(summary).toHaveLength(moved.length);
    expect(summary.length).toBeLessThanOrEqual(3);
    moved.forEach(({ label }, at) => {
      expect(summary[at]).toContain(label);
    });
  });

  it('is the same, byte for byte, when it is computed and rendered again from the same data', async () => {
    const first = await documentOf(name);
    // two of them are computed anew, too: that takes long
    const again = COMPUTED_TWICE.has(name) ? await build(definitionOf(name)) : structuredClone(first);
    expect(again).toEqual(first);
    for (const render of [
      (document: ReportDocument) => renderWorkbook(document),
      (document: ReportDocument) => renderDocument(document, null),
    ]) {
      const [one, other] = [await collect(render(first)), await collect(render(again))];
      expect(one.equals(other)).toBe(true);
    }
  });

  it.skipIf(lacksPython('openpyxl'))(
    'keeps formulas and links text in every field of its workbook, and opens without a warning',
    async () => {
      const { document, fields } = poisoned(await documentOf(name));
      expect(fields).toBeGreaterThan(40);
      for (const [kind, content] of [
        ['plain', await documentOf(name)],
        ['poisoned', document],
      ] as const) {
        const file = join(folder, `${name}-${kind}.xlsx`);
        writeFileSync(file, await collect(renderWorkbook(content)));
        const found = runPython(READ_TEXTS, file) as { types: string[]; links: number; unquoted: number };
        expect(found).toEqual({ types: ['s'], links: 0, unquoted: 0 });
      }
    },
  );

  it.skipIf(lacksProgram('qpdf'))(
    'has no link out and no action in its PDF, whatever its fields say',
    async () => {
      const file = join(folder, `${name}.pdf`);
      writeFileSync(file, await collect(renderDocument(poisoned(await documentOf(name)).document, null)));
      const plain = execFileSync('qpdf', ['--qdf', '--object-streams=disable', file, '-'], {
        maxBuffer: 1 << 28,
      }).toString('latin1');
      expect(plain).not.toMatch(/\/S \/(?:URI|JavaScript|Launch|GoToR|SubmitForm|ImportData)|\/EmbeddedFile/);
    },
  );
});

describe.skipIf(lacksPython('openxml_audit'))('against the OOXML schemas', { timeout: 180_000 }, () => {
  it('every built-in report is valid', async () => {
    const files = await Promise.all(
      NAMES.map(async (name) => {
        const file = join(folder, `${name}-audit.xlsx`);
        writeFileSync(file, await collect(renderWorkbook(await documentOf(name))));
        return file;
      }),
    );
    for (const file of files) {
      const output = execFileSync('python3', ['-m', 'openxml_audit.cli', '-o', 'json', file], {
        encoding: 'utf8',
      });
      expect(JSON.parse(output), file).toMatchObject([{ valid: true, error_count: 0 }]);
    }
  });
});

const READ_TEXTS = `
import sys, json, warnings, openpyxl
warnings.simplefilter('error')
book = openpyxl.load_workbook(sys.argv[1])
cells = [c for s in book for row in s.iter_rows() for c in row if isinstance(c.value, str)]
print(json.dumps({
  'types': sorted({c.data_type for c in cells}),
  'links': sum(1 for c in cells if c.hyperlink),
  'unquoted': sum(1 for c in cells if c.value[:1] in '=+-@' and len(c.value) > 1 and not c.quotePrefix and c.value[0] == '='),
}))
`;
