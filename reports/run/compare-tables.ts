import type { Language } from '../../schemas/index.js';
import type { Cell, ListedTable, TableCells, TableColumn } from '../render/table-model.js';

/** The same table over an earlier period. */
export interface EarlierTable {
  /** Makes the keys of the new columns: `entrants_previous_change`. */
  readonly id: string;
  /** 较前一日 */
  readonly label: string;
  readonly table: ListedTable | undefined;
}

/** The change between two figures as a fraction of the earlier; null when there is nothing to compare with. */
export function changeOf(now: number | null, then: number | null): number | null {
  return now === null || then === null || then === 0 ? null : (now - then) / Math.abs(then);
}

/**
 * Puts behind each column of `compared` how it changed against each earlier table and, where `targetOf` knows one, how
 * much of its target it reached. Rows are met by their texts, the total row by its place.
 */
export function compareTables(
  now: ListedTable,
  earlier: readonly EarlierTable[],
  compared: readonly string[],
  language: Language,
  targetOf: (metric: string, row: TableCells, columns: readonly TableColumn[]) => number | null = () => null,
): ListedTable {
  const places = now.columns.flatMap(({ key }, place) => (compared.includes(key) ? [place] : []));
  if (places.length === 0) return now;
  const keyOf = rowKeys(now.columns);
  const before = earlier.map(({ table }) => ({
    rows: new Map((table?.rows ?? []).map((row) => [keyOf(row), row])),
    total: table?.totalRow,
  }));
  const targeted = new Set(
    places.filter((place) =>
      now.rows.some((row) => targetOf(now.columns[place]?.key ?? '', row, now.columns) !== null),
    ),
  );
  const widen = (row: TableCells, then: readonly (TableCells | undefined)[], total: boolean): Cell[] =>
    row.flatMap((value, place) => {
      if (!places.includes(place)) return [value];
      const figure = numberOf(value);
      const changes = then.map((other) => changeOf(figure, numberOf(other?.[place] ?? null)));
      if (!targeted.has(place)) return [value, ...changes];
      const target = total ? null : targetOf(now.columns[place]?.key ?? '', row, now.columns);
      return [value, ...changes, target === null || target === 0 || figure === null ? null : figure / target];
    });
  return withoutUnknown({
    ...now,
    columns: now.columns.flatMap((column, place): TableColumn[] => {
      if (!places.includes(place)) return [column];
      const changes = earlier.map(({ id, label }): TableColumn => ({
        key: `${column.key}_${id}_change`,
        label,
        kind: 'percent',
        emphasis: 'change',
      }));
      const target: TableColumn[] = targeted.has(place)
        ? [
            {
              key: `${column.key}_target_share`,
              label: language === 'zh' ? '目标达成' : 'of target',
              kind: 'percent',
            },
          ]
        : [];
      return [column, ...changes, ...target];
    }),
    rows: now.rows.map((row) =>
      widen(
        row,
        before.map(({ rows }) => rows.get(keyOf(row))),
        false,
      ),
    ),
    ...(now.totalRow === undefined
      ? {}
      : {
          totalRow: widen(
            now.totalRow,
            before.map(({ total }) => total),
            true,
          ),
        }),
  });
}

/** Leaves out the columns of changes that nothing is known for: the first report of a company has nothing before it. */
function withoutUnknown(table: ListedTable): ListedTable {
  const rows = table.totalRow === undefined ? table.rows : [...table.rows, table.totalRow];
  const kept = table.columns.flatMap(({ emphasis }, place) =>
    emphasis === 'change' && rows.every((row) => (row[place] ?? null) === null) ? [] : [place],
  );
  return onlyColumns(table, kept);
}

/** The table with these of its columns. */
export function onlyColumns(table: ListedTable, places: readonly number[]): ListedTable {
  const pick = <Value>(row: readonly Value[]): Value[] =>
    places.flatMap((place) => row.slice(place, place + 1));
  return {
    ...table,
    columns: pick(table.columns),
    rows: table.rows.map((row) => pick(row)),
    ...(table.totalRow === undefined ? {} : { totalRow: pick(table.totalRow) }),
  };
}

function rowKeys(columns: readonly TableColumn[]): (row: TableCells) => string {
  const texts = columns.flatMap(({ kind }, place) => (kind === 'text' || kind === 'day' ? [place] : []));
  return (row) => JSON.stringify(texts.map((place) => row[place] ?? null));
}

function numberOf(cell: Cell): number | null {
  return typeof cell === 'number' ? cell : null;
}
