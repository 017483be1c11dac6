import type { PdfChart } from '../../formats/index.js';
import { chartValueText, groupedNumber, valueText } from './cell-text.js';
import type { BarChart, ChartModel, ChartValueKind, LineChart } from './chart-model.js';
import { timeTicks } from './time-ticks.js';

/** What stands on one page and is still read: categories, bars in all of them, rows of a heatmap. */
const MOST_CATEGORIES = 24;
const MOST_BARS = 40;
const MOST_HEATMAP_ROWS = 44;

/** How many categories of a chart are drawn. */
function categoriesShown(chart: BarChart): number {
  const bars = chart.stacked === true ? 1 : Math.max(1, chart.series.length);
  return Math.max(1, Math.min(MOST_CATEGORIES, Math.floor(MOST_BARS / bars)));
}

/** How many categories or rows of a chart are not drawn. */
export function categoriesLeftOut(chart: ChartModel): number {
  if (chart.kind === 'bar') return Math.max(0, chart.categories.length - categoriesShown(chart));
  return chart.kind === 'heatmap' ? Math.max(0, chart.rowLabels.length - MOST_HEATMAP_ROWS) : 0;
}

/** A chart in the words and numbers a document shows. */
export function documentChart(chart: ChartModel, timeZone: string): PdfChart {
  switch (chart.kind) {
    case 'line':
      return lineChart(chart, timeZone);
    case 'bar':
      return barChart(chart);
    case 'funnel':
      return {
        kind: 'funnel',
        title: chart.title,
        ...(chart.countLabel === undefined ? {} : { valueLabel: chart.countLabel }),
        steps: chart.steps.map((step) => ({
          name: step.name,
          count: step.count,
          countText: groupedNumber(step.count, 0),
          fromPreviousText: step.fromPrevious === null ? null : chartValueText(step.fromPrevious, 'percent'),
          fromFirstText: step.fromFirst === null ? null : chartValueText(step.fromFirst, 'percent'),
        })),
      };
    case 'heatmap':
      return {
        kind: 'heatmap',
        title: chart.title,
        rowLabels: chart.rowLabels.slice(0, MOST_HEATMAP_ROWS),
        columnLabels: chart.columnLabels,
        values: chart.values.slice(0, MOST_HEATMAP_ROWS),
        format: formatOf(chart.valueKind, chart.values.flat()),
      };
  }
}

function lineChart(chart: LineChart, timeZone: string): PdfChart {
  const values = chart.series.flatMap((series) => series.values);
  return {
    kind: 'line',
    title: chart.title,
    positions: chart.axis.length,
    ticks: ticksOf(chart, timeZone),
    series: chart.series,
    format: formatOf(chart.valueKind, values),
    axis: axisOf(chart.valueKind, values),
    ...(chart.valueLabel === undefined ? {} : { valueLabel: chart.valueLabel }),
    ...(chart.axisLabel === undefined ? {} : { axisLabel: chart.axisLabel }),
  };
}

function barChart(chart: BarChart): PdfChart {
  const shown = categoriesShown(chart);
  const series = chart.series.map(({ name, values }) => ({ name, values: values.slice(0, shown) }));
  const values = series.flatMap((each) => each.values);
  return {
    kind: 'bar',
    title: chart.title,
    categories: chart.categories.slice(0, shown),
    series,
    format: formatOf(chart.valueKind, values),
    axis: axisOf(chart.valueKind, values),
    direction: chart.direction ?? 'horizontal',
    stacked: chart.stacked ?? false,
    ...(chart.valueLabel === undefined ? {} : { valueLabel: chart.valueLabel }),
  };
}

function ticksOf(chart: LineChart, timeZone: string): { position: number; label: string }[] {
  if (chart.axisKind === 'instant') {
    const instants = chart.axis.map(Number);
    return timeTicks(instants[0] ?? 0, instants.at(-1) ?? 0, timeZone).map(({ instant, label }) => {
      const [first = 0, last = 0] = [instants[0], instants.at(-1)];
      const part = last === first ? 0 : (instant - first) / (last - first);
      return { position: part * (instants.length - 1), label };
    });
  }
  return chart.axis.map((value, position) => ({
    position,
    // the year is in the report's period
    label: chart.axisKind === 'day' ? String(value).slice(5) : String(value),
  }));
}

function greatestOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
}

function axisOf(kind: ChartValueKind, values: readonly (number | null)[]) {
  const wholeNumbers = kind === 'integer';
  if (kind !== 'duration_seconds') return { wholeNumbers };
  return { wholeNumbers: true, roundUnit: greatestOf(values) >= 4 * 3600 ? 3600 : 60 };
}

/** As in tables, but without 分 where the amounts are large: labels of a chart are short. */
function formatOf(kind: ChartValueKind, values: readonly (number | null)[]): (value: number) => string {
  if (kind === 'money_fen' && greatestOf(values) >= 100_00) return (value) => groupedNumber(value / 100, 0);
  if (kind === 'decimal' && greatestOf(values) >= 100) return (value) => groupedNumber(value, 0);
  if (kind === 'decimal' && greatestOf(values) >= 10) return (value) => groupedNumber(value, 1);
  return (value) => valueText(value, kind, { timeZone: 'UTC' });
}
