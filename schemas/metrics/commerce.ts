import type { Metric } from './metric.js';

/** What was sold. */
export const COMMERCE_METRICS = [
  {
    id: 'buyers',
    zh: '支付人数',
    en: 'Buyers',
    definition: {
      zh: '支付成功的去重人数；企业微信不可知',
      en: 'distinct people who paid; not known for WeCom',
    },
    caveat: { zh: '不可跨日、场次或平台相加', en: 'not to be added up over days, lives or platforms' },
    kind: 'integer',
    unit: '人',
    base: '人数',
    source: 'live_daily.buyers',
  },
  {
    id: 'orders',
    zh: '支付订单数',
    en: 'Paid orders',
    short: { zh: '订单', en: 'Orders' },
    definition: {
      zh: '支付成功的订单，一单一次；企业微信不可知',
      en: 'orders paid, each once; not known for WeCom',
    },
    kind: 'integer',
    unit: '单',
    base: '次数',
    source: 'live_daily.orders',
  },
  {
    id: 'gmv_fen',
    zh: '成交金额',
    en: 'GMV',
    definition: {
      zh: '支付金额之和，不减退款；订单文件的金额优先于埋点；企业微信不可知',
      en: 'sum of paid amounts, refunds not taken off; the orders file wins over tracking; not known for WeCom',
    },
    kind: 'money_fen',
    unit: '元',
    base: '金额',
    source: 'live_daily.gmv_fen',
  },
  {
    id: 'refund_fen',
    zh: '退款金额',
    en: 'Refunds',
    definition: {
      zh: '退款金额之和，与成交金额并列；企业微信不可知',
      en: 'sum of refunds, beside GMV; not known for WeCom',
    },
    caveat: { zh: '记在退款那天，不是支付那天', en: 'on the day of the refund, not of the payment' },
    kind: 'money_fen',
    unit: '元',
    base: '金额',
    source: 'live_daily.refund_fen',
  },
] as const satisfies readonly Metric[];
