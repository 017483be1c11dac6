import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readAddress, type EngineAddress } from '../../../sql/engine/address.js';
import { ANALYST, OWNER, readCredentials, type EngineCredentials } from '../../../sql/engine/credentials.js';
import { engineFolder } from '../../../sql/engine/folder.js';
import { typedByUser } from '../../../sql/index.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';

let test: TestWarehouse;
let address: EngineAddress;
let passwords: EngineCredentials;

beforeAll(async () => {
  test = await startTestWarehouse();
  await test.warehouse.command(typedByUser('CREATE DATABASE wxlive'));
  const folder = engineFolder(test.dataDir);
  const found = readAddress(folder);
  const credentials = readCredentials(folder);
  if (found === null || credentials === null) throw new Error('an engine that runs has an address');
  address = found;
  passwords = credentials;
});
afterAll(() => test.stop());

interface Asking {
  readonly port?: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Answers when the head of the answer is there. */
async function ask(sql: string, asking: Asking = {}): Promise<IncomingMessage> {
  const call = request({
    host: '127.0.0.1',
    port: asking.port ?? address.httpPort,
    method: asking.body === undefined ? 'GET' : 'POST',
    path: `/?${new URLSearchParams({ query: sql, ...asking.parameters }).toString()}`,
    headers: {
      'X-ClickHouse-User': ANALYST,
      'X-ClickHouse-Key': passwords.analystPassword,
      ...asking.headers,
    },
    agent: asking.agent ?? false,
  });
  call.end(asking.body);
  const [answer] = z.tuple([z.custom<IncomingMessage>()]).parse(await once(call, 'response'));
  return answer;
}

const answered = async (sql: string, asking?: Asking) => text(await ask(sql, asking));

type Leaving = 'end' | 'reset';

/** Says it to the door and is gone, politely or not, once it was answered or the time is over; returns the answer. */
async function sayAndLeave(words: string | Buffer, how: Leaving, waitMs: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: address.httpPort });
  const heard: Buffer[] = [];
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(words);
  await Promise.race([
    sleep(waitMs),
    new Promise<void>((resolve) => {
      socket.on('data', (bytes: Buffer) => {
        heard.push(bytes);
        resolve();
      });
    }),
  ]);
  if (how === 'end') socket.destroySoon();
  else socket.resetAndDestroy();
  return Buffer.concat(heard).toString('latin1');
}

const HEAD = 'POST /?query=SELECT+1 HTTP/1.1\r\nHost: x\r\n';

