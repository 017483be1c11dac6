import type { ReportDocument } from '../../../reports/render/report-document.js';
import type { TableCells } from '../../../reports/render/table-model.js';

/** 2026-09-10 20:00 in Shanghai. */
export const LIVE_START = Date.UTC(2026, 8, 10, 12);
const MINUTE_MS = 60_000;

async function* detailRows(count: number): AsyncGenerator<readonly TableCells[], void> {
  for (let first = 0; first < count; first += 500) {
    yield await Promise.resolve(
      Array.from({ length: Math.min(500, count - first) }, (_, index): TableCells => {
        const row = first + index;
        return [
          LIVE_START + row * 1234,
          `0a1b2c3d-0000-4000-8000-${String(row).padStart(12, '0')}`,
          row % 3 === 0 ? '小程序直播' : '企业微信直播',
          row % 7 === 0 ? null : 60 + row,
          row * 199,
          '2026-09-10',
        ];
      }),
    );
  }
}

const CHANNELS = [
  'wechat_group',
  'poster_shanghai_store',
  'official_account',
  'direct',
  '(none)',
  'search',
] as const;

function channelName(index: number): string {
  return (CHANNELS[index % CHANNELS.length] ?? '') + (index < CHANNELS.length ? '' : '_b');
}

/** A daily live brief as the product makes it, with every kind of column, chart and streamed detail. */
export function sampleDocument(change: Partial<ReportDocument> = {}, details = 1200): ReportDocument {
  const minutes = Array.from({ length: 120 }, (_, index) => LIVE_START + index * MINUTE_MS);
  const curve = (peak: number, at: number) =>
    minutes.map((_, index) => Math.round(peak * Math.exp(-((index - at) ** 2) / 1800)));
  return {
    name: 'daily-live-brief',
    title: '直播日报',
    subtitle: '三平台直播数据汇总：小程序直播、看点直播、企业微信直播',
    period: { from: LIVE_START, to: LIVE_START + 86_400_000, label: '2026-09-10（周四）' },
    state: 'provisional',
    stateNote: '看点直播分钟数据尚未到齐（已到 3/4 场）',
    dataAsOf: Date.UTC(2026, 8, 11, 1),
    recipient: '王晓明',
    language: 'zh',
    timeZone: 'Asia/Shanghai',
    highlights: [
      { label: '观看人数', value: 18_432, kind: 'integer', change: 0.124, comparedWith: '较上一场' },
      { label: 'GMV', value: 123_456_789, kind: 'money_fen', change: -0.053, comparedWith: '较上一场' },
      { label: '支付转化率', value: 0.0342, kind: 'percent', change: null },
    ],
    summary: [
      '小程序直播观看人数较上一场上升 12.4%，主要来自「微信群海报」渠道。',
      'GMV 下降 5.3%，低于本周四目标 130 万元；下降发生在 21:10 之后，与主推商品售罄的时间一致，建议核对库存补货节奏。',
    ],
    sections: [
      {
        id: 'platforms',
        title: '平台对比',
        note: '观看人数按各平台口径去重；看点直播不提供商品点击。',
        tables: [
          {
            title: '各场直播',
            columns: [
              { key: 'platform', label: '平台', kind: 'text' },
              { key: 'title', label: '直播', kind: 'text' },
              { key: 'started_at', label: '开始时间', kind: 'instant' },
              { key: 'viewers', label: '观看人数', kind: 'integer', emphasis: 'bar', metricId: 'viewers' },
              { key: 'change', label: '较上一场', kind: 'percent', emphasis: 'change' },
              { key: 'average_watch', label: '人均观看时长', kind: 'duration_seconds' },
              { key: 'pay_rate', label: '支付转化率', kind: 'percent' },
              { key: 'gmv_fen', label: 'GMV', kind: 'money_fen' },
            ],
            rows: [
              ['小程序直播', '秋季新品首发专场', LIVE_START, 12_040, 0.21, 754, 0.041, 98_765_432],
              ['小程序直播', '会员日返场', LIVE_START + 7_200_000, 3021, -0.08, 512, 0.0297, 24_691_357],
              ['看点直播', '品牌发布会', LIVE_START + 600_000, 2871, 0, null, null, null],
              ['企业微信直播', '导购培训第三讲', LIVE_START - 18_000_000, 500, null, 3541, null, null],
            ],
            totalRow: ['合计', null, null, 18_432, 0.124, 801, 0.0342, 123_456_789],
            emptyNote: '没有直播',
          },
        ],
        charts: [
          {
            kind: 'line',
            title: '在线人数曲线',
            axisKind: 'instant',
            axis: minutes,
            series: [
              { name: '小程序直播', values: curve(5200, 55) },
              {
                name: '看点直播',
                values: curve(1900, 70).map((value, index) => (index < 10 ? null : value)),
              },
            ],
            valueKind: 'integer',
          },
        ],
      },
      {
        id: 'funnel',
        title: '转化漏斗',
        tables: [
          {
            title: '漏斗步骤',
            columns: [
              { key: 'step', label: '步骤', kind: 'text' },
              { key: 'viewers', label: '人数', kind: 'integer', emphasis: 'bar' },
              { key: 'from_previous', label: '环节转化率', kind: 'percent' },
              { key: 'from_first', label: '总转化率', kind: 'percent' },
              { key: 'median', label: '耗时中位数', kind: 'duration_seconds' },
            ],
            rows: [
              ['进入直播间', 15_061, null, 1, null],
              ['点击商品', 6120, 0.4064, 0.4064, 312],
              ['创建订单', 1203, 0.1966, 0.0799, 95],
              ['支付成功', 1011, 0.8404, 0.0671, 41],
            ],
            emptyNote: '没有数据',
          },
        ],
        charts: [
          {
            kind: 'funnel',
            title: '进入 → 支付',
            countLabel: '人数',
            steps: [
              { name: '进入直播间', count: 15_061, fromPrevious: null, fromFirst: 1 },
              { name: '点击商品', count: 6120, fromPrevious: 0.4064, fromFirst: 0.4064 },
              { name: '创建订单', count: 1203, fromPrevious: 0.1966, fromFirst: 0.0799 },
              { name: '支付成功', count: 1011, fromPrevious: 0.8404, fromFirst: 0.0671 },
            ],
          },
        ],
      },
      {
        id: 'channels',
        title: '渠道与归因',
        tables: [
          {
            title: '渠道',
            columns: [
              { key: 'channel', label: '渠道', kind: 'text' },
              { key: 'entrants', label: '进入人数', kind: 'integer', emphasis: 'bar' },
              { key: 'orders', label: '订单数', kind: 'integer' },
              { key: 'gmv_fen', label: 'GMV', kind: 'money_fen' },
              { key: 'orders_per_viewer', label: '人均订单', kind: 'decimal' },
              { key: 'day', label: '首次出现', kind: 'day' },
            ],
            rows: Array.from({ length: 12 }, (_, index): TableCells => [
              channelName(index),
              4000 - index * 310,
              200 - index * 13,
              9_000_000 - index * 712_345,
              0.05 + index / 100,
              '2026-08-01',
            ]),
            totalRow: ['合计', 27_540, 1542, 60_985_230, 0.056, null],
            emptyNote: '没有数据',
            note: '归因：末次触点，回溯 30 天；(none) 为没有触点的转化。',
          },
          {
            title: '企业微信出勤（按部门）',
            columns: [
              { key: 'department', label: '部门', kind: 'text' },
              { key: 'expected', label: '应到', kind: 'integer' },
              { key: 'attended', label: '实到', kind: 'integer' },
              { key: 'rate', label: '出勤率', kind: 'percent' },
              { key: 'watch', label: '人均观看时长', kind: 'duration_seconds' },
            ],
            rows: [
              ['华东区门店导购一部（上海、杭州、南京、苏州、宁波、无锡）', 210, 188, 0.8952, 3011],
              ['华南区', 150, 101, 0.6733, 2410],
            ],
            emptyNote: '没有数据',
          },
        ],
        charts: [
          {
            kind: 'bar',
            title: '各渠道进入人数',
            categories: ['wechat_group', 'poster_shanghai_store', 'official_account', 'direct', '(none)'],
            series: [{ name: '进入人数', values: [4000, 3690, 3380, 3070, 2760] }],
            valueKind: 'integer',
          },
          {
            kind: 'heatmap',
            title: '进入时段（星期 × 小时）',
            rowLabels: ['周一', '周二', '周三'],
            columnLabels: ['19', '20', '21', '22'],
            values: [
              [10, 200, 180, 20],
              [12, 240, null, 33],
              [5, 100, 90, 11],
            ],
            valueKind: 'integer',
          },
        ],
      },
      {
        id: 'detail',
        title: '观看明细',
        tables: [
          {
            title: '观看明细数据',
            columns: [
              { key: 'entered_at', label: '进入时间', kind: 'instant' },
              { key: 'viewer', label: '观众', kind: 'text' },
              { key: 'platform', label: '平台', kind: 'text' },
              { key: 'watch_seconds', label: '观看时长', kind: 'duration_seconds' },
              { key: 'amount_fen', label: '支付金额', kind: 'money_fen', emphasis: 'bar' },
              { key: 'day', label: '日期', kind: 'day' },
            ],
            rows: detailRows(details),
            emptyNote: '没有数据',
          },
        ],
        charts: [],
      },
    ],
    metrics: [
      {
        id: 'viewers',
        zh: '观看人数',
        en: 'Viewers',
        short: '人数',
        definition:
          '进入过直播间的不同观众数，按人去重；企业微信为观看时长大于零的成员数，外部联系人一并计入。',
        caveat: '不可跨日相加',
        unit: '人',
        base: '人',
        source: 'live_daily.viewers',
      },
      {
        id: 'gmv_fen',
        zh: '成交金额（GMV）',
        en: 'GMV',
        short: null,
        definition: '支付成功订单金额之和，不减退款。',
        caveat: '',
        unit: '元',
        base: '次',
        source: 'live_daily.gmv_fen',
      },
    ],
    ...change,
  };
}
