import { OTHER, type FunnelStepResult } from '../../../schemas/index.js';

import type { Attempt } from './viewer-events.js';

/** Numbers in a list that grows. */
class NumberList {
  count = 0;
  private items = new Float64Array(4);

  push(value: number): void {
    if (this.count === this.items.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.count] = value;
    this.count += 1;
  }

  pushAll(other: NumberList): void {
    for (let index = 0; index < other.count; index += 1) this.push(other.items[index] ?? 0);
  }

  sum(): number {
    let sum = 0;
    for (let index = 0; index < this.count; index += 1) sum += this.items[index] ?? 0;
    return sum;
  }

  /** Of an even number of items the mean of the middle two. Sorts the list. */
  median(): number | null {
    if (this.count === 0) return null;
    this.items.subarray(0, this.count).sort();
    const upper = Math.floor(this.count / 2);
    const middle = this.items[upper] ?? 0;
    return this.count % 2 === 1 ? middle : ((this.items[upper - 1] ?? 0) + middle) / 2;
  }
}

/** Viewers and times of one funnel: of all viewers, of one group, of one period. */
export interface StepTotals {
  add(attempt: Attempt): void;
  merge(other: StepTotals): void;
  /** Viewers who reached the first step. */
  readonly viewers: number;
  /** One a step: milliseconds since the step before. */
  readonly gaps: readonly NumberList[];
  readonly reached: readonly number[];
  steps(names: readonly string[]): FunnelStepResult[];
}

export function createStepTotals(stepCount: number): StepTotals {
  const reached = new Array<number>(stepCount).fill(0);
  const gaps = Array.from({ length: stepCount }, () => new NumberList());
  return {
    reached,
    gaps,
    get viewers() {
      return reached[0] ?? 0;
    },
    add({ times }) {
      let before = 0;
      for (let step = 0; step < times.length; step += 1) {
        const time = times[step] ?? 0;
        reached[step] = (reached[step] ?? 0) + 1;
        if (step > 0) gaps[step]?.push(time - before);
        before = time;
      }
    },
    merge(other) {
      for (let step = 0; step < stepCount; step += 1) {
        reached[step] = (reached[step] ?? 0) + (other.reached[step] ?? 0);
        const theirs = other.gaps[step];
        if (theirs !== undefined) gaps[step]?.pushAll(theirs);
      }
    },
    steps(names) {
      const first = reached[0] ?? 0;
      return names.map((name, index) => {
        const viewers = reached[index] ?? 0;
        const previous = index === 0 ? null : (reached[index - 1] ?? 0);
        const median = gaps[index]?.median() ?? null;
        const sum = gaps[index]?.sum() ?? 0;
        const timed = index > 0 && viewers > 0;
        return {
          step: index + 1,
          name,
          viewers,
          from_previous: previous === null ? null : rate(viewers, previous),
          from_first: rate(viewers, first),
          median_seconds: timed && median !== null ? median / 1000 : null,
          mean_seconds: timed ? sum / viewers / 1000 : null,
        };
      });
    },
  };
}

/** A rate over nobody is 0. */
function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** The groups with most viewers at the first step, ties by value; the rest is one group. They add up to the total. */
export function listGroups(
  groups: ReadonlyMap<string, StepTotals>,
  limit: number,
  names: readonly string[],
): { value: string; steps: FunnelStepResult[] }[] {
  const ranked = [...groups].sort(
    ([leftValue, left], [rightValue, right]) =>
      right.viewers - left.viewers || (leftValue < rightValue ? -1 : 1),
  );
  const listed = ranked.slice(0, limit).map(([value, totals]) => ({ value, steps: totals.steps(names) }));
  if (ranked.length <= limit) return listed;
  const rest = createStepTotals(names.length);
  for (const [, totals] of ranked.slice(limit)) rest.merge(totals);
  return [...listed, { value: OTHER, steps: rest.steps(names) }];
}
