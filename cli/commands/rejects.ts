import { Command, Option } from 'commander';
import { collect, flag, textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { printRows } from '../print-rows.js';
import type { AnyRow } from '../rows.js';
import { readLimit, runQuery } from '../run-query.js';
import { readTimeBounds } from '../time-bounds.js';
import { readAliases, readZone } from './import.js';
import type { RejectSelection, ReplayOptions, ReplayReport } from '../../pipelines/index.js';

/** `wxlive rejects list|show ID|replay` */
export function rejectsCommand(): CommandDefinition {
  const command = new Command('rejects')
    .description('无法使用的行 / rows that could not be used')
    .argument('[action]', 'list | show | replay', 'list')
    .argument('[id]', '编号 / id')
    .option('--batch <id>', '批次 / batch')
    .option('--reason <code>', '原因代码 / reason code')
    .option('--code <code>', '同 --reason / the same')
    .option('--adapter <name>', '输入类型 / adapter')
    .option('--from <time>', '接收时间起 / received from')
    .option('--to <time>', '接收时间止 / received before')
    .option('--limit <n>', '最多行数 / at most', '100')
    .option('--room <id>', '重放：直播间或场次 / replay: room or live of rows that carry none')
    .option('--account <id>', '重放：账号 / replay: account of rows that carry none')
    .option('--time-zone <zone>', '重放：无时区时间所在时区 / replay: zone of wall-clock times')
    .addOption(
      new Option('--amount-unit <unit>', '重放：金额单位 / replay: unit of amounts').choices(['fen', 'yuan']),
    )
    .option('--map <header=field>', '重放：表头对应字段 / replay: maps a header', collect, [])
    .option('--accept-shrink', '重放：接受明显变短的名单 / replay: accept a list that is much shorter')
    .option('--dry-run', '重放：只检查不入库 / replay: check only, store nothing')
    .addHelpText(
      'after',
      '\n例 / example:\n  wxlive rejects list --reason time_unit\n  wxlive rejects show 3f0c…\n  wxlive rejects replay --reason time_without_offset --time-zone Asia/Shanghai',
    );
  return {
    command,
    async run(app, args, options) {
      const [action = 'list', id] = args;
      if (action === 'show') return showReject(app, id, options);
      if (action === 'replay' && id === undefined) return replay(app, options);
      if (action === 'list') return listRejects(app, options);
      throw new UsageError(
        app.say(
          '用法：wxlive rejects list | show 编号 | replay [--reason 代码]',
          'usage: wxlive rejects list | show ID | replay [--reason CODE]',
        ),
      );
    },
  };
}

async function listRejects(app: App, options: Options): Promise<number> {
  const { code, batch, adapter, from, to } = await readSelection(app, options);
  const rows = await runQuery(app, 'operate/rejects', {
    batch: batch ?? '',
    code: code ?? '',
    adapter: adapter ?? '',
    from_ms: from ?? 0,
    to_ms: to ?? END_OF_TIME_MS,
    limit: readLimit(app, options),
  });
  await printRows(app, options, 'rejects', rows, [
    { key: 'place', label: app.say('位置', 'place') },
    { key: 'code', label: app.say('代码', 'code') },
    { key: 'reason', label: app.say('原因', 'reason') },
    { key: 'reject_id', label: app.say('编号', 'id') },
  ]);
  return EXIT.done;
}

/** Later than any time of receipt. */
const END_OF_TIME_MS = 9_000_000_000_000;

async function showReject(app: App, id: string | undefined, options: Options): Promise<number> {
  if (id === undefined) throw new UsageError(app.say('请给出编号', 'name the reject'));
  const rows = await runQuery(app, 'operate/reject', { id });
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
      for (const [key, value] of Object.entries(row)) await print(`${key.padEnd(12)} ${String(value)}\n`);
    }
  }
  return EXIT.done;
}

async function replay(app: App, options: Options): Promise<number> {
  const selection = await readSelection(app, options);
  const replayOptions = readReplayOptions(app, options);
  const { replayRejects } = await import('../../pipelines/index.js');
  const tools = await app.importTools(app.openProgress());
  const report = await replayRejects(selection, replayOptions, tools);
  if (flag(options, 'json')) await printJson(report);
  else await print(reportText(app, report));
  return report.rejected > 0 ? EXIT.someRejected : EXIT.done;
}

async function readSelection(app: App, options: Options): Promise<RejectSelection> {
  const { ADAPTERS, FAILURES } = await import('../../schemas/index.js');
  const code = textOption(options, 'reason') ?? textOption(options, 'code') ?? null;
  if (code !== null && !(code in FAILURES)) {
    const codes = Object.entries(FAILURES).flatMap(([name, { stops }]) => (stops === 'row' ? [name] : []));
    throw new UsageError(`--reason ${code}: ${app.say('可用', 'use one of')} ${codes.join(', ')}`);
  }
  const named = textOption(options, 'adapter');
  const adapter = ADAPTERS.find((one) => one === named) ?? null;
  if (named !== undefined && adapter === null) {
    throw new UsageError(`--adapter ${named}: ${app.say('可用', 'use one of')} ${ADAPTERS.join(', ')}`);
  }
  const { from, to } = await readTimeBounds(app, options);
  return { code, batch: textOption(options, 'batch') ?? null, adapter, from, to };
}

function readReplayOptions(app: App, options: Options): ReplayOptions {
  const unit = textOption(options, 'amountUnit');
  return {
    room: textOption(options, 'room') ?? null,
    account: textOption(options, 'account') ?? null,
    wallClockZone: readZone(textOption(options, 'timeZone')),
    amountUnit: unit === 'fen' || unit === 'yuan' ? unit : null,
    exportedAt: null,
    acceptShrink: flag(options, 'acceptShrink'),
    aliases: readAliases(app, options),
    eventMap: app.settings.event_map,
    dryRun: flag(options, 'dryRun'),
    language: app.language,
    now: Date.now(),
  };
}

function reportText(app: App, report: ReplayReport): string {
  const { rows, accepted, duplicates, rejected, rejects, batches } = report;
  const counts = report.dry_run
    ? app.say(
        `${rows} 行：${accepted + duplicates} 行现在可以入库，${rejected} 行仍被拒绝（只检查，未入库）`,
        `${rows} rows: ${accepted + duplicates} would load now, ${rejected} still rejected (checked only)`,
      )
    : app.say(
        `${rows} 行：接受 ${accepted}，重复 ${duplicates}，仍被拒绝 ${rejected}`,
        `${rows} rows: ${accepted} accepted, ${duplicates} duplicates, ${rejected} still rejected`,
      );
  const places = rejects.map(({ where, code, reason }) => `    ${where}  ${code}  ${reason}\n`).join('');
  const named = batches.length === 0 ? '' : `    ${app.say('批次', 'batch')} ${batches.join(', ')}\n`;
  return `${counts}\n${named}${places}`;
}
