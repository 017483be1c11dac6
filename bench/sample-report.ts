import type { LineChart } from '../reports/render/chart-model.js';
import type { ReportDocument, Section } from '../reports/render/report-document.js';
import type { TableModel } from '../reports/render/table-model.js';
import { metricEntry } from '../reports/run/metric-entries.js';

const START = Date.UTC(2026, 8, 10, 12, 0);
const CHANNELS = [
  '视频号关注',
  '公众号推文｜金秋上新第三弹',
  '朋友圈广告',
  '企业微信群（华东大区）',
  '线下海报 A-0918',
  '直播间分享',
  '搜一搜',
  '小程序首页 Banner',
  '短信召回',
  '其他',
] as const;
const DEPARTMENTS = [
  '华东大区',
  '华南大区',
  '华北大区',
  '西南大区',
  '总部运营',
  '门店培训部',
  '客服中心',
] as const;
/** Pseudo-random in [0, 1), the same every time. */
function noise(index: number): number {
  const value = Math.sin(index * 12.9898) * 43758.5453;
  return value - Math.floor(value);
}

function audienceCurve(live: number): LineChart {
  const minutes = 150;
  const curve = (scale: number, seed: number) =>
    Array.from({ length: minutes }, (_, minute) => {
      const rise = Math.min(1, minute / 22) * Math.exp(-Math.max(0, minute - 60) / 90);
      return Math.round(scale * rise * (0.9 + 0.2 * noise(seed * 1000 + minute)));
    });
  return {
    kind: 'line',
    title: '在线人数曲线',
    axisKind: 'instant',
    axis: Array.from({ length: minutes }, (_, minute) => START + live * 86_400_000 + minute * 60_000),
    series: [
      { name: '小程序直播', values: curve(4200, live + 1) },
      {
        name: '视频号',
        values: curve(2600, live + 7).map((value, minute) => (minute > 70 && minute < 78 ? null : value)),
      },
      { name: '企业微信', values: curve(900, live + 13) },
    ],
    valueKind: 'integer',
    valueLabel: '在线人数（人）',
  };
}

function channelTable(live: number): TableModel {
  const rows = CHANNELS.map((channel, index) => {
    const entrants = Math.round(9000 * Math.exp(-index / 3) * (0.8 + 0.4 * noise(live * 31 + index)));
    const buyers = Math.round(entrants * (0.02 + 0.05 * noise(live * 17 + index)));
    const gmv = buyers * 15_990;
    return [
      channel,
      entrants,
      entrants === 0 ? null : buyers / entrants,
      buyers,
      gmv,
      noise(live + index) - 0.45,
    ];
  });
  const total = (column: number) => rows.reduce((sum, row) => sum + Number(row[column]), 0);
  return {
    title: '渠道转化',
    columns: [
      { key: 'channel', label: '渠道', kind: 'text' },
      { key: 'entrants', label: '进入人数', kind: 'integer', emphasis: 'bar' },
      { key: 'buy_rate', label: '购买率', kind: 'percent' },
      { key: 'buyers', label: '购买人数', kind: 'integer' },
      { key: 'gmv_fen', label: '成交金额', kind: 'money_fen' },
      { key: 'change', label: '较上一场', kind: 'percent', emphasis: 'change' },
    ],
    rows,
    totalRow: ['合计', total(1), total(3) / total(1), total(3), total(4), null],
    emptyNote: '没有数据',
    note: '渠道按末次触点归属；合计人数去重。',
  };
}

function liveSection(live: number): Section {
  const counts = [18_240, 9_312, 4_120, 1_275, 1_021].map((count) =>
    Math.round(count * (0.8 + 0.4 * noise(live + 3))),
  );
  const [first = 1] = counts;
  const channels = channelTable(live);
  const rows = channels.rows as readonly (readonly (string | number | null)[])[];
  return {
    id: `live-${live}`,
    title: `第 ${live + 1} 场：金秋上新专场 🎉 主播𠮷田·李喆`,
    note: '口径：以场次实际开播、关播时间为界。',
    text: [
      '本场小程序直播与视频号同步开播，企业微信侧为内部培训场。进入人数按匿名身份去重，跨端同一人只计一次。',
    ],
    charts: [
      audienceCurve(live),
      {
        kind: 'funnel',
        title: '转化漏斗',
        countLabel: '人',
        steps: ['进入直播间', '点击商品', '加入购物车', '下单', '支付成功'].map((name, index) => ({
          name,
          count: counts[index] ?? 0,
          fromPrevious: index === 0 ? null : (counts[index] ?? 0) / (counts[index - 1] ?? 1),
          fromFirst: (counts[index] ?? 0) / first,
        })),
      },
      {
        kind: 'bar',
        title: '各渠道进入与购买',
        categories: rows.map((row) => String(row[0])),
        series: [
          { name: '进入人数', values: rows.map((row) => Number(row[1])) },
          { name: '购买人数', values: rows.map((row) => Number(row[3])) },
        ],
        valueKind: 'integer',
        valueLabel: '人',
      },
    ],
    tables: [channels],
  };
}

