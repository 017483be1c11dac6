import { Command } from 'commander';
import { flag, textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import type { AnyRow } from '../rows.js';

/** Prints rows as a table of at most 80 columns, or one JSON document `{"<name>": rows}`. */
async function printRows(
  app: App,
  options: Options,
  name: string,
  rows: readonly AnyRow[],
  columns: readonly { readonly key: string; readonly label: string; readonly numeric?: boolean }[],
): Promise<void> {
  if (flag(options, 'json')) {
    await printJson({ [name]: rows });
    return;
  }
  const { renderTable } = await import('../../reports/index.js');
  await print(
    `${renderTable(
      {
        title: '',
        columns: columns.map(({ key, label, numeric }) => ({
          key,
          label,
          kind: numeric === true ? 'integer' : 'text',
        })),
        rows: rows.map((row) =>
          columns.map(({ key, numeric }) => {
            const value = row[key] ?? null;
            if (value === null) return null;
            return numeric === true ? Number(value) : String(value);
          }),
        ),
        emptyNote: app.say('没有数据', 'nothing there'),
      },
      { language: app.language, timeZone: app.settings.report_time_zone },
    )}\n`,
  );
}

async function query(
  app: App,
  name: string,
  parameters: Record<string, string | number> = {},
): Promise<AnyRow[]> {
  const { loadSql } = await import('../../sql/index.js');
  const { anyRow } = await import('../rows.js');
  return (await app.warehouse()).query(loadSql(name), anyRow, parameters);
}

/** `wxlive rejects list|show ID` */
export function rejectsCommand(): CommandDefinition {
  const command = new Command('rejects')
    .description('无法使用的行 / rows that could not be used')
    .argument('[action]', 'list | show', 'list')
    .argument('[id]', '编号 / id')
    .option('--batch <id>', '批次 / batch')
    .option('--code <code>', '原因代码 / reason code')
    .option('--limit <n>', '最多行数 / at most', '100')
    .addHelpText(
      'after',
      '\n例 / example:\n  wxlive rejects list --code time_unit\n  wxlive rejects show 3f0c…',
    );
  return {
    command,
    async run(app, args, options) {
      const [action = 'list', id] = args;
      if (action === 'show') {
        if (id === undefined) throw new UsageError(app.say('请给出编号', 'name the reject'));
        const rows = await query(app, 'operate/reject', { id });
        if (rows.length === 0) throw new UsageError(app.say(`没有编号为 ${id} 的行`, `no reject ${id}`));
        const { FAILURES } = await import('../../schemas/index.js');
        const described = rows.map((row): AnyRow => {
          const code = String(row['code']);
          const text = Object.entries(FAILURES).find(([name]) => name === code)?.[1];
          return { ...row, fix: text === undefined ? '' : app.say(text.fixZh, text.fixEn) };
        });
        if (flag(options, 'json')) await printJson({ rejects: described });
        else {
          for (const row of described) {
            for (const [key, value] of Object.entries(row))
              await print(`${key.padEnd(12)} ${String(value)}\n`);
          }
        }
        return EXIT.done;
      }
      if (action !== 'list')
        throw new UsageError(
          app.say('用法：wxlive rejects list | show 编号', 'usage: wxlive rejects list | show ID'),
        );
      const rows = await query(app, 'operate/rejects', {
        batch: textOption(options, 'batch') ?? '',
        code: textOption(options, 'code') ?? '',
        limit: readLimit(app, options),
      });
      await printRows(app, options, 'rejects', rows, [
        { key: 'place', label: app.say('位置', 'place') },
        { key: 'code', label: app.say('代码', 'code') },
        { key: 'reason', label: app.say('原因', 'reason') },
        { key: 'reject_id', label: app.say('编号', 'id') },
      ]);
      return EXIT.done;
    },
  };
}

/** `wxlive batches list|show ID` */
export function batchesCommand(): CommandDefinition {
  const command = new Command('batches')
    .description('导入批次 / files and flushes')
    .argument('[action]', 'list | show', 'list')
    .argument('[id]', '批次 / batch')
    .option('--limit <n>', '最多行数 / at most', '100')
    .addHelpText('after', '\n例 / example:\n  wxlive batches list --limit 20');
  return {
    command,
    async run(app, args, options) {
      const [action = 'list', id] = args;
      if (action !== 'list' && action !== 'show') {
        throw new UsageError(
          app.say('用法：wxlive batches list | show 批次', 'usage: wxlive batches list | show ID'),
        );
      }
      if (action === 'show' && id === undefined)
        throw new UsageError(app.say('请给出批次', 'name the batch'));
      const rows = await query(app, 'operate/batches', { batch: id ?? '', limit: readLimit(app, options) });
      if (action === 'show' && rows.length === 0)
        throw new UsageError(app.say(`没有批次 ${String(id)}`, `no batch ${String(id)}`));
      if (action === 'show' && !flag(options, 'json')) {
        for (const row of rows) {
          for (const [key, value] of Object.entries(row)) await print(`${key.padEnd(12)} ${String(value)}\n`);
        }
        return EXIT.done;
      }
      await printRows(app, options, 'batches', rows, [
        { key: 'batch_id', label: app.say('批次', 'batch') },
        { key: 'file', label: app.say('文件', 'file') },
        { key: 'rows', label: app.say('行', 'rows'), numeric: true },
        { key: 'accepted', label: app.say('接受', 'new'), numeric: true },
        { key: 'duplicates', label: app.say('重复', 'dup'), numeric: true },
        { key: 'rejected', label: app.say('拒绝', 'bad'), numeric: true },
        { key: 'state', label: app.say('状态', 'state') },
      ]);
      return EXIT.done;
    },
  };
}

/** `wxlive dictionary`: every public view and column, from the database's own comments. */
export function dictionaryCommand(): CommandDefinition {
  const command = new Command('dictionary')
    .description('数据字典 / data dictionary')
    .argument('[view]', '视图 / view', '')
    .addHelpText('after', '\n例 / example:\n  wxlive dictionary live_daily');
  return {
    command,
    async run(app, args, options) {
      const rows = await query(app, 'operate/dictionary', { view: args[0] ?? '' });
      if (rows.length === 0)
        throw new UsageError(app.say(`没有视图 ${args[0] ?? ''}`, `no view ${args[0] ?? ''}`));
      const worded = rows.map((row): AnyRow => {
        const [zh = '', en = zh] = String(row['comment']).split(' | ');
        return { ...row, comment: app.say(zh.trim(), en.trim()) };
      });
      if (flag(options, 'json')) {
        await printJson({ columns: worded });
        return EXIT.done;
      }
      let view = '';
      for (const row of worded) {
        if (String(row['view']) !== view) {
          view = String(row['view']);
          const [zh = '', en = zh] = String(row['view_comment']).split(' | ');
          await print(`\n${view}  ${app.say(zh.trim(), en.trim())}\n`);
        }
        await print(
          `  ${String(row['column']).padEnd(20)} ${String(row['type']).padEnd(26)} ${String(row['comment'])}\n`,
        );
      }
      return EXIT.done;
    },
  };
}

function readLimit(app: App, options: Options): number {
  const limit = Number(textOption(options, 'limit') ?? '100');
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError(app.say('--limit 应为正整数', '--limit takes a positive whole number'));
  return limit;
}
