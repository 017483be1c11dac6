import type { ChannelFigures, ChannelsResult, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { Cell, ListedTable } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';
import { metricColumn, metricLabel } from '../metric-column.js';

const TEXT = {
  title: { zh: '渠道效果', en: 'Channels' },
  spend: { zh: '渠道花费', en: 'Spend by channel' },
} as const satisfies Readonly<Record<string, Label>>;

type Figure = Exclude<keyof ChannelFigures, 'buy_rate_interval'>;
const COUNTED: readonly Figure[] = [
  'link_clicks',
  'entrants',
  'goods_clickers',
  'buyers',
  'orders',
  'gmv_fen',
  'click_rate',
  'buy_rate',
  'new_viewers',
];
const SPENT: readonly Figure[] = [
  'cost_fen',
  'cost_per_entrant_fen',
  'cost_per_buyer_fen',
  'gmv_fen',
  'return_on_spend',
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
  figures: readonly Figure[],
  rows: ChannelsResult['channels'],
  totals: ChannelsResult | null,
  language: Language,
): ListedTable {
  const cellsOf = (row: ChannelFigures): Cell[] =>
    figures.map((id) => {
      const value = row[id];
      return value !== null && id.endsWith('_fen') ? Math.round(value) : value;
    });
  return {
    title: title[language],
    columns: [
      { key: 'channel', label: LABELS.channel[language], kind: 'text' },
      ...figures.map((id) => metricColumn(id, language)),
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
        { name: metricLabel('entrants', language), values: charted.map(({ entrants }) => entrants) },
        { name: metricLabel('buyers', language), values: charted.map(({ buyers }) => buyers) },
      ],
      valueKind: 'integer',
      valueLabel: LABELS.viewers[language],
    },
  ];
}
