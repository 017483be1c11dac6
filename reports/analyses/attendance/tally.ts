import type {
  AttendanceFigures,
  AttendanceResult,
  AttendanceRow,
  AttendanceSpec,
} from '../../../schemas/index.js';

/** An employee expected at a live, and what they watched of it. */
export interface ExpectedViewer {
  readonly live_id: string;
  readonly title: string;
  readonly live_day: string;
  readonly department: string;
  readonly employee_id: string;
  readonly name: string;
  /** Stands in the watch list. */
  readonly listed: boolean;
  readonly watch_seconds: number;
  /** Of the live, at most 1. */
  readonly watch_ratio: number;
  readonly sign_ins: number;
}

interface Counts {
  expected: number;
  attended: number;
  finished: number;
  signed: number;
}

/** Counts at every level from the same people; rates always from the sums of their own level. */
export function tallyAttendance(
  people: readonly ExpectedViewer[],
  { finish_ratio, min_seconds, by }: Pick<AttendanceSpec, 'finish_ratio' | 'min_seconds' | 'by'>,
): Omit<AttendanceResult, 'notes'> {
  const rows = new Map<string, { head: Omit<AttendanceRow, keyof AttendanceFigures>; counts: Counts }>();
  const lives = new Map<string, { title: string; live_day: string; counts: Counts }>();
  const departments = new Map<string, Counts>();
  const total = noCounts();
  for (const person of people) {
    const { live_id, title, live_day, department, employee_id, name } = person;
    const head = by === 'employee' ? { live_id, department, employee_id, name } : { live_id, department };
    const key = [live_id, department, by === 'employee' ? employee_id : ''].join('\0');
    const row = at(rows, key, () => ({ head, counts: noCounts() }));
    const live = at(lives, live_id, () => ({ title, live_day, counts: noCounts() }));
    for (const counts of [row.counts, live.counts, at(departments, department, noCounts), total]) {
      counts.expected += 1;
      if (person.listed && person.watch_seconds >= min_seconds) counts.attended += 1;
      if (person.listed && person.watch_ratio >= finish_ratio) counts.finished += 1;
      if (person.sign_ins > 0) counts.signed += 1;
    }
  }
  const sorted = <Value>(map: ReadonlyMap<string, Value>): [string, Value][] =>
    [...map].sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    rows: sorted(rows).map(([, { head, counts }]) => ({ ...head, ...figuresOf(counts) })),
    lives: sorted(lives).map(([live_id, { title, live_day, counts }]) => ({
      live_id,
      title,
      live_day,
      ...figuresOf(counts),
    })),
    departments: sorted(departments).map(([department, counts]) => ({ department, ...figuresOf(counts) })),
    total: figuresOf(total),
  };
}

function noCounts(): Counts {
  return { expected: 0, attended: 0, finished: 0, signed: 0 };
}

function at<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function figuresOf({ expected, attended, finished, signed }: Counts): AttendanceFigures {
  const rate = (part: number): number | null => (expected === 0 ? null : part / expected);
  return {
    expected,
    attended,
    finished,
    signed,
    attendance_rate: rate(attended),
    completion_rate: rate(finished),
    sign_in_rate: rate(signed),
  };
}
