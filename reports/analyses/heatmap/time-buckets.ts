/** Widths of a column in minutes. */
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 7 * 1440, 30 * 1440, 365 * 1440];

/** Minutes gathered into few columns that can be looked at. */
export interface TimeBuckets {
  /** How many minutes a column holds at most. */
  readonly widthMinutes: number;
  /** `20:05`, or `11-23 20:00` where there are several days. */
  readonly labels: readonly string[];
  /** The sums of counts that stand beside the minutes. */
  sum(counts: readonly number[]): number[];
}

/** The narrowest columns of which there are at most so many; silences that the minutes leave out have none. */
export function bucketMinutes(minutes: readonly string[], mostColumns: number): TimeBuckets {
  const walls = minutes.map(wallMinute);
  const columnsOf = (width: number): number[] => [...new Set(walls.map((wall) => Math.floor(wall / width)))];
  const widthMinutes = WIDTHS.find((width) => columnsOf(width).length <= mostColumns) ?? WIDTHS.at(-1) ?? 1;
  const columns = columnsOf(widthMinutes);
  const places = new Map(columns.map((column, index) => [column, index]));
  const days = new Set(minutes.map((minute) => minute.slice(0, 10)));
  return {
    widthMinutes,
    labels: columns.map((column) => {
      const text = new Date(column * widthMinutes * 60_000).toISOString();
      const time = text.slice(11, 16);
      if (days.size === 1) return time;
      return widthMinutes >= 1440 ? text.slice(5, 10) : `${text.slice(5, 10)} ${time}`;
    }),
    sum(counts) {
      const sums = columns.map(() => 0);
      for (const [index, count] of counts.entries()) {
        const place = places.get(Math.floor((walls[index] ?? 0) / widthMinutes)) ?? 0;
        sums[place] = (sums[place] ?? 0) + count;
      }
      return sums;
    },
  };
}

/** The wall clock of an instant with offset, in minutes as if it were UTC. */
function wallMinute(instant: string): number {
  return Date.parse(`${instant.slice(0, 16)}:00Z`) / 60_000;
}
