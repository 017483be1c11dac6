import { createHash } from 'node:crypto';
import { DAY_MS, type AlertDefinition, type Clock, type Language, type Logger } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { SecretReader } from '../delivery/channel.js';
import { plainMarkdown } from '../delivery/plain-markdown.js';
import type { RateLimit } from '../delivery/rate-limit.js';
import { openRobotApi, ROBOT_MARKDOWN_BYTES } from '../delivery/robot-api.js';
import { newDelivery, type Standing } from '../ledger/delivery.js';
import type { DeliveryLedger } from '../ledger/ledger.js';
import { parseCron, timesBetween } from '../schedule/cron.js';
import { findAlerts, type Finding } from './find.js';

export interface AlertTools {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: DeliveryLedger;
  readonly warehouse: Warehouse;
  readonly secrets: SecretReader;
  readonly limit: RateLimit;
  readonly language: Language;
  alerts(): readonly AlertDefinition[];
}

const MINUTE_MS = 60_000;
const DAYS_BACK = 2;
const MOST_LINES = 20;

/**
 * Looks for everything the alert definitions ask for that is due, and tells their robots. The same finding is told again
 * only after `repeat_after_minutes`; one that could not be told is found again by the next look.
 */
export async function lookForAlerts(tools: AlertTools): Promise<void> {
  const alerts = tools.alerts();
  if (alerts.length === 0) return;
  const now = tools.clock.now();
  const marks = await tools.ledger.marks();
  for (const alert of alerts) {
    const cron = parseCron(alert.schedule.cron, alert.schedule.time_zone);
    const seen = marks.get(`look:${alert.name}`);
    // what went by while nobody looked is looked for once, not many times
    const due = !cron.ok
      ? undefined
      : timesBetween(cron.value, Math.max(seen ?? 0, now - DAY_MS), now).at(-1);
    if (seen !== undefined && due === undefined) continue;
    await tellAlert(tools, alert, marks, now);
    await tools.ledger.mark(`look:${alert.name}`, now);
  }
}

async function tellAlert(
  tools: AlertTools,
  alert: AlertDefinition,
  marks: ReadonlyMap<string, number>,
  now: number,
): Promise<void> {
  const all = await tools.ledger.deliveries(now - DAYS_BACK * DAY_MS);
  const deliveries = all.filter(
    ({ report, scheduledAt }) => !report.includes(':') && scheduledAt >= now - DAYS_BACK * DAY_MS,
  );
  const found: Finding[] = [];
  for (const condition of alert.conditions)
    found.push(
      ...(await findAlerts(
        { warehouse: tools.warehouse, deliveries, now, language: tools.language },
        condition,
      )),
    );
  for (const robot of alert.robots) {
    const markOf = ({ key }: Finding): string =>
      `told:${createHash('sha256').update([alert.name, robot.name, key].join('|')).digest('base64url').slice(0, 20)}`;
    const fresh = found.filter((finding) => {
      const told = marks.get(markOf(finding));
      return told === undefined || now - told >= alert.repeat_after_minutes * MINUTE_MS;
    });
    if (fresh.length === 0) continue;
    if (await tellRobot(tools, alert, robot, fresh, now))
      for (const finding of fresh) await tools.ledger.mark(markOf(finding), now);
  }
}

/** Whether it was told, or may have been. */
async function tellRobot(
  tools: AlertTools,
  alert: AlertDefinition,
  robot: AlertDefinition['robots'][number],
  findings: readonly Finding[],
  now: number,
): Promise<boolean> {
  const webhook = tools.secrets(robot.webhook, robot.name);
  const api = webhook === null ? null : openRobotApi(webhook);
  const key = {
    report: `alert:${alert.name}`,
    scheduledAt: now,
    issue: 0,
    recipient: robot.name,
    channel: 'wecom_robot',
  } as const;
  const sending = await tools.ledger.advance(newDelivery(key), { state: 'sending', attempts: 1 }, 0);
  if (sending === null) return true;
  const end = async (change: Partial<Standing>, told: boolean): Promise<boolean> => {
    await tools.ledger.advance(sending, change, 0);
    if (!told)
      tools.logger.error('an alert was not delivered', { alert: alert.name, detail: change.detail ?? '' });
    return told;
  };
  if (webhook === null || api === null)
    return end({ state: 'failed', detail: 'the webhook of the robot is missing or no address' }, false);
  if (tools.limit.take(webhook, now) > 0)
    return end({ state: 'failed', detail: 'the robot takes 20 messages a minute' }, false);
  const answer = await api.sendMarkdown(markdownOf(alert, findings, tools.language));
  switch (answer.kind) {
    case 'done':
      return end({ state: 'delivered', detail: `${String(findings.length)} findings` }, true);
    case 'unknown':
      // not told again at once: a robot that answers late would fill the group
      return end({ state: 'uncertain', detail: answer.detail }, true);
    case 'busy':
    case 'refused':
      return end({ state: 'failed', detail: answer.detail }, false);
  }
}

function markdownOf(alert: AlertDefinition, findings: readonly Finding[], language: Language): string {
  const rest = findings.length - MOST_LINES;
  const more = language === 'zh' ? `另有 ${String(rest)} 项` : `${String(rest)} more`;
  const lines = [
    `**${plainMarkdown(alert.title[language])}**`,
    ...findings.slice(0, MOST_LINES).map(({ text }) => `> ${plainMarkdown(text)}`),
    ...(rest > 0 ? [`> ${more}`] : []),
  ];
  const bytes = Buffer.from(lines.join('\n')).subarray(0, ROBOT_MARKDOWN_BYTES);
  return new TextDecoder().decode(bytes).replace(/\uFFFD$/, '');
}
