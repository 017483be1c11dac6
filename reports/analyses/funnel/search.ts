import {
  compareNumbers,
  endOfInstant,
  type Attempt,
  type FunnelPlan,
  type ViewerEvents,
} from './viewer-events.js';

/**
 * The exact search behind the funnel (PRODUCT §6): all ways an attempt can go, as a set of states that are carried
 * from one millisecond to the next. Two ways that have filled the same steps with the same value have the same
 * future, so only the better of them is kept; that is what keeps the set small.
 */
interface State {
  /** How many steps are filled, and which (a bit each). */
  readonly depth: number;
  readonly filled: number;
  /** The value that the correlated steps carry; 0 while none is filled. */
  readonly value: number;
  /** An exclusion has voided this way. */
  readonly excluded: boolean;
  /** Strict: something lies after its last step, it can go no deeper. */
  readonly closed: boolean;
  readonly times: readonly number[];
  readonly events: readonly number[];
}

export interface SearchResult {
  /** Steps the attempt reaches, exclusions not looked at. */
  readonly depth: number;
  /** The way of that depth that counts; null when exclusions void all of them. */
  readonly attempt: Attempt | null;
}

/** The attempt that the event at `start` begins; null when that event can begin none. */
export function searchAttempt(events: ViewerEvents, start: number, plan: FunnelPlan): SearchResult | null {
  const startTime = events.times[start] ?? 0;
  let first = start;
  while (first > 0 && events.times[first - 1] === startTime) first -= 1;
  const nothing: State = {
    depth: 0,
    filled: 0,
    value: 0,
    excluded: false,
    closed: false,
    times: [],
    events: [],
  };
  const states = new Map<string, State>();
  let end = endOfInstant(events, first);
  for (const begun of fillWith(nothing, start, events, plan)) {
    extendWithin(begun, nothing, first, end, 1, events, plan, states);
  }
  if (states.size === 0) return null;
  let current = [...states.values()];
  while (end < events.count && (events.times[end] ?? 0) - startTime <= plan.windowMs) {
    const next = endOfInstant(events, end);
    current = advance(current, end, next, events, plan);
    end = next;
    if (current.every(({ excluded, depth }) => excluded || depth === plan.stepCount)) break;
  }
  return best(current);
}

function best(states: readonly State[]): SearchResult {
  const depth = Math.max(...states.map((state) => state.depth));
  let attempt: State | null = null;
  for (const state of states) {
    if (state.depth === depth && !state.excluded && (attempt === null || isBetter(state, attempt)))
      attempt = state;
  }
  return { depth, attempt };
}

function isBetter(left: State, right: State): boolean {
  const times = compareNumbers(left.times, right.times);
  return times < 0 || (times === 0 && compareNumbers(left.events, right.events) < 0);
}

/** All states after one more millisecond. */
function advance(
  states: State[],
  first: number,
  end: number,
  events: ViewerEvents,
  plan: FunnelPlan,
): State[] {
  const after = new Map<string, State>();
  for (const state of states) extendWithin(state, state, first, end, 0, events, plan, after);
  const all = [...after.values()];
  const complete = all.filter(({ depth, excluded }) => depth === plan.stepCount && !excluded);
  const [first_] = complete;
  if (first_ === undefined) return all;
  const winner = complete.reduce((left, right) => (isBetter(right, left) ? right : left), first_);
  // No way deeper exists, and one whose steps so far are no earlier can only end later.
  return all.filter(
    (state) =>
      state === winner ||
      (!state.excluded && compareNumbers(state.times, winner.times.slice(0, state.depth)) < 0),
  );
}

/** Every way to use the events of one millisecond, in any order, nothing included; the outcomes go to `into`. */
function extendWithin(
  state: State,
  before: State,
  first: number,
  end: number,
  usedHere: number,
  events: ViewerEvents,
  plan: FunnelPlan,
  into: Map<string, State>,
): void {
  keep(settle(state, before, first, end, usedHere, events, plan), into);
  if (state.closed || state.depth === plan.stepCount) return;
  for (let index = first; index < end; index += 1) {
    if (isUsed(state, index, usedHere) || isRepeat(state, index, first, usedHere, events)) continue;
    for (const extended of fillWith(state, index, events, plan)) {
      extendWithin(extended, before, first, end, usedHere + 1, events, plan, into);
    }
  }
}

function isUsed(state: State, index: number, usedHere: number): boolean {
  for (let back = 1; back <= usedHere; back += 1) {
    if (state.events[state.events.length - back] === index) return true;
  }
  return false;
}

/** Of events that differ in nothing but their id the smaller fills first. */
function isRepeat(
  state: State,
  index: number,
  first: number,
  usedHere: number,
  events: ViewerEvents,
): boolean {
  for (let earlier = first; earlier < index; earlier += 1) {
    const same =
      events.marks[earlier] === events.marks[index] && events.values[earlier] === events.values[index];
    if (same && !isUsed(state, earlier, usedHere)) return true;
  }
  return false;
}

/** The states after one event fills one more step; several when it fits several. */
function fillWith(state: State, index: number, events: ViewerEvents, plan: FunnelPlan): State[] {
  const marks = events.marks[index] ?? 0;
  const value = events.values[index] ?? 0;
  const depth = state.depth + 1;
  const correlated = plan.correlateFrom > 0 && depth >= plan.correlateFrom;
  if (correlated && (value === 0 || (state.value !== 0 && state.value !== value))) return [];
  const filledBy: State[] = [];
  const steps = plan.order === 'unordered' ? plan.stepCount : depth;
  for (let step = plan.order === 'unordered' ? 1 : depth; step <= steps; step += 1) {
    const bit = 1 << (step - 1);
    if ((marks & bit) === 0 || (state.filled & bit) !== 0) continue;
    filledBy.push({
      ...state,
      depth,
      filled: state.filled | bit,
      value: correlated ? value : 0,
      times: [...state.times, events.times[index] ?? 0],
      events: [...state.events, index],
    });
  }
  return filledBy;
}

/** What the events left over in this millisecond mean for the way taken. */
function settle(
  state: State,
  before: State,
  first: number,
  end: number,
  usedHere: number,
  events: ViewerEvents,
  plan: FunnelPlan,
): State {
  let leftOver = 0;
  for (let index = first; index < end; index += 1) {
    if (!isUsed(state, index, usedHere)) leftOver |= events.marks[index] ?? 0;
  }
  const voids = plan.exclusions.some(
    ({ bit, fromStep, toStep }) => (leftOver & bit) !== 0 && before.depth >= fromStep && state.depth < toStep,
  );
  const interrupted = plan.order === 'strict' && before.depth > 0 && (leftOver & plan.interruptBit) !== 0;
  if (!voids && !interrupted) return state;
  return { ...state, excluded: state.excluded || voids, closed: state.closed || interrupted };
}

function keep(state: State, into: Map<string, State>): void {
  const key = `${state.filled},${state.value},${state.excluded ? 1 : 0},${state.closed ? 1 : 0}`;
  const known = into.get(key);
  if (known === undefined || isBetter(state, known)) into.set(key, state);
}
