import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { flag, textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, Failed, UsageError } from '../exit-codes.js';
import { note, print, printJson } from '../output.js';
import { readStandardInput } from '../standard-input.js';
import {
  addTableOptions,
  numberedPath,
  readTableTarget,
  systemUser,
  targetText,
  writeTarget,
  type TableTarget,
} from '../table-output.js';
import type { AnalysisAnswer, ListedTable } from '../../reports/index.js';

/** Names and titles of the analyses: enough for `--help`, which must not load their engines. */
const NAMED: readonly { readonly name: string; readonly title: string; readonly example: string }[] = [
  {
    name: 'funnel',
    title: '漏斗 / funnel',
    example:
      '{"steps":[{"event":"live_enter"},{"event":"goods_click"},{"event":"order_pay"}],"window_seconds":7200}',
  },
  {
    name: 'attribution',
    title: '渠道归因 / channel attribution',
    example: '{"conversion":{"event":"order_pay","value":"amount_fen"},"channel":"utm_source"}',
  },
  { name: 'audience', title: '直播间人数 / audience', example: '{"platforms":["miniprogram"]}' },
  { name: 'channels', title: '渠道对比 / channels', example: '{"channel":"channel"}' },
  { name: 'attendance', title: '企业微信直播到课 / attendance', example: '{"finish_ratio":0.8}' },
  {
    name: 'heatmap',
    title: '互动热力图 / actions minute by minute',
    example: '{"platforms":["miniprogram"],"rows":"action"}',
  },
  {
    name: 'retention',
    title: '留存 / who comes back',
    example: '{"cohort":{"event":"live_enter"},"returning":{"event":"live_enter"},"period":"day"}',
  },
  {
    name: 'segments',
    title: '观众分层 / segments',
    example: '{"recency_days":[1,2],"frequency":[1,2],"money_fen":[1,50000]}',
  },
  { name: 'path', title: '行为路径 / paths', example: '{"start":{"event":"live_enter"},"steps":4}' },
];

/** One command for each analysis. */
export const analyseCommands: readonly (() => CommandDefinition)[] = NAMED.map(
  ({ name, title, example }) =>
    () => {
      const command = new Command(name)
        .description(title)
        .requiredOption(
          '--spec <file>',
          '规格文件（JSON），- 为标准输入 / spec as JSON, - for standard input',
        )
        .addHelpText('after', `\n例 / example:\n  echo '${example}' | wxlive ${name} --spec -`);
      addTableOptions(command);
      if (name === 'funnel')
        command.option('--viewers-at <n>', '列出停在第 N 步的观众 / who stopped at step N');
      return { command, run: (app, _args, options) => analyse(app, name, options) };
    },
);

/** `--spec FILE|-` of an analysis: reads, runs, prints. */
export async function analyse(app: App, name: string, options: Options): Promise<number> {
  return answerSpecs(app, name, await readSpecs(app, textOption(options, 'spec') ?? '-'), options);
}

/** Runs specs of an analysis in order and prints their results; one that fails spoils no other. */
export async function answerSpecs(app: App, name: string, specs: Specs, options: Options): Promise<number> {
  const viewersAt = textOption(options, 'viewersAt');
  const { answerOneOfMany, findAnalysis } = await import('../../reports/index.js');
  const analysis = findAnalysis(name);
  if (analysis === undefined) throw new UsageError(`${name}: no such analysis`);
  const warehouse = await app.warehouse();
  const { language } = app;
  const timeZone = app.settings.report_time_zone;
  const target = await readTableTarget(app, options);
  const asJson = target === null ? flag(options, 'json') : target.format === 'json';
  const results: unknown[] = [];
  const tables: ListedTable[] = [];
  let failed = false;
  const context = {
    timeZone,
    language,
    ...(viewersAt === undefined ? {} : { viewersAt: Number(viewersAt) }),
  };
  for (const [index, spec] of specs.list.entries()) {
    const outcome = specs.single
      ? await analysis.answer(warehouse, spec, context)
      : await answerOneOfMany(analysis, warehouse, spec, context);
    if (!outcome.ok) {
      failed = true;
      results.push({ error: outcome.failure });
      const which = specs.single ? '' : app.say(`第 ${index + 1} 个规格：`, `spec ${index + 1}: `);
      if (!asJson) note(`${which}${outcome.failure.code}: ${outcome.failure.message}`);
      continue;
    }
    results.push(outcome.value.result);
    tables.push(...outcome.value.tables(language));
    if (target === null && !asJson) await show(app, outcome.value);
  }
  const answer = specs.single ? results[0] : results;
  if (target !== null) await writeAnswer(app, name, target, answer, tables, flag(options, 'json'));
  else if (asJson) await printJson(answer);
  return failed ? EXIT.failed : EXIT.done;
}

