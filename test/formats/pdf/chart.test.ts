import { describe, expect, it } from 'vitest';
import { valueAxis } from '../../../formats/pdf/chart-axis.js';
import type { ChartLook } from '../../../formats/pdf/chart-look.js';
import { chartHeight, drawChart, type PdfChart } from '../../../formats/pdf/chart.js';
import { PdfDocument } from '../../../formats/pdf/document.js';
import { collect, lacksPdfTools, pageTexts, qpdfCheck } from './poppler.js';

const LOOK: ChartLook = {
  ink: '000000',
  muted: '777777',
  line: 'DDDDDD',
  primary: '0B5F59',
  tint: 'E3F1EF',
  white: 'FFFFFF',
  seriesColor: () => '0F8B80',
};
const format = (value: number) => String(value);
const axis = { wholeNumbers: true };

async function textOf(chart: PdfChart): Promise<string> {
  const pdf = new PdfDocument({
    metadata: { title: 't', subject: '', creator: 'c', language: 'zh-CN', createdAt: 0 },
    margins: { top: 60, bottom: 50, left: 40, right: 40 },
    userPassword: null,
  });
  const before = pdf.y;
  drawChart(pdf, chart, LOOK);
  expect(pdf.y).toBeCloseTo(before + chartHeight(chart, pdf), 6);
  const bytes = await collect(pdf.finish());
  expect(qpdfCheck(bytes)).toContain('No syntax');
  // a number that is none would be written as such
  expect(bytes.includes('NaN')).toBe(false);
  return pageTexts(bytes).join('\n');
}

describe('valueAxis', () => {
  it('is round, begins at zero and reaches over the greatest value', () => {
    for (let exponent = -3; exponent < 12; exponent += 0.37) {
      const greatest = 10 ** exponent;
      const { low, high, marks } = valueAxis([greatest, null, 0], { wholeNumbers: false });
      expect(low).toBe(0);
      expect(high).toBeGreaterThanOrEqual(greatest * (1 - 1e-9));
      expect(marks.length).toBeGreaterThanOrEqual(3);
      expect(marks.length).toBeLessThanOrEqual(6);
    }
  });

  it('keeps people whole and seconds on minutes', () => {
    expect(valueAxis([2], axis).marks).toEqual([0, 1, 2]);
    expect(
      valueAxis([1000], { wholeNumbers: true, roundUnit: 60 }).marks.every((mark) => mark % 60 === 0),
    ).toBe(true);
  });

  it('reaches below zero for negative values, and stands for nothing at all', () => {
    expect(valueAxis([-30, 50], axis).low).toBeLessThanOrEqual(-30);
    expect(valueAxis([], axis)).toEqual({ low: 0, high: 1, marks: [0, 1] });
    expect(valueAxis([null, Number.NaN], axis).high).toBe(1);
  });
});

describe.skipIf(lacksPdfTools())('drawChart', () => {
  it('writes what a funnel says, rare characters and emoji too', async () => {
    const text = await textOf({
      kind: 'funnel',
      title: '漏斗𠮷🎉',
      steps: [
        { name: '进入', count: 200, countText: '200 人', fromPreviousText: null, fromFirstText: '100.0%' },
        { name: '购买', count: 0, countText: '0 人', fromPreviousText: '0.0%', fromFirstText: '0.0%' },
      ],
    });
    for (const part of ['漏斗𠮷🎉', '进入', '购买', '200 人', '▼ 0.0%', '100.0%'])
      expect(text).toContain(part);
  });

  it('marks the peak of each line and the ticks that have room', async () => {
    const values = Array.from({ length: 5000 }, (_, index) => (index === 2500 ? 987 : index % 500));
    const ticks = values.map((_, position) => ({ position, label: `t${position}` }));
    const text = await textOf({
      kind: 'line',
      title: '曲线',
      positions: 5000,
      ticks,
      series: [{ name: '甲', values }],
      format,
      axis,
    });
    expect(text).toContain('987');
    expect(text).toContain('t0');
    expect(text.match(/t\d+/g)?.length).toBeLessThan(40);
  });

  it('names every bar with its value, unknown ones as –', async () => {
    const text = await textOf({
      kind: 'bar',
      title: '渠道',
      categories: ['海报', '社群', '退款'],
      series: [{ name: '人数', values: [12, null, -7] }],
      format,
      axis,
      direction: 'horizontal',
      stacked: false,
    });
    for (const part of ['海报', '12', '–', '-7']) expect(text).toContain(part);
  });

  const edge: Record<string, PdfChart> = {
    'line without points': { kind: 'line', title: '空', positions: 0, ticks: [], series: [], format, axis },
    'line of one point': {
      kind: 'line',
      title: '一',
      positions: 1,
      ticks: [{ position: 0, label: '20:00' }],
      series: [{ name: 'a', values: [3] }],
      format,
      axis,
    },
    'line of gaps': {
      kind: 'line',
      title: '缺',
      positions: 4,
      ticks: [],
      series: [{ name: 'a', values: [null, 3, null, null] }],
      format,
      axis,
    },
    'line of zeros': {
      kind: 'line',
      title: '零',
      positions: 3,
      ticks: [],
      series: [{ name: 'a', values: [0, 0, 0] }],
      format,
      axis,
    },
    'no bars': {
      kind: 'bar',
      title: '无',
      categories: [],
      series: [],
      format,
      axis,
      direction: 'horizontal',
      stacked: false,
    },
    'standing without values': {
      kind: 'bar',
      title: '无',
      categories: ['a', 'b'],
      series: [{ name: 's', values: [null, null] }],
      format,
      axis,
      direction: 'vertical',
      stacked: true,
    },
    'stacked with negatives': {
      kind: 'bar',
      title: '叠',
      categories: ['a'],
      series: [
        { name: 's', values: [3] },
        { name: 't', values: [-2] },
      ],
      format,
      axis,
      direction: 'horizontal',
      stacked: true,
    },
    'empty funnel': { kind: 'funnel', title: '无', steps: [] },
    'empty heatmap': { kind: 'heatmap', title: '无', rowLabels: [], columnLabels: [], values: [], format },
    'heatmap of nulls': {
      kind: 'heatmap',
      title: '空',
      rowLabels: ['a'],
      columnLabels: ['1', '2'],
      values: [[null, null]],
      format,
    },
    'heatmap of a day of minutes': {
      kind: 'heatmap',
      title: '密',
      rowLabels: ['a', 'b'],
      columnLabels: Array.from({ length: 600 }, (_, index) => String(index)),
      values: [[1], [2]],
      format,
    },
  };
  it.each(Object.keys(edge))('draws %s', async (name) => {
    const chart = edge[name];
    if (chart === undefined) throw new Error(`no chart ${name}`);
    expect(await textOf(chart)).toContain(chart.title);
  });
});
