import type { RowCursor } from '../row-binary.js';

import type { ViewerActs } from './tally.js';

/** One viewer as the statement gives it. The arrays are used again for the next viewer. */
export interface ActsRow {
  readonly acts: ViewerActs;
  /** Two events of one millisecond differ: their order is not known from their times. */
  readonly tied: boolean;
  /** The viewer's UUID; to be read while the row is. */
  viewerText(): string;
}

/** Reads rows of `path/viewer-acts`: 42 bits of milliseconds above 21 of the name and one of the start. */
export function createActsReader(onRow: (row: ActsRow) => void): (cursor: RowCursor) => void {
  let times = new Float64Array(64);
  let names = new Float64Array(64);
  let starts = new Uint8Array(64);
  return (cursor) => {
    const viewer = cursor.skipText();
    const count = cursor.length();
    cursor.need(count * 8);
    if (times.length < count) {
      times = new Float64Array(count * 2);
      names = new Float64Array(count * 2);
      starts = new Uint8Array(count * 2);
    }
    let tied = false;
    for (let index = 0; index < count; index += 1) {
      cursor.uint64Halves();
      times[index] = cursor.high * 1024 + (cursor.low >>> 22);
      names[index] = (cursor.low & 0x3f_ffff) >>> 1;
      starts[index] = cursor.low & 1;
      if (index > 0 && times[index] === times[index - 1]) {
        if (names[index] !== names[index - 1]) tied = true;
      }
    }
    onRow({ acts: { count, times, names, starts }, tied, viewerText: () => cursor.textAt(viewer) });
  };
}
