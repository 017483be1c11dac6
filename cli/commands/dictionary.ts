import { Command } from 'commander';
import { METRICS, metricScale } from '../../schemas/index.js';
import { flag, type CommandDefinition } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import type { AnyRow } from '../rows.js';
import { runQuery } from '../run-query.js';

/** `wxlive dictionary`: every public view and column, from the database's own comments; `--metrics`: what figures mean. */
export function dictionaryCommand(): CommandDefinition {
  const command = new Command('dictionary')
    .description('数据字典 / data dictionary')
    .argument('[view]', '视图 / view', '')
    .option('--metrics', '指标的定义、单位与口径 / what each metric means')
    .addHelpText('after', '\n例 / example:\n  wxlive dictionary live_daily\n  wxlive dictionary --metrics');
  return {
    command,
    async run(app, args, options) {
      if (flag(options, 'metrics')) return printMetrics(app, flag(options, 'json'));
      const rows = await runQuery(app, 'operate/dictionary', { view: args[0] ?? '' });
      if (rows.length === 0)
        throw new UsageError(app.say(`没有视图 ${args[0] ?? ''}`, `no view ${args[0] ?? ''}`));
      const worded = rows.map((row): AnyRow => ({
        ...row,
        view_comment: inLanguage(app, row['view_comment']),
        comment: inLanguage(app, row['comment']),
      }));
      if (flag(options, 'json')) {
        await printJson({ columns: worded });
        return EXIT.done;
      }
      let view = '';
      for (const row of worded) {
        if (String(row['view']) !== view) {
          view = String(row['view']);
          await print(`\n${view}  ${String(row['view_comment'])}\n`);
        }
        await print(
          `  ${String(row['column']).padEnd(20)} ${String(row['type']).padEnd(26)} ${String(row['comment'])}\n`,
        );
      }
      return EXIT.done;
    },
  };
}

/** The metric dictionary needs no database. */
async function printMetrics(app: App, json: boolean): Promise<number> {
  if (json) {
    await printJson({ metrics: METRICS });
    return EXIT.done;
  }
  for (const metric of METRICS) {
    const { id, zh, en, definition, caveat, source } = metric;
    const { unit, base } = metricScale(metric, app.language);
    const over = [unit, base].filter((text) => text !== '').join(' · ');
    await print(`\n${app.say(zh, en)}  ${id}  [${over}]\n  ${app.say(definition.zh, definition.en)}\n`);
    if (caveat !== undefined)
      await print(`  ${app.say('注意：', 'Note: ')}${app.say(caveat.zh, caveat.en)}\n`);
    await print(`  ${app.say('来源：', 'From: ')}${source}\n`);
  }
  return EXIT.done;
}

/** A comment of the database is `Chinese | English`; a Chinese bracket before the bar leaves no blank. */
function inLanguage(app: App, comment: unknown): string {
  const [zh = '', en = zh] = String(comment).split(/\s*\|\s+/u);
  return app.say(zh.trim(), en.trim());
}
