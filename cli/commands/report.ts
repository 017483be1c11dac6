import { userInfo } from 'node:os';
import { Command } from 'commander';
import { collect, flag, listOption, textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, Failed, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { readPasswords } from './import.js';
import type { ReportFormat, ReportOutcome } from '../../reports/index.js';

/** `wxlive report list|run NAME|schedule|due|history|resend` */
export function reportCommand(): CommandDefinition {
  const command = new Command('report')
    .description('报表 / reports')
    .argument('<action>', 'list | run | schedule | due | history | resend')
    .argument('[name]', '报表名 / report')
    .option('--from <day>', '起（含），日期或带时区的时间 / from, in it')
    .option('--to <day>', '止，日期含当天 / to; a day is in it')
    .option('--format <format>', 'xlsx 或 pdf，可重复 / repeatable', collect, [])
    .option('--out <dir>', '输出目录 / folder', 'reports-out')
    .option('--recipient <name>', '收件人，写入水印 / recipient, for the watermark')
    .option('--password-env <name>', '存有密码的环境变量 / variable with the password', collect, [])
    .option('--run', 'due：现在就处理一遍 / due: do now what is due')
    .option('--scheduled <time>', 'resend：应发时间，带时区 / resend: the due time, with offset')
    .option('--issue <n>', 'resend：第几次发布，0 为首次 / resend: 0 is the first issue')
    .option('--channel <channel>', 'resend：folder、smtp、wecom_robot、s3')
    .option('--limit <n>', 'history：最多行数 / history: at most', '50')
    .addHelpText(
      'after',
      `
例 / example:
  BRIEF=密码 wxlive report run daily-live-brief --from 2026-11-11 --to 2026-11-11 --password-env BRIEF
  wxlive report schedule
  wxlive report due --run
  wxlive report history daily-live-brief
  wxlive report resend daily-live-brief --scheduled 2026-11-12T09:00:00+08:00 --recipient 张经理`,
    );
  return { command, run: runReportCommand };
}

async function runReportCommand(app: App, args: readonly string[], options: Options): Promise<number> {
  const [action, name] = args;
  const { definitionFolders, loadDefinitions } = await import('../../reports/index.js');
  if (action === 'list') {
    const all = loadDefinitions(definitionFolders(app.settings.reports_dir));
    if (!all.ok) throw new UsageError(all.failure.message);
    const reports = all.value.map((one) => ({
      name: one.name,
      title: one.title[app.language],
      period: one.period,
      formats: one.formats,
    }));
    if (flag(options, 'json')) await printJson({ reports });
    else for (const one of reports) await print(`${one.name}  ${one.title}  (${one.formats.join(', ')})\n`);
    return EXIT.done;
  }
  if (action === 'schedule' || action === 'due' || action === 'history' || action === 'resend') {
    const delivery = await import('./report-delivery.js');
    const commands = {
      schedule: delivery.showSchedule,
      due: delivery.showDue,
      history: delivery.showHistory,
      resend: delivery.resend,
    };
    return commands[action](app, name, options);
  }
  if (action !== 'run' || name === undefined) {
    throw new UsageError(
      app.say(
        '用法：wxlive report list | run 报表名 | schedule | due | history [报表名] | resend 报表名',
        'usage: wxlive report list | run NAME | schedule | due | history [NAME] | resend NAME',
      ),
    );
  }
  const passwords = readPasswords(app, options);
  const made = await makeReport(app, {
    name,
    from: textOption(options, 'from'),
    to: textOption(options, 'to'),
    formats: readFormats(app, options),
    out: textOption(options, 'out') ?? 'reports-out',
    recipient: textOption(options, 'recipient') ?? null,
    password: passwords[0] ?? null,
  });
  if (flag(options, 'json')) await printJson(made);
  else {
    for (const { path, bytes } of made.files) await print(`${path}  ${Math.ceil(bytes / 1024)} KB\n`);
    if (made.state === 'provisional') {
      await print(app.say('暂定：部分数据尚未到齐\n', 'provisional: some data have not arrived yet\n'));
    }
  }
  return EXIT.done;
}

/** What a report run prints (PRODUCT §8). */
export interface MadeReport extends ReportOutcome {
  readonly report: string;
  readonly period: { readonly from: string; readonly to: string };
}

export interface ReportRequest {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly formats: readonly ReportFormat[] | null;
  readonly out: string;
  readonly recipient: string | null;
  readonly password: string | null;
}

/** Runs a report as a user asks for it. */
export async function makeReport(app: App, request: ReportRequest): Promise<MadeReport> {
  const reports = await import('../../reports/index.js');
  const { instantText } = await import('../../schemas/index.js');
  const zone = app.settings.report_time_zone;
  const definition = reports.loadDefinition(
    request.name,
    reports.definitionFolders(app.settings.reports_dir),
  );
  if (!definition.ok) {
    throw new UsageError(
      app.say(`没有这个报表：${definition.failure.message}`, `no such report: ${definition.failure.message}`),
    );
  }
  const now = Date.now();
  const period = await readPeriod(app, request, zone);
  const run = {
    definition: definition.value,
    period:
      period === null
        ? reports.definedPeriod(definition.value, now, zone, app.language)
        : reports.periodOf(period.from, period.to, zone, app.language),
    recipient: request.recipient,
    language: app.language,
    timeZone: zone,
    now,
  };
  const outcome = await reports.runReport(await app.warehouse(), run, {
    folder: request.out,
    formats: request.formats ?? definition.value.formats,
    password: request.password,
    who: userInfo().username,
  });
  if (!outcome.ok) {
    const { failure } = outcome;
    if (failure.code === 'section_failed') throw new Failed(failure.message);
    throw new UsageError(
      `${app.say('报表密码不可用', 'the report password cannot be used')}: ${reports.passwordReasonText(failure.reason, app.language)}。${app.say('用 --password-env 指定存有密码的环境变量', 'name a variable with a password by --password-env')}`,
    );
  }
  return {
    report: request.name,
    period: { from: instantText(run.period.from, zone), to: instantText(run.period.to, zone) },
    ...outcome.value,
  };
}

function readFormats(app: App, options: Options): readonly ReportFormat[] | null {
  const formats = listOption(options, 'format').flatMap((text) => text.split(','));
  if (formats.length === 0) return null;
  return formats.map((format) => {
    if (format === 'xlsx' || format === 'pdf') return format;
    throw new UsageError(
      app.say(`--format ${format}：可用 xlsx、pdf`, `--format ${format}: use xlsx or pdf`),
    );
  });
}

async function readPeriod(
  app: App,
  request: ReportRequest,
  zone: string,
): Promise<{ from: number; to: number } | null> {
  if (request.from === undefined && request.to === undefined) return null;
  const from = await readBound(app, request.from ?? request.to ?? '', zone, false);
  const to = await readBound(app, request.to ?? request.from ?? '', zone, true);
  if (from >= to) throw new UsageError(app.say('--from 应早于 --to', '--from must be before --to'));
  return { from, to };
}

/** A day (as an end it is in the period) or an instant with an offset. */
async function readBound(app: App, text: string, zone: string, end: boolean): Promise<number> {
  const { addDays, isDay, startOfDay } = await import('../../schemas/index.js');
  if (isDay(text)) return startOfDay(end ? addDays(text, 1) : text, zone);
  const at = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new UsageError(
      app.say(
        `${text}：应为 2026-11-11 或带时区的时间`,
        `${text}: write 2026-11-11 or an instant with an offset`,
      ),
    );
  }
  return at;
}
