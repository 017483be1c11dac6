import { Command } from 'commander';
import { flag, textOption, type CommandDefinition } from '../command.js';
import { EXIT, Failed, UsageError } from '../exit-codes.js';
import { print } from '../output.js';
import { readStandardInput } from '../standard-input.js';

/** `wxlive sql "SELECT 1"`: runs as the analyst. */
export function sqlCommand(): CommandDefinition {
  const command = new Command('sql')
    .description('以分析员身份查询公开视图 / query the public views as the analyst')
    .argument('<query>', 'SQL；- 表示从标准输入读取 / SQL, - for standard input')
    .option('--format <name>', 'ClickHouse 输出格式 / any ClickHouse format')
    .addHelpText(
      'after',
      '\n例 / example:\n  wxlive sql "SELECT channel, count() FROM wxlive.touches GROUP BY channel" --format CSVWithNames',
    );
  return {
    command,
    async run(app, args, options) {
      const text = args[0] === '-' ? await readStandardInput() : (args[0] ?? '');
      if (text.trim() === '') throw new UsageError(app.say('没有给出 SQL', 'no SQL was given'));
      const { typedByUser, WarehouseError } = await import('../../sql/index.js');
      const format =
        textOption(options, 'format') ??
        (flag(options, 'json')
          ? 'JSON'
          : process.stdout.isTTY
            ? 'PrettyCompactMonoBlock'
            : 'TabSeparatedWithNames');
      const analyst = await app.analyst();
      try {
        for await (const part of analyst.stream(typedByUser(text), format)) await print(part);
      } catch (error) {
        if (error instanceof WarehouseError) throw new Failed(error.message);
        throw error;
      }
      return EXIT.done;
    },
  };
}
