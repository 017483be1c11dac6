import { barChartHeight, drawBarChart, type PdfBarChart } from './chart-bar.js';
import { drawFunnel, funnelHeight, type PdfFunnelChart } from './chart-funnel.js';
import { drawHeatmap, heatmapHeight, type PdfHeatmap } from './chart-heatmap.js';
import { drawLineChart, LINE_CHART_HEIGHT, type PdfLineChart } from './chart-line.js';
import type { ChartLook } from './chart-look.js';
import type { PdfDocument } from './document.js';

/** The charts a document draws, ready worded. */
export type PdfChart = PdfLineChart | PdfBarChart | PdfFunnelChart | PdfHeatmap;

const TITLE_HEIGHT = 24;
/** Above a curve without a title: its labels stand inside its frame. */
const NO_TITLE_HEIGHT = 4;

/** Height of a chart with its title, in points: ask before it is placed. */
export function chartHeight(chart: PdfChart, document: PdfDocument): number {
  return titleHeight(chart) + bodyHeight(chart, document.contentWidth);
}

/** Draws a chart over the width of the page at the document's `y`, on one page, and moves `y` below it. */
export function drawChart(document: PdfDocument, chart: PdfChart, look: ChartLook): void {
  document.ensure(chartHeight(chart, document));
  document.text(chart.title, document.margins.left, document.y + 13, {
    size: 11,
    weight: 'bold',
    color: look.ink,
  });
  document.y += titleHeight(chart);
  const frame = {
    x: document.margins.left,
    y: document.y,
    width: document.contentWidth,
    height: bodyHeight(chart, document.contentWidth),
  };
  switch (chart.kind) {
    case 'line':
      drawLineChart(document, chart, frame, look);
      break;
    case 'bar':
      drawBarChart(document, chart, frame, look);
      break;
    case 'funnel':
      drawFunnel(document, chart, frame, look);
      break;
    case 'heatmap':
      drawHeatmap(document, chart, frame, look);
      break;
  }
  document.y = frame.y + frame.height;
}

function titleHeight(chart: PdfChart): number {
  return chart.kind === 'line' && chart.title === '' ? NO_TITLE_HEIGHT : TITLE_HEIGHT;
}

function bodyHeight(chart: PdfChart, width: number): number {
  switch (chart.kind) {
    case 'line':
      return LINE_CHART_HEIGHT;
    case 'bar':
      return barChartHeight(chart);
    case 'funnel':
      return funnelHeight(chart);
    case 'heatmap':
      return heatmapHeight(chart, width);
  }
}
