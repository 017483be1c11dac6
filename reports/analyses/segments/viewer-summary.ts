import type { RowCursor } from '../row-binary.js';

import type { ViewerSummary } from './tally.js';

/** Reads rows of `segments/viewers`: one act a 128-bit number, its lower half first. */
export function createSummaryReader(onViewer: (viewer: ViewerSummary) => void): (cursor: RowCursor) => void {
  return (cursor) => {
    const lastMs = cursor.int64();
    const orders = cursor.int64();
    const gmvFen = cursor.int64();
    const count = cursor.length();
    cursor.need(count * 16);
    const rooms: { room: number; acts: { count: number; times: number[]; kinds: number[] } }[] = [];
    for (let index = 0; index < count; index += 1) {
      cursor.uint64Halves();
      const time = cursor.high * 2 ** 30 + (cursor.low >>> 2);
      const kind = cursor.low & 3;
      cursor.uint64Halves();
      const room = cursor.high * 2 ** 32 + cursor.low;
      let last = rooms.at(-1);
      if (last?.room !== room) {
        last = { room, acts: { count: 0, times: [], kinds: [] } };
        rooms.push(last);
      }
      last.acts.times.push(time);
      last.acts.kinds.push(kind);
      last.acts.count += 1;
    }
    onViewer({ lastMs, orders, gmvFen, rooms });
  };
}
