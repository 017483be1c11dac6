import type {
  ExperimentComparison,
  ExperimentPlanResult,
  ExperimentResult,
  ExperimentVariant,
  Language,
} from '../../../schemas/index.js';
import { probabilityText } from '../../render/cell-text.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { Cell, ListedTable, TableColumn } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';

const TEXT = {
  title: { zh: '海报与链接实验', en: 'Experiment' },
  intervals: { zh: '区间与检验', en: 'Intervals and tests' },
  plan: { zh: '实验计划', en: 'Plan of an experiment' },
  variant: { zh: '版本', en: 'Variant' },
  users: { zh: '人数', en: 'Users' },
  conversions: { zh: '转化人数', en: 'Converted' },
  rate: { zh: '转化率', en: 'Rate' },
  mean: { zh: '人均值', en: 'Mean' },
  difference: { zh: '差异', en: 'Difference' },
  lift: { zh: '提升', en: 'Lift' },
  adjusted: { zh: '校正 p', en: 'Adjusted p' },
  chance: { zh: '胜率', en: 'To win' },
  low: { zh: '低', en: 'low' },
  high: { zh: '高', en: 'high' },
  planUsers: { zh: '每个版本人数', en: 'Users per variant' },
  planTotal: { zh: '总人数', en: 'Users in all' },
  sampleRatio: { zh: '人数比例检验', en: 'Sample ratio' },
} as const satisfies Readonly<Record<string, Label>>;

export function experimentTables(result: ExperimentResult, language: Language): ListedTable[] {
  return 'variants' in result ? comparisonTables(result, language) : [planTable(result, language)];
}

function planTable(plan: ExperimentPlanResult, language: Language): ListedTable {
  return {
    title: TEXT.plan[language],
    columns: [
      { key: 'users_per_variant', label: TEXT.planUsers[language], kind: 'integer' },
      { key: 'users_total', label: TEXT.planTotal[language], kind: 'integer' },
    ],
    rows: [[plan.users_per_variant, plan.users_total]],
    emptyNote: LABELS.empty[language],
  };
}

/** Columns that stand in the metric dictionary. */
const METRIC_OF: Readonly<Record<string, string>> = {
  users: 'experiment_users',
  rate: 'conversion_rate',
  mean: 'value_per_user',
  lift: 'lift',
  p_adjusted: 'p_adjusted',
  chance_to_win: 'chance_to_win',
};

function metricOf(key: string): { metricId?: string } {
  const metricId = METRIC_OF[key];
  return metricId === undefined ? {} : { metricId };
}

type Column = readonly [key: string, label: string, kind: TableColumn['kind'], decimals?: number];

/** What was counted and what it says, the verdict below; then the intervals behind it. */
function comparisonTables(result: ExperimentComparison, language: Language): ListedTable[] {
  const say = (label: Label): string => label[language];
  const isRate = result.metric === 'conversion';
  const kind = isRate ? 'percent' : result.value === 'amount_fen' ? 'money_fen' : 'decimal';
  const measure = say(isRate ? TEXT.rate : TEXT.mean);
  const hasConversions = result.variants.some(({ conversions }) => conversions !== undefined);
  const value = (figure: number | null | undefined): Cell =>
    figure === null || figure === undefined ? null : kind === 'money_fen' ? Math.round(figure) : figure;
  const build = (
    title: string,
    columns: readonly Column[],
    cells: (row: ExperimentVariant) => Cell[],
    note: string,
  ): ListedTable => ({
    title,
    columns: columns.map(([key, label, columnKind, decimals]): TableColumn => ({
      key,
      label,
      kind: columnKind,
      ...(decimals === undefined ? {} : { decimals }),
      isProbability: key === 'p' || key === 'p_adjusted',
      ...metricOf(key),
    })),
    rows: result.variants.map(cells),
    emptyNote: emptyText(result.notes, language),
    note,
  });
  const { chi2, df, p } = result.srm;
  const ratio =
    chi2 === null || p === null
      ? ''
      : `${say(TEXT.sampleRatio)}: χ² = ${chi2.toFixed(2)}, df = ${df}, p ${p < 0.0001 ? '' : '= '}${probabilityText(p)}`;
  return [
    build(
      say(TEXT.title),
      [
        ['variant', say(TEXT.variant), 'text'],
        ['users', say(TEXT.users), 'integer'],
        ...(hasConversions ? [['conversions', say(TEXT.conversions), 'integer'] as const] : []),
        [isRate ? 'rate' : 'mean', measure, kind, 2],
        ['difference', say(TEXT.difference), kind, 2],
        ['lift', say(TEXT.lift), 'percent'],
        ['p_adjusted', say(TEXT.adjusted), 'decimal', 4],
        ...(isRate ? [['chance_to_win', say(TEXT.chance), 'percent'] as const] : []),
      ],
      (row) => [
        row.variant,
        row.users,
        ...(hasConversions ? [row.conversions ?? null] : []),
        value(isRate ? row.rate : row.mean),
        value(row.difference),
        row.lift,
        row.p_adjusted,
        ...(isRate ? [row.chance_to_win] : []),
      ],
      [result.verdict, ...result.notes].join(' '),
    ),
    build(
      say(TEXT.intervals),
      [
        ['variant', say(TEXT.variant), 'text'],
        ['low', `${measure} ${say(TEXT.low)}`, kind, 2],
        ['high', `${measure} ${say(TEXT.high)}`, kind, 2],
        ['difference_low', `${say(TEXT.difference)} ${say(TEXT.low)}`, kind, 2],
        ['difference_high', `${say(TEXT.difference)} ${say(TEXT.high)}`, kind, 2],
        ['z', isRate ? 'z' : 't', 'decimal', 2],
        ['p', 'p', 'decimal', 4],
      ],
      (row) => {
        const own = isRate ? row.rate_interval : row.mean_interval;
        return [
          row.variant,
          ...[own?.[0], own?.[1], row.difference_interval?.[0], row.difference_interval?.[1]].map(value),
          row.z,
          row.p,
        ];
      },
      ratio,
    ),
  ];
}

/** The measure of each variant; a plan has nothing but its figures. */
export function experimentCharts(result: ExperimentResult, language: Language): ChartModel[] {
  if (!('variants' in result)) return [];
  const isRate = result.metric === 'conversion';
  const measure = (isRate ? TEXT.rate : TEXT.mean)[language];
  return [
    {
      kind: 'bar',
      title: TEXT.title[language],
      categories: result.variants.map(({ variant }) => variant),
      series: [
        { name: measure, values: result.variants.map((row) => (isRate ? row.rate : row.mean) ?? null) },
      ],
      valueKind: isRate ? 'percent' : result.value === 'amount_fen' ? 'money_fen' : 'decimal',
      valueLabel: measure,
    },
  ];
}
