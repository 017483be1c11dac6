import type { ColumnKind } from './table-model.js';

/** The neutral charts; each output draws them its own way (native in a workbook, vector in a document). */
export type ChartModel = LineChart | BarChart | FunnelChart | HeatmapChart;

/** What the values of a chart are; the same units as table cells. */
export type ChartValueKind = Exclude<ColumnKind, 'text' | 'instant' | 'day'>;

export interface ChartSeries {
  readonly name: string;
  /** One a position of the axis; `null` is a gap, never zero. */
  readonly values: readonly (number | null)[];
}

/** Several series over one common axis of time: the audience curve. */
export interface LineChart {
  readonly kind: 'line';
  readonly title: string;
  /** `instant`: UTC milliseconds in `axis`; `day`: `YYYY-MM-DD`; `text`: as it stands. Evenly spaced, ascending. */
  readonly axisKind: 'instant' | 'day' | 'text';
  readonly axis: readonly (number | string)[];
  readonly axisLabel?: string;
  readonly series: readonly ChartSeries[];
  readonly valueKind: ChartValueKind;
  readonly valueLabel?: string;
}

/** Categories side by side: channels, departments. */
export interface BarChart {
  readonly kind: 'bar';
  readonly title: string;
  /** Largest first, as they are to be read. */
  readonly categories: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly valueKind: ChartValueKind;
  readonly valueLabel?: string;
  /** Bars lie (the default: category names are long) or stand. */
  readonly direction?: 'horizontal' | 'vertical';
  readonly stacked?: boolean;
}

export interface FunnelStep {
  readonly name: string;
  readonly count: number;
  /** Fraction of the step before; null for the first. */
  readonly fromPrevious: number | null;
  /** Fraction of the first step. */
  readonly fromFirst: number | null;
}

/** How many reach each step, the first on top. */
export interface FunnelChart {
  readonly kind: 'funnel';
  readonly title: string;
  readonly steps: readonly FunnelStep[];
  /** What is counted: 人数. */
  readonly countLabel?: string;
}

/** A grid of values, darker for more: weekday × hour. */
export interface HeatmapChart {
  readonly kind: 'heatmap';
  readonly title: string;
  readonly rowLabels: readonly string[];
  readonly columnLabels: readonly string[];
  /** `values[row][column]`. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly valueKind: ChartValueKind;
}
