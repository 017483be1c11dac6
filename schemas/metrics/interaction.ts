import type { Metric } from './metric.js';

/** What people did in a room. */
export const INTERACTION_METRICS = [
  {
    id: 'likes',
    zh: '点赞',
    en: 'Likes',
    definition: {
      zh: '点赞次数，平台导出的为准，否则为 live_like 次数',
      en: 'likes given, as exported, else live_like events',
    },
    kind: 'integer',
    unit: '次',
    base: '次数',
    source: 'live_daily.likes',
  },
  {
    id: 'comments',
    zh: '评论',
    en: 'Comments',
    definition: {
      zh: '评论条数，平台导出的为准，否则为 live_comment 次数',
      en: 'comments written, as exported, else live_comment events',
    },
    kind: 'integer',
    unit: '条',
    base: '次数',
    source: 'live_daily.comments',
  },
  {
    id: 'shares',
    zh: '分享',
    en: 'Shares',
    definition: {
      zh: '分享次数，平台导出的为准，否则为 live_share 次数；企业微信不可知',
      en: 'times shared, as exported, else live_share events; not known for WeCom',
    },
    kind: 'integer',
    unit: '次',
    base: '次数',
    source: 'live_daily.shares',
  },
  {
    id: 'goods_clicks',
    zh: '商品点击',
    en: 'Goods clicks',
    definition: {
      zh: '点击商品的次数（goods_click）；企业微信不可知',
      en: 'goods_click events; not known for WeCom',
    },
    kind: 'integer',
    unit: '次',
    base: '次数',
    source: 'live_daily.goods_clicks',
  },
  {
    id: 'actions',
    zh: '行为次数',
    en: 'Actions',
    short: { zh: '次数', en: 'Events' },
    definition: {
      zh: '直播间内除心跳以外的全部事件，按分钟计；按商品看时为带该商品的全部事件',
      en: 'all events in a room but heartbeats, by minute; by goods, all events that carry the goods',
    },
    kind: 'integer',
    unit: '次',
    base: '次数',
    source: 'heatmap.counts',
  },
  {
    id: 'active_minutes',
    zh: '有行为的分钟数',
    en: 'Minutes with actions',
    short: { zh: '分钟数', en: 'Minutes' },
    definition: {
      zh: '直播间内至少有一次行为的分钟数',
      en: 'minutes in which the room saw at least one action',
    },
    kind: 'integer',
    unit: '分钟',
    base: '次数',
    source: 'heatmap.minutes',
  },
] as const satisfies readonly Metric[];
