import type { AttributionModel, AttributionResult, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { ListedTable, TableColumn } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';
import { metricColumn, metricLabel } from '../metric-column.js';

import { apportion } from './apportion.js';

const MODEL_LABELS: Readonly<Record<AttributionModel, Label>> = {
  first: { zh: '首次触点', en: 'First' },
  last: { zh: '末次触点', en: 'Last' },
  last_non_direct: { zh: '末次非直接', en: 'Last non-direct' },
  linear: { zh: '线性', en: 'Linear' },
  position: { zh: '位置', en: 'Position' },
  time_decay: { zh: '时间衰减', en: 'Time decay' },
  markov: { zh: '马尔可夫', en: 'Markov' },
  shapley: { zh: '沙普利', en: 'Shapley' },
};

const TEXT = {
  conversions: { zh: '渠道归因：转化数', en: 'Attribution: conversions' },
  value: { zh: '渠道归因：金额', en: 'Attribution: value' },
  paths: { zh: '转化路径', en: 'Paths' },
  path: { zh: '路径', en: 'Path' },
  noTouch: { zh: '（无触点）', en: '(no touch)' },
} as const satisfies Readonly<Record<string, Label>>;

const LISTED_PATHS = 20;

/** Conversions and value of every channel by every model, whole numbers that add up; and the most frequent paths. */
export function attributionTables(result: AttributionResult, language: Language): ListedTable[] {
  const emptyNote = emptyText(result.notes, language);
  const note = result.notes.join(' ');
  const explained = note === '' ? {} : { note };
  return [
    { ...creditTable(result, 'conversions', language), emptyNote, ...explained },
    { ...creditTable(result, 'value', language), emptyNote },
    {
      title: TEXT.paths[language],
      columns: [
        { key: 'path', label: TEXT.path[language], kind: 'text' },
        metricColumn('attributed_conversions', language, { key: 'conversions', emphasis: 'bar' }),
        metricColumn('attributed_value', language, { key: 'value' }),
        metricColumn('lost_viewers', language, { key: 'null_paths' }),
      ],
      rows: result.paths
        .slice(0, LISTED_PATHS)
        .map((row) => [
          row.path.length === 0 ? TEXT.noTouch[language] : row.path.join(' → '),
          row.conversions,
          row.value,
          row.null_paths,
        ]),
      emptyNote,
    },
  ];
}

function modelsOf(result: AttributionResult): AttributionModel[] {
  return Object.keys(MODEL_LABELS).filter(
    (model): model is AttributionModel => result.models[model as AttributionModel] !== undefined,
  );
}

/** Channels by their credit in the last model shown, the largest first. */
function channelsOf(result: AttributionResult): string[] {
  const best = new Map<string, number>();
  for (const model of modelsOf(result)) {
    for (const { channel, conversions } of result.models[model] ?? []) {
      best.set(channel, (best.get(channel) ?? 0) + conversions);
    }
  }
  return [...best]
    .sort(([leftName, left], [rightName, right]) => right - left || (leftName < rightName ? -1 : 1))
    .map(([channel]) => channel);
}

function creditTable(
  result: AttributionResult,
  figure: 'conversions' | 'value',
  language: Language,
): Omit<ListedTable, 'emptyNote'> {
  const channels = channelsOf(result);
  const models = modelsOf(result);
  const whole = models.map((model) => {
    const credits = new Map(result.models[model]?.map((row) => [row.channel, row[figure]]));
    return apportion(channels.map((channel) => credits.get(channel) ?? 0));
  });
  const columns: TableColumn[] = [
    { key: 'channel', label: LABELS.channel[language], kind: 'text' },
    ...models.map((model) =>
      metricColumn(figure === 'value' ? 'attributed_value' : 'attributed_conversions', language, {
        key: model,
        label: MODEL_LABELS[model][language],
      }),
    ),
  ];
  return {
    title: TEXT[figure][language],
    columns,
    rows: channels.map((channel, row) => [channel, ...whole.map((column) => column[row] ?? 0)]),
    totalRow: [
      LABELS.total[language],
      ...whole.map((column) => column.reduce((sum, value) => sum + value, 0)),
    ],
  };
}

const CHARTED_CHANNELS = 12;

export function attributionCharts(result: AttributionResult, language: Language): ChartModel[] {
  const categories = channelsOf(result).slice(0, CHARTED_CHANNELS);
  return [
    {
      kind: 'bar',
      title: TEXT.conversions[language],
      categories,
      series: modelsOf(result).map((model) => {
        const credits = new Map(result.models[model]?.map((row) => [row.channel, row.conversions]));
        return {
          name: MODEL_LABELS[model][language],
          values: categories.map((channel) => credits.get(channel) ?? 0),
        };
      }),
      valueKind: 'decimal',
      valueLabel: metricLabel('attributed_conversions', language),
    },
  ];
}
