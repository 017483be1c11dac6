import type { PdfDocument } from './document.js';
import { widthOfText } from './fonts.js';

/** Colours of charts, RRGGBB. */
export interface ChartLook {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly primary: string;
  readonly tint: string;
  readonly white: string;
  /** Colour of series number `index` (from 0). */
  seriesColor(index: number): string;
}

/** Where a chart is drawn, in points. */
export interface ChartFrame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PdfSeries {
  readonly name: string;
  /** `null` is a gap. */
  readonly values: readonly (number | null)[];
}

/** Size of labels in charts. */
export const LABEL_SIZE = 8.5;
/** From the middle of a line of labels to its baseline. */
export const LABEL_DROP = LABEL_SIZE * 0.36;

export const LEGEND_HEIGHT = 18;

/** Names of the series with their colours, from the left edge; wraps no further than the frame and says so by …. */
export function drawLegend(
  document: PdfDocument,
  names: readonly string[],
  frame: ChartFrame,
  look: ChartLook,
): void {
  let x = frame.x;
  const middle = frame.y + LEGEND_HEIGHT / 2 - 3;
  for (const [index, name] of names.entries()) {
    const width = 14 + widthOfText(name, LABEL_SIZE, 'regular') + 14;
    if (x + width > frame.x + frame.width && index > 0) {
      document.text('…', x, middle + LABEL_DROP, { size: LABEL_SIZE, color: look.muted });
      return;
    }
    document.rect(x, middle - 4, 8, 8, { fill: look.seriesColor(index) }, 2);
    document.text(name, x + 13, middle + LABEL_DROP, { size: LABEL_SIZE, color: look.ink });
    x += width;
  }
}
