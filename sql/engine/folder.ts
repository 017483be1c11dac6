import { join, resolve } from 'node:path';

/** Where the private engine keeps its things inside a data folder. */
export interface EngineFolder {
  readonly dataDir: string;
  /** Everything below, mode 0700. */
  readonly root: string;
  /** ClickHouse's own folder. */
  readonly store: string;
  /** Functions in SQL the engine loads at its start. */
  readonly functions: string;
  /** Named pipe: the engine reads it, its users hold it open for writing. */
  readonly alivePipe: string;
  readonly startLock: string;
  /** Ports of the running engine, or of the last one. Mode 0600. */
  readonly address: string;
  /** Passwords of owner and analyst, made once. Mode 0600. */
  readonly credentials: string;
  /** Version that last opened the store. */
  readonly version: string;
  readonly config: string;
  readonly users: string;
  /** What the engine wrote to its standard error: start-up failures and crashes, never queries. */
  readonly log: string;
}

/** Names of the files; makes nothing. */
export function engineFolder(dataDir: string): EngineFolder {
  const absolute = resolve(dataDir);
  const root = join(absolute, 'engine');
  return {
    dataDir: absolute,
    root,
    store: join(root, 'store'),
    functions: join(root, 'store', 'user_defined'),
    alivePipe: join(root, 'alive.pipe'),
    startLock: join(root, 'start.lock'),
    address: join(root, 'address.json'),
    credentials: join(root, 'credentials.json'),
    version: join(root, 'version.json'),
    config: join(root, 'config.xml'),
    users: join(root, 'users.xml'),
    log: join(root, 'engine.log'),
  };
}
