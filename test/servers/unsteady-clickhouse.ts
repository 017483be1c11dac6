import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';
import { openWarehouse, type Warehouse, type WarehouseSettings } from '../../sql/index.js';
import { OWNER } from '../../sql/engine/credentials.js';
import { openEngine, type Engine } from '../../sql/engine/open-engine.js';
import { buildChildOnce, engineEnded } from './clickhouse.js';

/** How a database that refuses does it: cuts what is open and whoever comes, or answers 503. */
export type Refusal = 'cut' | 'unavailable';

const UNAVAILABLE = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** A ClickHouse behind an address that stays the same while the engine is killed, started again, or refuses. */
export class UnsteadyClickHouse {
  private refusal: Refusal | null = null;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => {
    this.forward(client);
  });

  private constructor(
    private readonly settings: WarehouseSettings,
    private engine: Engine,
  ) {}

  static async open(dataDir: string): Promise<UnsteadyClickHouse> {
    buildChildOnce();
    const settings = { dataDir, reportZone: 'Asia/Shanghai' };
    const server = new UnsteadyClickHouse(settings, await openEngine(settings));
    server.server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  /** What a process needs to find it. */
  get environment(): Record<string, string> {
    return {
      CLICKHOUSE_URL: this.url,
      CLICKHOUSE_USER: OWNER,
      CLICKHOUSE_PASSWORD: this.engine.credentials.ownerPassword,
    };
  }

  /** As a server of the user's own, from the data folder of a machine. */
  warehouse(dataDir: string): Promise<Warehouse> {
    const { ownerPassword } = this.engine.credentials;
    return openWarehouse({
      ...this.settings,
      dataDir,
      clickhouse: { url: this.url, user: OWNER, password: ownerPassword },
    });
  }

  /** kill -9, and another engine over what was written. */
  async kill(): Promise<void> {
    process.kill(this.engine.address.processId, 'SIGKILL');
    this.cut();
    this.engine.close();
    this.engine = await openEngine(this.settings);
  }

  async refuse(how: Refusal, until: Promise<unknown>): Promise<void> {
    this.refusal = how;
    this.cut();
    try {
      await until;
    } finally {
      this.refusal = null;
    }
  }

  async stop(): Promise<void> {
    this.server.close();
    this.cut();
    this.engine.close();
    await engineEnded(this.settings.dataDir);
  }

  private get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the way to the engine is closed');
    return `http://127.0.0.1:${address.port}`;
  }

  private forward(client: Socket): void {
    this.keep(client);
    if (this.refusal !== null) {
      if (this.refusal === 'cut') client.destroy();
      else client.once('data', () => client.end(UNAVAILABLE));
      return;
    }
    const upstream = connect(this.engine.address.engineHttpPort, '127.0.0.1');
    this.keep(upstream);
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    // Whoever is at the other end was killed: that is what this is for.
    socket.on('error', () => undefined);
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