describe('what is no request', () => {
  it.each<[string, string | Buffer, string]>([
    ['nothing', '', ''],
    ['a line that is none', 'hello there\r\n\r\n', '400'],
    ['bytes', Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]), '400'],
    ['the hello of TLS', Buffer.from(`16030100c8010000c40303${'ab'.repeat(190)}`, 'hex'), '400'],
    ['half a line', 'GET /pi', ''],
    ['half a head', 'GET / HTTP/1.1\r\nHost: x\r\nX-Cli', ''],
    ['no version', 'GET /\r\n\r\n', ''],
    ['another version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', '400'],
    ['no method', 'BLAH / HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
    ['a length that is none', `${HEAD}Content-Length: abc\r\n\r\nSELECT 1`, '400'],
    ['a length below nothing', `${HEAD}Content-Length: -5\r\n\r\nSELECT 1`, '400'],
    ['two lengths', `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, '400'],
    ['two hosts', `${HEAD}Host: y\r\nContent-Length: 0\r\n\r\n`, '400'],
    ['a tab in the address', 'GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
    ['a bad chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nSELECT 1\r\n0\r\n\r\n`, '400'],
    ['half a chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\n20\r\nSELECT`, ''],
    ['half a body', `${HEAD}Content-Length: 100\r\n\r\nSELECT 1`, ''],
    ['a head of 2 MB', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(2e6)}\r\n\r\n`, '431'],
    ['an address of 2 MB', `GET /?query=${'x'.repeat(2e6)} HTTP/1.1\r\nHost: x\r\n\r\n`, '431'],
    ['a header with NUL', 'GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n', '400'],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n', ''],
  ])('leaves the engine alone: %s', async (_name, words, status) => {
    for (const how of ['end', 'reset'] satisfies Leaving[]) {
      const heard = await sayAndLeave(words, how, status === '' ? 20 : 5_000);
      if (status !== '') expect(heard.slice(0, 14)).toContain(` ${status}`);
      // The engine ended at the next connection, or at the one after.
      for (const port of [address.engineHttpPort, address.httpPort, address.engineHttpPort]) {
        expect(await answered('SELECT 1', { port })).toBe('1\n');
      }
    }
    expect(readAddress(engineFolder(test.dataDir))?.processId).toBe(address.processId);
  });

  it('a client that leaves while its long head is on the way', async () => {
    const long = `GET /?query=SELECT+1 HTTP/1.1\r\nHost: x\r\nX-Big: ${'y'.repeat(1e6)}\r\n\r\n`;
    await Promise.all(
      Array.from({ length: 60 }, (_, at) => sayAndLeave(long, at % 2 === 0 ? 'end' : 'reset', at % 12)),
    );
    expect(await answered('SELECT 1')).toBe('1\n');
  });
});

describe('what is one', () => {
  it('streams a long answer to the byte', async () => {
    const digest = async (port: number) => {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of await ask('SELECT number, toString(number) FROM numbers(4000000)', {
        port,
      })) {
        const part = z.instanceof(Buffer).parse(chunk);
        bytes += part.length;
        hash.update(part);
      }
      return { bytes, sha256: hash.digest('hex') };
    };
    const through = await digest(address.httpPort);
    expect(through).toEqual(await digest(address.engineHttpPort));
    expect(through.bytes).toBeGreaterThan(6e7);
  });

  it('goes on and comes back with its headers, its compression and its status', async () => {
    const asking = { headers: { 'Accept-Encoding': 'gzip' }, parameters: { enable_http_compression: '1' } };
    const packed = await ask('SELECT 7', asking);
    expect(packed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'x-clickhouse-format': 'TSV',
    });
    expect(gunzipSync(await buffer(packed)).toString()).toBe('7\n');
    const direct = await ask('SELECT 7', { ...asking, port: address.engineHttpPort });
    direct.resume();
    const names = (answer: IncomingMessage) =>
      Object.keys(answer.headers)
        .filter((name) => name !== 'connection' && name !== 'keep-alive')
        .sort();
    expect(names(packed)).toEqual(names(direct));

    const body = gzipSync('SELECT 8');
    const headers = { 'Content-Encoding': 'gzip' };
    expect(await answered('', { body, headers })).toBe('8\n');
    const refused = await ask('SELECT nothing_there', { headers: { 'X-ClickHouse-Key': 'wrong' } });
    expect([refused.statusCode, await text(refused)]).toEqual([403, expect.stringContaining('analyst')]);
    expect(await answered('SELECT nothing_there')).toContain('UNKNOWN_IDENTIFIER');
  });

  it('streams a long body of any framing', async () => {
    await test.warehouse.command(
      typedByUser('CREATE TABLE wxlive.door (row String) ENGINE = MergeTree ORDER BY ()'),
    );
    const body = Buffer.from('a row of some length, so that there are some megabytes\n'.repeat(200_000));
    const headers = { 'X-ClickHouse-User': OWNER, 'X-ClickHouse-Key': passwords.ownerPassword };
    for (const framing of [{}, { 'Transfer-Encoding': 'chunked' }, { Expect: '100-continue' }]) {
      const asking = { body, headers: { ...headers, ...framing } };
      expect(await answered('INSERT INTO wxlive.door FORMAT LineAsString', asking)).toBe('');
    }
    expect(await answered('SELECT count(), uniq(row) FROM wxlive.door')).toBe('600000\t1\n');
  });

  it('takes several on one connection, in a session', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const asking = { agent, parameters: { session_id: 'door' } };
    const sockets = new Set<unknown>();
    for (const [sql, words] of [
      ['SET max_block_size = 4321', ''],
      ["SELECT getSetting('max_block_size')", '4321\n'],
      ['SELECT 7', '7\n'],
    ] as const) {
      const answer = await ask(sql, asking);
      sockets.add(answer.socket);
      expect(await text(answer)).toBe(words);
    }
    expect(sockets.size).toBe(1);
    agent.destroy();
  });

  it('breaks off for the client when it breaks off in the engine', async () => {
    const sql = 'SELECT throwIf(number = 3000000) FROM numbers(4000000) SETTINGS max_block_size = 1000';
    const end = async (port: number) => {
      const chunks: string[] = [];
      try {
        for await (const chunk of await ask(sql, { port })) chunks.push(String(chunk));
      } catch (error) {
        return error instanceof Error ? error.message : 'no error';
      }
      return chunks.join('').slice(-200);
    };
    expect(await end(address.httpPort)).toBe(await end(address.engineHttpPort));
  });

  it('is cancelled with its client', async () => {
    const running = async () =>
      test.warehouse.query(
        typedByUser(
          "SELECT count() AS n FROM system.processes WHERE query LIKE '%1e15%' AND user = 'analyst'",
        ),
        z.object({ n: z.coerce.number() }),
      );
    const call = request({
      host: '127.0.0.1',
      port: address.httpPort,
      path: `/?query=${encodeURIComponent('SELECT count() FROM numbers(toUInt64(1e15)) WHERE cityHash64(number) = 1')}`,
      headers: { 'X-ClickHouse-User': ANALYST, 'X-ClickHouse-Key': passwords.analystPassword },
      agent: false,
    });
    call.on('error', () => undefined);
    call.end();
    await expect.poll(running, { timeout: 5_000 }).toEqual([{ n: 1 }]);
    call.destroy();
    await expect.poll(running, { timeout: 5_000 }).toEqual([{ n: 0 }]);
  });
});
