import { Command } from 'commander';
import { flag, type CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../output.js';

/** `wxlive migrate`: brings the warehouse to this version; every other command does so too. */
export function migrateCommand(): CommandDefinition {
  const command = new Command('migrate')
    .description('升级数据仓库结构 / bring the warehouse to this version')
    .addHelpText('after', '\n例 / example:\n  wxlive migrate');
  return {
    command,
    async run(app, _args, options) {
      const { migrate } = await import('../../sql/index.js');
      const result = await migrate(await app.warehouse(), app.renderSettings());
      if (flag(options, 'json'))
        await printJson({ applied: result.applied, views_rendered: result.viewsRendered });
      else await print(app.say('数据仓库已是最新\n', 'the warehouse is up to date\n'));
      return EXIT.done;
    },
  };
}
