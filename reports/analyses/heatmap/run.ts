import {
  fail,
  heatmapResultSchema,
  heatmapSpecSchema,
  succeed,
  type AnalysisFailure,
  type HeatmapResult,
  type HeatmapSpec,
  type Outcome,
} from '../../../schemas/index.js';
import {
  checkPatterns,
  createFilter,
  fillSlots,
  loadSql,
  scopeRows,
  type Warehouse,
} from '../../../sql/index.js';
import type { Analysis, RunContext } from '../analysis.js';
import { explainEmpty } from '../empty-reason.js';
import { IntegrityError } from '../integrity-error.js';
import { LABELS } from '../labels.js';
import { readRows, type RowCursor } from '../row-binary.js';

import { createHeatmapGrid, roomKeyText, type HeatmapGrid } from './grid.js';
import { heatmapCharts, heatmapTables } from './show.js';

export const heatmap: Analysis<typeof heatmapSpecSchema, typeof heatmapResultSchema> = {
  name: 'heatmap',
  title: { zh: '互动热力图', en: 'Heatmap' },
  spec: heatmapSpecSchema,
  result: heatmapResultSchema,
  example: { platforms: ['miniprogram'], rows: 'action' },
  run: runHeatmap,
  tables: heatmapTables,
  charts: heatmapCharts,
};

/** More than this cannot be looked at, nor held in the memory of a small machine. */
const MOST_FIGURES = 5_000_000;

async function runHeatmap(
  warehouse: Warehouse,
  spec: HeatmapSpec,
  context: RunContext,
): Promise<Outcome<HeatmapResult, AnalysisFailure>> {
  const filter = createFilter(context.timeZone);
  const isAction = spec.rows === 'action';
  const counted = filter.all(
    isAction
      ? [{ field: 'event', op: 'ne', value: 'live_heartbeat' }]
      : [{ field: 'goods_id', op: 'is_set' }],
  );
  if (!counted.ok) return counted;
  const key = filter.text(isAction ? 'event' : 'goods_id');
  if (!key.ok) return key;
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const slots = {
    key: key.value,
    counted: counted.value,
    where: where.value,
    rows: scopeRows(filter, filter.scope(spec, context.range)),
  };
  const checked = await checkPatterns(warehouse, filter);
  if (!checked.ok) return checked;

  const grid = createHeatmapGrid();
  const totals = new Map<string, number>();
  const sql = fillSlots(loadSql('heatmap/cells'), slots);
  let read = 0;
  await readRows(
    warehouse.stream(sql, 'RowBinary', { ...filter.parameters, most: MOST_FIGURES }, context.streaming),
    createCellReader(grid, totals, () => (read += 1)),
  );
  if (read >= MOST_FIGURES || grid.figures > MOST_FIGURES) {
    return fail({
      code: 'too_large',
      message: `the heatmap would have more than ${MOST_FIGURES} figures: name rooms, or a shorter range`,
      zh: `热力图会超过 ${MOST_FIGURES} 个数字：请指定直播间，或缩短时间范围`,
    });
  }
  checkTotals(grid, totals);
  const rooms = grid.result(context.timeZone);
  const notes =
    rooms.length > 0 ? [] : await explainEmpty(warehouse, spec, context.range, [], context, LABELS.roomsOnly);
  return succeed({ rooms, notes });
}

function createCellReader(
  grid: HeatmapGrid,
  totals: Map<string, number>,
  count: () => void,
): (cursor: RowCursor) => void {
  return (cursor) => {
    const platform = cursor.text();
    const account = cursor.text();
    const roomId = cursor.text();
    const isTotal = cursor.uint8() === 1;
    const minute = cursor.uint32();
    const key = cursor.text();
    const events = cursor.int64();
    const room = { platform, account, roomId };
    if (isTotal) totals.set(roomKeyText(room), events);
    else grid.addCell(room, minute, key, events);
    count();
  };
}

/** Σ cells of a room = its events. */
function checkTotals({ events }: HeatmapGrid, totals: ReadonlyMap<string, number>): void {
  for (const [room, total] of totals) {
    const sum = events.get(room) ?? 0;
    if (sum === total) continue;
    const name = room.replaceAll('\0', ':');
    throw new IntegrityError(`heatmap: the cells of room ${name} add up to ${sum}, its events to ${total}`);
  }
}
