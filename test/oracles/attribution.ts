/**
 * Attribution of PRODUCT §6 by brute force: Shapley over every set of channels, Markov by eliminating a matrix, rules
 * read off one conversion at a time. Shares no code with the engine.
 */
export interface OracleTouch {
  readonly person: number;
  readonly time: number;
  readonly id: string;
  readonly label: string;
}
export interface OracleConversion {
  readonly person: number;
  readonly time: number;
  readonly id: string;
  readonly value: number;
}
export interface OracleAttribution {
  readonly touches: readonly OracleTouch[];
  readonly conversions: readonly OracleConversion[];
  /** People of the scope without a conversion, whose touches in [from, to) are a null path. */
  readonly lost: readonly number[];
  readonly from: number | null;
  readonly to: number | null;
  readonly lookbackMs: number;
  readonly halfLifeMs: number;
  readonly position: readonly [number, number];
  readonly markovOrder: number;
  readonly unit: 'conversion' | 'viewer';
}

export interface Credits {
  readonly conversions: ReadonlyMap<string, number>;
  readonly value: ReadonlyMap<string, number>;
}

interface Path {
  readonly touches: readonly OracleTouch[];
  readonly time: number;
  readonly value: number;
}

const inOrder = (left: { time: number; id: string }, right: { time: number; id: string }): number =>
  left.time - right.time || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0);

export function oraclePaths(input: OracleAttribution): { paths: Path[]; nullPaths: string[][] } {
  const ordered = [...input.conversions].sort(inOrder);
  const counted =
    input.unit === 'conversion'
      ? ordered
      : ordered.filter((one) => ordered.find(({ person }) => person === one.person) === one);
  const paths = counted.map(({ person, time, value }) => ({
    time,
    value,
    touches: input.touches
      .filter(
        (touch) => touch.person === person && touch.time <= time && time - touch.time <= input.lookbackMs,
      )
      .sort(inOrder),
  }));
  const nullPaths = input.lost
    .map((person) =>
      input.touches
        .filter(
          (touch) =>
            touch.person === person &&
            (input.from === null || touch.time >= input.from) &&
            (input.to === null || touch.time < input.to),
        )
        .sort(inOrder)
        .map(({ label }) => label),
    )
    .filter((path) => path.length > 0);
  return { paths, nullPaths };
}

export function oracleCredits(input: OracleAttribution, model: string): Credits {
  const { paths, nullPaths } = oraclePaths(input);
  const conversions = new Map<string, number>();
  const value = new Map<string, number>();
  const give = (label: string, share: number, path: { readonly value: number }): void => {
    conversions.set(label, (conversions.get(label) ?? 0) + share);
    value.set(label, (value.get(label) ?? 0) + share * path.value);
  };
  const touched = paths.filter(({ touches }) => touches.length > 0);
  for (const path of paths) if (path.touches.length === 0) give('(none)', 1, path);
  if (model === 'markov') {
    const shares = markovShares(
      touched.map(({ touches }) => touches.map(({ label }) => label)),
      nullPaths,
      input.markovOrder,
    );
    for (const path of touched) for (const [label, share] of shares) give(label, share, path);
  } else if (model === 'shapley') {
    shapleyByDefinition(touched, conversions, value);
  } else {
    for (const path of touched)
      for (const [label, share] of ruleShares(path, model, input)) give(label, share, path);
  }
  return { conversions, value };
}

function ruleShares(path: Path, model: string, input: OracleAttribution): [string, number][] {
  const labels = path.touches.map(({ label }) => label);
  const count = labels.length;
  const first = labels[0] ?? '';
  const last = labels[count - 1] ?? '';
  const [opening, closing] = input.position;
  switch (model) {
    case 'first':
      return [[first, 1]];
    case 'last':
      return [[last, 1]];
    case 'last_non_direct': {
      const others = labels.filter((label) => label !== 'direct');
      return [[others[others.length - 1] ?? 'direct', 1]];
    }
    case 'linear':
      return labels.map((label) => [label, 1 / count]);
    case 'position':
      if (count === 1) return [[first, 1]];
      if (count === 2) {
        const both = opening + closing;
        return both === 0
          ? [
              [first, 0.5],
              [last, 0.5],
            ]
          : [
              [first, opening / both],
              [last, closing / both],
            ];
      }
      return labels.map((label, index) => {
        if (index === 0) return [label, opening];
        return [label, index === count - 1 ? closing : (1 - opening - closing) / (count - 2)];
      });
    case 'time_decay': {
      const weights = path.touches.map(({ time }) => Math.pow(2, -(path.time - time) / input.halfLifeMs));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return labels.map((label, index) => [label, (weights[index] ?? 0) / total]);
    }
    default:
      throw new Error(`no rule ${model}`);
  }
}

