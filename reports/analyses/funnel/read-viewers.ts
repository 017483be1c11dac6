import { TOUCH_REACH_DAYS, type FunnelSpec, type TimeRange } from '../../../schemas/index.js';
import {
  fillSlots,
  fixed,
  hashOf,
  loadSql,
  packValues,
  type QueryOptions,
  type SqlText,
  type Warehouse,
} from '../../../sql/index.js';
import { readRows } from '../row-binary.js';
import { countViewerParts } from '../viewer-parts.js';

import { eventNames, type SelectedSteps } from './select-steps.js';
import { createViewerRowReader, orderMatters, type RowShape, type ViewerRow } from './viewer-rows.js';

const DAY_MS = 86_400_000;
/** Viewers whose ties are looked at in one statement. */
const TIED_AT_ONCE = 20_000;

interface ReadSettings extends QueryOptions {
  readonly timeZone: string;
  /** The rows must say who the viewer is. */
  readonly withViewer: boolean;
}

/** Hands over every viewer who can begin. */
export async function readViewers(
  warehouse: Warehouse,
  spec: FunnelSpec,
  range: TimeRange,
  selected: SelectedSteps,
  { timeZone, withViewer, ...options }: ReadSettings,
  onViewer: (row: ViewerRow) => void,
): Promise<void> {
  const { filter, compiled, correlated, brokenDown, touchesBeside } = selected;
  // Events of one millisecond have one touch: their order decides nothing there.
  const tiesMatter = brokenDown !== null && !touchesBeside;
  const shape: RowShape = {
    withViewer: withViewer || tiesMatter,
    withCorrelated: correlated !== null,
    withBreakdown: brokenDown !== null,
    touchReachMs: touchesBeside ? TOUCH_REACH_DAYS * DAY_MS : null,
  };
  const tied: string[] = [];
  const readRow = createViewerRowReader(shape, (row) => {
    if (tiesMatter && orderMatters(row)) tied.push(row.viewerText());
    else onViewer(row);
  });
  const sql = stepsStatement(selected, shape.withViewer);
  const buckets = await countViewerParts(warehouse, spec, range, timeZone, eventNames(spec));
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const parameters = { ...filter.parameters, buckets, bucket, start_marks: compiled.startMarks };
    await readRows(warehouse.stream(sql, 'RowBinary', parameters, options), readRow);
  }
  if (tied.length === 0) return;
  // Event ids are long; only those who need them are asked for them.
  const { rows, where } = selected;
  const slots = { marks: compiled.marks, rows, where, ...packValues(correlated, brokenDown) };
  const inOrder = fillSlots(loadSql('funnel/viewer-steps-with-ties'), slots);
  const readTied = createViewerRowReader(shape, onViewer);
  for (let first = 0; first < tied.length; first += TIED_AT_ONCE) {
    const parameters = { ...filter.parameters, viewers: tied.slice(first, first + TIED_AT_ONCE) };
    await readRows(warehouse.stream(inOrder, 'RowBinary', parameters, options), readTied);
  }
}

function stepsStatement(
  { compiled, rows, where, correlated, brokenDown, touchesBeside }: SelectedSteps,
  withViewer: boolean,
): SqlText {
  const { values, packed } = packValues(correlated, brokenDown);
  const slots = { marks: compiled.marks, rows, where, packed, viewer: fixed(withViewer ? 'viewer,' : '') };
  if (!touchesBeside) return fillSlots(loadSql('funnel/viewer-steps'), { ...slots, values });
  const hashes = { correlated: hashOf(correlated), broken_down: hashOf(brokenDown) };
  return fillSlots(loadSql('funnel/viewer-steps-by-touch'), { ...slots, ...hashes });
}
