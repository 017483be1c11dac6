import type { FunnelResult, FunnelStepResult, Language } from '../../../schemas/index.js';
import type { ChartModel } from '../../render/chart-model.js';
import type { ListedTable, TableColumn } from '../../render/table-model.js';
import { LABELS, type Label } from '../labels.js';
import { metricColumn } from '../metric-column.js';

const TEXT = {
  title: { zh: '转化漏斗', en: 'Funnel' },
  breakdown: { zh: '分组漏斗', en: 'Funnel by group' },
  trend: { zh: '漏斗趋势', en: 'Funnel over time' },
  step: { zh: '步骤', en: 'Step' },
  value: { zh: '分组', en: 'Group' },
  period: { zh: '周期', en: 'Period' },
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
        metricColumn('step_viewers', language, { key: 'viewers', emphasis: 'bar' }),
        metricColumn('from_previous', language),
        metricColumn('from_first', language),
        metricColumn('median_seconds', language),
        metricColumn('mean_seconds', language),
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
    tables.push(
      wideTable(say(TEXT.breakdown), say(TEXT.value), 'text', result.steps, rows, language, emptyNote),
    );
  }
  if (result.trend !== undefined) {
    const rows = result.trend.map(({ period, steps }) => ({ head: period, steps }));
    tables.push(wideTable(say(TEXT.trend), say(TEXT.period), 'day', result.steps, rows, language, emptyNote));
  }
  return tables;
}

function wideTable(
  title: string,
  head: string,
  headKind: 'text' | 'day',
  steps: readonly FunnelStepResult[],
  rows: readonly { readonly head: string; readonly steps: readonly FunnelStepResult[] }[],
  language: Language,
  emptyNote: string,
): ListedTable {
  const columns: TableColumn[] = [
    { key: 'value', label: head, kind: headKind },
    ...steps.map((step) =>
      metricColumn('step_viewers', language, { key: `step_${step.step}`, label: step.name }),
    ),
    metricColumn('from_first', language),
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
