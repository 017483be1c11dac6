import type { FunnelResult, FunnelStepResult, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { ListedTable, TableColumn } from '../../render/table-model.js';
import { LABELS, type Label } from '../labels.js';

const TEXT = {
  title: { zh: '转化漏斗', en: 'Funnel' },
  breakdown: { zh: '分组漏斗', en: 'Funnel by group' },
  trend: { zh: '漏斗趋势', en: 'Funnel over time' },
  step: { zh: '步骤', en: 'Step' },
  value: { zh: '分组', en: 'Group' },
  period: { zh: '周期', en: 'Period' },
  fromPrevious: { zh: '环节转化率', en: 'From previous' },
  fromFirst: { zh: '总转化率', en: 'From first' },
  median: { zh: '用时中位数', en: 'Median time' },
  mean: { zh: '平均用时', en: 'Mean time' },
} as const satisfies Readonly<Record<string, Label>>;

/** The steps; and, where asked for, one line a group and one a period. */
export function funnelTables(result: FunnelResult, language: Language): ListedTable[] {
  const say = (label: Label): string => label[language];
  const emptyNote = result.notes[0] ?? say(LABELS.empty);
  const note = result.notes.join(' ');
  const tables: ListedTable[] = [
    {
      title: say(TEXT.title),
      columns: [
        { key: 'name', label: say(TEXT.step), kind: 'text' },
        { key: 'viewers', label: say(LABELS.viewers), kind: 'integer', emphasis: 'bar' },
        { key: 'from_previous', label: say(TEXT.fromPrevious), kind: 'percent' },
        { key: 'from_first', label: say(TEXT.fromFirst), kind: 'percent' },
        { key: 'median_seconds', label: say(TEXT.median), kind: 'duration_seconds' },
        { key: 'mean_seconds', label: say(TEXT.mean), kind: 'duration_seconds' },
      ],
      rows: result.steps.map((step, index) => [
        step.name,
        step.viewers,
        rateOver(result.steps[index - 1], step.from_previous),
        rateOver(result.steps[0], step.from_first),
        step.median_seconds,
        step.mean_seconds,
      ]),
      emptyNote,
      ...(note === '' ? {} : { note }),
    },
  ];
  if (result.breakdown !== undefined) {
    const rows = result.breakdown.map(({ value, steps }) => ({ head: value, steps }));
    tables.push(wideTable(say(TEXT.breakdown), say(TEXT.value), 'text', result.steps, rows, say, emptyNote));
  }
  if (result.trend !== undefined) {
    const rows = result.trend.map(({ period, steps }) => ({ head: period, steps }));
    tables.push(wideTable(say(TEXT.trend), say(TEXT.period), 'day', result.steps, rows, say, emptyNote));
  }
  return tables;
}

function wideTable(
  title: string,
  head: string,
  headKind: 'text' | 'day',
  steps: readonly FunnelStepResult[],
  rows: readonly { readonly head: string; readonly steps: readonly FunnelStepResult[] }[],
  say: (label: Label) => string,
  emptyNote: string,
): ListedTable {
  const columns: TableColumn[] = [
    { key: 'value', label: head, kind: headKind },
    ...steps.map((step): TableColumn => ({ key: `step_${step.step}`, label: step.name, kind: 'integer' })),
    { key: 'from_first', label: say(TEXT.fromFirst), kind: 'percent' },
  ];
  return {
    title,
    columns,
    rows: rows.map((row) => [
      row.head,
      ...row.steps.map(({ viewers }) => viewers),
      rateOver(row.steps[0], row.steps.at(-1)?.from_first ?? null),
    ]),
    emptyNote,
  };
}

/** A rate for people: none over nobody, where the result has 0 (PRODUCT §6). */
function rateOver(base: FunnelStepResult | undefined, rate: number | null): number | null {
  return base === undefined || base.viewers === 0 ? null : rate;
}

export function funnelCharts(result: FunnelResult, language: Language): ChartModel[] {
  return [
    {
      kind: 'funnel',
      title: TEXT.title[language],
      steps: result.steps.map((step) => ({
        name: step.name,
        count: step.viewers,
        fromPrevious: step.from_previous,
        fromFirst: step.from_first,
      })),
      countLabel: LABELS.viewers[language],
    },
  ];
}
