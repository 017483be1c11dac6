import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Warehouse } from '../sql/index.js';
import { healthRoute, readyRoute } from './routes/health.js';

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly warehouse: Warehouse;
}

export interface RunningServer {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  close(): Promise<void>;
}

/** One route: what it answers to. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** A client that sends its headers slower than this is cut off. */
const HEADERS_TIMEOUT_MS = 10_000;

/** Starts the HTTP server of `wxlive serve`. Rejects when the port is taken, saying so. */
export async function openServer(options: ServerOptions): Promise<RunningServer> {
  const routes: readonly Route[] = [healthRoute(), readyRoute(options.warehouse)];
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS }, (request, response) => {
    void answer(routes, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `端口 ${options.port} 已被占用，请用 --port 换一个 / port ${options.port} is taken, choose another`,
            )
          : error,
      );
    });
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
  };
}

async function answer(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const there = routes.filter((route) => route.path === path);
  const route = there.find(
    ({ method }) => method === request.method || (request.method === 'HEAD' && method === 'GET'),
  );
  try {
    if (route !== undefined) await route.handle(request, response);
    else
      reply(response, there.length === 0 ? 404 : 405, {
        error: there.length === 0 ? 'not_found' : 'wrong_method',
      });
  } catch {
    // What went wrong is told by the route; here nothing of it may leave.
    if (!response.headersSent) reply(response, 500, { error: 'internal' });
    else response.destroy();
  }
}

/** A JSON answer. */
export function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
