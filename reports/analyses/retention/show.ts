import type { Language, RetentionResult } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { ListedTable } from '../../render/table-model.js';
import { emptyText, type Label } from '../labels.js';
import { metricColumn } from '../metric-column.js';

const TEXT = {
  title: { zh: '留存', en: 'Retention' },
  cohort: { zh: '首期', en: 'Cohort' },
  note: {
    zh: '+k：首期之后第 k 期回来的人数 ÷ 首期人数；+0 为首期之内。',
    en: '+k: who came in the k-th period after the cohort / viewers of the cohort; +0 is its own period.',
  },
} as const satisfies Readonly<Record<string, Label>>;

/** Periods that stand side by side in 80 columns, and tables of so many. */
const PERIODS_A_TABLE = 8;
const MOST_TABLES = 4;

/** A row a cohort, a column a period after it; long courses go on in further tables. */
export function retentionTables(result: RetentionResult, language: Language): ListedTable[] {
  const longest = longestOf(result);
  const count = Math.min(MOST_TABLES, Math.max(1, Math.ceil(longest / PERIODS_A_TABLE)));
  return Array.from({ length: count }, (_, table) => {
    const first = table * PERIODS_A_TABLE;
    const offsets = range(first, Math.min(longest, first + PERIODS_A_TABLE));
    const rows = result.cohorts.filter(({ returned }) => returned.length > first);
    return {
      title: `${TEXT.title[language]}${first === 0 ? '' : ` +${first} …`}`,
      columns: [
        { key: 'cohort', label: TEXT.cohort[language], kind: 'text' as const },
        metricColumn('cohort_viewers', language, { key: 'viewers' }),
        ...offsets.map((offset) =>
          metricColumn('retention_rate', language, { key: `returned_${offset}`, label: `+${offset}` }),
        ),
      ],
      rows: rows.map(({ cohort, viewers, returned }) => [
        cohort,
        viewers,
        ...offsets.map((offset) => shareOf(returned[offset], viewers)),
      ]),
      emptyNote: emptyText(result.notes, language),
      ...(result.cohorts.length === 0 ? {} : { note: [TEXT.note[language], ...result.notes].join(' ') }),
    };
  });
}

const MOST_CHART_ROWS = 31;
const MOST_CHART_COLUMNS = 24;

/** Darker where more came back; the latest cohorts. */
export function retentionCharts(result: RetentionResult, language: Language): ChartModel[] {
  const shown = result.cohorts.slice(-MOST_CHART_ROWS);
  const offsets = range(0, Math.min(longestOf(result), MOST_CHART_COLUMNS));
  return [
    {
      kind: 'heatmap',
      title: TEXT.title[language],
      rowLabels: shown.map(({ cohort }) => cohort),
      columnLabels: offsets.map((offset) => `+${offset}`),
      values: shown.map(({ viewers, returned }) =>
        offsets.map((offset) => shareOf(returned[offset], viewers)),
      ),
      valueKind: 'percent',
    },
  ];
}

/** Null for a period that the range does not reach. */
function shareOf(returned: number | undefined, viewers: number): number | null {
  return returned === undefined || viewers === 0 ? null : returned / viewers;
}

function longestOf({ cohorts }: RetentionResult): number {
  return cohorts.reduce((most, { returned }) => Math.max(most, returned.length), 0);
}

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
}
