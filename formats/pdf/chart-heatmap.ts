import { LABEL_DROP, LABEL_SIZE, type ChartFrame, type ChartLook } from './chart-look.js';
import type { PdfDocument } from './document.js';
import { widthOfText } from './fonts.js';
import { shorten } from './line-break.js';

/** A grid, darker for more. */
export interface PdfHeatmap {
  readonly kind: 'heatmap';
  readonly title: string;
  readonly rowLabels: readonly string[];
  readonly columnLabels: readonly string[];
  /** `values[row][column]`; null: not known, drawn as an empty frame. */
  readonly values: readonly (readonly (number | null)[])[];
  format(value: number): string;
}

const COLUMN_LABELS = 18;
const SCALE_HEIGHT = 24;
const VALUE_SIZE = 7.5;
/** Figures that would have to be smaller are left out, all of them. */
const LEAST_VALUE_SIZE = 6;

interface Grid {
  readonly left: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly greatest: number;
  /** Of the figures in the cells; null: none are written. */
  readonly valueSize: number | null;
}

/** Height the chart needs. */
export function heatmapHeight(chart: PdfHeatmap, width: number): number {
  return COLUMN_LABELS + chart.rowLabels.length * gridOf(chart, 0, width).cellHeight + SCALE_HEIGHT;
}

function gridOf(chart: PdfHeatmap, x: number, width: number): Grid {
  const widest = Math.max(0, ...chart.rowLabels.map((label) => widthOfText(label, LABEL_SIZE, 'regular')));
  const left = x + Math.min(widest, width * 0.25) + 8;
  const cellWidth = (x + width - left) / Math.max(1, chart.columnLabels.length);
  // a tall grid must still fit one page
  const cellHeight = Math.min(20, Math.max(14, cellWidth), 620 / Math.max(1, chart.rowLabels.length));
  const greatest = Math.max(0, ...chart.values.flat().filter((value) => value !== null));
  const room = (cellWidth - 3) / Math.max(1e-9, widthOfText(chart.format(greatest), 1, 'regular'));
  const valueSize = room < LEAST_VALUE_SIZE || cellHeight < 11 ? null : Math.min(VALUE_SIZE, room);
  return { left, cellWidth, cellHeight, greatest, valueSize };
}

/** Draws the chart into its frame. */
export function drawHeatmap(
  document: PdfDocument,
  chart: PdfHeatmap,
  frame: ChartFrame,
  look: ChartLook,
): void {
  const grid = gridOf(chart, frame.x, frame.width);
  drawColumnLabels(document, chart, frame, grid, look);
  const top = frame.y + COLUMN_LABELS;
  chart.rowLabels.forEach((label, row) => {
    const y = top + row * grid.cellHeight;
    const shown = shorten(label, grid.left - frame.x - 8, LABEL_SIZE, 'regular');
    document.text(
      shown,
      grid.left - 6,
      y + grid.cellHeight / 2 + LABEL_DROP,
      { size: LABEL_SIZE, color: look.ink },
      'right',
    );
    chart.columnLabels.forEach((_, column) => {
      drawCell(
        document,
        chart,
        chart.values[row]?.[column] ?? null,
        grid.left + column * grid.cellWidth,
        y,
        grid,
        look,
      );
    });
  });
  drawScale(document, chart, frame, grid, look);
}

function drawColumnLabels(
  document: PdfDocument,
  chart: PdfHeatmap,
  frame: ChartFrame,
  grid: Grid,
  look: ChartLook,
): void {
  let free = grid.left - grid.cellWidth;
  chart.columnLabels.forEach((label, column) => {
    const half = widthOfText(label, LABEL_SIZE, 'regular') / 2;
    const centre = Math.min(grid.left + (column + 0.5) * grid.cellWidth, frame.x + frame.width - half);
    if (centre - half < free) return;
    document.text(
      label,
      centre,
      frame.y + COLUMN_LABELS - 6,
      { size: LABEL_SIZE, color: look.muted },
      'center',
    );
    free = centre + half + 5;
  });
}

function drawCell(
  document: PdfDocument,
  chart: PdfHeatmap,
  value: number | null,
  x: number,
  y: number,
  grid: Grid,
  look: ChartLook,
): void {
  const inset = grid.cellWidth > 5 ? 0.6 : 0;
  const width = grid.cellWidth - 2 * inset;
  const height = grid.cellHeight - 1.2;
  if (value === null) {
    if (inset > 0) document.rect(x + inset, y + 0.6, width, height, { stroke: look.line, strokeWidth: 0.4 });
    return;
  }
  const part = grid.greatest > 0 ? Math.max(0, value) / grid.greatest : 0;
  document.rect(x + inset, y + 0.6, width, height, { fill: shade(part, look) });
  if (value === 0 || grid.valueSize === null) return;
  const style = { size: grid.valueSize, color: part > 0.5 ? look.white : look.ink };
  const baseline = y + grid.cellHeight / 2 + grid.valueSize * 0.36;
  document.text(chart.format(value), x + grid.cellWidth / 2, baseline, style, 'center');
}

function drawScale(
  document: PdfDocument,
  chart: PdfHeatmap,
  frame: ChartFrame,
  grid: Grid,
  look: ChartLook,
): void {
  const y = frame.y + frame.height - 13;
  const style = { size: LABEL_SIZE, color: look.muted };
  const right = frame.x + frame.width;
  const text = chart.format(grid.greatest);
  document.text(text, right, y + 4 + LABEL_DROP, style, 'right');
  const end = right - widthOfText(text, LABEL_SIZE, 'regular') - 6;
  const steps = 8;
  for (let step = 0; step < steps; step++) {
    document.rect(end - (steps - step) * 12, y, 12, 8, { fill: shade(step / (steps - 1), look) });
  }
  document.text(chart.format(0), end - steps * 12 - 6, y + 4 + LABEL_DROP, style, 'right');
}

/** From the tint (nothing) to the primary colour (the greatest). */
function shade(part: number, look: ChartLook): string {
  let color = '';
  for (const index of [0, 2, 4]) {
    const from = parseInt(look.tint.slice(index, index + 2), 16);
    const to = parseInt(look.primary.slice(index, index + 2), 16);
    color += Math.round(from + (to - from) * part)
      .toString(16)
      .padStart(2, '0');
  }
  return color;
}
