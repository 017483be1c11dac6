import { Command } from 'commander';
import { flag, type CommandDefinition } from '../command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { readStandardInput } from '../standard-input.js';

/** `wxlive viewer lookup -`: the pseudonym of ids read from standard input, one a line; ids are never arguments. */
export function viewerCommand(): CommandDefinition {
  const command = new Command('viewer')
    .description('由标识查假名 / the pseudonym of an id')
    .argument('<action>', 'lookup')
    .argument('<from>', '- （从标准输入读取 / from standard input）')
    .addHelpText('after', '\n例 / example:\n  wxlive viewer lookup - < ids.txt');
  return {
    command,
    async run(app, args, options) {
      if (args[0] !== 'lookup' || args[1] !== '-') {
        throw new UsageError(
          app.say(
            '用法：wxlive viewer lookup -（标识从标准输入读取）',
            'usage: wxlive viewer lookup - (ids from standard input)',
          ),
        );
      }
      const ids = (await readStandardInput())
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter(Boolean);
      const { pseudonymizer } = await app.privacy();
      const { memberRow } = await import('../rows.js');
      const { loadSql } = await import('../../sql/index.js');
      const warehouse = await app.warehouse();
      const viewers: { viewer: string; group: string }[] = [];
      for (const id of ids) {
        const own = pseudonymizer.viewerOfId(id);
        const [linked] = await warehouse.query(loadSql('operate/viewer'), memberRow, { member: own });
        viewers.push({ viewer: own, group: linked?.viewer ?? own });
      }
      if (flag(options, 'json')) await printJson({ viewers });
      else {
        for (const { viewer, group } of viewers) {
          await print(viewer === group ? `${viewer}\n` : `${viewer}  →  ${group}\n`);
        }
      }
      return EXIT.done;
    },
  };
}
