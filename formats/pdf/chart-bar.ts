import { valueAxis, type AxisOptions } from './chart-axis.js';
import {
  drawLegend,
  LABEL_DROP,
  LABEL_SIZE,
  LEGEND_HEIGHT,
  type ChartFrame,
  type ChartLook,
  type PdfSeries,
} from './chart-look.js';
import type { PdfDocument } from './document.js';
import { widthOfText } from './fonts.js';
import { shorten } from './line-break.js';

/** Categories compared by the length of bars. */
export interface PdfBarChart {
  readonly kind: 'bar';
  readonly title: string;
  readonly categories: readonly string[];
  readonly series: readonly PdfSeries[];
  format(value: number): string;
  readonly axis: AxisOptions;
  readonly direction: 'horizontal' | 'vertical';
  readonly stacked: boolean;
  readonly valueLabel?: string;
}

const STANDING_HEIGHT = 210;
const BAR = 11;
const GAP_IN_GROUP = 2;
const GAP_OF_GROUPS = 9;

/** Height the chart needs. */
export function barChartHeight(chart: PdfBarChart): number {
  const legend = hasLegend(chart) ? LEGEND_HEIGHT : 0;
  if (chart.direction === 'vertical') return STANDING_HEIGHT + legend;
  return legend + chart.categories.length * groupPitch(chart) + 4;
}

/** Draws the chart into its frame. */
export function drawBarChart(
  document: PdfDocument,
  chart: PdfBarChart,
  frame: ChartFrame,
  look: ChartLook,
): void {
  const legend = hasLegend(chart) ? LEGEND_HEIGHT : 0;
  if (legend > 0) {
    drawLegend(
      document,
      chart.series.map((series) => series.name),
      frame,
      look,
    );
  }
  if (chart.valueLabel !== undefined) {
    // on the line of the title when there is no legend
    const middle = legend > 0 ? frame.y + legend / 2 - 3 : frame.y - 14;
    document.text(
      chart.valueLabel,
      frame.x + frame.width,
      middle + LABEL_DROP,
      { size: LABEL_SIZE, color: look.muted },
      'right',
    );
  }
  const body = { ...frame, y: frame.y + legend, height: frame.height - legend };
  if (chart.direction === 'vertical') drawStanding(document, chart, body, look);
  else drawLying(document, chart, body, look);
}

function hasLegend(chart: PdfBarChart): boolean {
  return chart.series.length > 1;
}

function barsInGroup(chart: PdfBarChart): number {
  return chart.stacked ? 1 : Math.max(1, chart.series.length);
}

function groupPitch(chart: PdfBarChart): number {
  const bars = barsInGroup(chart);
  return bars * BAR + (bars - 1) * GAP_IN_GROUP + GAP_OF_GROUPS;
}

/** From where to where each series' bar of a category reaches. */
function spans(
  chart: PdfBarChart,
  category: number,
): { readonly from: number; readonly to: number; readonly value: number | null }[] {
  let above = 0;
  let below = 0;
  return chart.series.map((series) => {
    const value = series.values[category] ?? null;
    const length = value !== null && Number.isFinite(value) ? value : 0;
    const from = chart.stacked ? (length < 0 ? below : above) : 0;
    if (length < 0) below += length;
    else above += length;
    return { from, to: from + length, value };
  });
}

function axisOf(chart: PdfBarChart) {
  const ends = chart.categories.flatMap((_, category) => spans(chart, category).map((span) => span.to));
  return valueAxis(ends, chart.axis);
}