/** A report of about `12` pages with three lives, every chart, long tables and rare characters. */
export function sampleReport(recipient: string | null = '张𠮷 <zhang@example.com>'): ReportDocument {
  return {
    name: 'daily-live-brief',
    title: '每日直播简报',
    subtitle: '三端同步：小程序直播 · 视频号 · 企业微信',
    period: { from: START - 12 * 3_600_000, to: START + 12 * 3_600_000, label: '2026-09-10（周四）' },
    state: 'provisional',
    stateNote: '企业微信观看数据预计 09:30 到齐，培训出勤可能变化。',
    dataAsOf: Date.UTC(2026, 8, 11, 0, 45),
    recipient,
    language: 'zh',
    timeZone: 'Asia/Shanghai',
    highlights: [
      { label: '成交金额', value: 128_934_500, kind: 'money_fen', change: 0.123, comparedWith: '较上一场' },
      { label: '观看人数', value: 18_240, kind: 'integer', change: -0.041, comparedWith: '较上周四' },
      { label: '平均观看时长', value: 754, kind: 'duration_seconds', change: null },
    ],
    summary: [
      '成交金额 1,289,345.00 元，较上一场上升 12.3%，主要来自公众号推文渠道（+31.0%）。',
      '观看人数 18,240 人，较上周四下降 4.1%；峰值出现在 21:02，同时在线 4,389 人。',
      '企业微信培训应到 312 人，实到 268 人，出勤率 85.9%，低于目标 90%。',
    ],
    sections: [
      liveSection(0),
      liveSection(1),
      liveSection(2),
      heatmapSection(),
      attendanceSection(),
      detailSection(),
    ],
    metrics: METRICS,
  };
}

function heatmapSection(): Section {
  return {
    id: 'heatmap',
    title: '互动热力',
    tables: [],
    charts: [
      {
        kind: 'heatmap',
        title: '星期 × 小时的互动次数',
        rowLabels: ['周一', '周二', '周三', '周四', '周五', '周六', '周日'],
        columnLabels: Array.from({ length: 24 }, (_, hour) => String(hour)),
        values: Array.from({ length: 7 }, (_, day) =>
          Array.from({ length: 24 }, (_, hour) =>
            day === 6 && hour < 3
              ? null
              : Math.round(900 * Math.exp(-((hour - 20) ** 2) / 14) * (0.5 + noise(day * 24 + hour))),
          ),
        ),
        valueKind: 'integer',
      },
      {
        kind: 'bar',
        title: '近七日成交金额',
        direction: 'vertical',
        categories: ['09-04', '09-05', '09-06', '09-07', '09-08', '09-09', '09-10'],
        series: [
          { name: '成交金额', values: [81, 93, 120, 44, 76, 115, 129].map((value) => value * 1_000_000) },
        ],
        valueKind: 'money_fen',
        valueLabel: '元',
      },
    ],
  };
}

function attendanceSection(): Section {
  return {
    id: 'attendance',
    title: '企业微信培训出勤',
    charts: [
      {
        kind: 'bar',
        title: '各部门出勤率',
        categories: DEPARTMENTS,
        series: [{ name: '出勤率', values: DEPARTMENTS.map((_, index) => 0.97 - index * 0.061) }],
        valueKind: 'percent',
      },
    ],
    tables: [
      {
        title: '部门出勤',
        columns: [
          { key: 'department', label: '部门', kind: 'text' },
          { key: 'expected', label: '应到人数', kind: 'integer' },
          { key: 'attended', label: '实到人数', kind: 'integer' },
          { key: 'attendance_rate', label: '出勤率', kind: 'percent', emphasis: 'bar' },
          { key: 'completion_rate', label: '完成率', kind: 'percent' },
          { key: 'average_seconds', label: '平均观看时长', kind: 'duration_seconds' },
        ],
        rows: DEPARTMENTS.map((department, index) => [
          department,
          60 - index * 4,
          55 - index * 5,
          0.92 - index * 0.05,
          0.8 - index * 0.04,
          3100 - index * 211,
        ]),
        totalRow: ['合计', 336, 280, 0.833, 0.71, 2510],
        emptyNote: '没有数据',
      },
    ],
  };
}

function detailSection(): Section {
  return {
    id: 'goods',
    title: '商品明细',
    charts: [],
    tables: [
      {
        title: '商品表现（全部）',
        columns: [
          { key: 'goods', label: '商品', kind: 'text' },
          { key: 'shown_at', label: '讲解开始', kind: 'instant' },
          { key: 'clickers', label: '点击人数', kind: 'integer' },
          { key: 'buyers', label: '购买人数', kind: 'integer' },
          { key: 'gmv_fen', label: '成交金额', kind: 'money_fen' },
        ],
        rows: Array.from({ length: 90 }, (_, index) => [
          index % 9 === 4
            ? `第${index}号·礼盒装（含赠品与运费险，预售 9 月 20 日起陆续发货，详情以商品页为准）SKU-2026-${index}`
            : `${['轻薄羽绒服', '羊绒围巾', '保温杯 500ml', '桂花糕🍡', '㛃记𬭎茶'][index % 5] ?? ''} ${index}`,
          START + index * 97_000,
          Math.round(2000 * noise(index)),
          Math.round(180 * noise(index + 5)),
          Math.round(900_000 * noise(index + 9)) * 7,
        ]),
        emptyNote: '没有数据',
      },
    ],
  };
}

const METRICS = [
  'viewers',
  'peak_concurrent',
  'average_concurrent',
  'average_watch_seconds',
  'goods_clicks',
  'gmv_fen',
  'buy_rate',
  'attendance_rate',
].map((id) => metricEntry(id, 'zh'));
