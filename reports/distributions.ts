/** Tails of the distributions that tests need, accurate to about 1e-13 relative, also for very large counts. */

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const HALF_LOG_TAU = 0.5 * Math.log(2 * Math.PI);
/** Smaller than any sum that it is added to can notice. */
const NEGLIGIBLE = 1e-17;
const TINY = 1e-300;

/** log Γ(x) for x > 0 (Lanczos, g = 7). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const base = shifted + 7.5;
  const sum = LANCZOS.reduce(
    (total, coefficient, index) => (index === 0 ? coefficient : total + coefficient / (shifted + index)),
    0,
  );
  return HALF_LOG_TAU + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** What Stirling's formula for log Γ(n + 1) leaves out (Loader 2000, "Fast and accurate computation of binomial probabilities"). */
function stirlingError(n: number): number {
  if (n <= 15) return logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - HALF_LOG_TAU;
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** x log(x / mean) + mean − x without cancellation (Loader's deviance). */
function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = difference / (x + mean);
  let sum = difference * v;
  let power = 2 * x * v;
  for (let odd = 3; ; odd += 2) {
    power *= v * v;
    const next = sum + power / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

/** xᵃ (1 − x)ᵇ Γ(a + b + 1) / (Γ(a + 1) Γ(b + 1)): the binomial mass, for real a, b ≥ 0 and y = 1 − x. */
function binomialMass(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  if (a === 0) return b === 0 ? 1 : Math.exp(b * Math.log1p(-x));
  if (b === 0) return Math.exp(a * Math.log1p(-y));
  const exponent =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * a * b));
}

/** P(X > x) of a gamma distribution with shape a: the regularised upper incomplete gamma function Q(a, x). */
function gammaTail(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const mass = Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
  if (x < a + 1) {
    let term = 1;
    let sum = 1;
    for (let n = 1; term > sum * NEGLIGIBLE; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - mass * sum;
  }
  // Lentz's continued fraction.
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 100_000; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / nonZero(an * d + b);
    c = nonZero(b + an / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return mass * a * fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** P(χ² ≥ x) with so many degrees of freedom. */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  return gammaTail(degreesOfFreedom / 2, x / 2);
}

/** P(|Z| ≥ |z|) of the standard normal distribution. */
export function normalTwoSided(z: number): number {
  return gammaTail(0.5, (z * z) / 2);
}

/** P(X ≤ x) of a beta distribution, y = 1 − x given beside it so that neither loses digits. */
function betaHead(a: number, b: number, x: number, y: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // The continued fraction converges quickly below the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaHead(b, a, y, x);
  let c = 1;
  // 1 − (a + b) x / (a + 1), without cancellation where x is near 1.
  let d = 1 / nonZero((1 - b + (a + b) * y) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1_000_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  // xᵃ yᵇ / (a B(a, b)) = mass · b / (a + b)
  return (binomialMass(a, b, x, y) * b * fraction) / (a + b);
}

/** P(|T| ≥ |t|) of Student's distribution; degrees of freedom need not be whole. */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  const square = t * t;
  // Abramowitz and Stegun 26.7.8: so far out exact to 1e-12, where the fraction below loses digits.
  if (degreesOfFreedom > 1e6) {
    return normalTwoSided(
      (t * (1 - 1 / (4 * degreesOfFreedom))) / Math.sqrt(1 + square / (2 * degreesOfFreedom)),
    );
  }
  const whole = degreesOfFreedom + square;
  return betaHead(degreesOfFreedom / 2, 0.5, degreesOfFreedom / whole, square / whole);
}

/** The t that |T| exceeds with this probability. */
export function studentTwoSidedQuantile(probability: number, degreesOfFreedom: number): number {
  let low = 0;
  let high = 1;
  while (studentTwoSided(high, degreesOfFreedom) > probability && high < 1e150) high *= 2;
  for (let round = 0; round < 200; round += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentTwoSided(middle, degreesOfFreedom) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X ≥ least) where so many are drawn, without replacement, of `marked` marked ones and `plain` others. */
export function hypergeometricTail(least: number, marked: number, plain: number, drawn: number): number {
  const lowest = Math.max(0, drawn - plain);
  const highest = Math.min(drawn, marked);
  if (least <= lowest) return 1;
  if (least > highest) return 0;
  const mean = (drawn * marked) / (marked + plain);
  // Masses fall away from the mean; the side that falls is summed.
  if (least > mean) {
    let mass = hypergeometricMass(least, marked, plain, drawn);
    let sum = mass;
    for (let k = least; k < highest && mass > sum * NEGLIGIBLE; k += 1) {
      mass *= ((marked - k) * (drawn - k)) / ((k + 1) * (plain - drawn + k + 1));
      sum += mass;
    }
    return sum;
  }
  let mass = hypergeometricMass(least - 1, marked, plain, drawn);
  let sum = mass;
  for (let k = least - 1; k > lowest && mass > sum * NEGLIGIBLE; k -= 1) {
    mass *= (k * (plain - drawn + k)) / ((marked - k + 1) * (drawn - k + 1));
    sum += mass;
  }
  return 1 - sum;
}

function hypergeometricMass(k: number, marked: number, plain: number, drawn: number): number {
  const all = marked + plain;
  const x = drawn / all;
  const y = (all - drawn) / all;
  return (
    (binomialMass(k, marked - k, x, y) * binomialMass(drawn - k, plain - drawn + k, x, y)) /
    binomialMass(drawn, all - drawn, x, y)
  );
}
