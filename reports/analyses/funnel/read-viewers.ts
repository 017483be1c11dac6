import { TOUCH_REACH_DAYS, type FunnelSpec, type TimeRange } from '../../../schemas/index.js';
import {
  fillSlots,
  fixed,
  hashOf,
  loadSql,
  packValues,
  touchRows,
  viewersAmong,
  type QueryOptions,
  type SqlText,
  type Warehouse,
} from '../../../sql/index.js';
import { beginBoth } from '../begin-both.js';
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
  /** Of a breakdown by touch: see codesOfTexts. The rows are asked for while they are still being read. */
  readonly touchCodes: Promise<ReadonlyMap<number, number>>;
}

/** Hands over every viewer who can begin. */
export async function readViewers(
  warehouse: Warehouse,
  spec: FunnelSpec,
  range: TimeRange,
  selected: SelectedSteps,
  { timeZone, withViewer, touchCodes, ...options }: ReadSettings,
  onViewer: (row: ViewerRow) => void,
): Promise<void> {
  const { filter, compiled, correlated, brokenDown, touchesBeside } = selected;
  const tiesMatter = brokenDown !== null;
  const rowsHaveViewer = withViewer || tiesMatter;
  const shapeBy = (codes: ReadonlyMap<number, number>): RowShape => ({
    withViewer: rowsHaveViewer,
    withCorrelated: correlated !== null,
    withBreakdown: brokenDown !== null,
    touches: touchesBeside ? { reachMs: TOUCH_REACH_DAYS * DAY_MS, codes } : null,
  });
  const tied: string[] = [];
  const onUntied = (row: ViewerRow): void => {
    if (tiesMatter && orderMatters(row)) tied.push(row.viewerText());
    else onViewer(row);
  };
  const sql = stepsStatement(selected, rowsHaveViewer);
  const buckets = await countViewerParts(warehouse, spec, range, timeZone, eventNames(spec));
  const parameters = { ...filter.parameters, start_marks: compiled.startMarks };
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const asked = warehouse.stream(sql, 'RowBinary', { ...parameters, buckets, bucket }, options);
    const { made: codes, rows } = await beginBoth(touchCodes, asked);
    await readRows(rows, createViewerRowReader(shapeBy(codes), onUntied));
  }
  if (tied.length === 0) return;
  // Event ids are long; only those who need them are asked for them.
  const inOrder = statementWithTies(selected);
  const readTied = createViewerRowReader(shapeBy(await touchCodes), onViewer);
  for (let first = 0; first < tied.length; first += TIED_AT_ONCE) {
    const viewers = tied.slice(first, first + TIED_AT_ONCE);
    const asked = { ...(touchesBeside ? parameters : filter.parameters), viewers };
    await readRows(warehouse.stream(inOrder, 'RowBinary', asked, options), readTied);
  }
}

function stepsStatement(selected: SelectedSteps, withViewer: boolean): SqlText {
  if (selected.touchesBeside) return touchStatement(selected, 'all');
  const { compiled, rows, where, correlated, brokenDown } = selected;
  return fillSlots(loadSql('funnel/viewer-steps'), {
    ...packValues(correlated, brokenDown),
    ...{ marks: compiled.marks, rows, where, viewer: fixed(withViewer ? 'viewer,' : '') },
  });
}

function statementWithTies(selected: SelectedSteps): SqlText {
  if (selected.touchesBeside) return touchStatement(selected, 'counting');
  const { compiled, rows, where, correlated, brokenDown } = selected;
  const slots = { marks: compiled.marks, rows, where, ...packValues(correlated, brokenDown) };
  return fillSlots(loadSql('funnel/viewer-steps-with-ties'), slots);
}

/** Of all viewers with all their touches, or of those named with the touches that count. */
function touchStatement(
  { compiled, rows, where, correlated, brokenDown }: SelectedSteps,
  ties: 'all' | 'counting',
): SqlText {
  return fillSlots(loadSql('funnel/viewer-steps-by-touch'), {
    ...{ marks: compiled.marks, rows, where, correlated: hashOf(correlated) },
    packed: packValues(correlated, brokenDown).packed,
    touches: touchRows(ties),
    among: viewersAmong(ties === 'all' ? 'bucket' : 'named'),
  });
}
