import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { flag, textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, Failed, UsageError } from '../exit-codes.js';
import { note, print, printJson } from '../output.js';
import { readStandardInput } from '../standard-input.js';
import type { AnalysisAnswer } from '../../reports/index.js';

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
  const { findAnalysis } = await import('../../reports/index.js');
  const analysis = findAnalysis(name);
  if (analysis === undefined) throw new UsageError(`${name}: no such analysis`);
  const warehouse = await app.warehouse();
  const { language } = app;
  const timeZone = app.settings.report_time_zone;
  const results: unknown[] = [];
  let failed = false;
  for (const spec of specs.list) {
    const outcome = await analysis.answer(warehouse, spec, {
      timeZone,
      language,
      ...(viewersAt === undefined ? {} : { viewersAt: Number(viewersAt) }),
    });
    if (!outcome.ok) {
      failed = true;
      results.push({ error: outcome.failure });
      if (!flag(options, 'json')) note(`${outcome.failure.code}: ${outcome.failure.message}`);
      continue;
    }
    results.push(outcome.value.result);
    if (!flag(options, 'json')) await show(app, outcome.value);
  }
  if (flag(options, 'json')) await printJson(specs.single ? results[0] : results);
  return failed ? EXIT.failed : EXIT.done;
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
