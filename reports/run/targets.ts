import { z } from 'zod';
import { addDays, startOfDay, startOfMonth, startOfWeek } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { Bounds } from './period.js';

const targetRow = z.object({
  metric: z.string(),
  period: z.string(),
  platform: z.string(),
  room: z.string(),
  channel: z.string(),
  account: z.string(),
  target: z.coerce.number(),
});

/** What a target is for; empty: all of them. */
export interface TargetScope {
  readonly platform?: string;
  readonly room?: string;
  readonly channel?: string;
}

/** A target whose time contains a period. */
export interface FoundTarget extends Bounds {
  /** As it was written: `2026-11`, `2026-W47`. */
  readonly period: string;
  readonly target: number;
}

export interface Targets {
  /** The target of the metric for exactly this scope with the shortest time that contains the period. */
  containing(metric: string, scope: TargetScope, period: Bounds): FoundTarget | null;
  /** The target for exactly this scope and exactly this time. */
  exactly(metric: string, scope: TargetScope, period: Bounds): number | null;
}

/** All targets of the company; there are few. */
export async function loadTargets(warehouse: Warehouse, zone: string): Promise<Targets> {
  const rows = (await warehouse.query(loadSql('reports/targets'), targetRow)).flatMap((row) => {
    const bounds = boundsOf(row.period, zone);
    return bounds === null ? [] : [{ ...row, ...bounds }];
  });
  const of = (metric: string, scope: TargetScope): typeof rows =>
    rows.filter(
      (row) =>
        row.metric === metric &&
        row.platform === (scope.platform ?? '') &&
        row.room === (scope.room ?? '') &&
        row.channel === (scope.channel ?? ''),
    );
  return {
    containing(metric, scope, period) {
      const fitting = of(metric, scope).filter(({ from, to }) => from <= period.from && to >= period.to);
      fitting.sort((one, other) => one.to - one.from - (other.to - other.from));
      return fitting[0] ?? null;
    },
    exactly(metric, scope, period) {
      const found = of(metric, scope).find(({ from, to }) => from === period.from && to === period.to);
      return found?.target ?? null;
    },
  };
}

/** The time that `2026`, `2026-09`, `2026-W37` or `2026-09-09` names; null for anything else. */
export function boundsOf(period: string, zone: string): Bounds | null {
  const days = daysOf(period);
  return days === null ? null : { from: startOfDay(days[0], zone), to: startOfDay(days[1], zone) };
}

function daysOf(period: string): readonly [string, string] | null {
  if (/^\d{4}$/.test(period))
    return [`${period}-01-01`, `${String(Number(period) + 1).padStart(4, '0')}-01-01`];
  if (/^\d{4}-\d{2}$/.test(period)) {
    const first = `${period}-01`;
    return [first, startOfMonth(addDays(first, 31))];
  }
  const week = /^(\d{4})-W(\d{2})$/.exec(period);
  if (week !== null) {
    // ISO 8601: week 1 is the one with 4 January in it.
    const monday = addDays(startOfWeek(`${week[1] ?? ''}-01-04`), (Number(week[2]) - 1) * 7);
    return [monday, addDays(monday, 7)];
  }
  return /^\d{4}-\d{2}-\d{2}$/.test(period) ? [period, addDays(period, 1)] : null;
}
