import type { ChannelFigures, ChannelsResult, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { Cell, ListedTable, TableColumn } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';

const TEXT = {
  title: { zh: '渠道效果', en: 'Channels' },
  spend: { zh: '渠道花费', en: 'Spend by channel' },
  entrants: { zh: '进入人数', en: 'Entrants' },
  buyers: { zh: '成交人数', en: 'Buyers' },
  gmv: { zh: '成交金额', en: 'GMV' },
} as const satisfies Readonly<Record<string, Label>>;

const COUNTED: readonly (readonly [keyof ChannelFigures, Label, TableColumn['kind']])[] = [
  ['link_clicks', { zh: '链接点击', en: 'Clicks' }, 'integer'],
  ['entrants', TEXT.entrants, 'integer'],
  ['goods_clickers', { zh: '点商品人数', en: 'Goods clickers' }, 'integer'],
  ['buyers', TEXT.buyers, 'integer'],
  ['orders', { zh: '订单', en: 'Orders' }, 'integer'],
  ['gmv_fen', TEXT.gmv, 'money_fen'],
  ['click_rate', { zh: '点击率', en: 'Click rate' }, 'percent'],
  ['buy_rate', { zh: '成交率', en: 'Buy rate' }, 'percent'],
  ['new_viewers', { zh: '新观众', en: 'New' }, 'integer'],
];
const SPENT: readonly (readonly [keyof ChannelFigures, Label, TableColumn['kind']])[] = [
  ['cost_fen', { zh: '花费', en: 'Cost' }, 'money_fen'],
  ['cost_per_entrant_fen', { zh: '每进入成本', en: 'Per entrant' }, 'money_fen'],
  ['cost_per_buyer_fen', { zh: '每成交成本', en: 'Per buyer' }, 'money_fen'],
  ['gmv_fen', TEXT.gmv, 'money_fen'],
  ['return_on_spend', { zh: '投入产出比', en: 'Return' }, 'decimal'],
];

/** What came through each channel; and, where costs are known, what it cost. */
export function channelsTables(result: ChannelsResult, language: Language): ListedTable[] {
  const tables = [tableOf(TEXT.title, COUNTED, result.channels, result, language)];
  const spent = result.channels.filter(({ cost_fen }) => cost_fen !== null);
  if (spent.length > 0) tables.push(tableOf(TEXT.spend, SPENT, spent, null, language));
  return tables;
}

function tableOf(
  title: Label,
  figures: typeof COUNTED,
  rows: ChannelsResult['channels'],
  totals: ChannelsResult | null,
  language: Language,
): ListedTable {
  const cellsOf = (row: ChannelFigures): Cell[] =>
    figures.map(([key, , kind]) => {
      const value = row[key];
      if (typeof value !== 'number') return null;
      return kind === 'money_fen' ? Math.round(value) : value;
    });
  return {
    title: title[language],
    columns: [
      { key: 'channel', label: LABELS.channel[language], kind: 'text' },
      ...figures.map(([key, label, kind]): TableColumn => ({ key, label: label[language], kind })),
    ],
    rows: rows.map((row) => [row.channel, ...cellsOf(row)]),
    ...(totals === null ? {} : { totalRow: [LABELS.total[language], ...cellsOf(totals.total)] }),
    emptyNote: emptyText(totals?.notes ?? [], language),
    // Costs stand there also where nothing happened.
    ...(totals === null || rows.length === 0 || totals.notes.length === 0
      ? {}
      : { note: emptyText(totals.notes, language) }),
  };
}

const CHARTED_CHANNELS = 12;

export function channelsCharts(result: ChannelsResult, language: Language): ChartModel[] {
  const charted = result.channels.slice(0, CHARTED_CHANNELS);
  return [
    {
      kind: 'bar',
      title: TEXT.title[language],
      categories: charted.map(({ channel }) => channel),
      series: [
        { name: TEXT.entrants[language], values: charted.map(({ entrants }) => entrants) },
        { name: TEXT.buyers[language], values: charted.map(({ buyers }) => buyers) },
      ],
      valueKind: 'integer',
      valueLabel: LABELS.viewers[language],
    },
  ];
}
