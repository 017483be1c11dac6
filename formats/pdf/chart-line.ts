import { valueAxis, type AxisOptions, type ValueAxis } from './chart-axis.js';
import {
  drawLegend,
  LABEL_DROP,
  LABEL_SIZE,
  LEGEND_HEIGHT,
  type ChartFrame,
  type ChartLook,
  type PdfSeries,
} from './chart-look.js';
import type { PathStep, PdfDocument } from './document.js';
import { widthOfText } from './fonts.js';

/** Series over a common axis of evenly spaced positions. */
export interface PdfLineChart {
  readonly kind: 'line';
  readonly title: string;
  readonly positions: number;
  /** What is written below the axis, ascending; labels that would touch are left out. */
  readonly ticks: readonly { readonly position: number; readonly label: string }[];
  readonly series: readonly PdfSeries[];
  format(value: number): string;
  readonly axis: AxisOptions;
  readonly valueLabel?: string;
  readonly axisLabel?: string;
}

export const LINE_CHART_HEIGHT = 215;
const AXIS_HEIGHT = 20;
/** Points closer together than this are drawn as one stroke from their least to their greatest. */
const FINEST = 0.5;
/** The greatest value is marked on up to so many series. */
const MARKED_SERIES = 3;

interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly bottom: number;
  readonly axis: ValueAxis;
  x(position: number): number;
  y(value: number): number;
}

/** Draws the chart into its frame. */
export function drawLineChart(
  document: PdfDocument,
  chart: PdfLineChart,
  frame: ChartFrame,
  look: ChartLook,
): void {
  drawLegend(
    document,
    chart.series.map((series) => series.name),
    frame,
    look,
  );
  const plot = plotOf(chart, frame);
  drawGrid(document, chart, plot, frame, look);
  chart.series.forEach((series, index) => {
    drawSeries(document, series, plot, look.seriesColor(index), chart.series.length === 1);
  });
  if (chart.series.length <= MARKED_SERIES) markPeaks(document, chart, plot, look);
}

function plotOf(chart: PdfLineChart, frame: ChartFrame): Plot {
  const axis = valueAxis(
    chart.series.flatMap((series) => series.values),
    chart.axis,
  );
  const labels = Math.max(
    ...axis.marks.map((mark) => widthOfText(chart.format(mark), LABEL_SIZE, 'regular')),
  );
  const left = frame.x + labels + 8;
  const width = frame.x + frame.width - 10 - left;
  const top = frame.y + LEGEND_HEIGHT + 12;
  const bottom = frame.y + frame.height - AXIS_HEIGHT - (chart.axisLabel === undefined ? 0 : 12);
  return {
    left,
    top,
    width,
    bottom,
    axis,
    x: (position) => left + (chart.positions < 2 ? width / 2 : (position / (chart.positions - 1)) * width),
    y: (value) => bottom - ((value - axis.low) / (axis.high - axis.low)) * (bottom - top),
  };
}

function drawGrid(
  document: PdfDocument,
  chart: PdfLineChart,
  plot: Plot,
  frame: ChartFrame,
  look: ChartLook,
): void {
  const style = { size: LABEL_SIZE, color: look.muted };
  for (const mark of plot.axis.marks) {
    const y = plot.y(mark);
    const strong = mark === 0;
    document.line(plot.left, y, plot.left + plot.width, y, {
      stroke: strong ? look.muted : look.line,
      strokeWidth: strong ? 0.7 : 0.5,
    });
    document.text(chart.format(mark), plot.left - 6, y + LABEL_DROP, style, 'right');
  }
  let free = frame.x;
  for (const tick of chart.ticks) {
    const x = plot.x(tick.position);
    const half = widthOfText(tick.label, LABEL_SIZE, 'regular') / 2;
    const centre = Math.min(x, frame.x + frame.width - half);
    if (centre - half < free) continue;
    document.line(x, plot.bottom, x, plot.bottom + 3, { stroke: look.muted, strokeWidth: 0.6 });
    document.text(tick.label, centre, plot.bottom + 13, style, 'center');
    free = centre + half + 8;
  }
  if (chart.axisLabel !== undefined) {
    document.text(chart.axisLabel, plot.left + plot.width, plot.bottom + 25, style, 'right');
  }
  if (chart.valueLabel !== undefined) {
    document.text(
      chart.valueLabel,
      frame.x + frame.width,
      frame.y + LEGEND_HEIGHT / 2 - 3 + LABEL_DROP,
      style,
      'right',
    );
  }
}

