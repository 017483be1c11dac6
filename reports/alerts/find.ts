import { z } from 'zod';
import {
  PLATFORM_LABELS,
  PLATFORMS,
  type AlertCondition,
  type Language,
  type Platform,
} from '../../schemas/index.js';
import { loadSql, type SqlParameters, type Warehouse } from '../../sql/index.js';
import { isSettled, type Delivery } from '../ledger/delivery.js';

/** Something an alert tells of. */
export interface Finding {
  /** The same as long as it is the same thing. */
  readonly key: string;
  /** A line for people. */
  readonly text: string;
}

export interface AlertContext {
  readonly warehouse: Warehouse;
  /** Deliveries of reports, settled ones of the last days among them. */
  readonly deliveries: readonly Delivery[];
  readonly now: number;
  readonly language: Language;
}

const roomRow = z.object({
  platform: z.enum(PLATFORMS),
  account: z.string(),
  room_id: z.string(),
  fell: z.number(),
});
const sourceRow = z.object({
  platform: z.enum(PLATFORMS),
  account: z.string(),
  source: z.string(),
  watermark_ms: z.coerce.number(),
});
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/** What a condition finds now. */
export async function findAlerts(
  context: AlertContext,
  condition: AlertCondition,
): Promise<readonly Finding[]> {
  const { now, language } = context;
  const zh = language === 'zh';
  switch (condition.kind) {
    case 'online_drop':
    case 'gmv_drop': {
      const online = condition.kind === 'online_drop';
      const rooms = await context.warehouse.query(
        loadSql(online ? 'alerts/online-drops' : 'alerts/gmv-drops'),
        roomRow,
        dropParameters(condition, now),
      );
      const figure = online ? (zh ? '在线人数' : 'online') : zh ? '成交金额' : 'GMV';
      return rooms.map(({ platform, account, room_id, fell }) => {
        const percent = `${(fell * 100).toFixed(0)}%`;
        const place = `${PLATFORM_LABELS[platform][language]} ${room_id}`;
        const minutes = String(condition.within_minutes);
        return {
          key: [condition.kind, platform, account, room_id].join('|'),
          text: zh
            ? `${place}：${figure}在 ${minutes} 分钟内下降 ${percent}`
            : `${place}: ${figure} fell by ${percent} within ${minutes} minutes`,
        };
      });
    }
    case 'source_silent': {
      const sources = await context.warehouse.query(loadSql('alerts/silent-sources'), sourceRow, {
        now_ms: now,
        minutes: condition.minutes,
        platforms: condition.platforms ?? [],
      });
      return sources.map(({ platform, account, source, watermark_ms }) => ({
        key: [condition.kind, platform, account, source].join('|'),
        text: silentText(platform, source, now - watermark_ms, language),
      }));
    }
    case 'report_late':
      return context.deliveries
        .filter((one) => !isSettled(one) && now - one.scheduledAt >= condition.minutes * MINUTE_MS)
        .map((one) => ({
          key: [condition.kind, one.report, one.scheduledAt, one.issue, one.recipient, one.channel].join('|'),
          text: zh
            ? `报表 ${one.report} 逾期未送达（${one.channel}，${one.state}）`
            : `report ${one.report} is late (${one.channel}, ${one.state})`,
        }));
    case 'report_uncertain':
      return context.deliveries
        .filter(({ state }) => state === 'uncertain' || state === 'failed')
        .map((one) => ({
          key: [one.state, one.report, one.scheduledAt, one.issue, one.recipient, one.channel].join('|'),
          text: zh
            ? `报表 ${one.report} ${one.state === 'failed' ? '发送失败' : '是否送达不明'}（${one.channel}），请查看 wxlive report due`
            : `report ${one.report} ${one.state === 'failed' ? 'failed' : 'may or may not have arrived'} (${one.channel}), see wxlive report due`,
        }));
  }
}

function dropParameters(
  condition: Extract<AlertCondition, { readonly share: number }>,
  now: number,
): SqlParameters {
  return {
    now_ms: now,
    within_minutes: condition.within_minutes,
    share: condition.share,
    platforms: condition.platforms ?? [],
    ...(condition.kind === 'online_drop'
      ? { least_online: condition.least_online }
      : { least_fen: condition.least_fen }),
  };
}

function silentText(platform: Platform, source: string, silentMs: number, language: Language): string {
  const minutes = Math.floor(silentMs / MINUTE_MS);
  const hours = Math.floor(minutes / HOUR_MINUTES);
  const name = PLATFORM_LABELS[platform][language];
  if (language === 'zh')
    return `${name} ${source}：已有 ${hours > 0 ? `${String(hours)} 小时` : `${String(minutes)} 分钟`}没有新数据`;
  return `${name} ${source}: nothing new for ${hours > 0 ? `${String(hours)} hours` : `${String(minutes)} minutes`}`;
}
