/** The distributions and intervals that analyses need. */

/** Wichura's AS 241 (PPND16): the standard normal quantile, about 1e-16 relative. */
export function normalQuantile(probability: number): number {
  const offset = probability - 0.5;
  if (Math.abs(offset) <= 0.425) {
    const r = 0.180625 - offset * offset;
    return (offset * polynomial(r, CENTRE_UP)) / polynomial(r, CENTRE_DOWN);
  }
  const tail = Math.sqrt(-Math.log(offset < 0 ? probability : 1 - probability));
  const value =
    tail <= 5
      ? polynomial(tail - 1.6, NEAR_UP) / polynomial(tail - 1.6, NEAR_DOWN)
      : polynomial(tail - 5, FAR_UP) / polynomial(tail - 5, FAR_DOWN);
  return offset < 0 ? -value : value;
}

function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

const CENTRE_UP = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const CENTRE_DOWN = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
];
const NEAR_UP = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const NEAR_DOWN = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const FAR_UP = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const FAR_DOWN = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
];

/**
 * Wilson's score interval of a proportion, without continuity correction; null for no trials and for more successes
 * than trials (figures that are no proportion).
 */
export function wilsonInterval(
  successes: number,
  trials: number,
  confidence = 0.95,
): [number, number] | null {
  if (trials <= 0 || successes < 0 || successes > trials) return null;
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const rate = successes / trials;
  const middle = rate + (z * z) / (2 * trials);
  const spread = z * Math.sqrt((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials));
  const scale = 1 + (z * z) / trials;
  return [
    successes === 0 ? 0 : Math.max(0, (middle - spread) / scale),
    successes === trials ? 1 : Math.min(1, (middle + spread) / scale),
  ];
}

/**
 * Newcombe's interval of the difference of two proportions, second − first (1998, method 10: Wilson's intervals of
 * both, no continuity correction); null where either has no trials.
 */
export function newcombeInterval(
  first: readonly [successes: number, trials: number],
  second: readonly [successes: number, trials: number],
  confidence = 0.95,
): [number, number] | null {
  const firstInterval = wilsonInterval(...first, confidence);
  const secondInterval = wilsonInterval(...second, confidence);
  if (firstInterval === null || secondInterval === null) return null;
  const firstRate = first[0] / first[1];
  const secondRate = second[0] / second[1];
  const difference = secondRate - firstRate;
  return [
    difference - Math.hypot(secondRate - secondInterval[0], firstInterval[1] - firstRate),
    difference + Math.hypot(secondInterval[1] - secondRate, firstRate - firstInterval[0]),
  ];
}

/** The pooled two-proportion z, second − first; 0 where all succeed or none, null where either has no trials. */
export function pooledZ(
  first: readonly [successes: number, trials: number],
  second: readonly [successes: number, trials: number],
): number | null {
  if (first[1] <= 0 || second[1] <= 0) return null;
  const pooled = (first[0] + second[0]) / (first[1] + second[1]);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / first[1] + 1 / second[1]));
  return error === 0 ? 0 : (second[0] / second[1] - first[0] / first[1]) / error;
}

/** A sample of numbers; `variance` divides by n − 1. */
export interface Sample {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

export interface WelchTest {
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Of the difference of the means. */
  readonly standardError: number;
}

/** Welch's t for second − first; null with fewer than two in either sample and without any spread. */
export function welchTest(first: Sample, second: Sample): WelchTest | null {
  if (first.count < 2 || second.count < 2) return null;
  const firstPart = first.variance / first.count;
  const secondPart = second.variance / second.count;
  const sum = firstPart + secondPart;
  if (!(sum > 0)) return null;
  const degreesOfFreedom =
    sum ** 2 / (firstPart ** 2 / (first.count - 1) + secondPart ** 2 / (second.count - 1));
  const standardError = Math.sqrt(sum);
  return { t: (second.mean - first.mean) / standardError, degreesOfFreedom, standardError };
}

/** Holm's step-down adjustment; what has no p has none after it and is no member of the family. */
export function holmAdjusted(values: readonly (number | null)[]): (number | null)[] {
  const family = values
    .flatMap((p, index) => (p === null ? [] : [{ p, index }]))
    .sort((left, right) => left.p - right.p);
  const adjusted = values.map((): number | null => null);
  let largest = 0;
  for (const [rank, { p, index }] of family.entries()) {
    largest = Math.max(largest, Math.min(1, (family.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}
