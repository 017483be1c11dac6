import type { ChartPlace, NativeChart, NativeSeries, SheetPlan } from '../../../formats/index.js';
import { sheetRange, textWidth } from '../../../formats/index.js';
import { UNKNOWN_TEXT, valueText } from '../cell-text.js';
import type { BarChart, ChartModel, FunnelChart, LineChart } from '../chart-model.js';
import { PALETTE, seriesColor } from '../palette.js';
import type { ReportDocument } from '../report-document.js';
import type { Cell, ColumnKind, TableCells, TableColumn } from '../table-model.js';
import { say } from '../wording.js';
import { SheetCanvas } from './canvas.js';
import type { Looks } from './looks.js';
import { numberFormatOf } from './looks.js';
import { layOutTable, widestOf } from './table.js';
import { sheetValueOf } from './values.js';

/** Charts a spreadsheet draws itself; a heatmap is a grid of coloured cells instead. */
export type DrawnChart = LineChart | BarChart | FunnelChart;

export function isDrawn(chart: ChartModel): chart is DrawnChart {
  return chart.kind !== 'heatmap';
}

interface ChartTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableCells[];
  /** The columns that are drawn; the first column holds the categories. */
  readonly drawn: readonly number[];
}

/** The sheet that holds the figures behind all charts, and the charts that refer to it. */
export class ChartData {
  readonly #canvas = new SheetCanvas();
  #widths: readonly number[] = [];

  constructor(
    readonly sheetName: string,
    private readonly document: ReportDocument,
    private readonly looks: Looks,
  ) {}

  get isEmpty(): boolean {
    return this.#canvas.rowCount === 0;
  }

  /** Writes the figures of a chart down and gives the chart that draws them. */
  add(chart: DrawnChart, place: ChartPlace): NativeChart {
    const table = this.#tableOf(chart);
    const laidOut = layOutTable(
      { title: chart.title, columns: table.columns, rows: table.rows, emptyNote: '' },
      table.rows,
      this.document,
      this.looks,
    );
    if (this.#canvas.rowCount > 0) this.#canvas.put(this.#canvas.rowCount, 0, null, 0);
    this.#canvas.put(this.#canvas.rowCount, 0, chart.title, this.looks.tableTitle);
    const headerRow = this.#canvas.rowCount;
    this.#canvas.append([laidOut.header(), ...laidOut.rows(table.rows)]);
    this.#widths = widestOf([this.#widths, laidOut.columnWidths]);
    return this.#native(chart, table, headerRow, place);
  }

  /** The sheet itself. */
  plan(): SheetPlan {
    return {
      name: this.sheetName,
      rows: this.#canvas.rows(),
      columnWidths: this.#widths,
      gridLines: false,
      freeze: { rows: 0, columns: 1 },
      tabColor: PALETTE.line,
    };
  }

  #tableOf(chart: DrawnChart): ChartTable {
    const { language } = this.document;
    switch (chart.kind) {
      case 'line':
        return seriesTable(
          { key: 'axis', label: chart.axisLabel ?? say(language, 'time'), kind: chart.axisKind },
          chart.axis,
          chart,
        );
      case 'bar':
        return seriesTable(
          { key: 'axis', label: say(language, 'category'), kind: 'text' },
          chart.categories,
          chart,
        );
      case 'funnel':
        return {
          columns: [
            { key: 'step', label: say(language, 'step'), kind: 'text' },
            { key: 'count', label: chart.countLabel ?? say(language, 'viewers'), kind: 'integer' },
            { key: 'from_previous', label: say(language, 'fromPrevious'), kind: 'percent' },
            { key: 'from_first', label: say(language, 'fromFirst'), kind: 'percent' },
          ],
          rows: chart.steps.map((step) => [funnelLabel(step), step.count, step.fromPrevious, step.fromFirst]),
          drawn: [1],
        };
    }
  }

