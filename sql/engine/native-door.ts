import { createHash, timingSafeEqual } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { exceptionPacket, readClientHello, type ClientHello } from './client-hello.js';

const HOST = '127.0.0.1';
const HELLO_TIMEOUT_MS = 30_000;
const LONGEST_HELLO_BYTES = 32_768;
const AUTHENTICATION_FAILED = 516;
const UNKNOWN_DATABASE = 81;
/** The engine of one data folder has no others. */
const DATABASES: ReadonlySet<string> = new Set([
  ...['', 'default', 'system', 'information_schema', 'INFORMATION_SCHEMA'],
  ...['wxlive', 'wxlive_store'],
]);

/** What the door lets in. */
export interface DoorKeys {
  /** Passwords by user; null while there are none. */
  readonly passwords: () => Promise<ReadonlyMap<string, string> | null>;
}

/**
 * Stands before the engine's native port. The engine (chdb) aborts at the next native connection after one that it
 * refused at its first packet: a wrong password, an unknown database, or a packet that is none. So only who will be let
 * in gets through; the others are answered here as the engine would. Of HTTP see http-door.ts.
 */
export function openNativeDoor(port: number, enginePort: number, keys: DoorKeys): Server {
  const server = createServer({ noDelay: true }, (client) => {
    client.setTimeout(HELLO_TIMEOUT_MS, () => client.destroy());
    client.on('error', () => client.destroy());
    let waiting = Buffer.alloc(0);
    const onData = (bytes: Buffer): void => {
      waiting = Buffer.concat([waiting, bytes]);
      const hello = readClientHello(waiting);
      if (hello === 'more' && waiting.length < LONGEST_HELLO_BYTES) return;
      client.off('data', onData);
      client.pause();
      if (hello === 'more' || hello === 'other') client.destroy();
      else void judge(client, hello, waiting);
    };
    client.on('data', onData);
  });

  async function judge(client: Socket, hello: ClientHello, first: Buffer): Promise<void> {
    const password = (await keys.passwords().catch(() => null))?.get(hello.user);
    if (password === undefined || !isSame(password, hello.password)) {
      const reason = 'Authentication failed: password is incorrect, or there is no user with such name.';
      client.end(exceptionPacket(AUTHENTICATION_FAILED, `${hello.user}: ${reason}`));
    } else if (!DATABASES.has(hello.database)) {
      client.end(exceptionPacket(UNKNOWN_DATABASE, `Database ${hello.database} does not exist.`));
    } else {
      letIn(client, first, enginePort);
    }
  }

  return server.listen({ host: HOST, port, exclusive: true });
}

function letIn(client: Socket, first: Buffer, enginePort: number): void {
  client.setTimeout(0);
  const engine = connect({ host: HOST, port: enginePort, noDelay: true });
  engine.on('error', () => client.destroy());
  engine.on('close', () => client.destroy());
  // The engine hears of the end, also of a client that was killed, and closes in its own time: it bears no reset.
  client.on('close', () => {
    engine.end();
    engine.resume();
  });
  engine.write(first);
  client.pipe(engine);
  engine.pipe(client);
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
