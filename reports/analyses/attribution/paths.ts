/** A distinct sequence of touches with all that came of it. */
export interface PathTotals {
  /** Numbers of labels, in the order of the touches. */
  readonly path: readonly number[];
  conversions: number;
  value: number;
  nullPaths: number;
}

/** Conversions by their path; the same sequence of labels is one path. */
export interface PathTable {
  /** The totals of a path. */
  at(labels: ArrayLike<number>, from: number, to: number): PathTotals;
  readonly all: readonly PathTotals[];
}

/** Labels of one table are fewer than this; it keeps a branch of the tree in one exact number. */
const MOST_LABELS = 2 ** 22;

export function createPathTable(): PathTable {
  const branches = new Map<number, number>();
  const nodes: (PathTotals | null)[] = [null];
  const all: PathTotals[] = [];
  return {
    all,
    at(labels, from, to) {
      let node = 0;
      for (let index = from; index < to; index += 1) {
        const branch = node * MOST_LABELS + (labels[index] ?? 0);
        let next = branches.get(branch);
        if (next === undefined) {
          next = nodes.length;
          nodes.push(null);
          branches.set(branch, next);
        }
        node = next;
      }
      let totals = nodes[node] ?? null;
      if (totals === null) {
        totals = { path: Array.from(labels).slice(from, to), conversions: 0, value: 0, nullPaths: 0 };
        nodes[node] = totals;
        all.push(totals);
      }
      return totals;
    },
  };
}

/** Credit of each label, by its number. */
export interface CreditSheet {
  readonly conversions: Float64Array;
  readonly value: Float64Array;
}

export function createCreditSheet(labelCount: number): CreditSheet {
  return { conversions: new Float64Array(labelCount), value: new Float64Array(labelCount) };
}

/** Gives a label its share of some conversions and their value. */
export function credit(
  sheet: CreditSheet,
  label: number,
  share: number,
  conversions: number,
  value: number,
): void {
  sheet.conversions[label] = (sheet.conversions[label] ?? 0) + share * conversions;
  sheet.value[label] = (sheet.value[label] ?? 0) + share * value;
}
