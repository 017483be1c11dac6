import {
  createServer,
  request,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream';

const HOST = '127.0.0.1';
/** A ClickHouse server's own default for an address; longer statements and parameters come in the body. */
const LONGEST_HEAD_BYTES = 1024 ** 2;
/** Fewer than the engine takes (config.ts), so that others never keep our own client out. */
const MOST_CLIENTS = 128;
/** As the engine keeps its own. */
const KEEP_ALIVE_MS = 30_000;
/** They concern one connection, and there are two: RFC 9110, section 7.6.1. */
const OF_ONE_CONNECTION: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  // Answered at the door.
  'expect',
]);

/**
 * Stands before the engine's HTTP port. The engine (chdb) aborts when a connection ends before a whole head was read, or
 * with a `Content-Length` that is no number: a port scan or a killed client would end everybody's queries. So Node's
 * strict parser reads the head first, answers 400 to what is none, and only whole requests reach the engine; bodies and
 * answers stream through as they are. Our own client goes to the engine itself.
 */
export function openHttpDoor(port: number, enginePort: number): Server {
  const limits = { maxHeaderSize: LONGEST_HEAD_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 };
  const server = createServer(limits, (asked, answer) => {
    letIn(asked, answer, enginePort);
  });
  server.maxConnections = MOST_CLIENTS;
  return server.listen({ host: HOST, port, exclusive: true });
}

function letIn(asked: IncomingMessage, answer: ServerResponse, enginePort: number): void {
  const engine = askEngine(asked, enginePort);
  if (engine === null) {
    answer.writeHead(400, { Connection: 'close' }).end();
    return;
  }
  engine.once('response', (answered) => {
    answer.sendDate = false;
    answer.writeHead(answered.statusCode ?? 502, answered.statusMessage, rawHeadersOf(answered));
    // An answer that breaks off breaks off for the client too: it must not look whole.
    pipeline(answered, answer, () => undefined);
  });
  engine.on('error', () => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(503, { Connection: 'close' }).end('The engine does not answer.\n');
  });
  answer.once('close', () => {
    leave(engine);
  });
  asked.pipe(engine);
}

/** Null when the head holds what Node's parser lets through and its client does not: a tab in the address, two hosts. */
function askEngine(asked: IncomingMessage, enginePort: number): ClientRequest | null {
  try {
    const engine = request({
      host: HOST,
      port: enginePort,
      method: asked.method,
      path: asked.url,
      headers: headersOf(asked),
      maxHeaderSize: LONGEST_HEAD_BYTES,
      // A connection each: one kept open may be closed by the engine just when the next request is on its way.
      agent: false,
    });
    // Without a body there is none to announce: the engine has an answer of its own to that.
    engine.useChunkedEncodingByDefault = false;
    return engine;
  } catch {
    return null;
  }
}

/** The client is gone, which the engine takes for the end of its query. But its head has to arrive whole, see above. */
function leave(engine: ClientRequest): void {
  if (engine.socket === null) engine.destroy();
  else engine.socket.destroySoon();
}

function headersOf(asked: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, values = []] of Object.entries(asked.headersDistinct)) {
    if (!OF_ONE_CONNECTION.has(name)) headers[name] = values.length === 1 ? values[0] : values;
  }
  if (asked.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  return headers;
}

/** Name and value in turn, as they came. */
function rawHeadersOf(answered: IncomingMessage): string[] {
  const { rawHeaders } = answered;
  return rawHeaders.filter(
    (_text, at) => !OF_ONE_CONNECTION.has((rawHeaders[at - (at % 2)] ?? '').toLowerCase()),
  );
}
