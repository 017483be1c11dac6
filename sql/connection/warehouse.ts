import type { z } from 'zod';
import type { ClusterSettings } from '../cluster/cluster-settings.js';

/** SQL text that came out of a `.sql` file or of `filter/`; nothing else can be run. */
export type SqlText = string & { readonly __sql: unique symbol };

export type SqlParameter =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly (string | number | bigint | null)[]
  | Readonly<Record<string, string>>;
export type SqlParameters = Readonly<Record<string, SqlParameter>>;

export interface QueryOptions {
  /** ClickHouse settings of this statement alone. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal;
}

/** Rows on their way in: bytes in a ClickHouse input format, as one piece or several, or as they come (sent once). */
export type InsertBody = Uint8Array | readonly Uint8Array[] | AsyncIterable<Uint8Array>;

/** Where rows go in. */
export type InsertRequest = TableInsert | StatementInsert;

/** Rows for a table as they are. */
export interface TableInsert {
  /** `wxlive_store.events_store`; a constant of the code, never of the user. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly format: 'RowBinary' | 'Native' | 'JSONEachRow';
  readonly body: InsertBody;
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** Rows for a statement that selects from them: `INSERT … SELECT … FROM input(…) FORMAT Native`. */
export interface StatementInsert {
  readonly statement: SqlText;
  readonly parameters?: SqlParameters;
  readonly body: InsertBody;
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** What a warehouse is spread over (cluster/cluster-warehouse.ts). */
export interface WarehouseCluster {
  readonly settings: ClusterSettings;
  /** Where migrations run, one after the other. */
  readonly nodes: readonly Warehouse[];
}

/** The one way to ClickHouse: the private engine and a server are the same from here. */
export interface Warehouse {
  /** `embedded` or `server`. */
  readonly mode: 'embedded' | 'server';
  /** Absent where the warehouse is one node. */
  readonly cluster?: WarehouseCluster;
  /** Rows of a SELECT, each checked against `row`. 64-bit integers arrive as text unless the schema coerces them. */
  query<Row extends z.ZodType>(
    sql: SqlText,
    row: Row,
    parameters?: SqlParameters,
    options?: QueryOptions,
  ): Promise<z.infer<Row>[]>;
  /** The raw bytes of a SELECT in any ClickHouse format. Fails, never ends early, when the server failed after its 200. */
  stream(
    sql: SqlText,
    format: string,
    parameters?: SqlParameters,
    options?: QueryOptions,
  ): AsyncIterable<Uint8Array>;
  /** Acknowledged means stored (fsync on facts is a table setting). */
  insert(request: InsertRequest): Promise<void>;
  /** A statement without a result. */
  command(sql: SqlText, parameters?: SqlParameters, options?: QueryOptions): Promise<void>;
  /** Work in one server session, where temporary tables live; statements in it run one after the other. */
  session<Result>(work: (warehouse: Warehouse) => Promise<Result>): Promise<Result>;
  /** Asks for a sign of life with these credentials; throws WarehouseError without one. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What the database refused or could not do, with the next step in the message. */
export class WarehouseError extends Error {
  override readonly name = 'WarehouseError';
  constructor(
    message: string,
    /** ClickHouse's number (`60` unknown table), null when it was not reached. */
    readonly code: number | null,
    /** Worth trying again unchanged: network, memory pressure, too many parts, shutting down. */
    readonly transient: boolean,
    options?: { cause?: unknown; unreached?: boolean },
  ) {
    super(message, options);
    this.unreached = options?.unreached ?? false;
  }

  /** The statement never got to the database (connection refused): repeating it is safe even for a write. */
  readonly unreached: boolean;
}
