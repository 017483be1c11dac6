import { buffer } from 'node:stream/consumers';
import type { Clock } from '../../schemas/index.js';
import type { FrozenFile } from '../ledger/outbox.js';
import type { DeliveryChannel, SecretReader, SendResult, Shipment } from './channel.js';
import { messageText } from './message-text.js';
import type { ObjectStore } from './object-store.js';
import { plainMarkdown } from './plain-markdown.js';
import type { RateLimit } from './rate-limit.js';
import {
  openRobotApi,
  ROBOT_FILE_BYTES,
  ROBOT_MARKDOWN_BYTES,
  type RobotAnswer,
  type RobotApi,
} from './robot-api.js';

export interface RobotTools {
  readonly secrets: SecretReader;
  /** Takes files that are too large for a robot; null: there is none. */
  readonly store: ObjectStore | null;
  /** Shared by everything that speaks to robots. */
  readonly limit: RateLimit;
  readonly clock: Clock;
}

const BUSY_PAUSE_MS = 60_000;

/**
 * Sends to a group robot of 企业微信: a markdown message, then each file. The messages are the steps of the delivery:
 * what arrived for certain is not sent again, and a break between a message and its answer leaves it unknown.
 */
export function robotChannel(tools: RobotTools): DeliveryChannel {
  return {
    name: 'wecom_robot',
    repeatable: false,
    async send(shipment) {
      const source = shipment.recipient.webhook ?? shipment.definition.delivery.wecom_robot?.webhook;
      const webhook = source === undefined ? null : tools.secrets(source, shipment.recipient.name);
      const robot = webhook === null ? null : openRobotApi(webhook);
      if (webhook === null || robot === null)
        return { kind: 'refused', detail: 'the webhook of the robot is missing or no address' };
      return runSteps(shipment, tools, webhook, robot);
    },
  };
}

async function runSteps(
  shipment: Shipment,
  tools: RobotTools,
  webhook: string,
  robot: RobotApi,
): Promise<SendResult> {
  const large = shipment.frozen.files.filter((file) => file.bytes > ROBOT_FILE_BYTES);
  const small = shipment.frozen.files.filter((file) => file.bytes <= ROBOT_FILE_BYTES);
  if (large.length > 0 && tools.store === null)
    return {
      kind: 'refused',
      detail:
        'a file is larger than the 20 MB a robot takes and no object storage (s3_bucket) is in the settings',
    };
  for (let { step } = shipment; step <= small.length; step++) {
    const wait = tools.limit.take(webhook, tools.clock.now());
    if (wait > 0)
      return {
        kind: 'later',
        detail: 'the robot takes 20 messages a minute',
        afterMs: wait,
        attempted: false,
        step,
      };
    const file = small[step - 1];
    const answer =
      file === undefined
        ? await sendSummary(shipment, tools, robot, large, step)
        : await sendFile(shipment, robot, file, step);
    if (answer.kind === 'busy') return { kind: 'later', detail: answer.detail, afterMs: BUSY_PAUSE_MS, step };
    if (answer.kind !== 'done') return { ...answer, step };
  }
  return { kind: 'delivered', detail: `${String(small.length + 1)} messages` };
}

async function sendSummary(
  shipment: Shipment,
  tools: RobotTools,
  robot: RobotApi,
  large: readonly FrozenFile[],
  step: number,
): Promise<RobotAnswer> {
  const links: string[] = [];
  for (const file of large) {
    const link = await tools.store?.share(shipment, file);
    if (link?.ok !== true)
      return { kind: 'busy', detail: link?.failure ?? 'the object storage was not reached' };
    links.push(`[${plainMarkdown(file.name)}](${link.value})`);
  }
  await shipment.claim(step);
  return robot.sendMarkdown(markdownOf(shipment, links));
}

/** Uploading can be repeated, the message that shows the file cannot. */
async function sendFile(
  shipment: Shipment,
  robot: RobotApi,
  file: FrozenFile,
  step: number,
): Promise<RobotAnswer> {
  const uploaded = await robot.upload(file.name, await buffer(shipment.read(file)));
  if (uploaded.kind === 'unknown') return { kind: 'busy', detail: uploaded.detail };
  if (uploaded.kind !== 'done') return uploaded;
  if (uploaded.mediaId === null) return { kind: 'busy', detail: 'the robot gave no media_id' };
  await shipment.claim(step);
  return robot.sendFile(uploaded.mediaId);
}

function markdownOf(shipment: Shipment, links: readonly string[]): string {
  const { subject, lines } = messageText(shipment.frozen);
  const text = [
    `**${plainMarkdown(subject)}**`,
    ...lines.map((line) => `> ${plainMarkdown(line)}`),
    ...links,
  ].join('\n');
  // cut at a character, not inside one
  return new TextDecoder().decode(Buffer.from(text).subarray(0, ROBOT_MARKDOWN_BYTES)).replace(/\uFFFD$/, '');
}
