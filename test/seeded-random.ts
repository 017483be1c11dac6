/** A small seeded generator (mulberry32), so that a failing property can be run again. */
export interface SeededRandom {
  /** Whole number from 0, below `below`. */
  below(below: number): number;
  pick<Item>(items: readonly Item[]): Item;
  chance(share: number): boolean;
  /** A text of so many characters of an alphabet. */
  text(alphabet: string, length: number): string;
}

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick(items) {
      if (items.length === 0) throw new Error('nothing to pick from');
      const [item] = items.slice(below(items.length));
      // An item may itself be undefined.
      return item as (typeof items)[number];
    },
    chance: (share) => next() < share,
    text(alphabet, length) {
      const characters = Array.from(alphabet);
      return Array.from({ length }, () => characters[below(characters.length)] ?? '').join('');
    },
  };
}
