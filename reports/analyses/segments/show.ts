import type { Language, SegmentsResult } from '../../../schemas/index.js';
import { groupedNumber } from '../../render/cell-text.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { ListedTable } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';
import { metricColumn } from '../metric-column.js';

const TEXT = {
  title: { zh: '观众分层', en: 'Segments' },
  recency: { zh: '最近一次', en: 'Last seen' },
  frequency: { zh: '订单数', en: 'Orders' },
  money: { zh: '消费', en: 'Spent' },
  watch: { zh: '观看时长', en: 'Watched' },
} as const satisfies Readonly<Record<string, Label>>;

const DAYS: Label = { zh: '天', en: ' d' };
const MINUTES: Label = { zh: '分', en: ' min' };
const YUAN: Label = { zh: '元', en: ' CNY' };
const NONE: Label = { zh: '', en: '' };

/** One line a segment, those that paid most first. */
export function segmentsTables(result: SegmentsResult, language: Language): ListedTable[] {
  const { bands, total } = result;
  const rows = [...result.segments].sort(
    (left, right) => right.gmv_fen - left.gmv_fen || right.viewers - left.viewers,
  );
  return [
    {
      title: TEXT.title[language],
      columns: [
        { key: 'recency', label: TEXT.recency[language], kind: 'text' },
        { key: 'frequency', label: TEXT.frequency[language], kind: 'text' },
        { key: 'money', label: TEXT.money[language], kind: 'text' },
        { key: 'watch', label: TEXT.watch[language], kind: 'text' },
        metricColumn('segment_viewers', language, { key: 'viewers', emphasis: 'bar' }),
        metricColumn('segment_share', language, { key: 'share' }),
        metricColumn('gmv_fen', language),
      ],
      rows: rows.map((row) => [
        bandText(row.recency, bands.recency_days, 1, DAYS[language]),
        bandText(row.frequency, bands.frequency, 1, NONE[language]),
        bandText(row.money, bands.money_fen, 100, YUAN[language]),
        bandText(row.watch, bands.watch_seconds, 60, MINUTES[language]),
        row.viewers,
        row.viewers / total.viewers,
        row.gmv_fen,
      ]),
      ...(rows.length === 0
        ? {}
        : { totalRow: [LABELS.total[language], null, null, null, total.viewers, 1, total.gmv_fen] }),
      emptyNote: emptyText(result.notes, language),
    },
  ];
}

/** `<7天`, `7–30天`, `≥30天`: a band in words, thresholds divided by `unit`. */
function bandText(band: number, thresholds: readonly number[], unit: number, suffix: string): string {
  const text = (threshold: number | undefined): string => {
    const value = (threshold ?? 0) / unit;
    return groupedNumber(value, Number.isInteger(value) ? 0 : 2);
  };
  if (band === 0) return `<${text(thresholds[0])}${suffix}`;
  if (band === thresholds.length) return `≥${text(thresholds.at(-1))}${suffix}`;
  return `${text(thresholds[band - 1])}–${text(thresholds[band])}${suffix}`;
}

const CHARTED_SEGMENTS = 12;

export function segmentsCharts(result: SegmentsResult, language: Language): ChartModel[] {
  const [table] = segmentsTables(result, language);
  const charted = table?.rows.slice(0, CHARTED_SEGMENTS) ?? [];
  return [
    {
      kind: 'bar',
      title: TEXT.title[language],
      categories: charted.map((cells) => cells.slice(0, 4).join(' · ')),
      series: [
        {
          name: LABELS.viewers[language],
          values: charted.map((cells) => (typeof cells[4] === 'number' ? cells[4] : null)),
        },
      ],
      valueKind: 'integer',
      valueLabel: LABELS.viewers[language],
    },
  ];
}
