import { ATTRIBUTION_MODELS } from '../../../../schemas/index.js';
import type {
  AttributionEngine,
  AttributionOptions,
} from '../../../../reports/analyses/attribution/engine.js';
import type { OracleAttribution, OracleConversion, OracleTouch } from '../../../oracles/attribution.js';
import { createRandom } from '../../../oracles/random.js';

const LABELS = ['direct', 'a', 'b', 'c', '(not set)'];

/** A few people with touches and conversions on few instants: ties, edges of the lookback, repeats, people without. */
export function randomJourneys(seed: number): OracleAttribution {
  const random = createRandom(seed);
  const people = 1 + random(5);
  const span = [3, 10, 40][random(3)] ?? 10;
  const labels = LABELS.slice(0, 1 + random(LABELS.length));
  const touches: OracleTouch[] = [];
  const conversions: OracleConversion[] = [];
  for (let person = 0; person < people; person += 1) {
    for (let index = random(6); index > 0; index -= 1) {
      const label = labels[random(labels.length)] ?? '';
      touches.push({ person, time: random(span), id: `t${random(9)}-${person}-${index}`, label });
    }
    for (let index = Math.max(0, random(4) - 1); index > 0; index -= 1) {
      conversions.push({
        person,
        time: random(span),
        id: `c${random(9)}-${person}-${index}`,
        value: random(3) === 0 ? 0 : random(1000),
      });
    }
  }
  const from = random(2) === 0 ? null : random(span);
  const to = random(2) === 0 ? null : (from ?? 0) + 1 + random(span);
  const within = conversions.filter(
    ({ time }) => (from === null || time >= from) && (to === null || time < to),
  );
  const lost = Array.from({ length: people }, (_, person) => person).filter(
    (person) => random(2) === 0 && !within.some((conversion) => conversion.person === person),
  );
  return {
    touches,
    conversions: within,
    lost,
    from,
    to,
    lookbackMs: random(span + 1),
    halfLifeMs: 1 + random(span),
    position: [
      [0.4, 0.4],
      [0.5, 0.1],
      [0, 0],
      [1, 0],
    ][random(4)] as [number, number],
    markovOrder: 1 + random(4),
    unit: random(3) === 0 ? 'viewer' : 'conversion',
  };
}

export function engineOptions(input: OracleAttribution): AttributionOptions {
  return {
    models: ATTRIBUTION_MODELS,
    halfLifeMs: input.halfLifeMs,
    lookbackMs: input.lookbackMs,
    position: input.position,
    markovOrder: input.markovOrder,
    firstOnly: input.unit === 'viewer',
    language: 'zh',
  };
}

/** Hands the engine what the SQL would: per person, in order of time and id. */
export function feed(engine: AttributionEngine, input: OracleAttribution): void {
  const sorted = <Item extends { time: number; id: string }>(items: readonly Item[]): Item[] =>
    [...items].sort((left, right) => left.time - right.time || (left.id < right.id ? -1 : 1));
  for (const person of new Set(input.conversions.map((conversion) => conversion.person))) {
    const conversions = sorted(input.conversions.filter((one) => one.person === person));
    const touches = sorted(input.touches.filter((one) => one.person === person));
    engine.addJourney({
      conversionCount: conversions.length,
      conversionTimes: conversions.map(({ time }) => time),
      conversionValues: conversions.map(({ value }) => value),
      touchCount: touches.length,
      touchTimes: touches.map(({ time }) => time),
      touchLabels: touches.map(({ label }) => engine.label(label)),
    });
  }
  for (const person of input.lost) {
    const touches = sorted(
      input.touches.filter(
        (one) =>
          one.person === person &&
          (input.from === null || one.time >= input.from) &&
          (input.to === null || one.time < input.to),
      ),
    );
    engine.addNullPath(
      touches.map(({ label }) => engine.label(label)),
      1,
    );
  }
}
