import { LABEL_DROP, LABEL_SIZE, type ChartFrame, type ChartLook } from './chart-look.js';
import type { PdfDocument } from './document.js';
import { widthOfText } from './fonts.js';
import { shorten } from './line-break.js';

/** How many reach each step, widest on top. */
export interface PdfFunnelChart {
  readonly kind: 'funnel';
  readonly title: string;
  readonly steps: readonly PdfFunnelStep[];
  /** What is counted, on the line of the title: `人数`. */
  readonly valueLabel?: string;
}

export interface PdfFunnelStep {
  readonly name: string;
  readonly count: number;
  /** `12,345` */
  readonly countText: string;
  /** Of the step before; null for the first. */
  readonly fromPreviousText: string | null;
  /** Of the first step. */
  readonly fromFirstText: string | null;
}

/** A step and the joint below it, lower where there are many: a funnel stands on one page. */
const PITCH = 47;
const MOST_HEIGHT = 640;
const STEP_PART = 0.64;
const NAME_SIZE = 10;
/** Between count and share: an ideographic space. */
const GAP = '\u3000';

/** Height the chart needs. */
export function funnelHeight(chart: PdfFunnelChart): number {
  const { step, joint } = heights(chart);
  return chart.steps.length * step + Math.max(0, chart.steps.length - 1) * joint + 4;
}

function heights(chart: PdfFunnelChart): { readonly step: number; readonly joint: number } {
  const pitch = Math.min(PITCH, MOST_HEIGHT / Math.max(1, chart.steps.length));
  return { step: pitch * STEP_PART, joint: pitch * (1 - STEP_PART) };
}

/** Draws the chart: names left, the funnel in the middle, counts right, conversion between the steps. */
export function drawFunnel(
  document: PdfDocument,
  chart: PdfFunnelChart,
  frame: ChartFrame,
  look: ChartLook,
): void {
  const { step: stepHeight, joint: jointHeight } = heights(chart);
  if (chart.valueLabel !== undefined)
    document.text(
      chart.valueLabel,
      frame.x + frame.width,
      frame.y - 14 + LABEL_DROP,
      { size: LABEL_SIZE, color: look.muted },
      'right',
    );
  const names = chart.steps.map((step) => shorten(step.name, frame.width * 0.28, NAME_SIZE, 'regular'));
  const nameWidth = Math.max(0, ...names.map((name) => widthOfText(name, NAME_SIZE, 'regular')));
  const countWidth = Math.max(
    0,
    ...chart.steps.map((step) => widthOfText(countLine(step), NAME_SIZE, 'bold')),
  );
  const left = frame.x + nameWidth + 14;
  const room = frame.width - nameWidth - countWidth - 28;
  const centre = left + room / 2;
  const greatest = Math.max(1, ...chart.steps.map((step) => step.count));
  // a step that anybody reached is seen
  const widthOf = (step: PdfFunnelStep) => (step.count > 0 ? Math.max(3, (step.count / greatest) * room) : 0);
  chart.steps.forEach((step, index) => {
    const y = frame.y + index * (stepHeight + jointHeight);
    const baseline = y + stepHeight / 2 + NAME_SIZE * 0.36;
    const width = widthOf(step);
    const next = chart.steps[index + 1];
    if (next !== undefined) {
      drawJoint(document, centre, y + stepHeight, y + stepHeight + jointHeight, width, widthOf(next), look);
      const text = next.fromPreviousText === null ? '' : `▼ ${next.fromPreviousText}`;
      document.text(
        text,
        centre,
        y + stepHeight + jointHeight / 2 + LABEL_DROP,
        { size: LABEL_SIZE, color: look.muted },
        'center',
      );
    }
    if (width > 0) {
      document.rect(
        centre - width / 2,
        y,
        width,
        stepHeight,
        { fill: look.seriesColor(0), opacity: 1 - 0.09 * Math.min(index, 6) },
        2,
      );
    }
    document.text(
      names[index] ?? '',
      frame.x + nameWidth,
      baseline,
      { size: NAME_SIZE, color: look.ink },
      'right',
    );
    drawCount(document, step, frame.x + frame.width, baseline, look);
  });
}

function countLine(step: PdfFunnelStep): string {
  return step.fromFirstText === null ? step.countText : step.countText + GAP + step.fromFirstText;
}

function drawCount(
  document: PdfDocument,
  step: PdfFunnelStep,
  right: number,
  baseline: number,
  look: ChartLook,
): void {
  let x = right;
  if (step.fromFirstText !== null) {
    document.text(step.fromFirstText, x, baseline, { size: NAME_SIZE, color: look.muted }, 'right');
    x -= widthOfText(GAP + step.fromFirstText, NAME_SIZE, 'regular');
  }
  document.text(step.countText, x, baseline, { size: NAME_SIZE, weight: 'bold', color: look.ink }, 'right');
}

/** The slope from one step to the next. */
function drawJoint(
  document: PdfDocument,
  centre: number,
  top: number,
  bottom: number,
  above: number,
  below: number,
  look: ChartLook,
): void {
  document.path(
    [
      { to: 'move', x: centre - above / 2, y: top },
      { to: 'line', x: centre + above / 2, y: top },
      { to: 'line', x: centre + below / 2, y: bottom },
      { to: 'line', x: centre - below / 2, y: bottom },
    ],
    { fill: look.tint },
    true,
  );
}
