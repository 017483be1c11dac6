import { Command } from 'commander';
import { flag, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { printRows } from '../print-rows.js';
import type { AnyRow } from '../rows.js';
import { readLimit, runQuery } from '../run-query.js';

/** `wxlive batches list|show ID` */
export function batchesCommand(): CommandDefinition {
  const command = new Command('batches')
    .description('导入批次 / files and flushes')
    .argument('[action]', 'list | show', 'list')
    .argument('[id]', '批次 / batch')
    .option('--limit <n>', '最多行数 / at most', '100')
    .addHelpText(
      'after',
      '\n例 / example:\n  wxlive batches list --limit 20\n  wxlive batches show 1795603058986001',
    );
  return {
    command,
    async run(app, args, options) {
      const [action = 'list', id] = args;
      if (action === 'show') return showBatch(app, id, options);
      if (action === 'list') return listBatches(app, options);
      throw new UsageError(
        app.say('用法：wxlive batches list | show 批次', 'usage: wxlive batches list | show ID'),
      );
    },
  };
}

async function listBatches(app: App, options: Options): Promise<number> {
  const rows = await runQuery(app, 'operate/batches', { batch: '', limit: readLimit(app, options) });
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
}

async function showBatch(app: App, id: string | undefined, options: Options): Promise<number> {
  if (id === undefined) throw new UsageError(app.say('请给出批次', 'name the batch'));
  const batches = await runQuery(app, 'operate/batches', { batch: id, limit: 1 });
  const [batch] = batches;
  if (batch === undefined) throw new UsageError(app.say(`没有批次 ${id}`, `no batch ${id}`));
  const restatements = await runQuery(app, 'operate/restatements', { batch: id });
  const changed_days = await runQuery(app, 'operate/changed-days', { batch: id });
  const reports = await runQuery(app, 'operate/marked-reports', { batch: id });
  if (flag(options, 'json')) {
    await printJson({ batches: [{ ...batch, restatements, changed_days, reports }] });
    return EXIT.done;
  }
  for (const [key, value] of Object.entries(batch)) await print(`${key.padEnd(12)} ${String(value)}\n`);
  const lines = [
    newerByLine(app, String(batch['newer_by'])),
    ...restatements.map((row) => restatementLine(app, row)),
    ...dayLines(app, changed_days),
    ...reports.map((row) => reportLine(app, row)),
  ];
  await print(lines.map((line) => `${line}\n`).join(''));
  return EXIT.done;
}

/** What decided which of two exports is the newer one. */
function newerByLine(app: App, newerBy: string): string {
  const words: Readonly<Record<string, [string, string]>> = {
    rows: ['行内写明的时间', 'the time its rows state'],
    title: ['标题行写明的时间', 'the time its title lines state'],
    name: ['文件名中的时间', 'the time in its name'],
    option: ['--exported-at', '--exported-at'],
    import: ['导入的时刻', 'the moment of import'],
  };
  const [zh, en] = words[newerBy] ?? [newerBy, newerBy];
  return app.say(`判断新旧依据：${zh}`, `newer by: ${en}`);
}

/** How one list, or the minutes of one room, met what was there. */
function restatementLine(app: App, row: AnyRow): string {
  const number = (key: string): number => Number(row[key]);
  const [rows, before, changed, vanished] = [
    number('rows'),
    number('rows_before'),
    number('changed'),
    number('vanished'),
  ];
  const time = (key: string): string => String(row[key]).slice(0, 16);
  const outcomes: Readonly<Record<string, [string, string]>> = {
    first: ['首次', 'the first'],
    newer: [
      `较新：${changed} 行新增或改变，${vanished} 行不再存在`,
      `newer: ${changed} new or changed, ${vanished} gone`,
    ],
    equal: ['与已有的相同，没有变化', 'equal to what was there, nothing changed'],
    older: [
      `较旧（已有 ${time('exported_before')} 的导出），没有变化`,
      `older than the export of ${time('exported_before')} that counts, nothing changed`,
    ],
    shrunk: [
      `由 ${before} 行变短，已接受（--accept-shrink），${vanished} 行不再存在`,
      `shorter than the ${before} before, accepted by --accept-shrink, ${vanished} gone`,
    ],
    held: [
      `由 ${before} 行变短三成以上，暂扣，等待 --accept-shrink`,
      `more than 30 % shorter than the ${before} before: held until --accept-shrink`,
    ],
  };
  const [zh, en] = outcomes[String(row['outcome'])] ?? ['', ''];
  const kept = String(row['kept_scope'] ?? '');
  const place = `${String(row['room_id'])} ${scopeWord(app, String(row['scope']))}`;
  const partial =
    kept === ''
      ? ''
      : app.say(`；${scopeWord(app, kept)}名单保持不变`, `; the list of ${scopeWord(app, kept)} stays`);
  return app.say(
    `${place}（${rows} 行，导出 ${time('exported_at')}）：${zh}${partial}`,
    `${place} (${rows} rows, exported ${time('exported_at')}): ${en}${partial}`,
  );
}

function scopeWord(app: App, scope: string): string {
  if (scope === 'staff') return app.say('员工', 'staff');
  return scope === 'outsiders' ? app.say('外部观众', 'outsiders') : scope;
}

function dayLines(app: App, rows: readonly AnyRow[]): string[] {
  const days = new Map<string, string[]>();
  for (const row of rows) {
    const day = String(row['day']);
    const what = [row['source'], row['platform'], row['account']].filter((word) => word !== '').join(' ');
    days.set(day, [...(days.get(day) ?? []), what]);
  }
  return [...days].map(([day, what]) =>
    app.say(`改变了 ${day} 的数据：${what.join('、')}`, `changed ${day}: ${what.join(', ')}`),
  );
}

function reportLine(app: App, row: AnyRow): string {
  const period = `${String(row['period_from']).slice(0, 10)} – ${String(row['period_to']).slice(0, 10)}`;
  const days = Array.isArray(row['days']) ? row['days'].join(', ') : '';
  return app.say(
    `涉及报表 ${String(row['report'])}（${period}）：${days} 的数据在出报表之后变动`,
    `marks report ${String(row['report'])} (${period}): ${days} changed after it was made`,
  );
}
