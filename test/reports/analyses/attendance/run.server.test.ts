import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { attendance } from '../../../../reports/analyses/attendance/run.js';
import { parseSpec, type AttendanceResult } from '../../../../schemas/index.js';
import { oracleAttendance, type OracleEmployee, type OracleLive } from '../../../oracles/attendance.js';
import type { Warehouse } from '../../../../sql/index.js';
import { createRandom } from '../../../oracles/random.js';
import { isSqlCaught } from '../mutating-warehouse.js';
import { runAnalysis } from '../run-analysis.js';
import { openScratchWarehouse, viewerOf, ZONE, type ScratchWarehouse } from '../scratch-warehouse.js';

const random = createRandom(5);
const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'];
const employees = Array.from({ length: 40 }, (_, index): OracleEmployee => {
  const first = random(3);
  const second = first + 1 + random(2);
  const period = (day: number): OracleEmployee['periods'][number] => ({
    from: DAYS[day] ?? '2026-11-30',
    department: ['销售部', '市场部'][random(2)] ?? '',
    active: random(4) > 0,
  });
  return {
    account: ['corp', 'other'][random(2)] ?? '',
    id: `emp${index}`,
    periods: random(2) === 0 ? [period(first)] : [period(first), period(second)],
  };
});
const lives = ['2026-11-18', ...DAYS].flatMap((day, index) =>
  ['corp', 'other'].map((account): OracleLive => ({
    account,
    id: `live${index}-${account}`,
    day,
    seconds: 1000,
    list: employees
      .filter((employee) => employee.account === account && random(3) > 0)
      .map(({ id }) => ({ employee: id, watched: [0, 1, 799, 800, 801, 2000][random(6)] ?? 0 })),
  })),
);
let scratch: ScratchWarehouse;

beforeAll(async () => {
  scratch = await openScratchWarehouse();
  const insert = async (table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> => {
    await scratch.warehouse.insert({
      table: `wxlive_store.${table}`,
      columns: Object.keys(rows[0] ?? {}),
      format: 'JSONEachRow',
      body: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
    });
  };
  await insert(
    'employees_store',
    employees.flatMap(({ account, id, periods }) =>
      periods.map(({ from, department, active }) => ({
        account,
        employee_id: id,
        valid_from: from,
        name: id,
        department,
        status: active ? 'active' : 'left',
        batch_seq: 1,
      })),
    ),
  );
  // The live begins at 23:50 Beijing and ends after midnight: its day is that of its start.
  const instant = (day: string, offset: number): string =>
    new Date(Date.parse(`${day}T23:50:00+08:00`) + offset * 1000)
      .toISOString()
      .replace('T', ' ')
      .replace('Z', '');
  await insert(
    'lives_store',
    lives.map(({ account, id, day, seconds }) => ({
      platform: 'wecom',
      account,
      room_id: id,
      live_id: id,
      told_by: 'info',
      title: `title of ${id}`,
      started_at: instant(day, 0),
      ended_at: instant(day, seconds),
      batch_seq: 1,
    })),
  );
  await insert(
    'attendance_heads_store',
    lives.map(({ account, id, day }) => ({
      account,
      live_id: id,
      scope: 'staff',
      snapshot: 1,
      exported_at: instant(day, 0),
      batch_seq: 1,
    })),
  );
  await insert(
    'attendance_store',
    lives.flatMap(({ account, id, list }) =>
      list.map(({ employee, watched }) => ({
        account,
        live_id: id,
        scope: 'staff',
        snapshot: 1,
        viewer_key: viewerOf(Number(employee.slice(3))),
        viewer: viewerOf(Number(employee.slice(3))),
        employee_id: employee,
        viewer_type: 'staff',
        watch_seconds: watched,
        batch_seq: 1,
      })),
    ),
  );
}, 120_000);
afterAll(async () => {
  await scratch.close();
});

async function run(input: object, warehouse: Warehouse = scratch.warehouse): Promise<AttendanceResult> {
  const spec = parseSpec(attendance.spec, input);
  if (!spec.ok) throw new Error(spec.failure.message);
  const outcome = await runAnalysis(attendance, warehouse, spec.value, { timeZone: ZONE });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

describe('attendance equals the roster read by hand', () => {
  it.each([
    [{}, 0.8, 1, lives],
    [{ finish_ratio: 0.801, min_seconds: 2 }, 0.801, 2, lives],
    [{ finish_ratio: 1, min_seconds: 0 }, 1, 0, lives],
    [{ accounts: ['other'] }, 0.8, 1, lives.filter(({ account }) => account === 'other')],
    [
      { from: '2026-11-21', to: '2026-11-22' },
      0.8,
      1,
      lives.filter(({ day }) => day === '2026-11-21' || day === '2026-11-22'),
    ],
    [{ lives: ['live2-corp'] }, 0.8, 1, lives.filter(({ id }) => id === 'live2-corp')],
  ])('%j', async (input, finishRatio, minSeconds, chosen) => {
    const result = await run(input);
    const expected = oracleAttendance(employees, chosen, finishRatio, minSeconds);
    const found = new Map(result.rows.map((row) => [`${row.live_id}/${row.department}`, row]));
    expect(found.size).toBe(expected.size - 1);
    for (const [key, counts] of expected)
      expect(key === 'total' ? result.total : found.get(key), key).toMatchObject(counts);
    expect(result.total.attendance_rate).toBeCloseTo(result.total.attended / result.total.expected, 12);
    for (const level of [result.lives, result.departments]) {
      expect(level.reduce((sum, row) => sum + row.expected, 0)).toBe(result.total.expected);
      expect(level.reduce((sum, row) => sum + row.finished, 0)).toBe(result.total.finished);
    }
  });

  it.each([
    ["= 'active'", "!= 'active'"],
    ['roster.valid_from <= greatest', 'roster.valid_from < greatest'],
    ['roster.valid_to > greatest', 'roster.valid_to >= greatest'],
    ['INNER JOIN roster ON chosen.account = roster.account', 'CROSS JOIN roster'],
    ['< {to_ms:Int64}', '<= {to_ms:Int64} + 86400000'],
  ])('is caught when staff.sql has for %s: %s', async (from, to) => {
    const mutation = { file: 'attendance/staff.sql', from, to };
    const holds = async (changed: Warehouse): Promise<boolean> => {
      const result = await run({ to: '2026-11-22' }, changed);
      const chosen = lives.filter(({ day }) => day <= '2026-11-22');
      const expected = oracleAttendance(employees, chosen, 0.8, 1);
      const found = new Map(result.rows.map((row) => [`${row.live_id}/${row.department}`, row]));
      for (const [key, counts] of expected)
        expect(key === 'total' ? result.total : found.get(key)).toMatchObject(counts);
      return true;
    };
    expect(await isSqlCaught(scratch.warehouse, mutation, holds)).toBe(true);
  });

  it('goes down to employees', async () => {
    const result = await run({ by: 'employee' });
    const whole = await run({});
    expect(result.rows.every(({ expected }) => expected === 1)).toBe(true);
    expect(result.rows.reduce((sum, row) => sum + row.attended, 0)).toBe(whole.total.attended);
    expect(result.total).toEqual(whole.total);
  });

  it('says what is missing, and refuses conditions on events', async () => {
    expect((await run({ lives: ['nowhere'] })).notes.join()).toContain('nowhere');
    expect((await run({ platforms: ['kandian'] })).notes).not.toEqual([]);
    const refused = parseSpec(attendance.spec, { where: [{ field: 'event', op: 'eq', value: 'x' }] });
    expect(refused.ok ? '' : refused.failure.message).toContain('where');
  });
});
