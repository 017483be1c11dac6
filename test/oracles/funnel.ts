/**
 * The funnel of PRODUCT §6 by brute force: every way of every attempt is written out. Slow, readable, and sharing no
 * code with the engine. Times are milliseconds, ids texts; `fits` are step numbers from 1.
 */
export interface OracleEvent {
  readonly id: string;
  readonly time: number;
  readonly fits: readonly number[];
  /** Which exclusions (from 0) the event belongs to. */
  readonly excludes: readonly number[];
  /** `live_heartbeat` never interrupts a strict attempt. */
  readonly heartbeat: boolean;
  /** The correlated field; '' where there is none. */
  readonly value: string;
}

export interface OracleFunnel {
  readonly steps: number;
  readonly order: 'ordered' | 'strict' | 'unordered';
  readonly windowMs: number;
  readonly exclusions: readonly { readonly fromStep: number; readonly toStep: number }[];
  /** 0: not correlated. */
  readonly correlateFrom: number;
}

type Way = readonly OracleEvent[];

/** The attempt that counts, as its events in the order of the steps reached; null without any. */
export function oracleBest(
  events: readonly OracleEvent[],
  funnel: OracleFunnel,
  startsHere: (time: number) => boolean = () => true,
): Way | null {
  const candidates: Way[] = [];
  for (const start of events) {
    if (!startsHere(start.time)) continue;
    const ways = waysFrom(start, events, funnel);
    const depth = Math.max(0, ...ways.map((way) => way.length));
    if (depth === 0) continue;
    candidates.push(...ways.filter((way) => way.length === depth && !isVoid(way, events, funnel)));
  }
  return candidates.sort(byWhatCounts)[0] ?? null;
}

function byWhatCounts(left: Way, right: Way): number {
  if (left.length !== right.length) return right.length - left.length;
  for (const [index, event] of left.entries()) {
    const difference = event.time - (right[index]?.time ?? 0);
    if (difference !== 0) return difference;
  }
  for (const [index, event] of left.entries()) {
    const other = right[index]?.id ?? '';
    if (event.id !== other) return event.id < other ? -1 : 1;
  }
  return 0;
}

function waysFrom(start: OracleEvent, events: readonly OracleEvent[], funnel: OracleFunnel): Way[] {
  const ways: Way[] = [];
  const grow = (way: readonly OracleEvent[], filled: readonly number[]): void => {
    if (isAllowed(way, events, funnel)) ways.push(way);
    const last = way.at(-1);
    if (last === undefined) return;
    for (const event of events) {
      const tooLate = event.time > start.time + funnel.windowMs;
      if (event.time < last.time || tooLate || way.includes(event)) continue;
      for (const step of event.fits) {
        const inOrder = funnel.order === 'unordered' ? !filled.includes(step) : step === filled.length + 1;
        if (inOrder) grow([...way, event], [...filled, step]);
      }
    }
  };
  for (const step of start.fits) if (funnel.order === 'unordered' || step === 1) grow([start], [step]);
  return ways;
}

function isAllowed(way: Way, events: readonly OracleEvent[], funnel: OracleFunnel): boolean {
  if (funnel.correlateFrom > 0) {
    const values = way.slice(funnel.correlateFrom - 1).map(({ value }) => value);
    if (values.some((value) => value === '' || value !== values[0])) return false;
  }
  if (funnel.order !== 'strict') return true;
  const first = way[0]?.time ?? 0;
  const last = way.at(-1)?.time ?? 0;
  return !events.some(
    (event) => !event.heartbeat && !way.includes(event) && event.time > first && event.time < last,
  );
}

function isVoid(way: Way, events: readonly OracleEvent[], funnel: OracleFunnel): boolean {
  return funnel.exclusions.some(({ fromStep, toStep }, number) => {
    const from = way[fromStep - 1];
    const to = way[toStep - 1];
    if (from === undefined) return false;
    const windowEnd = (way[0]?.time ?? 0) + funnel.windowMs;
    return events.some((event) => {
      if (!event.excludes.includes(number) || way.includes(event) || event.time <= from.time) return false;
      return to === undefined ? event.time <= windowEnd : event.time < to.time;
    });
  });
}
