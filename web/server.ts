import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { MetricsRegistry } from '../pipelines/index.js';
import type { Logger } from '../schemas/index.js';
import { allowOrigin, answerPreflight, type CrossOrigin } from './cross-origin.js';
import { replyError } from './reply.js';
import { matchRoutes, type Route } from './route.js';

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly routes: readonly Route[];
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly crossOrigin: CrossOrigin;
  readonly limits?: Partial<ServerLimits>;
}

export interface ServerLimits {
  /** Connections at once; further ones are closed. */
  readonly connections: number;
  /** Longest time for the headers of a request. */
  readonly headersMs: number;
  /** Longest time for a whole request to arrive. */
  readonly requestMs: number;
  /** An idle connection is kept so long; above what load balancers keep theirs. */
  readonly keepAliveMs: number;
}

export interface RunningServer {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  /** Takes no new connection; what was asked is still answered, each with `connection: close`. */
  drain(): void;
  /** Waits until the last connection has ended, at most `withinMs`; then cuts what is left. */
  close(withinMs?: number): Promise<void>;
}

const LIMITS: ServerLimits = {
  connections: 2_000,
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 65_000,
};
/** A GET of the Sensors SDK carries its event in the address. */
const MOST_HEADER_BYTES = 64 * 1024;
/** So often the time limits of requests are looked at. */
const TIMEOUT_CHECK_MS = 1_000;

/** Starts the HTTP server of `wxlive serve`. Rejects when the port is taken, saying so. */
export async function openServer(options: ServerOptions): Promise<RunningServer> {
  const limits = { ...LIMITS, ...options.limits };
  const answered = options.metrics.counter('wxlive_http_requests_total', 'Requests by route and status.');
  const state = { draining: false };
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
    },
    (request, response) => {
      const startedAt = performance.now();
      if (state.draining) response.setHeader('connection', 'close');
      void answer(options, request, response).then((route) => {
        const status = String(response.statusCode);
        answered.add({ route, status });
        const milliseconds = Math.round(performance.now() - startedAt);
        options.logger.debug('request', { route, status: response.statusCode, milliseconds });
      });
    },
  );
  server.maxConnections = limits.connections;
  const dropped = options.metrics.counter(
    'wxlive_dropped_connections_total',
    'Connections closed at once because there were as many as there may be.',
  );
  server.on('drop', () => {
    dropped.add();
  });
  server.on('clientError', refuseMalformed);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  function drain(): void {
    if (state.draining) return;
    state.draining = true;
    server.close();
    server.closeIdleConnections();
  }
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    drain,
    async close(withinMs = 0) {
      drain();
      await ended(server, withinMs);
    },
  };
}

async function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `端口 ${port} 已被占用，请用 --port 换一个 / port ${port} is taken, choose another by --port`,
            )
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
}

/** Answers a request; returns the route's pattern for the figures. */
async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<string> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  // Without a listener a client that goes away while it is answered ends the process.
  response.on('error', () => undefined);
  request.on('error', () => undefined);
  const target = request.url ?? '/';
  const at = target.indexOf('?');
  const path = at === -1 ? target : target.slice(0, at);
  const matches = matchRoutes(options.routes, path);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const match = matches.find(({ route }) => route.method === method);
  const named = match ?? matches[0];
  try {
    if (named?.route.crossOrigin === true) {
      allowOrigin(options.crossOrigin, request, response);
      if (request.method === 'OPTIONS') {
        answerPreflight(response);
        return named.route.path;
      }
    }
    if (match === undefined) {
      if (named === undefined) replyError(response, 404, 'not_found', 'no such address');
      else {
        response.setHeader('allow', matches.map(({ route }) => route.method).join(', '));
        replyError(response, 405, 'wrong_method', `use ${named.route.method}`);
      }
      return named?.route.path ?? 'other';
    }
    await match.route.handle({
      request,
      response,
      path,
      query: at === -1 ? '' : target.slice(at + 1),
      parameters: match.parameters,
      signal: gone.signal,
    });
    return match.route.path;
  } catch (error) {
    if (!gone.signal.aborted) {
      const reason = error instanceof Error ? error.name : 'unknown';
      options.logger.error('a request failed', { route: match?.route.path ?? 'other', reason });
    }
    // What went wrong is told by the route; here nothing of it may leave.
    if (response.headersSent) response.destroy();
    else replyError(response, 500, 'internal', 'this request failed; see the log of wxlive');
    return match?.route.path ?? 'other';
  }
}

/** Bytes that are no HTTP, too long headers, a request that took too long. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? '408 Request Timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

async function ended(server: Server, withinMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, withinMs);
    const look = setInterval(() => {
      server.closeIdleConnections();
      server.getConnections((error, count) => {
        if (error === null && count > 0) return;
        clearTimeout(cut);
        clearInterval(look);
        resolve();
      });
    }, 10);
  });
}
