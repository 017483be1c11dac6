import type { RowCursor } from '../row-binary.js';

import { createViewerEvents, reserve, type ViewerEvents } from './viewer-events.js';

/** What stands beside the marks of an event in a row. */
export interface RowShape {
  readonly withViewer: boolean;
  readonly withCorrelated: boolean;
  readonly withBreakdown: boolean;
  /** The row has the viewer's touches among the events: an event takes the code of the last. */
  readonly touches: TouchShape | null;
}

/** How touches become the codes of events. */
export interface TouchShape {
  /** So long at most after its touch an event belongs to it. */
  readonly reachMs: number;
  /** The code of a channel's key. */
  readonly codes: ReadonlyMap<number, number>;
}

/** One viewer as the statement gives it. The arrays are used again for the next viewer. */
export interface ViewerRow {
  readonly events: ViewerEvents;
  /** What stands for the breakdown value of an event; 0 where it has none. */
  codes: Float64Array;
  /** Touches of one millisecond have several codes: which of them counts is not told. */
  touchesTie: boolean;
  /** What any of the events fits. */
  marks: number;
  /** The viewer's UUID, where the row has it. */
  viewerText(): string;
}

/** 22 bits of marks below 42 bits of milliseconds. */
const MARKS_MASK = 0x3f_ffff;

/** Reads rows of `funnel/viewer-steps`: one packed number an event, the parts of it from the lowest bits up. */
export function createViewerRowReader(
  shape: RowShape,
  onRow: (row: ViewerRow) => void,
): (cursor: RowCursor) => void {
  const uuid = [0, 0, 0, 0];
  const row = {
    events: createViewerEvents(),
    codes: new Float64Array(64),
    touchesTie: false,
    marks: 0,
    viewerText: () => formatUuid(uuid),
  };
  // There is no number of 24 bytes: three parts stand in one of 32, whose last 8 are empty.
  const isWide = shape.withCorrelated && shape.withBreakdown;
  const bytes = isWide ? 32 : shape.withCorrelated || shape.withBreakdown ? 16 : 8;
  const numbers = createNumbering();
  const { touches } = shape;
  return (cursor) => {
    if (shape.withViewer) {
      cursor.need(16);
      for (let half = 0; half < 4; half += 2) {
        cursor.uint64Halves();
        uuid[half] = cursor.high;
        uuid[half + 1] = cursor.low;
      }
    }
    const count = cursor.length();
    cursor.need(count * bytes);
    const { events } = row;
    reserve(events, count);
    if (row.codes.length < count) row.codes = new Float64Array(count * 2);
    if (shape.withCorrelated) numbers.clear();
    row.touchesTie = false;
    const { codes } = row;
    const { times, marks: marksOf, values } = events;
    let kept = 0;
    let allMarks = 0;
    let touchMs = Number.NEGATIVE_INFINITY;
    let touchCode = 0;
    for (let index = 0; index < count; index += 1) {
      let code = 0;
      let value = 0;
      if (shape.withBreakdown) {
        cursor.uint64Halves();
        code = cursor.high * 2 ** 21 + (cursor.low >>> 11);
      }
      if (shape.withCorrelated) {
        cursor.uint64Halves();
        value = numbers.of(cursor.high, cursor.low);
      }
      cursor.uint64Halves();
      const marks = cursor.low & MARKS_MASK;
      const time = cursor.high * 1024 + (cursor.low >>> 22);
      if (isWide) cursor.uint64Halves();
      if (touches !== null) {
        if (marks === 0) {
          // A key that came since the codes were read stands for itself, and has no text: see settle.
          const told = touches.codes.get(code) ?? code;
          row.touchesTie ||= time === touchMs && told !== touchCode;
          touchMs = time;
          touchCode = told;
          continue;
        }
        code = time - touchMs <= touches.reachMs ? touchCode : 0;
      }
      times[kept] = time;
      marksOf[kept] = marks;
      allMarks |= marks;
      values[kept] = value;
      codes[kept] = code;
      kept += 1;
    }
    events.count = kept;
    row.marks = allMarks;
    onRow(row);
  };
}

/** Hashes of one viewer as small numbers, equal for equal hashes; 0 stays 0. */
function createNumbering(): { clear(): void; of(high: number, low: number): number } {
  const highs: number[] = [];
  const lows: number[] = [];
  let many = new Map<string, number>();
  return {
    clear() {
      highs.length = 0;
      lows.length = 0;
      many = many.size === 0 ? many : new Map<string, number>();
    },
    of(high, low) {
      if (high === 0 && low === 0) return 0;
      // Most viewers have a handful of values; a search of the list beats a map.
      const few = Math.min(lows.length, 16);
      for (let index = 0; index < few; index += 1)
        if (lows[index] === low && highs[index] === high) return index + 1;
      if (lows.length < 16) {
        highs.push(high);
        return lows.push(low);
      }
      const key = `${high}:${low}`;
      const number = many.get(key) ?? 17 + many.size;
      many.set(key, number);
      return number;
    },
  };
}

function formatUuid(words: readonly number[]): string {
  const text = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  );
}

/** Whether the order of two events, or touches, of one millisecond decides which breakdown value is taken. */
export function orderMatters({ events: { count, times }, codes, touchesTie }: ViewerRow): boolean {
  if (touchesTie) return true;
  for (let index = 1; index < count; index += 1) {
    if (times[index] === times[index - 1] && codes[index] !== codes[index - 1]) return true;
  }
  return false;
}
