/** Attendance of PRODUCT §6 in plain words. Days are texts YYYY-MM-DD. */
export interface OracleEmployee {
  readonly account: string;
  readonly id: string;
  /** What the roster says from each day on. */
  readonly periods: readonly {
    readonly from: string;
    readonly department: string;
    readonly active: boolean;
  }[];
}
export interface OracleLive {
  readonly account: string;
  readonly id: string;
  readonly day: string;
  readonly seconds: number;
  readonly list: readonly { readonly employee: string; readonly watched: number }[];
}
export interface OracleCounts {
  expected: number;
  attended: number;
  finished: number;
}

/** Counts by `live/department`, and of everything under `total`. */
export function oracleAttendance(
  employees: readonly OracleEmployee[],
  lives: readonly OracleLive[],
  finishRatio: number,
  minSeconds: number,
): Map<string, OracleCounts> {
  const counts = new Map<string, OracleCounts>([['total', { expected: 0, attended: 0, finished: 0 }]]);
  for (const live of lives) {
    const staff = employees.filter(({ account }) => account === live.account);
    const firstRoster = staff.flatMap(({ periods }) => periods.map(({ from }) => from)).sort()[0] ?? '';
    const day = live.day > firstRoster ? live.day : firstRoster;
    for (const { id, periods } of staff) {
      const current = [...periods]
        .sort((left, right) => (left.from < right.from ? -1 : 1))
        .filter(({ from }) => from <= day)
        .at(-1);
      if (current?.active !== true) continue;
      const watched = live.list.find(({ employee }) => employee === id)?.watched;
      for (const key of [`${live.id}/${current.department}`, 'total']) {
        const count = counts.get(key) ?? { expected: 0, attended: 0, finished: 0 };
        count.expected += 1;
        if (watched !== undefined && watched >= minSeconds) count.attended += 1;
        if (watched !== undefined && Math.min(1, watched / live.seconds) >= finishRatio) count.finished += 1;
        counts.set(key, count);
      }
    }
  }
  return counts;
}
