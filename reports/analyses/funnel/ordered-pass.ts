import { ALL_TIME, stepMarksOf, type FunnelPass, type OnAttempt, type PeriodOf } from './pass.js';
import { endOfInstant, type Attempt, type FunnelPlan, type ViewerEvents } from './viewer-events.js';

/** For ordered funnels where no event competes with another of its millisecond: one look at every event, whatever the window. */
export function createOrderedPass(plan: FunnelPlan): FunnelPass {
  const { stepCount, windowMs } = plan;
  const stepMarks = stepMarksOf(plan);
  /** Per start its event and its depth; per depth how many starts have reached it. */
  let starts = new Int32Array(64);
  let depths = new Uint8Array(64);
  const reached = new Int32Array(stepCount + 2);

  /** Ordered and simple: how deep each start goes; starts of one depth are neighbours, so all move at once. */
  function markDepths(events: ViewerEvents, firstCompleteIsEnough: boolean): number {
    reached.fill(0);
    let count = 0;
    let alive = 0;
    for (let first = 0; first < events.count;) {
      const time = events.times[first] ?? 0;
      const end = endOfInstant(events, first);
      let marks = 0;
      for (let index = first; index < end; index += 1) marks |= events.marks[index] ?? 0;
      while (alive < count && time - (events.times[starts[alive] ?? 0] ?? 0) > windowMs) alive += 1;
      const oneEvent = end - first === 1;
      moveOn(marks & stepMarks, alive, oneEvent);
      if (firstCompleteIsEnough && (reached[stepCount] ?? 0) > alive) return count;
      if ((marks & 1) !== 0) {
        let depth = 1;
        while (!oneEvent && depth < stepCount && (marks & (1 << depth)) !== 0) depth += 1;
        for (let index = first; index < end; index += 1) {
          if (((events.marks[index] ?? 0) & 1) === 0) continue;
          starts[count] = index;
          depths[count] = depth;
          count += 1;
        }
        for (let step = 1; step <= depth; step += 1) reached[step] = count;
        if (firstCompleteIsEnough && depth === stepCount) return count;
      }
      first = end;
    }
    return count;
  }

  function moveOn(marks: number, alive: number, oneEvent: boolean): void {
    // Deepest first: one event moves a start by one step, tied events by as many as they fill in a row.
    let runEnd = stepCount;
    for (let depth = stepCount - 1; depth >= 1; depth -= 1) {
      if ((marks & (1 << depth)) === 0) {
        runEnd = depth;
        continue;
      }
      const target = oneEvent ? depth + 1 : runEnd;
      const to = reached[depth] ?? 0;
      for (let start = Math.max(alive, reached[depth + 1] ?? 0); start < to; start += 1)
        depths[start] = target;
    }
    if (oneEvent) {
      for (let depth = stepCount - 1; depth >= 1; depth -= 1) {
        if ((marks & (1 << depth)) !== 0) reached[depth + 1] = reached[depth] ?? 0;
      }
    } else {
      for (let depth = 1; depth < stepCount; depth += 1) {
        if ((marks & (1 << depth)) !== 0) reached[depth + 1] = reached[depth] ?? 0;
      }
    }
  }

  /** Ordered and simple: the earliest way the attempt of a start goes. */
  function followOrdered(events: ViewerEvents, start: number, depth: number): Attempt {
    const startTime = events.times[start] ?? 0;
    const times = [startTime];
    const chosen = [start];
    let first = start;
    while (first > 0 && events.times[first - 1] === startTime) first -= 1;
    while (times.length < depth && first < events.count) {
      const end = endOfInstant(events, first);
      let progress = true;
      while (progress && times.length < depth) {
        progress = false;
        for (let index = first; index < end && !progress; index += 1) {
          const fits = ((events.marks[index] ?? 0) & (1 << times.length)) !== 0;
          if (!fits || chosen.includes(index)) continue;
          times.push(events.times[index] ?? 0);
          chosen.push(index);
          progress = true;
        }
      }
      first = end;
    }
    return { times, events: chosen };
  }

  function simpleOrdered(events: ViewerEvents, periodOf: PeriodOf, onAttempt: OnAttempt): void {
    if (starts.length < events.count) {
      starts = new Int32Array(events.count * 2);
      depths = new Uint8Array(events.count * 2);
    }
    const count = markDepths(events, periodOf === ALL_TIME);
    let from = 0;
    while (from < count) {
      const period = periodOf(events.times[starts[from] ?? 0] ?? 0);
      let deepest = from;
      let to = from + 1;
      while (
        to < count &&
        (periodOf === ALL_TIME || periodOf(events.times[starts[to] ?? 0] ?? 0) === period)
      ) {
        if ((depths[to] ?? 0) > (depths[deepest] ?? 0)) deepest = to;
        to += 1;
      }
      onAttempt(followOrdered(events, starts[deepest] ?? 0, depths[deepest] ?? 0), period);
      from = to;
    }
  }

  return simpleOrdered;
}
