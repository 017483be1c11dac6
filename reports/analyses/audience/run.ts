import { z } from 'zod';

import {
  audienceResultSchema,
  audienceSpecSchema,
  succeed,
  type AnalysisFailure,
  type AudienceResult,
  type AudienceSpec,
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
import { LABELS } from '../labels.js';
import { readRows, type RowCursor } from '../row-binary.js';

import { createRoomAudience, type RoomAudience } from './room.js';
import { audienceCharts, audienceTables } from './show.js';

export const audience: Analysis<typeof audienceSpecSchema, typeof audienceResultSchema> = {
  name: 'audience',
  title: { zh: '在线观众', en: 'Audience' },
  spec: audienceSpecSchema,
  result: audienceResultSchema,
  example: { timeout_seconds: 120 },
  run: runAudience,
  tables: audienceTables,
  charts: audienceCharts,
};

const liveSchema = z.object({
  platform: z.string(),
  account: z.string(),
  room_id: z.string(),
  started_ms: z.coerce.number(),
  ended_ms: z.coerce.number().nullable(),
});

async function runAudience(
  warehouse: Warehouse,
  spec: AudienceSpec,
  context: RunContext,
): Promise<Outcome<AudienceResult, AnalysisFailure>> {
  const filter = createFilter(context.timeZone);
  const where = filter.all(spec.where);
  if (!where.ok) return where;
  const rows = scopeRows(filter, filter.scope(spec, context.range));
  const checked = await checkPatterns(warehouse, filter);
  if (!checked.ok) return checked;

  const lives = new Map<string, { from: number; to: number | null }[]>();
  for (const live of await warehouse.query(loadSql('audience/lives'), liveSchema)) {
    const key = keyOf(live.platform, live.account, live.room_id);
    lives.set(key, [...(lives.get(key) ?? []), { from: live.started_ms, to: live.ended_ms }]);
  }
  const rooms = new Map<string, RoomAudience>();
  const roomOf = (platform: string, account: string, roomId: string): RoomAudience => {
    const key = keyOf(platform, account, roomId);
    let room = rooms.get(key);
    if (room === undefined) {
      room = createRoomAudience({
        platform,
        account,
        roomId,
        lives: lives.get(key) ?? [],
        range: context.range,
        timeoutMs: spec.timeout_seconds * 1000,
        timeZone: context.timeZone,
      });
      rooms.set(key, room);
    }
    return room;
  };
  const sql = fillSlots(loadSql('audience/viewer-acts'), { rows, where: where.value });
  await readRows(
    warehouse.stream(sql, 'RowBinary', filter.parameters, context.streaming),
    createActsReader(roomOf),
  );
  const result = [...rooms]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, room]) => room.result());
  const notes =
    result.length > 0
      ? []
      : await explainEmpty(warehouse, spec, context.range, [], context, LABELS.roomsOnly);
  return succeed({ rooms: result, notes });
}

function keyOf(platform: string, account: string, roomId: string): string {
  return `${platform}\0${account}\0${roomId}`;
}

function createActsReader(
  roomOf: (platform: string, account: string, roomId: string) => RoomAudience,
): (cursor: RowCursor) => void {
  return (cursor) => {
    const platform = cursor.text();
    const account = cursor.text();
    const roomId = cursor.text();
    const count = cursor.length();
    cursor.need(count * 8);
    const live = { count: 0, times: new Array<number>(), kinds: new Array<number>() };
    const replay = { count: 0, times: new Array<number>(), kinds: new Array<number>() };
    for (let index = 0; index < count; index += 1) {
      cursor.uint64Halves();
      const acts = (cursor.low & 4) === 0 ? live : replay;
      acts.times.push(cursor.high * 2 ** 29 + (cursor.low >>> 3));
      acts.kinds.push(cursor.low & 3);
      acts.count += 1;
    }
    roomOf(platform, account, roomId).addViewer({ live, replay });
  };
}
