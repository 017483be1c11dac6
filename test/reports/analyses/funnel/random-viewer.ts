import { createRandom } from '../../../oracles/random.js';
import type { OracleEvent, OracleFunnel } from '../../../oracles/funnel.js';
import type { FunnelPlan, ViewerEvents } from '../../../../reports/analyses/funnel/viewer-events.js';

export interface FunnelCase {
  readonly events: readonly OracleEvent[];
  readonly funnel: OracleFunnel;
}

/** A funnel and one viewer, small enough for brute force, thick with ties, overlaps and edges of the window. */
export function randomCase(seed: number): FunnelCase {
  const random = createRandom(seed);
  const steps = 1 + random(4);
  const orders = ['ordered', 'strict', 'unordered'] as const;
  const order = orders[random(3)] ?? 'ordered';
  const overlapping = random(3) === 0;
  const correlateFrom = random(4) === 0 ? 1 + random(steps) : 0;
  const exclusionCount = steps === 1 ? 0 : Math.max(0, random(5) - 2);
  const exclusions = Array.from({ length: exclusionCount }, () => {
    const fromStep = 1 + random(steps - 1);
    return { fromStep, toStep: fromStep + 1 + random(steps - fromStep) };
  });
  const span = [4, 8, 20, 60][random(4)] ?? 8;
  const events = Array.from({ length: random(8) }, (_, index): OracleEvent => {
    const fits: number[] = [];
    if (random(6) > 0) fits.push(1 + random(steps));
    if (overlapping)
      for (let step = 1; step <= steps; step += 1)
        if (random(3) === 0 && !fits.includes(step)) fits.push(step);
    const excludes = exclusions.flatMap((_exclusion, number) => (random(5) === 0 ? [number] : []));
    const heartbeat = random(4) === 0;
    return {
      id: `e${String((index * 7) % 10)}${index}`,
      time: 1000 + random(span),
      fits: fits.sort((left, right) => left - right),
      excludes,
      heartbeat,
      value: ['', 'a', 'a', 'b'][random(4)] ?? '',
    };
  });
  return { events, funnel: { steps, order, windowMs: random(span + 2), exclusions, correlateFrom } };
}

/** What the engine is given for a case: the marks and the order that the SQL would have made. */
export function engineInput({ events, funnel }: FunnelCase): {
  readonly plan: FunnelPlan;
  readonly viewer: ViewerEvents;
  readonly sorted: readonly OracleEvent[];
} {
  const interruptBit = 1 << (funnel.steps + funnel.exclusions.length);
  const plan: FunnelPlan = {
    stepCount: funnel.steps,
    order: funnel.order,
    windowMs: funnel.windowMs,
    exclusions: funnel.exclusions.map((exclusion, index) => ({
      ...exclusion,
      bit: 1 << (funnel.steps + index),
    })),
    interruptBit,
    correlateFrom: funnel.correlateFrom,
  };
  const marksOf = (event: OracleEvent): number =>
    event.fits.reduce((marks, step) => marks | (1 << (step - 1)), 0) |
    event.excludes.reduce((marks, number) => marks | (1 << (funnel.steps + number)), 0) |
    (funnel.order === 'strict' && !event.heartbeat ? interruptBit : 0);
  const sorted = events
    .filter((event) => marksOf(event) !== 0)
    .sort((left, right) => left.time - right.time || (left.id < right.id ? -1 : 1));
  const values = ['', 'a', 'b'];
  return {
    plan,
    sorted,
    viewer: {
      count: sorted.length,
      times: Float64Array.from(sorted.map(({ time }) => time)),
      marks: Uint32Array.from(sorted.map(marksOf)),
      values: Uint32Array.from(
        sorted.map(({ value }) => (funnel.correlateFrom > 0 ? values.indexOf(value) : 0)),
      ),
    },
  };
}
