import { z } from 'zod';

import {
  attendanceResultSchema,
  attendanceSpecSchema,
  succeed,
  type AnalysisFailure,
  type AttendanceResult,
  type AttendanceSpec,
  type Outcome,
} from '../../../schemas/index.js';
import { loadSql, type Warehouse } from '../../../sql/index.js';
import type { Analysis, RunContext } from '../analysis.js';

import { attendanceCharts, attendanceTables } from './show.js';
import { tallyAttendance } from './tally.js';

export const attendance: Analysis<typeof attendanceSpecSchema, typeof attendanceResultSchema> = {
  name: 'attendance',
  title: { zh: '到课与完课', en: 'Attendance' },
  spec: attendanceSpecSchema,
  result: attendanceResultSchema,
  example: { finish_ratio: 0.8, min_seconds: 1 },
  run: runAttendance,
  tables: attendanceTables,
  charts: attendanceCharts,
};

const personSchema = z.object({
  live_id: z.string(),
  title: z.string(),
  live_day: z.string(),
  department: z.string(),
  employee_id: z.string(),
  name: z.string(),
  listed: z.coerce.boolean(),
  watch_seconds: z.coerce.number(),
  watch_ratio: z.coerce.number(),
  sign_ins: z.coerce.number(),
});

/** Instants that no bound of a live can reach, well inside what the database can hold. */
const EARLIEST_MS = -2_000_000_000_000;
const LATEST_MS = 9_000_000_000_000;

async function runAttendance(
  warehouse: Warehouse,
  spec: AttendanceSpec,
  context: RunContext,
): Promise<Outcome<AttendanceResult, AnalysisFailure>> {
  const zh = (context.language ?? 'zh') === 'zh';
  if (spec.platforms.length > 0 && !spec.platforms.includes('wecom')) {
    const note = zh ? '只有企业微信直播有观看名单' : 'only WeCom lives have watch lists';
    return succeed({ ...tallyAttendance([], spec), notes: [note] });
  }
  const people = await warehouse.query(loadSql('attendance/staff'), personSchema, {
    lives: spec.lives,
    accounts: spec.accounts,
    rooms: spec.rooms,
    zone: context.timeZone,
    from_ms: context.range.fromMs ?? EARLIEST_MS,
    to_ms: context.range.toMs ?? LATEST_MS,
  });
  const tallied = tallyAttendance(people, spec);
  const missing = spec.lives.filter((live) => !tallied.lives.some(({ live_id }) => live_id === live));
  const notes = missing.map((live) =>
    zh
      ? `场次 ${live} 没有观看名单，或花名册中没有应到员工`
      : `live ${live} has no watch list, or nobody in the roster was expected`,
  );
  if (people.length === 0 && notes.length === 0) {
    notes.push(zh ? '所选范围内没有观看名单或花名册' : 'there is no watch list or no roster in the range');
  }
  return succeed({ ...tallied, notes });
}