function drawLying(document: PdfDocument, chart: PdfBarChart, frame: ChartFrame, look: ChartLook): void {
  const names = chart.categories.map((name) => shorten(name, frame.width * 0.3, LABEL_SIZE + 0.5, 'regular'));
  const nameWidth = Math.max(0, ...names.map((name) => widthOfText(name, LABEL_SIZE + 0.5, 'regular')));
  const ends = chart.categories.flatMap((_, category) => spans(chart, category));
  const valueWidth = Math.max(
    0,
    ...ends.map((span) => widthOfText(endText(chart, span), LABEL_SIZE, 'regular')),
  );
  const low = Math.min(0, ...ends.map((span) => span.to));
  const high = Math.max(0, ...ends.map((span) => span.to));
  const left = frame.x + nameWidth + 10 + (low < 0 ? valueWidth + 5 : 0);
  const room = frame.x + frame.width - valueWidth - 6 - left;
  const x = (value: number) => left + (high === low ? 0 : ((value - low) / (high - low)) * room);
  const pitch = groupPitch(chart);
  chart.categories.forEach((_, category) => {
    const top = frame.y + category * pitch + GAP_OF_GROUPS / 2;
    const middle = top + (pitch - GAP_OF_GROUPS) / 2;
    document.text(
      names[category] ?? '',
      frame.x + nameWidth,
      middle + LABEL_DROP,
      { size: LABEL_SIZE + 0.5, color: look.ink },
      'right',
    );
    const reach = spans(chart, category);
    reach.forEach((span, index) => {
      const y = top + (chart.stacked ? 0 : index * (BAR + GAP_IN_GROUP));
      const begin = x(Math.min(span.from, span.to));
      const end = x(Math.max(span.from, span.to));
      if (end > begin)
        document.rect(begin, y, end - begin, BAR, { fill: look.seriesColor(index) }, chart.stacked ? 0 : 1.5);
      if (!chart.stacked) drawEnd(document, chart, span, span.to < 0 ? begin : end, y, look);
    });
    if (chart.stacked) {
      const total = reach.reduce((sum, span) => sum + (span.value ?? 0), 0);
      drawEnd(
        document,
        chart,
        { to: total, value: total },
        x(Math.max(0, ...reach.map((span) => span.to))),
        top,
        look,
      );
    }
  });
  document.line(x(0), frame.y, x(0), frame.y + chart.categories.length * pitch, {
    stroke: look.muted,
    strokeWidth: 0.6,
  });
}

function endText(chart: PdfBarChart, span: { readonly value: number | null }): string {
  return span.value === null ? '–' : chart.format(span.value);
}

function drawEnd(
  document: PdfDocument,
  chart: PdfBarChart,
  span: { readonly to: number; readonly value: number | null },
  x: number,
  top: number,
  look: ChartLook,
): void {
  const before = span.to < 0;
  document.text(
    endText(chart, span),
    before ? x - 4 : x + 4,
    top + BAR / 2 + LABEL_DROP,
    { size: LABEL_SIZE, color: look.muted },
    before ? 'right' : 'left',
  );
}

function drawStanding(document: PdfDocument, chart: PdfBarChart, frame: ChartFrame, look: ChartLook): void {
  const axis = axisOf(chart);
  const labels = Math.max(
    ...axis.marks.map((mark) => widthOfText(chart.format(mark), LABEL_SIZE, 'regular')),
  );
  const left = frame.x + labels + 8;
  const width = frame.x + frame.width - left;
  const top = frame.y + 10;
  const bottom = frame.y + frame.height - 20;
  const y = (value: number) => bottom - ((value - axis.low) / (axis.high - axis.low)) * (bottom - top);
  for (const mark of axis.marks) {
    const strong = mark === 0;
    document.line(left, y(mark), left + width, y(mark), {
      stroke: strong ? look.muted : look.line,
      strokeWidth: strong ? 0.7 : 0.5,
    });
    document.text(
      chart.format(mark),
      left - 6,
      y(mark) + LABEL_DROP,
      { size: LABEL_SIZE, color: look.muted },
      'right',
    );
  }
  const pitch = width / Math.max(1, chart.categories.length);
  const bars = barsInGroup(chart);
  const thickness = Math.min(26, (pitch * 0.68) / bars);
  const widestName = Math.max(0, ...chart.categories.map((name) => widthOfText(name, LABEL_SIZE, 'regular')));
  // names that cannot stand side by side: every second, third … is written
  const every = Math.max(1, Math.ceil(Math.min(widestName, 60) / Math.max(1, pitch - 4)));
  chart.categories.forEach((name, category) => {
    const centre = left + (category + 0.5) * pitch;
    spans(chart, category).forEach((span, index) => {
      const x = centre - (bars * thickness) / 2 + (chart.stacked ? 0 : index * thickness);
      const high = y(Math.max(span.from, span.to));
      const height = y(Math.min(span.from, span.to)) - high;
      if (height > 0)
        document.rect(x, high, Math.max(1, thickness - 1.5), height, { fill: look.seriesColor(index) });
      const text = endText(chart, span);
      if (bars === 1 && !chart.stacked && widthOfText(text, LABEL_SIZE, 'regular') < pitch) {
        const half = widthOfText(text, LABEL_SIZE, 'regular') / 2 + 2;
        // no grid line through the figure
        document.rect(centre - half, high - 12, 2 * half, 11, { fill: look.white });
        document.text(text, centre, high - 4, { size: LABEL_SIZE, color: look.muted }, 'center');
      }
    });
    if (category % every === 0) {
      const shown = shorten(name, pitch * every - 4, LABEL_SIZE, 'regular');
      document.text(shown, centre, bottom + 13, { size: LABEL_SIZE, color: look.ink }, 'center');
    }
  });
}
