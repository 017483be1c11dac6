import { IntegrityError } from './integrity-error.js';

/** What was computed, and the figures it must agree with. */
export interface Reckoning<Value> {
  readonly value: Value;
  /** Counted by a statement of its own. */
  readonly counted: Readonly<Record<string, number>>;
  /** The same figures from the parts of the value. */
  readonly summed: Readonly<Record<string, number>>;
}

const MOST_ATTEMPTS = 3;

/**
 * The value of a reckoning whose parts add up to what was counted. Two statements may see different data while
 * something loads, so a difference is reckoned again; one that stays while the data stand still is a mistake of ours.
 */
export async function settle<Value>(
  analysis: string,
  reckon: () => Promise<Reckoning<Value>>,
): Promise<Value> {
  let before: Reckoning<Value> | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const reckoning = await reckon();
    const wrong = Object.entries(reckoning.counted).find(([figure, sum]) => reckoning.summed[figure] !== sum);
    if (wrong === undefined) return reckoning.value;
    const [figure, sum] = wrong;
    if (attempt === MOST_ATTEMPTS || before?.counted[figure] === sum) {
      throw new IntegrityError(
        `${analysis}: ${figure} of all parts is ${String(reckoning.summed[figure])}, counted ${sum}`,
      );
    }
    before = reckoning;
  }
}