/** Writes results in the format and to the place asked for; what leaves is in `access_log`. */
async function writeAnswer(
  app: App,
  name: string,
  target: TableTarget,
  answer: unknown,
  tables: readonly ListedTable[],
  told: boolean,
): Promise<void> {
  const { recordAccess } = await import('../../reports/index.js');
  const parts = await renderAnswer(app, name, target, answer, tables);
  const access = { who: systemUser(), action: 'analysis', what: name } as const;
  await recordAccess(
    await app.warehouse(),
    parts.map(({ path, rows }) => ({ ...access, rows, detail: targetText(target.format, path) })),
  );
  const files: { path: string; rows: number; bytes: number }[] = [];
  for (const { path, rows, content } of parts) {
    const bytes = await writeTarget(app, path, content);
    if (path === null) continue;
    files.push({ path, rows, bytes });
    if (!told) note(app.say(`${rows} 行 → ${path}`, `${rows} rows → ${path}`));
  }
  if (told && target.path !== null) await printJson({ files });
}

/** One file or, where a format holds one table and there are more, one for each. */
interface OutputPart {
  readonly path: string | null;
  readonly rows: number;
  readonly content: AsyncIterable<Uint8Array>;
}

async function renderAnswer(
  app: App,
  name: string,
  { format, path }: TableTarget,
  answer: unknown,
  tables: readonly ListedTable[],
): Promise<OutputPart[]> {
  const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
  if (format === 'json')
    return [{ path, rows, content: Readable.from([Buffer.from(`${JSON.stringify(answer, null, 2)}\n`)]) }];
  if (tables.length === 0) return [];
  const { renderListed, renderTableWorkbook } = await import('../../reports/index.js');
  const shape = { language: app.language, timeZone: app.settings.report_time_zone };
  if (format === 'xlsx') {
    const content = renderTableWorkbook(tables, { ...shape, title: name, createdMs: Date.now() });
    return [{ path, rows, content }];
  }
  const warehouse = await app.warehouse();
  if (path === null && tables.length > 1) {
    const others = tables.slice(1).map(({ title }) => title);
    note(
      app.say(
        `只输出第一张表；其余（${others.join('、')}）请用 --out 或 --format xlsx`,
        `the first table only; for ${others.join(', ')} use --out or --format xlsx`,
      ),
    );
  }
  return (path === null ? tables.slice(0, 1) : tables).map((table, index) => ({
    path: path === null ? null : numberedPath(path, index + 1),
    rows: table.rows.length,
    content: renderListed(warehouse, table, format, { ...shape, byteOrderMark: path !== null }),
  }));
}

/** Runs one analysis and prints its chart and first tables for people: what the demo shows. */
export async function printAnalysis(
  app: App,
  name: string,
  spec: unknown,
  mostTables: number,
): Promise<void> {
  const { findAnalysis } = await import('../../reports/index.js');
  const outcome = await findAnalysis(name)?.answer(await app.warehouse(), spec, {
    timeZone: app.settings.report_time_zone,
    language: app.language,
  });
  if (outcome === undefined) throw new Failed(`${name}: no such analysis`);
  if (!outcome.ok) throw new Failed(outcome.failure.message);
  await show(app, outcome.value, mostTables);
}

async function show(app: App, answer: AnalysisAnswer, mostTables = Number.POSITIVE_INFINITY): Promise<void> {
  const { renderFunnel, renderTable } = await import('../../reports/index.js');
  const { language } = app;
  const options = { language, timeZone: app.settings.report_time_zone };
  for (const chart of answer.charts(language)) {
    if (chart.kind === 'funnel') await print(`${renderFunnel(chart, options)}\n\n`);
  }
  for (const table of answer.tables(language).slice(0, mostTables))
    await print(`${renderTable(table, options)}\n\n`);
}

/** One spec or an array of them; results follow in the same shape. */
export interface Specs {
  readonly list: readonly unknown[];
  readonly single: boolean;
}

async function readSpecs(app: App, path: string): Promise<Specs> {
  let text: string;
  try {
    text = path === '-' ? await readStandardInput() : await readFile(path, 'utf8');
  } catch {
    throw new UsageError(app.say(`无法读取规格文件 ${path}`, `cannot read the spec file ${path}`));
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new UsageError(app.say(`规格不是 JSON：${why}`, `the spec is not JSON: ${why}`));
  }
  return Array.isArray(parsed) ? { list: parsed, single: false } : { list: [parsed], single: true };
}
