import { csvLine, type CellValue } from '../formats/index.js';
import {
  beijingDay,
  beijingIso,
  beijingText,
  beijingTime,
  DAY_MS,
  DAYS,
  DEPARTMENTS,
  GOODS,
  MINI_LIVES,
  MINUTE_MS,
} from './company.js';
import { LINKS } from './entrances.js';
import type { SampleOrder } from './script.js';
import type { Employee } from './viewers.js';

const csv = (rows: readonly (readonly CellValue[])[]): string =>
  rows.map((row) => csvLine(row, { formulaGuard: false })).join('');

/** The link registry, UTF-8 with byte order mark. */
export function linksCsv(firstDay: string, owners: readonly Employee[]): string {
  const created = beijingIso(beijingTime(firstDay, -3, 600));
  const expires = beijingIso(beijingTime(firstDay, 27, 0));
  const header =
    'code,kind,utm_source,utm_medium,utm_campaign,utm_content,utm_term,platform,account,room_id,target_url,owner,created_at,expires_at,note';
  const rows = LINKS.map((link, at) => [
    link.code,
    link.kind,
    ...link.utm,
    link.platform,
    null,
    link.room,
    link.url,
    owners[at % owners.length]?.id ?? null,
    created,
    link.kind === 'url_scheme' || link.kind === 'url_link' ? expires : null,
    link.note,
  ]);
  return `\ufeff${header}\r\n${csv(rows)}`;
}

const ROSTER_HEADER = ['账号', '姓名', '部门', '状态', '生效日期'];

export function rosterCsv(firstDay: string, employees: readonly Employee[]): string {
  const from = beijingDay(beijingTime(firstDay, -40, 0));
  return csv([
    ROSTER_HEADER,
    ...employees.map(({ id, name, department }) => [id, name, department, '在职', from]),
  ]);
}

/** The later roster: the first two moved, the last one left, a new one came. Others stand as before. */
export function rosterRows(
  firstDay: string,
  employees: readonly Employee[],
  joined: Employee,
): CellValue[][] {
  const from = beijingDay(beijingTime(firstDay, -40, 0));
  const moved = beijingDay(beijingTime(firstDay, 1, 0));
  const left = beijingDay(beijingTime(firstDay, 2, 0));
  const rows = employees.map(({ id, name, department }, at): CellValue[] => {
    if (at < 2) return [id, name, DEPARTMENTS[(at + 2) % DEPARTMENTS.length] ?? department, '在职', moved];
    if (at === employees.length - 1) return [id, name, department, '离职', left];
    return [id, name, department, '在职', from];
  });
  return [['成员花名册'], ROSTER_HEADER, ...rows, [joined.id, joined.name, joined.department, '在职', moved]];
}

/** `getliveinfo`, newest first; every live has ended. */
export function roomsJson(firstDay: string): string {
  const goods = GOODS.map(({ id, name, priceFen }) => ({
    goods_id: Number(id.slice(1)),
    name,
    cover_img: '',
    url: `pages/goods/detail?id=${id}`,
    price: priceFen,
    price2: 0,
    price_type: 1,
    third_party_appid: '',
  }));
  const room_info = [...MINI_LIVES].reverse().map((live) => {
    const start = beijingTime(firstDay, live.day, live.start) / 1000;
    return {
      name: live.title,
      roomid: Number(live.room),
      cover_img: '',
      share_img: '',
      live_status: 103,
      start_time: start,
      end_time: start + live.minutes * 60,
      anchor_name: live.anchor,
      live_type: 1,
      close_like: 0,
      close_goods: 0,
      close_comment: 0,
      goods,
    };
  });
  return `${JSON.stringify({ errcode: 0, errmsg: 'ok', total: room_info.length, room_info })}\n`;
}

/** Orders in 分, ISO times, English words. */
export function ordersCsv(orders: readonly SampleOrder[]): string {
  const header = ['order_id', 'room_id', 'openid', 'amount_fen', 'pay_time', 'status', 'refund_fen'];
  const rows = orders.map((order) => [
    order.order_id,
    order.room_id,
    order.viewer.openid,
    order.settled_fen,
    order.paid_at === null ? null : beijingIso(order.paid_at),
    order.paid_at === null ? 'closed' : order.refund_fen === order.settled_fen ? 'refunded' : 'paid',
    order.refund_fen === 0 ? null : order.refund_fen,
  ]);
  return csv([header, ...rows]);
}

/** Orders in 元, Beijing text, Chinese words: a shop's own export. */
export function orderRows(orders: readonly SampleOrder[]): CellValue[][] {
  const header = ['订单号', '直播间ID', 'openid', '实付金额(元)', '支付时间', '订单状态', '退款金额(元)'];
  const rows = orders.map((order): CellValue[] => [
    order.order_id,
    order.room_id,
    order.viewer.openid,
    order.settled_fen / 100,
    order.paid_at === null ? null : beijingText(order.paid_at),
    order.paid_at === null ? '已关闭' : order.refund_fen === order.settled_fen ? '已退款' : '已支付',
    order.refund_fen === 0 ? null : order.refund_fen / 100,
  ]);
  return [header, ...rows];
}

const SPENT_FEN: Readonly<Record<string, number>> = {
  poster: 120_000,
  moments_ads: 880_000,
  kol_linxia: 300_000,
  sms: 46_000,
  wechat_group: 15_000,
};

export function costsCsv(firstDay: string): string {
  const rows = Array.from({ length: DAYS }, (_, day) =>
    Object.entries(SPENT_FEN).map(([channel, fen]) => [
      beijingDay(beijingTime(firstDay, day, 0)),
      channel,
      fen,
    ]),
  );
  return csv([['day', 'channel', 'amount_fen'], ...rows.flat()]);
}

export function targetsCsv(firstDay: string): string {
  const day = (at: number): string => beijingDay(beijingTime(firstDay, at, 0));
  return csv([
    ['metric', 'period', 'platform', 'room', 'channel', 'target'],
    ['gmv_fen', firstDay.slice(0, 7), 'miniprogram', null, null, 20_000_000],
    ...MINI_LIVES.map((live) => ['viewers', day(live.day), 'miniprogram', live.room, null, 900]),
  ]);
}

/** A warning of the platform for inducing people to share. */
export function violationsJson(firstDay: string): string {
  const time = beijingTime(firstDay, 1, 660);
  const detail = {
    warned_type: 2,
    rectify_deadline: (time + 3 * DAY_MS) / 1000,
    warned_function_names: ['分享'],
    warned_ban_days: [7],
  };
  const event = {
    ToUserName: 'gh_shanyeji0001',
    FromUserName: 'oPLATFORMplatformPLATFORM001',
    CreateTime: (time + MINUTE_MS) / 1000,
    MsgType: 'event',
    Event: 'wxa_punish_event',
    punish_id: 'pun20261110',
    appid: 'wx7e20c94ab1d65f38',
    punish_time: time / 1000,
    illegal_reason: '存在诱导分享行为',
    illegal_content: ['分享后立即领取积分'],
    detail: JSON.stringify(detail),
    rule_url: 'https://developers.weixin.qq.com/miniprogram/product/',
    rule_name: '5.1 滥用分享行为',
    adjust_guide_url: '',
    event_type: 1,
  };
  return `${JSON.stringify([event])}\n`;
}
