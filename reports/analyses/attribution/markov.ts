import { IntegrityError } from '../integrity-error.js';

import type { CreditSheet, PathTotals } from './paths.js';

/** The chain of all paths: states are the last touches, with where each goes and how often. */
interface Chain {
  /** The channels of each state; the start (state 0) has none. */
  readonly channels: readonly (readonly number[])[];
  /** Per state: next states and their probabilities, and the probability of converting at once. */
  readonly targets: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
  readonly converts: readonly number[];
}

export interface MarkovAnswer {
  /** Share of each channel in the conversions that have touches; adds up to 1 where there are any. */
  readonly shares: ReadonlyMap<number, number>;
  /** No channel's removal changed anything: the shares are those of the last touch. */
  readonly byLastTouch: boolean;
}

/**
 * The removal effects of a Markov chain of the given order (PRODUCT §6), solved to the limit of doubles: the chance
 * to convert from the start, with all channels and without each of them.
 */
export function solveMarkov(paths: readonly PathTotals[], order: number): MarkovAnswer {
  const touched = paths.filter(({ path }) => path.length > 0);
  const chain = buildChain(touched, order);
  const conversions = sum(touched.map((totals) => totals.conversions));
  const tries = conversions + sum(touched.map(({ nullPaths }) => nullPaths));
  const channels = [...new Set(touched.flatMap(({ path }) => path))];
  if (conversions === 0)
    return { shares: new Map(channels.map((channel) => [channel, 0])), byLastTouch: false };
  const base = chanceToConvert(chain, null);
  if (Math.abs(base - conversions / tries) > 1e-9) {
    throw new IntegrityError(`markov: the chain converts ${base}, the paths ${conversions / tries}`);
  }
  const effects = channels.map((channel) => Math.max(0, 1 - chanceToConvert(chain, channel) / base));
  const total = sum(effects);
  if (total > 0) {
    return {
      shares: new Map(channels.map((channel, index) => [channel, (effects[index] ?? 0) / total])),
      byLastTouch: false,
    };
  }
  const shares = new Map(channels.map((channel) => [channel, 0]));
  for (const { path, conversions: count } of touched) {
    const last = path.at(-1) ?? 0;
    shares.set(last, (shares.get(last) ?? 0) + count / conversions);
  }
  return { shares, byLastTouch: true };
}

/** Credits the conversions that have touches by their shares. */
export function creditMarkov(answer: MarkovAnswer, paths: readonly PathTotals[], sheet: CreditSheet): void {
  const touched = paths.filter(({ path }) => path.length > 0);
  const conversions = sum(touched.map((totals) => totals.conversions));
  const value = sum(touched.map((totals) => totals.value));
  for (const [channel, share] of answer.shares) {
    sheet.conversions[channel] = share * conversions;
    sheet.value[channel] = share * value;
  }
}

function buildChain(paths: readonly PathTotals[], order: number): Chain {
  const numbers = new Map<string, number>([['', 0]]);
  const channels: number[][] = [[]];
  const moves: Map<number, number>[] = [new Map<number, number>()];
  const ends: { converted: number; lost: number }[] = [{ converted: 0, lost: 0 }];
  for (const { path, conversions, nullPaths } of paths) {
    const weight = conversions + nullPaths;
    if (weight === 0) continue;
    let state = 0;
    let last: number[] = [];
    for (const touch of path) {
      if (touch === last.at(-1)) continue;
      last = [...last, touch].slice(-order);
      const key = last.join();
      let next = numbers.get(key);
      if (next === undefined) {
        next = channels.length;
        numbers.set(key, next);
        channels.push(last);
        moves.push(new Map<number, number>());
        ends.push({ converted: 0, lost: 0 });
      }
      const move = moves[state];
      move?.set(next, (move.get(next) ?? 0) + weight);
      state = next;
    }
    const end = ends[state];
    if (end !== undefined) {
      end.converted += conversions;
      end.lost += nullPaths;
    }
  }
  const leaving = ends.map(
    ({ converted, lost }, state) => converted + lost + sum([...(moves[state]?.values() ?? [])]),
  );
  return {
    channels,
    targets: moves.map((move) => [...move.keys()]),
    weights: moves.map((move, state) => [...move.values()].map((weight) => weight / (leaving[state] ?? 1))),
    converts: ends.map(({ converted }, state) => (converted === 0 ? 0 : converted / (leaving[state] ?? 1))),
  };
}

const MOST_SWEEPS = 200_000;

/** The chance to convert from the start when states with the removed channel lead nowhere: Gauss–Seidel, last states first. */
function chanceToConvert({ channels, targets, weights, converts }: Chain, removed: number | null): number {
  const open = channels.map((state) => removed === null || !state.includes(removed));
  const chances = new Float64Array(channels.length);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep += 1) {
    let change = 0;
    for (let state = channels.length - 1; state >= 0; state -= 1) {
      if (open[state] !== true) continue;
      let chance = converts[state] ?? 0;
      const next = targets[state] ?? [];
      const share = weights[state] ?? [];
      for (let index = 0; index < next.length; index += 1) {
        chance += (share[index] ?? 0) * (chances[next[index] ?? 0] ?? 0);
      }
      change = Math.max(change, Math.abs(chance - (chances[state] ?? 0)));
      chances[state] = chance;
    }
    if (change < 1e-16) return chances[0] ?? 0;
  }
  throw new IntegrityError(`markov: no solution after ${MOST_SWEEPS} rounds`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
