import { Command } from 'commander';
import { flag, type CommandDefinition } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import type { AnyRow } from '../rows.js';
import { runQuery } from '../run-query.js';

/** `wxlive dictionary`: every public view and column, from the database's own comments. */
export function dictionaryCommand(): CommandDefinition {
  const command = new Command('dictionary')
    .description('数据字典 / data dictionary')
    .argument('[view]', '视图 / view', '')
    .addHelpText('after', '\n例 / example:\n  wxlive dictionary live_daily');
  return {
    command,
    async run(app, args, options) {
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

/** A comment of the database is `Chinese | English`; a Chinese bracket before the bar leaves no blank. */
function inLanguage(app: App, comment: unknown): string {
  const [zh = '', en = zh] = String(comment).split(/\s*\|\s+/u);
  return app.say(zh.trim(), en.trim());
}
