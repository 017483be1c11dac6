import type {
  ExperimentComparison,
  ExperimentPlanResult,
  ExperimentResult,
  ExperimentVariant,
  Language,
  MetricId,
} from '../../../schemas/index.js';
import { probabilityText } from '../../render/cell-text.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { Cell, ListedTable, TableColumn } from '../../render/table-model.js';
import { emptyText, LABELS, type Label } from '../labels.js';
import { metricColumn, metricLabel, type MetricColumnChanges } from '../metric-column.js';

const TEXT = {
  title: { zh: '海报与链接实验', en: 'Experiment' },
  intervals: { zh: '区间与检验', en: 'Intervals and tests' },
  plan: { zh: '实验计划', en: 'Plan of an experiment' },
  variant: { zh: '版本', en: 'Variant' },
  low: { zh: '低', en: 'low' },
  high: { zh: '高', en: 'high' },
  sampleRatio: { zh: '人数比例检验', en: 'Sample ratio' },
} as const satisfies Readonly<Record<string, Label>>;

export function experimentTables(result: ExperimentResult, language: Language): ListedTable[] {
  return 'variants' in result ? comparisonTables(result, language) : [planTable(result, language)];
}

function planTable(plan: ExperimentPlanResult, language: Language): ListedTable {
  return {
    title: TEXT.plan[language],
    columns: [metricColumn('users_per_variant', language), metricColumn('users_total', language)],
    rows: [[plan.users_per_variant, plan.users_total]],
    emptyNote: LABELS.empty[language],
  };
}

/** What was counted and what it says, the verdict below; then the intervals behind it. */
function comparisonTables(result: ExperimentComparison, language: Language): ListedTable[] {
  const say = (label: Label): string => label[language];
  const isRate = result.metric === 'conversion';
  const kind = isRate ? 'percent' : result.value === 'amount_fen' ? 'money_fen' : 'decimal';
  const measured = isRate ? 'conversion_rate' : 'value_per_user';
  const measure = metricLabel(measured, language);
  const difference = metricLabel('difference', language);
  const hasConversions = result.variants.some(({ conversions }) => conversions !== undefined);
  const value = (figure: number | null | undefined): Cell =>
    figure === null || figure === undefined ? null : kind === 'money_fen' ? Math.round(figure) : figure;
  const column = (id: MetricId, more: MetricColumnChanges = {}): TableColumn =>
    metricColumn(id, language, more);
  const build = (
    title: string,
    columns: readonly TableColumn[],
    cells: (row: ExperimentVariant) => Cell[],
    note: string,
  ): ListedTable => ({
    title,
    columns: [{ key: 'variant', label: say(TEXT.variant), kind: 'text' }, ...columns],
    rows: result.variants.map((row) => [row.variant, ...cells(row)]),
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
        column('experiment_users', { key: 'users' }),
        ...(hasConversions ? [column('converted_users', { key: 'conversions' })] : []),
        column(measured, { key: isRate ? 'rate' : 'mean', kind, decimals: 2 }),
        column('difference', { kind, decimals: 2 }),
        column('lift'),
        column('p_adjusted', { decimals: 4, isProbability: true }),
        ...(isRate ? [column('chance_to_win')] : []),
      ],
      (row) => [
        row.users,
        ...(hasConversions ? [row.conversions ?? null] : []),
        value(isRate ? row.rate : row.mean),
        value(row.difference),
        row.lift,
        row.p_adjusted,
        ...(isRate ? [row.chance_to_win] : []),
      ],
      // Without a variant the remarks stand in place of the rows.
      [result.verdict, ...(result.variants.length === 0 ? [] : result.notes)].join(
        language === 'zh' ? '' : ' ',
      ),
    ),
    build(
      say(TEXT.intervals),
      [
        column(measured, { key: 'low', label: `${measure} ${say(TEXT.low)}`, kind, decimals: 2 }),
        column(measured, { key: 'high', label: `${measure} ${say(TEXT.high)}`, kind, decimals: 2 }),
        column('difference', {
          key: 'difference_low',
          label: `${difference} ${say(TEXT.low)}`,
          kind,
          decimals: 2,
        }),
        column('difference', {
          key: 'difference_high',
          label: `${difference} ${say(TEXT.high)}`,
          kind,
          decimals: 2,
        }),
        column('z', { label: isRate ? 'z' : 't', decimals: 2 }),
        column('p', { decimals: 4, isProbability: true }),
      ],
      (row) => {
        const own = isRate ? row.rate_interval : row.mean_interval;
        return [
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
  const measure = metricLabel(isRate ? 'conversion_rate' : 'value_per_user', language);
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
