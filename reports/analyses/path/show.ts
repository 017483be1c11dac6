import type { Language, PathResult } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { ListedTable } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';
import { metricColumn } from '../metric-column.js';

const TEXT = {
  title: { zh: '行为路径', en: 'Paths' },
  path: { zh: '路径', en: 'Path' },
  transitions: { zh: '行为流转', en: 'Transitions' },
  from: { zh: '从', en: 'From' },
  to: { zh: '到', en: 'To' },
} as const satisfies Readonly<Record<string, Label>>;

/** The most walked paths, and from what people went on to what. A viewer may walk several paths: no total. */
export function pathTables(result: PathResult, language: Language): ListedTable[] {
  const { viewers } = result.total;
  const emptyNote = emptyText(result.notes, language);
  const more = result.total.paths - result.paths.length;
  const count =
    language === 'zh'
      ? `起点 ${result.total.starts} 次，${viewers} 人；不同路径 ${result.total.paths} 条${more > 0 ? `，列出前 ${result.paths.length} 条` : ''}。一人可走多条路径。`
      : `${result.total.starts} starts by ${viewers} viewers, ${result.total.paths} different paths${more > 0 ? `, ${result.paths.length} listed` : ''}. A viewer may walk several.`;
  return [
    {
      title: TEXT.title[language],
      columns: [
        { key: 'path', label: TEXT.path[language], kind: 'text' },
        metricColumn('path_viewers', language, { key: 'viewers', emphasis: 'bar' }),
        metricColumn('path_share', language, { key: 'share' }),
      ],
      rows: result.paths.map((row) => [row.path.join(' → '), row.viewers, row.viewers / viewers]),
      emptyNote,
      ...(viewers === 0 ? {} : { note: count }),
    },
    {
      title: TEXT.transitions[language],
      columns: [
        { key: 'from', label: TEXT.from[language], kind: 'text' },
        { key: 'to', label: TEXT.to[language], kind: 'text' },
        metricColumn('path_viewers', language, { key: 'viewers', emphasis: 'bar' }),
        metricColumn('path_share', language, { key: 'share' }),
      ],
      rows: result.transitions.map((row) => [row.from, row.to, row.viewers, row.viewers / viewers]),
      emptyNote,
    },
  ];
}

const CHARTED_PATHS = 12;

export function pathCharts(result: PathResult, language: Language): ChartModel[] {
  const charted = result.paths.slice(0, CHARTED_PATHS);
  return [
    {
      kind: 'bar',
      title: TEXT.title[language],
      categories: charted.map((row) => row.path.join(' → ')),
      series: [{ name: LABELS.viewers[language], values: charted.map((row) => row.viewers) }],
      valueKind: 'integer',
      valueLabel: LABELS.viewers[language],
    },
  ];
}
