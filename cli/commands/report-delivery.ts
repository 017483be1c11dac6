import { flag, textOption, type Options } from '../command.js';
import type { App } from '../compose.js';
import { composeReporting, readSecretSource } from '../compose-reporting.js';
import { EXIT, Failed, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { anyRow, type AnyRow } from '../rows.js';
import type { Delivery, ResendFailure } from '../../reports/index.js';
import type { RecipientDefinition, ReportDefinition } from '../../schemas/index.js';

const NEXT_TIMES = 3;

/** `wxlive report schedule`: when each report is due next, for whom, and what would keep it from going out. */
export async function showSchedule(app: App, name: string | undefined, options: Options): Promise<number> {
  const { nextTime, parseCron } = await import('../../reports/index.js');
  const { instantText } = await import('../../schemas/index.js');
  const scheduled = (await loadAll(app, name)).filter(({ schedule }) => schedule !== undefined);
  const schedules = scheduled.map((definition) => {
    const { cron = '', time_zone = 'UTC' } = definition.schedule ?? {};
    const times = parseCron(cron, time_zone);
    const next: string[] = [];
    for (let at: number | null = Date.now(); times.ok && next.length < NEXT_TIMES;) {
      at = nextTime(times.value, at);
      if (at === null) break;
      next.push(instantText(at, time_zone));
    }
    return {
      report: definition.name,
      title: definition.title[app.language],
      cron,
      time_zone,
      next,
      recipients: definition.recipients.map((recipient) => ({
        name: recipient.name,
        channels: recipient.channels,
        problem: problemOf(app, definition, recipient),
      })),
    };
  });
  if (flag(options, 'json')) {
    await printJson({ schedules });
    return EXIT.done;
  }
  if (schedules.length === 0)
    await print(
      app.say(
        '没有定时报表：在 reports_dir 的定义中加上 schedule 和 recipients\n',
        'no report has a schedule: add schedule and recipients to a definition in reports_dir\n',
      ),
    );
  for (const { report, title, cron, time_zone, next, recipients } of schedules) {
    await print(`${report}  ${title}  ${cron} ${time_zone}\n  ${next.join('  ')}\n`);
    for (const { name: recipient, channels, problem } of recipients)
      await print(`  ${recipient}  ${channels.join(', ')}${problem === null ? '' : `  ✗ ${problem}`}\n`);
  }
  return EXIT.done;
}

/** What would keep a recipient's copy from going out; null: nothing that can be seen from here. */
function problemOf(app: App, definition: ReportDefinition, recipient: RecipientDefinition): string | null {
  const { settings, environment } = app;
  const source = recipient.password ?? definition.password;
  if (source !== undefined && readSecretSource(source, recipient.name, environment) === null)
    return app.say('找不到密码', 'the password is not there');
  if (recipient.channels.includes('smtp') && (settings.smtp_host ?? settings.smtp_from) === undefined)
    return app.say('设置中缺少 smtp_host、smtp_from', 'smtp_host and smtp_from are not in the settings');
  if (recipient.channels.includes('s3') && settings.s3_bucket === undefined)
    return app.say('设置中缺少 s3_bucket', 's3_bucket is not in the settings');
  const webhook = recipient.webhook ?? definition.delivery.wecom_robot?.webhook;
  if (
    recipient.channels.includes('wecom_robot') &&
    webhook !== undefined &&
    readSecretSource(webhook, recipient.name, environment) === null
  )
    return app.say('找不到机器人的 webhook', 'the webhook of the robot is not there');
  return null;
}

/** `wxlive report due [--run]`: what is not delivered yet, and what a person has to look at. */
export async function showDue(app: App, name: string | undefined, options: Options): Promise<number> {
  if (flag(options, 'run')) {
    const { runTick } = await import('../../reports/index.js');
    const reporting = await composeReporting(app);
    try {
      const tick = await runTick(reporting.scheduler);
      if (tick === 'another_scheduler')
        throw new Failed(
          app.say('另一个调度程序正在运行（wxlive serve）', 'another scheduler is at work (wxlive serve)'),
        );
      await reporting.scheduler.lease.release(Date.now());
    } finally {
      reporting.close();
    }
  }
  const rows = await queryHistory(app, name, true, options);
  await printDeliveries(app, options, 'due', rows);
  return EXIT.done;
}

/** `wxlive report history [NAME]`: the deliveries, newest first. */
export async function showHistory(app: App, name: string | undefined, options: Options): Promise<number> {
  await printDeliveries(app, options, 'deliveries', await queryHistory(app, name, false, options));
  return EXIT.done;
}

/** `wxlive report resend NAME`: sends an uncertain or failed delivery again, under the same Message-ID. */
export async function resend(app: App, name: string | undefined, options: Options): Promise<number> {
  if (name === undefined) throw new UsageError(app.say('请给出报表名', 'name the report'));
  const { resendDelivery } = await import('../../reports/index.js');
  const { instantText } = await import('../../schemas/index.js');
  const definition = (await loadAll(app, name)).at(0);
  const reporting = await composeReporting(app);
  try {
    const found = (await reporting.scheduler.ledger.deliveries(0)).filter((one) =>
      matches(app, one, name, options),
    );
    const open = found.filter(({ state }) => state === 'uncertain' || state === 'failed');
    if (open.length > 1 && textOption(options, 'recipient') === undefined)
      throw new UsageError(
        `${app.say('有多份，请用 --scheduled、--recipient、--channel 指明', 'several; choose by --scheduled, --recipient, --channel')}:\n${open.map((one) => `  ${instantText(one.scheduledAt, app.settings.report_time_zone)} #${String(one.issue)} ${one.channel} ${one.recipient} ${one.state}`).join('\n')}`,
      );
    if (open.length === 0)
      throw new UsageError(
        app.say(
          '没有状态为 uncertain 或 failed 的这份送达（见 wxlive report due）',
          'no such delivery is uncertain or failed (see wxlive report due)',
        ),
      );
    const resent: AnyRow[] = [];
    for (const delivery of open) {
      const outcome = await resendDelivery(reporting.scheduler, definition, delivery);
      const now = outcome.ok ? outcome.value : delivery;
      resent.push({
        report: now.report,
        scheduled_at: instantText(now.scheduledAt, app.settings.report_time_zone),
        issue: now.issue,
        recipient: now.recipient,
        channel: now.channel,
        state: now.state,
        message_id: now.messageId,
        detail: outcome.ok ? now.detail : failureText(app, outcome.failure),
      });
    }
    await printDeliveries(app, options, 'resent', resent);
    return resent.every(({ state }) => state === 'delivered' || state === 'planned')
      ? EXIT.done
      : EXIT.failed;
  } finally {
    reporting.close();
  }
}

function matches(app: App, one: Delivery, name: string, options: Options): boolean {
  const scheduled = textOption(options, 'scheduled');
  const issue = textOption(options, 'issue');
  const at = scheduled === undefined ? null : Date.parse(scheduled);
  if (at !== null && (Number.isNaN(at) || !/(?:Z|[+-]\d\d:?\d\d)$/i.test(scheduled ?? '')))
    throw new UsageError(
      app.say(
        '--scheduled 应为带时区的时间，如 2026-11-12T09:00:00+08:00',
        '--scheduled takes an instant with an offset: 2026-11-12T09:00:00+08:00',
      ),
    );
  return (
    one.report === name &&
    (at === null || one.scheduledAt === at) &&
    (issue === undefined || one.issue === Number(issue)) &&
    [undefined, one.recipient].includes(textOption(options, 'recipient')) &&
    [undefined, one.channel as string].includes(textOption(options, 'channel'))
  );
}

function failureText(app: App, failure: ResendFailure): string {
  const texts: Readonly<Record<ResendFailure, string>> = {
    delivered: app.say('已送达', 'it was delivered'),
    not_settled: app.say('仍在发送过程中', 'it is still on its way'),
    no_recipient: app.say('定义中已没有此收件人', 'the definition has no such recipient any more'),
    outbox_gone: app.say(
      '待发内容已不在本机的数据目录 outbox 中',
      'what was sent is not in the outbox of this data folder any more',
    ),
    taken: app.say('另一个程序正在处理', 'another program is at it'),
  };
  return texts[failure];
}

async function loadAll(app: App, name: string | undefined): Promise<readonly ReportDefinition[]> {
  const { definitionFolders, loadDefinitions } = await import('../../reports/index.js');
  const all = loadDefinitions(definitionFolders(app.settings.reports_dir));
  if (!all.ok) throw new UsageError(all.failure.message);
  const found = name === undefined ? all.value : all.value.filter((one) => one.name === name);
  if (found.length === 0)
    throw new UsageError(app.say(`没有这个报表：${name ?? ''}`, `no such report: ${name ?? ''}`));
  return found;
}

async function queryHistory(
  app: App,
  name: string | undefined,
  open: boolean,
  options: Options,
): Promise<readonly AnyRow[]> {
  const limit = Number(textOption(options, 'limit') ?? '50');
  if (!Number.isInteger(limit) || limit < 1)
    throw new UsageError(app.say('--limit 应为正整数', '--limit takes a positive whole number'));
  const { loadSql } = await import('../../sql/index.js');
  const { instantText } = await import('../../schemas/index.js');
  const warehouse = await app.warehouse();
  const rows = await warehouse.query(loadSql('ledger/history'), anyRow, { report: name ?? '', open, limit });
  const zone = app.settings.report_time_zone;
  return rows.map(({ report, scheduled_ms, written_ms, ...rest }) => ({
    report: report ?? '',
    scheduled_at: instantText(Number(scheduled_ms), zone),
    ...rest,
    written_at: instantText(Number(written_ms), zone),
  }));
}

async function printDeliveries(
  app: App,
  options: Options,
  key: string,
  rows: readonly AnyRow[],
): Promise<void> {
  if (flag(options, 'json')) {
    await printJson({ [key]: rows });
    return;
  }
  if (rows.length === 0) await print(app.say('没有\n', 'none\n'));
  for (const row of rows) {
    const text = (column: string): string => String(row[column] ?? '');
    const issue =
      text('issue') === '0' ? '' : app.say(` 更正${text('issue')}`, ` correction ${text('issue')}`);
    await print(
      `${text('scheduled_at').slice(0, 16)}  ${text('report')}${issue}  ${text('recipient')}  ${text('channel')}  ${stateText(app, text('state'))}  ${text('detail')}\n`,
    );
  }
}

function stateText(app: App, state: string): string {
  const words: Readonly<Record<string, string>> = {
    planned: '待处理',
    waiting: '等待中',
    rendering: '生成中',
    sending: '发送中',
    delivered: '已送达',
    failed: '失败',
    uncertain: '是否送达不明，核实后用 report resend 重发',
  };
  return app.say(words[state] ?? state, state);
}