  #native(chart: DrawnChart, table: ChartTable, headerRow: number, place: ChartPlace): NativeChart {
    const { timeZone } = this.document;
    const lastRow = headerRow + Math.max(1, table.rows.length);
    const range = (column: number, firstRow: number, toRow: number) =>
      sheetRange(this.sheetName, { firstRow, lastRow: toRow, firstColumn: column, lastColumn: column });
    const cells = (column: number, kind: ColumnKind) => {
      const convert = sheetValueOf(kind, timeZone);
      return table.rows.map((row): Cell => {
        const value = convert(row[column] ?? null);
        return typeof value === 'boolean' ? null : value;
      });
    };
    const axisKind = table.columns[0]?.kind ?? 'text';
    const valueKind = chart.kind === 'funnel' ? 'integer' : chart.valueKind;
    const series = table.drawn.map((column, index): NativeSeries => ({
      name: table.columns[column]?.label ?? '',
      nameRange: range(column, headerRow, headerRow),
      range: range(column, headerRow + 1, lastRow),
      values: cells(column, valueKind).map((value) => (typeof value === 'number' ? value : null)),
      color: seriesColor(index),
    }));
    const categoryFormat = axisFormat(chart);
    const lying = chart.kind === 'funnel' || (chart.kind === 'bar' && chart.direction !== 'vertical');
    return {
      kind: chart.kind === 'line' ? 'line' : lying ? 'bar' : 'column',
      title: chart.title,
      categories: { range: range(0, headerRow + 1, lastRow), values: cells(0, axisKind) },
      ...(categoryFormat === undefined ? {} : { categoryFormat }),
      series,
      valueFormat: chartFormat(valueKind),
      ...(chart.kind === 'bar' && chart.stacked === true ? { stacked: true } : {}),
      ...(chart.kind !== 'line' && series.length === 1 ? { labels: true, valueAxis: false } : {}),
      ...(chart.kind === 'funnel' ? { gapPercent: 30 } : {}),
      place,
      description: `${chart.title}: ${series.map(({ name }) => name).join(', ')}`,
    };
  }
}

function seriesTable(
  axis: TableColumn,
  categories: readonly Cell[],
  chart: LineChart | BarChart,
): ChartTable {
  return {
    columns: [
      axis,
      ...chart.series.map(({ name }, index): TableColumn => ({
        key: `series_${String(index)}`,
        label: name,
        kind: chart.valueKind,
      })),
    ],
    rows: categories.map((category, row) => [
      category,
      ...chart.series.map(({ values }) => values[row] ?? null),
    ]),
    drawn: chart.series.map((_, index) => index + 1),
  };
}

/** A step with its share of the first, since a bar of a spreadsheet shows one figure only. */
function funnelLabel(step: FunnelChart['steps'][number]): string {
  const share = valueText(step.fromFirst, 'percent', { timeZone: 'UTC' });
  return share === UNKNOWN_TEXT ? step.name : `${step.name} ${share}`;
}

/** Axes have room for a time or a day, not for both. */
function axisFormat(chart: DrawnChart): string | undefined {
  if (chart.kind !== 'line' || chart.axisKind === 'text') return undefined;
  if (chart.axisKind === 'day') return 'mm-dd';
  const first = chart.axis[0];
  const last = chart.axis.at(-1);
  const span = typeof first === 'number' && typeof last === 'number' ? last - first : 0;
  return span > 36 * 3_600_000 ? 'mm-dd hh:mm' : 'hh:mm';
}

/** Charts show whole 元. */
function chartFormat(kind: ColumnKind): string {
  if (kind === 'money_fen') return '#,##0';
  if (kind === 'duration_seconds') return '[h]:mm';
  return numberFormatOf(kind) ?? 'General';
}

/** The width that shows a chart's texts, in pixels. */
export function chartWidth(chart: DrawnChart): number {
  const longest = chart.kind === 'bar' ? Math.max(0, ...chart.categories.map(textWidth)) : 0;
  return longest > 24 ? 640 : 560;
}

/** The height that gives every bar room, in pixels. */
export function chartHeight(chart: DrawnChart): number {
  if (chart.kind === 'line' || (chart.kind === 'bar' && chart.direction === 'vertical')) return 300;
  const bars =
    chart.kind === 'funnel'
      ? chart.steps.length
      : chart.categories.length * (chart.stacked === true ? 1 : chart.series.length);
  return Math.min(640, Math.max(240, 90 + bars * 30));
}
