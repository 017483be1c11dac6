import { Command, Option } from 'commander';
import { collect, flag, listOption, textOption, type CommandDefinition, type Options } from '../command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { note, print, printJson } from '../output.js';
import type { App } from '../compose.js';
import type { FileReport, ImportOptions, ImportTools, OpeningFile } from '../../pipelines/index.js';

/** `wxlive import FILE…` */
export function importCommand(): CommandDefinition {
  const command = new Command('import')
    .description('导入平台导出的文件 / import files of the platforms')
    .argument('<file...>', '文件 / files')
    .option('--as <adapter>', '指定输入类型 / force an adapter')
    .option('--room <id>', '文件未写明的直播间或场次 / room or live of rows that carry none')
    .option('--account <id>', '文件未写明的账号 / account of rows that carry none')
    .option(
      '--password-env <name>',
      '存有密码的环境变量，可重复 / variable with a password, repeatable',
      collect,
      [],
    )
    .option('--time-zone <zone>', '无时区时间所在时区 / zone of wall-clock times in own events')
    .addOption(
      new Option('--amount-unit <unit>', '金额单位 / unit of amounts whose column does not say').choices([
        'fen',
        'yuan',
      ]),
    )
    .option('--exported-at <instant>', '导出时间 / when the platform made the export (ISO 8601)')
    .addOption(new Option('--scope <scope>', '名单范围 / whose list it is').choices(['staff', 'outsiders']))
    .option('--accept-shrink', '接受明显变短的名单 / accept a list that is much shorter')
    .option('--map <header=field>', '表头对应字段，可重复 / maps a header, repeatable', collect, [])
    .option('--no-wait', '使用 Kafka 时不等待入库 / with Kafka: do not wait until it is stored')
    .option('--dry-run', '只检查不入库 / check only, store nothing')
    .addHelpText(
      'after',
      '\n例 / example:\n  wxlive import events.ndjson orders.csv\n  L1=密码 wxlive import 观看明细.xlsx --room lvXXXX --password-env L1',
    );
  return { command, run: runImportCommand };
}

async function runImportCommand(app: App, files: readonly string[], options: Options): Promise<number> {
  const importOptions = await readOptions(app, options);
  const { importFile, isUnusable, OpeningFile, SOURCES } = await import('../../pipelines/index.js');
  const usesThreads = app.settings.kafka_brokers.length === 0;
  const open = (file: string): OpeningFile =>
    new OpeningFile(file, importOptions, { sources: SOURCES, usesThreads });
  const progress = app.openProgress();
  // The first file is read while the warehouse is opened.
  const first = files.slice(0, 1).map(open);
  let tools: ImportTools;
  try {
    tools = await app.importTools(progress, options['wait'] !== false);
  } catch (error) {
    for (const file of first) await file.close();
    throw error;
  }
  const reports: FileReport[] = [];
  for (const file of files) {
    const report = await importFile(first.pop() ?? open(file), tools);
    progress.end();
    reports.push(report);
    if (!flag(options, 'json')) await print(`${reportLine(app, report)}\n`);
  }
  if (flag(options, 'json')) await printJson({ files: reports });
  if (reports.some(isUnusable)) return EXIT.failed;
  const unfinished = reports.some(
    (report) => !isUnusable(report) && (report.rejected > 0 || report.state === 'held'),
  );
  if (!unfinished) return EXIT.done;
  note(
    app.say(
      '有行被拒绝或暂扣：wxlive rejects list 查看',
      'some rows were rejected or held: see wxlive rejects list',
    ),
  );
  return EXIT.someRejected;
}

/** One file in one or a few lines of at most 80 columns. */
export function reportLine(app: App, report: FileReport): string {
  if ('error' in report) {
    const { code, message, fix } = report.error;
    return `✗ ${report.file}\n    ${code}: ${message}\n    → ${fix}`;
  }
  const { adapter, rows, accepted, duplicates, rejected, held, state, seconds } = report;
  const counts = app.say(
    `${rows} 行：接受 ${accepted}，重复 ${duplicates}，拒绝 ${rejected}，暂扣 ${held}（${seconds.toFixed(1)} 秒）`,
    `${rows} rows: ${accepted} accepted, ${duplicates} duplicates, ${rejected} rejected, ${held} held (${seconds.toFixed(1)} s)`,
  );
  const rejects = report.rejects
    .slice(0, 5)
    .map(({ where, code, reason }) => `\n    ${where}  ${code}  ${reason}`)
    .join('');
  const hint =
    state === 'held'
      ? app.say(
          '\n    名单比原来短三成以上：核对后加 --accept-shrink',
          '\n    much shorter than before: check it, then add --accept-shrink',
        )
      : '';
  return `✓ ${report.file}  [${adapter}]\n    ${counts}${rejects}${hint}`;
}

async function readOptions(app: App, options: Options): Promise<ImportOptions> {
  const { ADAPTERS } = await import('../../schemas/index.js');
  const named = textOption(options, 'as');
  const adapter = ADAPTERS.find((one) => one === named);
  if (named !== undefined && adapter === undefined) {
    throw new UsageError(`--as ${named}: ${app.say('可用', 'use one of')} ${ADAPTERS.join(', ')}`);
  }
  const exportedAt = textOption(options, 'exportedAt');
  const unit = textOption(options, 'amountUnit');
  const scope = textOption(options, 'scope');
  return {
    adapter: adapter ?? null,
    room: textOption(options, 'room') ?? null,
    account: textOption(options, 'account') ?? null,
    passwords: readPasswords(app, options),
    wallClockZone: readZone(textOption(options, 'timeZone')),
    amountUnit: unit === 'fen' || unit === 'yuan' ? unit : null,
    exportedAt: exportedAt === undefined ? null : readInstantOption(exportedAt),
    scope: scope === 'staff' || scope === 'outsiders' ? scope : null,
    acceptShrink: flag(options, 'acceptShrink'),
    dryRun: flag(options, 'dryRun'),
    aliases: readAliases(app, options),
    eventMap: app.settings.event_map,
    language: app.language,
  };
}

/** Passwords by the names of their variables; never on the command line. */
export function readPasswords(app: App, options: Options): readonly string[] {
  return listOption(options, 'passwordEnv').map((name) => {
    const password = app.environment[name];
    if (password === undefined) {
      throw new UsageError(app.say(`环境变量 ${name} 没有设置`, `the variable ${name} is not set`));
    }
    return password;
  });
}

export function readAliases(app: App, options: Options): { header: string; field: string }[] {
  const mapped = listOption(options, 'map').map((text) => {
    const at = text.lastIndexOf('=');
    if (at <= 0) throw new UsageError(`--map ${text}: ${app.say('应写成 表头=字段', 'write header=field')}`);
    return { header: text.slice(0, at), field: text.slice(at + 1) };
  });
  const settings = Object.entries(app.settings.column_aliases).map(([header, field]) => ({ header, field }));
  return [...mapped, ...settings];
}

/** A time zone by its IANA name. */
export function readZone(zone: string | undefined): string | null {
  if (zone === undefined) return null;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    throw new UsageError(`--time-zone ${zone}: 不是时区名，例如 Asia/Shanghai / not a zone`);
  }
}

function readInstantOption(text: string): number {
  const at = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new UsageError(`--exported-at ${text}: 应为带时区的时间，如 2026-09-11T11:00:00+08:00`);
  }
  return at;
}
