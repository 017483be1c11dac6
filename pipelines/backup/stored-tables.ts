import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';

/** A table of the storage as it stands in this warehouse. */
export interface StoredTable {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** On the disk. */
  readonly bytes: number;
}

/** How many rows, and a hash of all of them that does not depend on their order. */
export interface Content {
  readonly rows: number;
  readonly content_hash: string;
}

const tableRow = z.object({
  table: z.string(),
  bytes: z.coerce.number(),
  columns: z.array(z.tuple([z.string(), z.string()])),
});
const contentRow = z.object({ rows: z.coerce.number(), content_hash: z.string() });

/** What the warehouse remembers of itself: restored last, since its entries say that a warehouse is there. */
export const WAREHOUSE_LEDGER = 'warehouse_ledger';

/** Whose turn it is to load: of the warehouse as it runs, not of what it holds. */
export const LEASE_LEDGER = 'loader_lease_ledger';

/**
 * Facts, in the order in which they are read, after everything else. Whatever happens between two reads, what tells how
 * far loading came must not be younger than what was loaded: then the rest is loaded again and found to be there,
 * instead of taken for done.
 */
const FACTS = ['attendance_store', 'sign_ins_store', 'order_facts_store', 'events_store'];

/** Every table of the storage, in the order in which they are to be read. */
export async function readStoredTables(warehouse: Warehouse): Promise<readonly StoredTable[]> {
  const rows = await warehouse.query(loadSql('backup/stored-tables'), tableRow);
  return rows
    .map(({ table, bytes, columns }) => ({
      table,
      bytes,
      columns: columns.map(([name, type]) => ({ name, type })),
    }))
    .sort((one, other) => FACTS.indexOf(one.table) - FACTS.indexOf(other.table));
}

/** A table that is being read: what it held when the read began, whatever is done to it meanwhile. */
export interface TableRead {
  readonly table: string;
  readonly empty: boolean;
  /** The rows: blocks of the Native format in compressed frames. To be read once. */
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * Begins to read every table, one after the other in the order given; when it returns the database holds on to the rows
 * of each as they were. All are to be read without a long pause.
 *
 * @param onOpen called when all reads have begun; when it throws, none is left open
 */
export async function openTableReads(
  warehouse: Warehouse,
  tables: readonly StoredTable[],
  onOpen: () => Promise<void>,
): Promise<readonly TableRead[]> {
  const opened: AsyncIterator<Uint8Array>[] = [];
  const reads: TableRead[] = [];
  try {
    for (const { table } of tables) {
      const settings = { compress: 1 };
      const stream = warehouse.stream(loadSql('backup/rows'), 'Native', { table }, { settings });
      const rows = stream[Symbol.asyncIterator]();
      opened.push(rows);
      const first = await rows.next();
      reads.push({ table, empty: first.done === true, bytes: () => continued(first, rows) });
    }
    await onOpen();
    return reads;
  } catch (error) {
    for (const rows of opened) await rows.return?.();
    throw error;
  }
}

async function* continued(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** What a table holds now. */
export async function readContent(warehouse: Warehouse, table: string): Promise<Content> {
  return only(await warehouse.query(loadSql('backup/content'), contentRow, { table }));
}

/** What a file of rows holds: reads it as a restore would, and stores nothing. */
export async function readBack(
  warehouse: Warehouse,
  columns: StoredTable['columns'],
  content: AsyncIterable<Uint8Array>,
): Promise<Content> {
  const structure = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  return warehouse.session(async (session) => {
    await session.command(loadSql('backup/make-count'));
    await session.insert({
      statement: loadSql('backup/count-file'),
      parameters: { structure },
      body: content,
      settings: COMPRESSED,
    });
    return only(await session.query(loadSql('backup/counted'), contentRow));
  });
}

/** Of a statement that takes in rows of a backup: they come in ClickHouse's own frames (LZ4, a checksum each). */
export const COMPRESSED = { decompress: 1 } as const;

function only(rows: readonly Content[]): Content {
  const [row] = rows;
  if (row === undefined) throw new Error('the database answered a count with no row');
  return row;
}
