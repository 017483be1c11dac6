/** Experiments of PRODUCT §6 in plain words: textbook formulas, every integral by Simpson's rule. */
export interface OracleTouch {
  readonly person: string;
  readonly time: number;
  readonly eventId: string;
  readonly campaign: string;
  readonly variant: string;
}
export interface OracleAct {
  readonly person: string;
  readonly time: number;
  readonly value: number;
}

/** What every user of a variant brought, zeros included; touches and acts lie in the range already. */
export function oracleAssign(
  touches: readonly OracleTouch[],
  acts: readonly OracleAct[],
  campaign: string,
): Map<string, { acts: number; value: number }[]> {
  const variants = new Map<string, { acts: number; value: number }[]>();
  const part = touches.filter((touch) => touch.campaign === campaign && touch.variant !== '');
  const actsOf = groupByPerson(acts);
  for (const [person, own] of groupByPerson(part)) {
    const first = own.reduce<OracleTouch | null>((best, touch) => {
      if (best === null || touch.time < best.time) return touch;
      return touch.time === best.time && touch.eventId < best.eventId ? touch : best;
    }, null);
    if (first === null) continue;
    const counted = (actsOf.get(person) ?? []).filter((act) => act.time >= first.time);
    const users = variants.get(first.variant) ?? [];
    users.push({ acts: counted.length, value: counted.reduce((sum, { value }) => sum + value, 0) });
    variants.set(first.variant, users);
  }
  return variants;
}

function groupByPerson<One extends { readonly person: string }>(all: readonly One[]): Map<string, One[]> {
  const groups = new Map<string, One[]>();
  for (const one of all) groups.set(one.person, [...(groups.get(one.person) ?? []), one]);
  return groups;
}

export function simpson(f: (x: number) => number, from: number, to: number, pieces = 1200): number {
  const width = (to - from) / pieces;
  let sum = f(from) + f(to);
  for (let index = 1; index < pieces; index += 1) sum += f(from + index * width) * (index % 2 === 1 ? 4 : 2);
  return (sum * width) / 3;
}

const normalDensity = (x: number): number => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);

export function oracleNormalTwoSided(z: number): number {
  const from = Math.abs(z);
  // The farther out, the steeper: what is left beyond is nothing.
  return 2 * simpson(normalDensity, from, from + 12 / (1 + from / 4));
}

/** The z that |Z| exceeds with this probability, by halving. */
export function oracleNormalQuantile(twoSided: number): number {
  let [low, high] = [0, 10];
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (oracleNormalTwoSided(middle) > twoSided) low = middle;
    else high = middle;
  }
  return low;
}

export function oracleWilson(converted: number, users: number, z: number): [number, number] {
  // The rates p whose distance from the observed one is z standard errors of p itself: a quadratic equation.
  const rate = converted / users;
  const a = 1 + z ** 2 / users;
  const b = -(2 * rate + z ** 2 / users);
  const c = rate ** 2;
  const root = Math.sqrt(Math.max(0, b ** 2 - 4 * a * c));
  return [(-b - root) / (2 * a), (-b + root) / (2 * a)];
}

export function oracleNewcombe(
  [convertedA, usersA]: readonly [number, number],
  [convertedB, usersB]: readonly [number, number],
  z: number,
): [number, number] {
  const rateA = convertedA / usersA;
  const rateB = convertedB / usersB;
  const [lowA, highA] = oracleWilson(convertedA, usersA, z);
  const [lowB, highB] = oracleWilson(convertedB, usersB, z);
  const difference = rateB - rateA;
  return [
    difference - Math.sqrt((rateB - lowB) ** 2 + (highA - rateA) ** 2),
    difference + Math.sqrt((highB - rateB) ** 2 + (rateA - lowA) ** 2),
  ];
}

/** P(b > a) under Beta(1, 1) by the sum of Miller (2015), "Formulas for Bayesian A/B testing". */
export function oracleChance(
  [convertedA, usersA]: readonly [number, number],
  [convertedB, usersB]: readonly [number, number],
): number {
  const [alphaA, betaA] = [convertedA + 1, usersA - convertedA + 1];
  const [alphaB, betaB] = [convertedB + 1, usersB - convertedB + 1];
  const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);
  let sum = 0;
  for (let i = 0; i < alphaB; i += 1) {
    sum += Math.exp(
      logBeta(alphaA + i, betaA + betaB) -
        Math.log(betaB + i) -
        logBeta(1 + i, betaB) -
        logBeta(alphaA, betaA),
    );
  }
  return sum;
}

/** Q(df/2, x/2) upwards from df 1 or 2. */
export function oracleChiSquareTail(x: number, df: number): number {
  let shape = df % 2 === 0 ? 1 : 0.5;
  let tail = df % 2 === 0 ? Math.exp(-x / 2) : oracleNormalTwoSided(Math.sqrt(x));
  let gamma = df % 2 === 0 ? 1 : Math.sqrt(Math.PI) / 2;
  while (shape < df / 2) {
    tail += ((x / 2) ** shape * Math.exp(-x / 2)) / gamma;
    shape += 1;
    gamma *= shape;
  }
  return tail;
}

/** Student's tail through an angle: t = √ν tan θ makes the density cos^(ν−1) θ. */
export function oracleStudentTwoSided(t: number, df: number): number {
  const f = (angle: number): number => Math.cos(angle) ** (df - 1);
  const angle = Math.atan(Math.abs(t) / Math.sqrt(df));
  // cos has a branch point at π/2 for fractional df: the middle part is smooth.
  const middle = simpson(f, 0, angle);
  return 1 - middle / wallis(df);
}

/** ∫₀^{π/2} cos^(ν−1): by Γ functions, each by Stirling's series far out. */
function wallis(df: number): number {
  return (Math.sqrt(Math.PI) / 2) * Math.exp(logGamma(df / 2) - logGamma((df + 1) / 2));
}

function logGamma(x: number): number {
  if (x < 30) return logGamma(x + 1) - Math.log(x);
  return (
    (x - 0.5) * Math.log(x) -
    x +
    Math.log(2 * Math.PI) / 2 +
    1 / (12 * x) -
    1 / (360 * x ** 3) +
    1 / (1260 * x ** 5)
  );
}

export function oracleHolm(values: readonly (number | null)[]): (number | null)[] {
  const known = values.filter((p): p is number => p !== null);
  return values.map((p) => {
    if (p === null) return null;
    // Every hypothesis at least as significant, each times how many are left when its turn comes.
    const before = [...known]
      .sort((left, right) => left - right)
      .map((other, rank) => [other, rank] as const);
    return Math.min(
      1,
      Math.max(
        ...before.filter(([other]) => other <= p).map(([other, rank]) => other * (known.length - rank)),
      ),
    );
  });
}
