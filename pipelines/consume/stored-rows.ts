/** What became of rows that were to be stored. */
export interface StoredRows {
  rows: number;
  accepted: number;
  /** Duplicates that differ from what was accepted first. */
  conflicts: number;
  /** Set aside: bad rows, and records that the database refuses. */
  rejected: number;
  /** Their list waits for --accept-shrink. */
  held: boolean;
}

export function noRows(): StoredRows {
  return { rows: 0, accepted: 0, conflicts: 0, rejected: 0, held: false };
}

export function addRows(total: StoredRows, more: Readonly<StoredRows>): void {
  total.rows += more.rows;
  total.accepted += more.accepted;
  total.conflicts += more.conflicts;
  total.rejected += more.rejected;
  total.held ||= more.held;
}

/** Items of one key together, in the order in which they came. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | number): Item[][] {
  const groups = new Map<string | number, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
