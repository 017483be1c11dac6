import { describe, expect, it } from 'vitest';
import { chartHeight, PdfDocument } from '../../../formats/index.js';
import type { BarChart, ChartModel } from '../../../reports/render/chart-model.js';
import { categoriesLeftOut, documentChart } from '../../../reports/render/document-chart.js';
import { MARGINS } from '../../../reports/render/document-look.js';

const pdf = new PdfDocument({
  metadata: { title: '', subject: '', creator: 'c', language: 'zh-CN', createdAt: 0 },
  margins: MARGINS,
  userPassword: null,
});
const page = pdf.contentBottom - MARGINS.top;
const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

function bars(categories: number, series: number, stacked = false): BarChart {
  return {
    kind: 'bar',
    title: '',
    categories: names(categories),
    series: names(series).map((name) => ({ name, values: names(categories).map((_, index) => index) })),
    valueKind: 'integer',
    stacked,
  };
}

describe('documentChart', () => {
  it('stands on one page, however much there is, and counts what is left out', () => {
    const charts: ChartModel[] = [
      ...[1, 2, 3, 4, 7, 12, 40].flatMap((series) => [bars(500, series), bars(500, series, true)]),
      {
        kind: 'funnel',
        title: '',
        steps: names(60).map((name) => ({ name, count: 1, fromPrevious: null, fromFirst: null })),
      },
      {
        kind: 'heatmap',
        title: '',
        rowLabels: names(500),
        columnLabels: ['1'],
        values: names(500).map(() => [1]),
        valueKind: 'integer',
      },
    ];
    for (const chart of charts) {
      const shown = documentChart(chart, 'Asia/Shanghai');
      expect(chartHeight(shown, pdf)).toBeLessThanOrEqual(page);
      if (shown.kind === 'bar') expect(shown.categories.length + categoriesLeftOut(chart)).toBe(500);
      if (shown.kind === 'heatmap') expect(shown.rowLabels.length + categoriesLeftOut(chart)).toBe(500);
    }
    expect(categoriesLeftOut(bars(24, 1))).toBe(0);
  });

  it('writes values in the unit people read', () => {
    const format = (chart: ChartModel, value: number) => {
      const shown = documentChart(chart, 'Asia/Shanghai');
      return shown.kind === 'funnel' ? '' : shown.format(value);
    };
    const of = (valueKind: BarChart['valueKind'], value: number): BarChart => ({
      ...bars(1, 1),
      series: [{ name: 's', values: [value] }],
      valueKind,
    });
    expect(format(of('money_fen', 123_456_700), 123_456_700)).toBe('1,234,567');
    expect(format(of('money_fen', 150), 150)).toBe('1.50');
    expect(format(of('percent', 0.5), 0.123)).toBe('12.3%');
    expect(format(of('duration_seconds', 4000), 3723)).toBe('1:02:03');
    expect(format(of('integer', 1), 12_345)).toBe('12,345');
  });

  it('places round times of the report zone between the minutes', () => {
    const start = Date.UTC(2026, 8, 10, 12, 7, 30);
    const chart = documentChart(
      {
        kind: 'line',
        title: '',
        axisKind: 'instant',
        axis: Array.from({ length: 61 }, (_, minute) => start + minute * 60_000),
        series: [{ name: 's', values: [] }],
        valueKind: 'integer',
      },
      'Asia/Shanghai',
    );
    if (chart.kind !== 'line') throw new Error('a line chart became something else');
    expect(chart.ticks[0]).toEqual({ position: 2.5, label: '20:10' });
  });
});
