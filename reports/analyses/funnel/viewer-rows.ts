import { IntegrityError } from '../integrity-error.js';
import type { RowCursor } from '../row-binary.js';

import { createViewerEvents, reserve, type ViewerEvents } from './viewer-events.js';

/** What stands beside the marks of an event in a row. */
export interface RowShape {
  readonly withViewer: boolean;
  readonly withCorrelated: boolean;
  readonly withBreakdown: boolean;
  /** Where the row says what the codes of its breakdown stand for, that goes here. */
  readonly texts: Map<number, string> | null;
}

/** One viewer as the statement gives it. The arrays are used again for the next viewer. */
export interface ViewerRow {
  readonly events: ViewerEvents;
  /** What stands for the breakdown value of an event; 0 where it has none. */
  codes: Float64Array;
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
    viewerText: () => formatUuid(uuid),
  };
  const bytes = 8 + (shape.withCorrelated ? 8 : 0) + (shape.withBreakdown ? 8 : 0);
  const numbers = createNumbering();
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
    events.count = count;
    numbers.clear();
    for (let index = 0; index < count; index += 1) {
      if (shape.withBreakdown) {
        cursor.uint64Halves();
        row.codes[index] = cursor.high * 2 ** 21 + (cursor.low >>> 11);
      }
      if (shape.withCorrelated) {
        cursor.uint64Halves();
        events.values[index] = numbers.of(cursor.high, cursor.low);
      }
      cursor.uint64Halves();
      events.marks[index] = cursor.low & MARKS_MASK;
      events.times[index] = cursor.high * 1024 + (cursor.low >>> 22);
    }
    if (shape.texts !== null) readTexts(cursor, shape.texts);
    onRow(row);
  };
}

function readTexts(cursor: RowCursor, texts: Map<number, string>): void {
  const count = cursor.length();
  cursor.need(count * 8);
  const codes: number[] = [];
  for (let index = 0; index < count; index += 1) {
    cursor.uint64Halves();
    codes.push(cursor.high * 2 ** 32 + cursor.low);
  }
  cursor.length();
  for (const code of codes) {
    const text = cursor.text();
    const known = texts.get(code);
    if (known === undefined) texts.set(code, text);
    else if (known !== text) throw new IntegrityError('two values of the breakdown have the same hash');
  }
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

/** Whether the order of two events of one millisecond decides which breakdown value is taken. */
export function orderMatters({ events: { count, times }, codes }: ViewerRow): boolean {
  for (let index = 1; index < count; index += 1) {
    if (times[index] === times[index - 1] && codes[index] !== codes[index - 1]) return true;
  }
  return false;
}