function drawSeries(
  document: PdfDocument,
  series: PdfSeries,
  plot: Plot,
  color: string,
  filled: boolean,
): void {
  for (const stretch of stretches(series.values)) {
    const points = thinned(stretch, plot);
    const [first] = points;
    const last = points.at(-1);
    if (first === undefined || last === undefined) continue;
    if (points.length === 1) {
      document.circle(first.x, first.y, 1.8, { fill: color });
      continue;
    }
    const steps: PathStep[] = points.map((point, index) => ({ to: index === 0 ? 'move' : 'line', ...point }));
    if (filled) {
      const base = plot.y(Math.max(0, plot.axis.low));
      const area: PathStep[] = [
        ...steps,
        { to: 'line', x: last.x, y: base },
        { to: 'line', x: first.x, y: base },
      ];
      document.path(area, { fill: color, opacity: 0.12 }, true);
    }
    document.path(steps, { stroke: color, strokeWidth: 1.5 });
  }
}

interface Sample {
  readonly position: number;
  readonly value: number;
}

/** The pieces between gaps. */
function stretches(values: readonly (number | null)[]): Sample[][] {
  const found: Sample[][] = [];
  let current: Sample[] = [];
  values.forEach((value, position) => {
    if (value !== null && Number.isFinite(value)) current.push({ position, value });
    else if (current.length > 0) {
      found.push(current);
      current = [];
    }
  });
  if (current.length > 0) found.push(current);
  return found;
}

function thinned(samples: readonly Sample[], plot: Plot): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = [];
  let bucket: Sample[] = [];
  const flush = () => {
    const [first] = bucket;
    if (first === undefined) return;
    let least = first;
    let greatest = first;
    for (const sample of bucket) {
      if (sample.value < least.value) least = sample;
      if (sample.value > greatest.value) greatest = sample;
    }
    const ends = least === greatest ? [least] : [least, greatest].sort((a, b) => a.position - b.position);
    for (const sample of ends) points.push({ x: plot.x(sample.position), y: plot.y(sample.value) });
    bucket = [];
  };
  for (const sample of samples) {
    const start = bucket[0];
    if (start !== undefined && plot.x(sample.position) - plot.x(start.position) > FINEST) flush();
    bucket.push(sample);
  }
  flush();
  return points;
}

function markPeaks(document: PdfDocument, chart: PdfLineChart, plot: Plot, look: ChartLook): void {
  const taken: { left: number; right: number; y: number }[] = [];
  chart.series.forEach((series, index) => {
    const peak = stretches(series.values)
      .flat()
      .reduce<Sample | null>(
        (best, sample) => (best === null || sample.value > best.value ? sample : best),
        null,
      );
    if (peak === null || peak.value <= 0) return;
    const text = chart.format(peak.value);
    const half = widthOfText(text, LABEL_SIZE, 'bold') / 2;
    const x = Math.min(Math.max(plot.x(peak.position), plot.left + half), plot.left + plot.width - half);
    const y = plot.y(peak.value);
    document.circle(plot.x(peak.position), y, 2.4, {
      fill: look.seriesColor(index),
      stroke: look.white,
      strokeWidth: 0.8,
    });
    const touches = taken.some(
      (box) => x + half > box.left && x - half < box.right && Math.abs(box.y - y) < 11,
    );
    if (touches) return;
    taken.push({ left: x - half - 3, right: x + half + 3, y });
    document.text(
      text,
      x,
      y - 5.5,
      { size: LABEL_SIZE, weight: 'bold', color: look.seriesColor(index) },
      'center',
    );
  });
}
