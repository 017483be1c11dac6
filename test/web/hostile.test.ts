import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { WarehouseError } from '../../sql/index.js';
import {
  eventJson,
  MemoryTarget,
  startCollector,
  WRITE_KEY,
  type TestCollector,
  type TestCollectorOptions,
} from './collector-server.js';

let running: TestCollector[] = [];
afterEach(async () => {
  const ended = running;
  running = [];
  await Promise.all(ended.map((one) => one.stop()));
});

async function start(
  options: Partial<TestCollectorOptions> = {},
): Promise<TestCollector & { target: MemoryTarget }> {
  const target = new MemoryTarget();
  const collector = await startCollector({ target, ...options });
  running.push(collector);
  return { ...collector, target };
}

/** A connection that stays open between what it asks. */
async function keepConnection(
  url: string,
): Promise<{ ask: (bytes: string) => Promise<string>; end: () => void }> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  await once(socket, 'connect');
  return {
    async ask(bytes) {
      socket.write(bytes);
      const [chunk] = z.tuple([z.instanceof(Buffer)]).parse(await once(socket, 'data'));
      return chunk.toString('latin1');
    },
    end: () => socket.destroy(),
  };
}

async function json(response: Response): Promise<unknown> {
  return response.json();
}

describe('who may send', () => {
  it('is refused without a key, with a wrong one, and when no key is set', async () => {
    const collector = await start();
    for (const authorization of ['', 'Bearer wrong', `Basic ${WRITE_KEY}`, `Bearer ${WRITE_KEY} x`]) {
      const answer = await collector.post('/v1/events', eventJson('a'), { authorization });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
    expect((await collector.post('/v1/events?key=wrong', '[]', { authorization: '' })).status).toBe(401);
    expect((await collector.post(`/v1/events?key=${WRITE_KEY}`, '[]', { authorization: '' })).status).toBe(
      200,
    );
    const closed = await start({ writeKeys: '' });
    expect((await closed.post('/v1/events', eventJson('a'))).status).toBe(401);
    expect((await closed.post('/v1/events?key=', eventJson('a'), { authorization: '' })).status).toBe(401);
    expect(collector.target.stored.size + closed.target.stored.size).toBe(0);
  });

  it('nothing secret or personal is logged', async () => {
    const collector = await start();
    await collector.post(
      `/v1/events?key=${WRITE_KEY}`,
      `${eventJson('a')}\n{"openid":"oCANARY000000000000000000001"}`,
    );
    await collector.post('/sa?key=wrong-secret-key', 'data_list=oCANARY');
    expect(collector.log.length).toBeGreaterThan(1);
    expect(collector.log.join('\n')).not.toMatch(/CANARY|AUTHORED|write-key|wrong-secret/u);
  });
});

describe('bodies', () => {
  it('are taken as array, lines and one object, plain and compressed', async () => {
    const { post, target } = await start();
    const bodies = [
      `[${eventJson('a1')},${eventJson('a2')}]`,
      `${eventJson('b1')}\r\n\n${eventJson('b2')}`,
      JSON.stringify(JSON.parse(eventJson('c1')), null, 2),
      `\uFEFF${eventJson('d1')}\n`,
    ];
    for (const body of bodies) {
      const plain = await json(await post('/v1/events', body));
      expect(plain).toMatchObject({ duplicates: 0, rejected: [] });
      const zipped = gzipSync(body);
      expect(await json(await post('/v1/events', zipped, { 'content-encoding': 'gzip' }))).toMatchObject({
        accepted: 0,
        rejected: [],
      });
      expect(await json(await post('/v1/events', zipped))).toMatchObject({ accepted: 0, rejected: [] });
    }
    expect([...target.stored.keys()].sort()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'd1']);
  });

  it('are answered row by row, with the index among the rows', async () => {
    const { post } = await start();
    const lines = [eventJson('a'), 'no json', '', eventJson(''), eventJson('a'), eventJson('b')].join('\n');
    expect(await json(await post('/v1/events', lines))).toMatchObject({
      accepted: 2,
      duplicates: 1,
      rejected: [
        { index: 1, code: 'not_json' },
        { index: 2, code: 'missing_event_id' },
      ],
    });
    expect(await json(await post('/v1/events', '[]'))).toEqual({ accepted: 0, duplicates: 0, rejected: [] });
    expect(
      await json(await post('/v1/events', `[${eventJson('c')},{oops},${eventJson('d')}]`)),
    ).toMatchObject({
      accepted: 2,
      rejected: [{ index: 1, code: 'not_json' }],
    });
    expect(await json(await post('/v1/events', '[{"event_id":"x",'))).toMatchObject({
      accepted: 0,
      rejected: [{ index: 0, code: 'not_json' }],
    });
  });

  it('nested deeper than a stack are bad rows among good ones', async () => {
    const { post, target } = await start();
    const deep = `${'['.repeat(50_000)}1${']'.repeat(50_000)}`;
    const rows = [eventJson('before'), deep, `{"event_id":"x","props":{"x":${deep}}}`, eventJson('after')];
    for (const body of [`[${rows.join(',')}]`, rows.join('\n')]) {
      expect(await json(await post('/v1/events', body))).toMatchObject({
        rejected: [
          { index: 1, code: 'not_json' },
          { index: 2, code: 'nested_props' },
        ],
      });
    }
    expect(target.stored.size).toBe(2);
    const sensors = await post('/sa', `data=${encodeURIComponent(Buffer.from(deep).toString('base64'))}`);
    expect(sensors.status).toBe(200);
    expect((await post('/v1/events', `[${deep}]`)).status).toBe(200);
  });

  it('are refused when broken, bombs, too large or strangely encoded, and the server lives on', async () => {
    const { post, raw, target } = await start({ bodies: { bodyBytes: 100_000, inflatedBytes: 200_000 } });
    const zipped = gzipSync(eventJson('z'));
    const gzip = { 'content-encoding': 'gzip' };
    expect((await post('/v1/events', zipped.subarray(0, -6), gzip)).status).toBe(400);
    expect((await post('/v1/events', 'not gzip', gzip)).status).toBe(400);
    expect((await post('/v1/events', gzipSync(Buffer.alloc(50_000_000)), gzip)).status).toBe(413);
    expect((await post('/v1/events', 'x', { 'content-encoding': 'br' })).status).toBe(415);
    expect((await post('/v1/events', Buffer.alloc(100_001, 32))).status).toBe(413);
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`.repeat(10);
    const head = `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${WRITE_KEY}\r\n`;
    expect(await raw(`${head}transfer-encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 413 /u,
    );
    expect(await raw(`${head}content-length: 99999999999\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /u);
    expect(await raw('\x16\x03\x01 hello TLS\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /u);
    expect(await raw(`GET /sa.gif?data=${'a'.repeat(70_000)} HTTP/1.1\r\nhost: x\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /u,
    );
    expect(target.stored.size).toBe(0);
    expect((await post('/v1/events', eventJson('alive'))).status).toBe(200);
  });

  it('that never end are cut off, and what a client left behind stores nothing', async () => {
    const { raw, post, target } = await start({ server: { headersMs: 400, requestMs: 800 } });
    const head = `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${WRITE_KEY}\r\n`;
    const [slowHead, slowBody, halfClosed] = await Promise.all([
      raw('POST /v1/events HTTP/1.1\r\nhost: x\r\n', { untilMs: 6_000 }),
      raw(`${head}content-length: 500\r\n\r\n${eventJson('slow')}`, { untilMs: 6_000 }),
      raw(`${head}content-length: 5000\r\n\r\n${eventJson('half')}`, { end: true, untilMs: 6_000 }),
    ]);
    expect(slowHead).toMatch(/^HTTP\/1.1 408 /u);
    expect(slowBody).toMatch(/^HTTP\/1.1 408 /u);
    expect(halfClosed).not.toMatch(/ 200 /u);
    expect(target.stored.size).toBe(0);
    expect((await post('/v1/events', eventJson('alive'))).status).toBe(200);
  });

  it('of a client that closed its side are stored whole or not at all; pipelined ones are answered in their order', async () => {
    const { raw, target } = await start();
    const request = (id: string): string =>
      `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${WRITE_KEY}\r\ncontent-length: ${Buffer.byteLength(eventJson(id))}\r\n\r\n${eventJson(id)}`;
    expect(await raw(request('half'), { end: true })).toMatch(/^(?:$|HTTP\/1.1 200 .*"accepted":1)/su);
    const answers = await raw(
      `${request('p1')}${request('p1')}GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    );
    const bodies = [...answers.matchAll(/\{.*\}/gu)].map(([body]) => body);
    expect(bodies).toEqual([
      '{"accepted":1,"duplicates":0,"rejected":[]}',
      '{"accepted":0,"duplicates":1,"rejected":[]}',
      '{"status":"ok"}',
    ]);
    expect([...target.stored.keys()].filter((id) => id !== 'half')).toEqual(['p1']);
  });

  it('together fit into the memory they may take', async () => {
    const { post, raw } = await start({ bodies: { allBytes: 60_000 } });
    const head = `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${WRITE_KEY}\r\ncontent-length: 40000\r\n\r\n`;
    const slow = raw(`${head}${' '.repeat(39_000)}`, { untilMs: 400 });
    await sleep(150);
    const busy = await post('/v1/events', Buffer.alloc(40_000, 32));
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '2']);
    await slow;
    await sleep(50);
    expect((await post('/v1/events', Buffer.alloc(20_000, 32))).status).toBe(200);
  });
});

describe('connections', () => {
  it('beyond the limit are closed and counted, those that are there are served, and an end makes room', async () => {
    const { server, raw, metrics } = await start({ server: { connections: 3 } });
    const health = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
    const kept = await Promise.all(Array.from({ length: 3 }, () => keepConnection(server.url)));
    for (const one of kept) expect(await one.ask(health)).toMatch(/^HTTP\/1.1 200 /u);
    expect(await raw(health)).toBe('');
    expect(await metrics.render()).toMatch(/wxlive_dropped_connections_total 1\n/u);
    for (const one of kept) expect(await one.ask(health)).toMatch(/^HTTP\/1.1 200 /u);
    kept[0]?.end();
    await expect
      .poll(() => raw(health.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n')))
      .toMatch(/^HTTP\/1.1 200 /u);
    for (const one of kept) one.end();
  });
});

describe('under pressure', () => {
  it('a key that sends too much is told when to come again', async () => {
    const { post } = await start({ collector: { rowsPerSecond: 10 } });
    const rows = Array.from({ length: 20 }, (_, index) => eventJson(`r${index}`)).join('\n');
    expect((await post('/v1/events', rows)).status).toBe(200);
    const refused = await post('/v1/events', rows);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('what waits too long and what does not fit are answered 503, never dropped silently', async () => {
    const collector = await start({ collector: { answerTimeoutMs: 300, mostWaitingRecords: 2 } });
    const { post, target } = collector;
    let open: () => void = () => undefined;
    target.gate = new Promise((resolve) => (open = resolve));
    const late = post('/v1/events', `${eventJson('w1')}\n${eventJson('w2')}`);
    await sleep(60);
    const busy = await post('/v1/events', eventJson('w3'));
    expect([busy.status, busy.headers.has('retry-after')]).toEqual([503, true]);
    expect(await json(busy)).toMatchObject({ error: { code: 'busy' } });
    const answer = await late;
    expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true]);
    open();
    await sleep(50);
    // It was stored after all; sending it again, as it was told to, changes nothing.
    expect(await json(await post('/v1/events', eventJson('w1')))).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
  });

  it('a transient failure is tried again; a refused request takes no other with it', async () => {
    const { post, target, metrics } = await start({ collector: { flushIntervalMs: 100 } });
    await post('/v1/events', eventJson('first'));
    target.failures.push(new WarehouseError('gone', null, true), new WarehouseError('gone', null, true));
    expect((await post('/v1/events', eventJson('again'))).status).toBe(200);
    target.poison = 'bad';
    const answers = await Promise.all(
      ['g1', 'g2', 'bad', 'g3', 'g4'].map((id) => post('/v1/events', eventJson(id))),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 500, 200, 200]);
    expect(['again', 'g1', 'g2', 'g3', 'g4'].map((id) => target.stored.get(id))).toEqual([1, 1, 1, 1, 1]);
    expect(await metrics.render()).toMatch(/wxlive_flush_failures_total\{transient="true"\} 2\n/u);
  });

  it('many small requests are stored together, each answered from its own slice', async () => {
    const { post, target } = await start({ collector: { flushIntervalMs: 50 } });
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) =>
        json(await post('/v1/events', `${eventJson(`m${index % 150}`)}\n${eventJson(`n${index}`)}\nbad`)),
      ),
    );
    const sums = { accepted: 0, duplicates: 0 };
    for (const answer of answers as { accepted: number; duplicates: number; rejected: unknown[] }[]) {
      expect(answer.rejected).toMatchObject([{ index: 2, code: 'not_json' }]);
      expect(answer.accepted + answer.duplicates).toBe(2);
      sums.accepted += answer.accepted;
      sums.duplicates += answer.duplicates;
    }
    expect(sums).toEqual({ accepted: 350, duplicates: 50 });
    expect(target.flushes.length).toBeLessThan(60);
    expect(target.flushes.reduce((rows, flush) => rows + flush.rows, 0)).toBe(600);
  });

  it('at the end what was taken is stored and answered, and the target is closed', async () => {
    const { post, target, stop, metrics } = await start({ collector: { flushIntervalMs: 60_000 } });
    await post('/v1/events', eventJson('before'));
    const waiting = Promise.all(['e1', 'e2', 'e3'].map((id) => post('/v1/events', eventJson(id))));
    while (!(await metrics.render()).includes('wxlive_waiting_records 3\n')) await sleep(10);
    expect(target.stored.size).toBe(1);
    running = [];
    await stop();
    expect((await waiting).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect([target.stored.size, target.closed]).toEqual([4, true]);
  });
});

it('two bad rows that came in addresses are two rejects, the same one again is none', async () => {
  const { server, target } = await start();
  const get = (data: string): Promise<Response> =>
    fetch(`${server.url}/sa.gif?key=${WRITE_KEY}&data=${data}`);
  for (const data of ['first', 'second', 'first']) expect((await get(data)).status).toBe(200);
  const rejects = target.flushes.flatMap((flush) => flush.rejects);
  expect(rejects).toHaveLength(3);
  expect(rejects[2]?.rejectId).toBe(rejects[0]?.rejectId);
  expect(rejects[1]?.rejectId).not.toBe(rejects[0]?.rejectId);
});

it('/metrics shows what was accepted, known, rejected and why, how soon it shows and how much goes together', async () => {
  const { post, server } = await start();
  await post('/v1/events', `${eventJson('m1')}\n${eventJson('m2')}\n{}\nno json`);
  await post('/v1/events', eventJson('m1'));
  const answer = await fetch(`${server.url}/metrics`);
  expect(answer.headers.get('content-type')).toContain('version=0.0.4');
  const lines = new Set((await answer.text()).split('\n'));
  for (const line of [
    'wxlive_accepted_total{adapter="events"} 2',
    'wxlive_duplicates_total{adapter="events"} 1',
    'wxlive_rejected_total{adapter="events",code="not_json"} 1',
    'wxlive_rejected_total{adapter="events",code="missing_event_id"} 1',
    'wxlive_receipt_to_visible_seconds_count{adapter="events"} 3',
    'wxlive_insert_records_count{adapter="events"} 2',
    'wxlive_insert_records_sum{adapter="events"} 3',
    'wxlive_waiting_records 0',
    'wxlive_http_requests_total{route="/v1/events",status="200"} 2',
  ]) {
    expect([...lines], line).toContain(line);
  }
});

describe('pages of the company', () => {
  it('may post from a browser, others may not read the answer', async () => {
    const { server, post } = await start();
    const preflight = async (origin: string) =>
      fetch(`${server.url}/v1/events`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      });
    for (const origin of ['https://h5.example.com', 'https://example.com', 'https://other.example.org']) {
      const answer = await preflight(origin);
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
    }
    for (const origin of ['https://evilexample.com', 'https://example.com.evil.org', 'null', 'http://[']) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
    const answer = await post('/v1/events', eventJson('h5'), { origin: 'https://h5.example.com' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://h5.example.com');
  });
});