/** Σ over sets S without c of |S|! (n − |S| − 1)! / n! · (v(S ∪ c) − v(S)). */
function shapleyByDefinition(
  touched: readonly Path[],
  conversions: Map<string, number>,
  value: Map<string, number>,
): void {
  const channels = [...new Set(touched.flatMap(({ touches }) => touches.map(({ label }) => label)))];
  const factorial = (number: number): number => (number < 2 ? 1 : number * factorial(number - 1));
  const worth = (set: readonly string[], figure: (path: Path) => number): number =>
    touched
      .filter(({ touches }) => touches.every(({ label }) => set.includes(label)))
      .reduce((sum, path) => sum + figure(path), 0);
  channels.forEach((channel) => {
    const others = channels.filter((other) => other !== channel);
    for (let subset = 0; subset < 2 ** others.length; subset += 1) {
      const set = others.filter((_other, index) => Math.floor(subset / 2 ** index) % 2 === 1);
      const weight =
        (factorial(set.length) * factorial(channels.length - set.length - 1)) / factorial(channels.length);
      const gain = (figure: (path: Path) => number): number =>
        worth([...set, channel], figure) - worth(set, figure);
      conversions.set(channel, (conversions.get(channel) ?? 0) + weight * gain(() => 1));
      value.set(channel, (value.get(channel) ?? 0) + weight * gain((path) => path.value));
    }
  });
}

function markovShares(
  converted: readonly string[][],
  lost: readonly string[][],
  order: number,
): Map<string, number> {
  const channels = [...new Set([...converted, ...lost].flat())];
  if (converted.length === 0) return new Map();
  const base = chance(converted, lost, order, null);
  const effects = channels.map((channel) => 1 - chance(converted, lost, order, channel) / base);
  const total = effects.reduce((sum, effect) => sum + effect, 0);
  if (total > 1e-12)
    return new Map(channels.map((channel, index) => [channel, (effects[index] ?? 0) / total]));
  const shares = new Map<string, number>();
  for (const path of converted) {
    const last = path[path.length - 1] ?? '';
    shares.set(last, (shares.get(last) ?? 0) + 1 / converted.length);
  }
  return shares;
}

function chance(
  converted: readonly string[][],
  lost: readonly string[][],
  order: number,
  removed: string | null,
): number {
  const counts = new Map<string, Map<string, number>>();
  const count = (from: string, to: string): void => {
    const row = counts.get(from) ?? new Map<string, number>();
    row.set(to, (row.get(to) ?? 0) + 1);
    counts.set(from, row);
  };
  const walk = (path: readonly string[], end: string): void => {
    const steps = path.filter((label, index) => label !== path[index - 1]);
    let from = 'START';
    steps.forEach((_label, index) => {
      const state = JSON.stringify(steps.slice(Math.max(0, index - order + 1), index + 1));
      count(from, state);
      from = state;
    });
    count(from, end);
  };
  for (const path of converted) walk(path, 'CONVERSION');
  for (const path of lost) walk(path, 'NULL');
  const states = [...counts.keys()];
  // x = P(conversion): (I − Q) x = r, by elimination with pivots.
  const matrix = states.map((from, row) => {
    const outgoing = counts.get(from) ?? new Map<string, number>();
    const total = [...outgoing.values()].reduce((sum, number) => sum + number, 0);
    const line = states.map((to, column) => {
      const dead = removed !== null && to !== 'START' && (JSON.parse(to) as string[]).includes(removed);
      return (row === column ? 1 : 0) - (dead ? 0 : (outgoing.get(to) ?? 0) / total);
    });
    return [...line, (outgoing.get('CONVERSION') ?? 0) / total];
  });
  const size = states.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column; row < size; row += 1) {
      if (Math.abs(matrix[row]?.[column] ?? 0) > Math.abs(matrix[pivot]?.[column] ?? 0)) pivot = row;
    }
    const pivotRow = matrix[pivot] ?? [];
    matrix[pivot] = matrix[column] ?? [];
    matrix[column] = pivotRow;
    for (let row = 0; row < size; row += 1) {
      const line = matrix[row] ?? [];
      const factor = row === column ? 0 : (line[column] ?? 0) / (pivotRow[column] ?? 1);
      if (factor !== 0) matrix[row] = line.map((cell, index) => cell - factor * (pivotRow[index] ?? 0));
    }
  }
  const start = states.indexOf('START');
  return (matrix[start]?.[size] ?? 0) / (matrix[start]?.[start] ?? 1);
}
