import { Command } from 'commander';
import { collect, flag, textOption, type CommandDefinition } from '../command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { readAliases, readPasswords } from './import.js';
import type { InspectedFile } from '../../pipelines/index.js';
import type { App } from '../compose.js';

/** `wxlive inspect FILE…`: how a file reads, without loading it. */
export function inspectCommand(): CommandDefinition {
  const command = new Command('inspect')
    .description('查看文件如何被读取，不入库 / how a file is read, without loading it')
    .argument('<file...>', '文件 / files')
    .option('--rows <n>', '每表显示的行数，0 为全部 / rows of each table, 0 for all', '20')
    .option('--password-env <name>', '存有密码的环境变量，可重复 / variable with a password', collect, [])
    .option('--map <header=field>', '表头对应字段 / maps a header', collect, [])
    .addHelpText('after', '\n例 / example:\n  wxlive inspect 导出.xlsx --rows 5');
  return {
    command,
    async run(app, files, options) {
      const rows = Number(textOption(options, 'rows') ?? '20');
      if (!Number.isInteger(rows) || rows < 0) {
        throw new UsageError(app.say('--rows 应为不小于 0 的整数', '--rows takes a whole number from 0'));
      }
      const { inspectFile, SOURCES } = await import('../../pipelines/index.js');
      const inspected: InspectedFile[] = [];
      for (const file of files) {
        inspected.push(
          await inspectFile(file, SOURCES, {
            passwords: readPasswords(app, options),
            aliases: readAliases(app, options),
            rows,
            language: app.language,
          }),
        );
      }
      if (flag(options, 'json')) await printJson({ files: inspected });
      else for (const one of inspected) await print(describe(app, one));
      return inspected.some(({ error }) => error !== null) ? EXIT.failed : EXIT.done;
    },
  };
}

function describe(app: App, file: InspectedFile): string {
  const lines = [
    file.file,
    `  ${app.say('格式', 'format')}: ${file.format ?? '?'}${file.encoding === null ? '' : `, ${file.encoding}`}${
      file.encrypted === null ? '' : `, ${app.say('加密', 'encrypted')} ${file.encrypted.scheme}`
    }`,
  ];
  if (file.adapter !== null) {
    lines.push(`  ${app.say('识别为', 'read as')}: ${file.adapter.name}`);
    lines.push(...columnLines(app, file.adapter.columns));
  }
  if (file.nearest !== null) {
    lines.push(`  ${app.say('最接近的是', 'nearest to it is')}: ${file.nearest.name}`);
    lines.push(...columnLines(app, file.nearest.columns));
  }
  if (file.error !== null) {
    lines.push(`  ${file.error.code}: ${file.error.message}`, `  → ${file.error.fix}`);
  }
  for (const table of file.tables) {
    lines.push(`  ${app.say('表', 'table')} ${table.name}: ${table.rows} ${app.say('行', 'rows')}`);
    for (const cells of table.cells) lines.push(`    ${cells.join(' | ').slice(0, 160)}`);
  }
  return `${lines.join('\n')}\n`;
}

function columnLines(app: App, columns: Readonly<Record<string, string | null>>): string[] {
  return Object.entries(columns).map(
    ([header, column]) => `    ${header} → ${column ?? app.say('（未识别）', '(not known)')}`,
  );
}
