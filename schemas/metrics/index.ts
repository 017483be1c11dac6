import type { Metric } from './metric.js';

/** The metric dictionary: one definition each. Formulas and bases: DOMAIN §6, definitions of the views: PRODUCT §4. */
export const METRICS: readonly Metric[] = [
  {
    id: 'viewers',
    zh: '观看人数',
    en: 'Viewers',
    definition: {
      zh: '去重人数：小程序与 H5 为进入直播间（live_enter）的人，企业微信为名单中观看时长大于 0 的人；不由分钟数相加',
      en: 'distinct people: who entered the room (live_enter), or who is on the WeCom list with watch time; never a sum of minutes',
    },
    unit: '人',
    base: '人数',
    source: 'live_daily.viewers',
  },
  {
    id: 'views',
    zh: '观看次数',
    en: 'Views',
    definition: {
      zh: '进入直播间的次数：平台导出的 pv 之和，没有导出时为 live_enter 次数；企业微信不可知',
      en: 'entries: the sum of exported pv, else live_enter events; not known for WeCom',
    },
    unit: '次',
    base: '次数',
    source: 'live_daily.views',
  },
  {
    id: 'watch_seconds',
    zh: '观看总时长',
    en: 'Watch time',
    definition: {
      zh: '每人进出与心跳连成的时段，多设备合并，裁到直播起止之内；企业微信为名单之和',
      en: 'stretches between entering and leaving, merged over devices, within the live; the sum of the list for WeCom',
    },
    unit: '秒',
    base: '人数',
    source: 'live_daily.watch_seconds',
  },
  {
    id: 'average_watch_seconds',
    zh: '人均观看时长',
    en: 'Watch time per viewer',
    definition: { zh: '观看总时长 ÷ 观看人数', en: 'watch time / viewers' },
    unit: '秒',
    base: '观看人数',
    source: 'live_daily.watch_seconds / live_daily.viewers',
  },
  {
    id: 'likes',
    zh: '点赞',
    en: 'Likes',
    definition: { zh: '点赞次数', en: 'likes given' },
    unit: '次',
    base: '次数',
    source: 'live_daily.likes',
  },
  {
    id: 'comments',
    zh: '评论',
    en: 'Comments',
    definition: { zh: '评论条数', en: 'comments written' },
    unit: '条',
    base: '次数',
    source: 'live_daily.comments',
  },
  {
    id: 'goods_clicks',
    zh: '商品点击',
    en: 'Goods clicks',
    definition: { zh: '点击商品的次数（goods_click）', en: 'goods_click events' },
    unit: '次',
    base: '次数',
    source: 'live_daily.goods_clicks',
  },
  {
    id: 'buyers',
    zh: '支付人数',
    en: 'Buyers',
    definition: { zh: '支付成功的去重人数', en: 'distinct people who paid' },
    unit: '人',
    base: '人数',
    source: 'live_daily.buyers',
  },
  {
    id: 'orders',
    zh: '支付订单数',
    en: 'Paid orders',
    definition: { zh: '支付成功的订单，一单一次', en: 'orders paid, each once' },
    unit: '单',
    base: '次数',
    source: 'live_daily.orders',
  },
  {
    id: 'gmv_fen',
    zh: '成交金额',
    en: 'GMV',
    definition: {
      zh: '支付金额之和，不减退款；订单文件的金额优先于埋点',
      en: 'sum of paid amounts, refunds not taken off; the orders file wins over tracking',
    },
    unit: '元',
    base: '金额',
    source: 'live_daily.gmv_fen',
  },
  {
    id: 'refund_fen',
    zh: '退款金额',
    en: 'Refunds',
    definition: { zh: '退款金额之和，与成交金额并列', en: 'sum of refunds, beside GMV' },
    unit: '元',
    base: '金额',
    source: 'live_daily.refund_fen',
  },
  {
    id: 'online',
    zh: '在线人数',
    en: 'Online',
    definition: {
      zh: '该分钟最后一刻的在线：以平台导出为准，否则由进出与心跳推算',
      en: 'online at the last instant of the minute: as exported, else from entries, leaves and heartbeats',
    },
    unit: '人',
    base: '人数',
    source: 'audience_minute.online',
  },
  {
    id: 'entrants',
    zh: '进入人数',
    en: 'Entrants',
    definition: {
      zh: '进入直播间的去重人数，归入其进入时所属触点的渠道',
      en: 'distinct people who entered, under the channel of the touch they had then',
    },
    unit: '人',
    base: '人数',
    source: 'channels.entrants',
  },
  {
    id: 'click_rate',
    zh: '商品点击率',
    en: 'Click rate',
    definition: { zh: '点击商品人数 ÷ 进入人数', en: 'people who clicked goods / entrants' },
    unit: '%',
    base: '进入人数',
    source: 'channels.click_rate',
  },
  {
    id: 'buy_rate',
    zh: '支付转化率',
    en: 'Buy rate',
    definition: {
      zh: '支付人数 ÷ 进入人数，附威尔逊置信区间',
      en: 'buyers / entrants, with its Wilson interval',
    },
    unit: '%',
    base: '进入人数',
    source: 'channels.buy_rate',
  },
  {
    id: 'attendance_rate',
    zh: '到课率',
    en: 'Attendance rate',
    definition: {
      zh: '观看不少于 1 秒的在册员工 ÷ 应到（开播当天花名册在职者）；汇总时由人数重算',
      en: 'staff who watched at least a second / staff active in the roster on that day; recomputed from sums',
    },
    unit: '%',
    base: '应到人数',
    source: 'attendance.attendance_rate',
  },
  {
    id: 'completion_rate',
    zh: '完课率',
    en: 'Completion rate',
    definition: {
      zh: '观看达到直播时长 80% 的员工 ÷ 应到',
      en: 'staff who watched 80% of the live / expected',
    },
    unit: '%',
    base: '应到人数',
    source: 'attendance.completion_rate',
  },
  {
    id: 'sign_in_rate',
    zh: '签到率',
    en: 'Sign-in rate',
    definition: { zh: '至少签到一轮的员工 ÷ 应到', en: 'staff who signed in at least once / expected' },
    unit: '%',
    base: '应到人数',
    source: 'attendance.sign_in_rate',
  },
];

/** The metric of an id; throws for one that does not exist, which a test of every definition prevents. */
export function findMetric(id: string): Metric {
  const metric = METRICS.find((one) => one.id === id);
  if (metric === undefined) throw new Error(`no metric "${id}" in schemas/metrics/index.ts`);
  return metric;
}

export type { Metric } from './metric.js';
