import type { Condition } from '../../../formats/index.js';
import type { HeatmapChart } from '../chart-model.js';
import { PALETTE } from '../palette.js';
import type { ReportDocument } from '../report-document.js';
import type { SheetCanvas } from './canvas.js';
import type { Looks } from './looks.js';
import { sheetValueOf } from './values.js';

/** Appends a heatmap as a grid of cells, which the returned condition colours by their values. */
export function appendHeatmap(
  canvas: SheetCanvas,
  chart: HeatmapChart,
  document: Pick<ReportDocument, 'timeZone'>,
  looks: Looks,
): Condition {
  canvas.put(canvas.rowCount, 0, null, 0);
  canvas.put(canvas.rowCount, 0, chart.title, looks.tableTitle);
  const headerRow = canvas.rowCount;
  const convert = sheetValueOf(chart.valueKind, document.timeZone);
  ['', ...chart.columnLabels].forEach((label, index) => {
    canvas.put(headerRow, index, label, looks.gridHeader);
  });
  canvas.height(headerRow, 22);
  chart.values.forEach((cells, index) => {
    const row = canvas.rowCount;
    canvas.put(row, 0, chart.rowLabels[index] ?? '', looks.gridLabel);
    cells.forEach((cell, column) => {
      canvas.put(row, column + 1, convert(cell), looks.gridValue(chart.valueKind));
    });
  });
  const range = {
    firstRow: headerRow + 1,
    lastRow: headerRow + Math.max(1, chart.values.length),
    firstColumn: 1,
    lastColumn: Math.max(1, chart.columnLabels.length),
  };
  return { kind: 'scale', range, low: PALETTE.white, high: PALETTE.bar };
}
