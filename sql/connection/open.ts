import type { Logger } from '../../schemas/index.js';
import { openCluster } from '../cluster/cluster-warehouse.js';
import { connectionSettings, type ClusterSettings } from '../cluster/cluster-settings.js';
import { openEngine, type Engine, type EngineOptions } from '../engine/open-engine.js';
import { ANALYST, OWNER } from '../engine/credentials.js';
import { withWriteCheck } from '../engine/write-check.js';
import { openRetrying } from './retrying.js';
import { WarehouseError, type Warehouse } from './warehouse.js';

/** A ClickHouse server of the user's own (`CLICKHOUSE_URL` and the like). */
export interface ServerSettings {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Where the analyst's names without a database are looked up; the server's default unless given. */
  readonly database?: string;
  /** Whom `wxlive sql` runs as; without one the user above with `readonly = 2`. */
  readonly analyst?: { readonly user: string; readonly password: string };
  /** The server is a node of a cluster that the warehouse is spread over. */
  readonly cluster?: ClusterSettings | undefined;
}

export interface WarehouseSettings {
  /** Without it the private engine of the data folder is used. */
  readonly clickhouse?: ServerSettings;
  readonly dataDir: string;
  /** IANA zone of the analyst's sessions. */
  readonly reportZone: string;
  readonly logger?: Logger;
  /** For tests and for machines with much memory: see StartOptions. */
  readonly engine?: Pick<EngineOptions, 'analystLimits' | 'startTimeoutMs' | 'shutdownWaitMs'>;
}

/** Where the public views are, on every server. */
const PUBLIC_DATABASE = 'wxlive';

/** Opens the warehouse as its owner: the server, or the private engine, which is started when nobody has yet. */
export async function openWarehouse(settings: WarehouseSettings): Promise<Warehouse> {
  return open(settings, 'owner');
}

/** Opens the warehouse as the analyst: the public views, under limits, in the report zone. */
export async function openAnalyst(settings: WarehouseSettings): Promise<Warehouse> {
  return open(settings, 'analyst');
}

/** How a tool that is not ours connects. Database is `wxlive`. */
export interface ConnectionInfo {
  readonly http: { readonly host: string; readonly port: number };
  /** Null for a server: its native port cannot be told from its address. */
  readonly native: { readonly host: string; readonly port: number } | null;
  readonly user: string;
  /** Null for a server: whoever set it knows it, and it is not printed. */
  readonly password: string | null;
  readonly database: string;
}

/** What to type into another tool. Starts the private engine; `hold.close()` lets go of it. */
export async function connectionInfo(
  settings: WarehouseSettings,
): Promise<{ info: ConnectionInfo; hold: { close(): void } }> {
  if (settings.clickhouse !== undefined) {
    const url = new URL(settings.clickhouse.url);
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    const user = settings.clickhouse.analyst?.user ?? settings.clickhouse.user;
    const info = {
      http: { host: url.hostname, port },
      native: null,
      user,
      password: null,
      database: settings.clickhouse.database ?? PUBLIC_DATABASE,
    };
    return { info, hold: { close: () => undefined } };
  }
  const engine = await openEngine(engineOptions(settings));
  const { host, httpPort, nativePort } = engine.address;
  const info = {
    http: { host, port: httpPort },
    native: { host, port: nativePort },
    user: ANALYST,
    password: engine.credentials.analystPassword,
    database: PUBLIC_DATABASE,
  };
  return { info, hold: engine };
}

async function open(settings: WarehouseSettings, as: 'owner' | 'analyst'): Promise<Warehouse> {
  const { openClient } = await import('./client.js');
  const server = settings.clickhouse;
  const analystSettings = { session_timezone: settings.reportZone };
  if (server !== undefined) {
    const restricted = as === 'analyst' ? (server.analyst ?? null) : null;
    const { user, password } = restricted ?? server;
    const extra =
      as === 'owner' ? {} : restricted === null ? { readonly: 2, ...analystSettings } : analystSettings;
    const { cluster } = server;
    const client = (url: string) =>
      openClient({
        mode: 'server',
        url,
        user,
        password,
        // The owner's statements name their databases, which may not be there yet.
        ...(as === 'owner' || server.database === undefined ? {} : { database: server.database }),
        settings: { ...(cluster === undefined ? {} : connectionSettings(cluster, as)), ...extra },
      });
    const node = (url: string): Warehouse =>
      openRetrying({
        mode: 'server',
        reopen: false,
        logger: settings.logger,
        open: () => {
          const warehouse = client(url);
          return Promise.resolve({ warehouse, close: () => warehouse.close() });
        },
      });
    if (cluster === undefined || as === 'analyst') return node(server.url);
    return openCluster(node(server.url), cluster.shardUrls.map(node), cluster);
  }
  const embedded = openRetrying({
    mode: 'embedded',
    reopen: true,
    logger: settings.logger,
    open: async () => {
      const engine = await openEngine(engineOptions(settings));
      const client = openClient({
        mode: 'embedded',
        url: `http://${engine.address.host}:${engine.address.engineHttpPort}`,
        ...userOf(engine, as),
        ...(as === 'owner' ? {} : { database: PUBLIC_DATABASE }),
        settings: as === 'owner' ? {} : analystSettings,
      });
      const endEngine = () => process.kill(engine.address.processId, 'SIGKILL');
      return {
        warehouse: as === 'owner' ? withWriteCheck(client, settings.dataDir, endEngine) : client,
        close: async () => {
          await client.close();
          engine.close();
        },
      };
    },
  });
  try {
    await embedded.ping();
  } catch (error) {
    // The engine answers; the database the analyst starts in comes with the first migration.
    const unmigrated = error instanceof WarehouseError && error.code === UNKNOWN_DATABASE;
    if (as === 'owner' || !unmigrated) throw error;
  }
  return embedded;
}

const UNKNOWN_DATABASE = 81;

function userOf(engine: Engine, as: 'owner' | 'analyst'): { user: string; password: string } {
  const { ownerPassword, analystPassword } = engine.credentials;
  return as === 'owner'
    ? { user: OWNER, password: ownerPassword }
    : { user: ANALYST, password: analystPassword };
}

function engineOptions(settings: WarehouseSettings): EngineOptions {
  return { ...settings.engine, dataDir: settings.dataDir, reportZone: settings.reportZone };
}
