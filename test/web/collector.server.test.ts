import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiKeys, MetricsRegistry, openDirectBus, openWarehouseTarget } from '../../pipelines/index.js';
import { migrate, packageRoot, typedByUser } from '../../sql/index.js';
import { analysesRoute, BodyReader, measureWatermarks, openServer } from '../../web/index.js';
import { startTestWarehouse, type TestWarehouse } from '../servers/clickhouse.js';
import { eventJson, startCollector, WRITE_KEY, type TestCollector } from './collector-server.js';

const FIXTURES = join(packageRoot(), 'test', 'fixtures');
const CSS_KEY = 'css-callback-key';
const TOKEN = 'token-of-the-console';
const AES_KEY = Buffer.alloc(32, 7);

let engine: TestWarehouse;
let collector: TestCollector;

beforeAll(async () => {
  engine = await startTestWarehouse();
  await migrate(engine.warehouse, { reportZone: 'Asia/Shanghai', channelGroups: {} });
  const bus = await openDirectBus(engine.warehouse, engine.dataDir);
  collector = await startCollector({
    target: openWarehouseTarget(engine.warehouse, bus),
    secrets: {
      cssKey: CSS_KEY,
      wechat: { token: TOKEN, key: null },
      wecom: { token: TOKEN, key: AES_KEY },
    },
  });
});
afterAll(async () => {
  await collector.stop();
  await engine.stop();
});

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return engine.warehouse.query(typedByUser(sql), z.record(z.string(), z.unknown()));
}

describe('own events', () => {
  it('are visible when they are acknowledged; the same again changes nothing; bad rows are kept once', async () => {
    const body = `${eventJson('own-1', { query: 'utm_source=wechat_group' })}\nno json\n${eventJson('own-2')}`;
    const first = await (await collector.post('/v1/events', body)).json();
    expect(first).toMatchObject({ accepted: 2, duplicates: 0, rejected: [{ index: 1, code: 'not_json' }] });
    expect(await rows(`SELECT event_id, utm_source FROM wxlive.events ORDER BY event_id`)).toEqual([
      { event_id: 'own-1', utm_source: 'wechat_group' },
      { event_id: 'own-2', utm_source: null },
    ]);
    const again = await (await collector.post('/v1/events', body)).json();
    expect(again).toMatchObject({ accepted: 0, duplicates: 2, rejected: [{ index: 1 }] });
    expect(await rows(`SELECT adapter, place, code FROM wxlive.rejects`)).toEqual([
      { adapter: 'events', place: '/v1/events:2', code: 'not_json' },
    ]);
    expect(
      await rows(
        `SELECT file, adapter, state, toUInt32(rows) AS rows, toUInt32(accepted) AS accepted, toUInt32(duplicates) AS duplicates, toUInt32(rejected) AS rejected
        FROM wxlive.batches ORDER BY started_at`,
      ),
    ).toEqual([
      {
        file: '/v1/events',
        adapter: 'events',
        state: 'loaded',
        rows: 3,
        accepted: 2,
        duplicates: 0,
        rejected: 1,
      },
      {
        file: '/v1/events',
        adapter: 'events',
        state: 'loaded',
        rows: 3,
        accepted: 0,
        duplicates: 2,
        rejected: 1,
      },
    ]);
  });
});

const sdkRequest = z.object({
  method: z.enum(['GET', 'POST']),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
});

describe('Sensors', () => {
  it('SDKs get the answers they expect, and their events are there once', async () => {
    const folder = join(FIXTURES, 'sdk');
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    for (const pass of [1, 2]) {
      for (const name of files) {
        const request = sdkRequest.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
        const path = request.url.replace('https://wxlive.example.com', '').replace('WRITE_KEY', WRITE_KEY);
        const answer = await fetch(`${collector.server.url}${path}`, {
          method: request.method,
          headers: { ...request.headers, origin: 'https://h5.example.com' },
          ...(request.body === null ? {} : { body: request.body }),
        });
        expect(answer.status, `${name}, pass ${pass}`).toBe(200);
        expect(answer.headers.get('access-control-allow-origin')).toBe('https://h5.example.com');
        expect(answer.headers.get('content-type')).toContain(request.method === 'GET' ? 'image/gif' : 'json');
        await answer.arrayBuffer();
      }
    }
    const counted = await rows(
      `SELECT platform, event, toUInt32(count()) AS events, uniqExact(viewer) AS viewers FROM wxlive.events
      WHERE adapter = 'sensors' GROUP BY platform, event ORDER BY platform, event`,
    );
    const of = (platform: string, event: string) =>
      counted.find((row) => row['platform'] === platform && row['event'] === event)?.['events'];
    // Batch and single were two runs of the SDK: the event is there from each.
    expect(of('miniprogram', 'live_enter')).toBe(2);
    expect(of('miniprogram', 'page_view')).toBe(1);
    expect(of('miniprogram', 'live_share')).toBe(1);
    expect(of('kandian', 'live_enter')).toBe(1);
    expect(of('kandian', '$pageview')).toBe(4);
    expect(await rows(`SELECT count() AS n FROM wxlive.rejects WHERE adapter = 'sensors'`)).toEqual([
      { n: '0' },
    ]);
  });

  it('the sample requests give what they promise; encrypted ones are rejects', async () => {
    const before = Number((await rows(`SELECT count() AS n FROM wxlive.events`))[0]?.['n']);
    const post = async (name: string): Promise<unknown> => {
      const body = readFileSync(join(FIXTURES, 'samples', 'http', name), 'utf8');
      const answer = await fetch(`${collector.server.url}/sa?key=${WRITE_KEY}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/plain' },
      });
      expect(answer.status).toBe(200);
      return answer.json();
    };
    expect(await post('sa-batch-gzip.body')).toMatchObject({ accepted: 9, rejected: [] });
    expect(await post('sa-batch-plain.body')).toMatchObject({ accepted: 5, rejected: [] });
    expect(await post('sa-batch-unescaped.body')).toMatchObject({ accepted: 0, duplicates: 5 });
    expect(await post('sa-encrypted.body')).toMatchObject({
      accepted: 0,
      rejected: [{ index: 0, code: 'encrypted_payload' }],
    });
    expect(Number((await rows(`SELECT count() AS n FROM wxlive.events`))[0]?.['n'])).toBe(before + 14);
  });
});

it('GrowingIO: the project id may be the key', async () => {
  const body = JSON.stringify([
    {
      eventType: 'CUSTOM',
      eventName: 'live_enter',
      timestamp: Date.now(),
      deviceId: 'd1',
      userId: 'u1',
      attributes: { room_id: '1003' },
    },
  ]);
  const url = `${collector.server.url}/v3/projects`;
  expect((await fetch(`${url}/wrong/collect?compress=0`, { method: 'POST', body })).status).toBe(401);
  const answer = await fetch(`${url}/${WRITE_KEY}/collect?stm=1&compress=0`, { method: 'POST', body });
  expect(await answer.json()).toMatchObject({ accepted: 1 });
});

describe('callbacks', () => {
  it('CSS: with its signature alone; start and stop are one live', async () => {
    const t = Math.floor(Date.now() / 1000) + 600;
    const started = Math.floor(Date.now() / 1000) - 3_600;
    const sign = (key: string, until: number): string =>
      createHash('md5').update(`${key}${until}`).digest('hex');
    const message = (type: number, time: number, more: object) =>
      JSON.stringify({
        event_type: type,
        stream_id: 'stream-9',
        sequence: '7055',
        event_time: time,
        user_ip: '203.0.113.9',
        stream_param: 'txSecret=CANARY',
        ...more,
      });
    const post = async (body: string): Promise<number> =>
      (await fetch(`${collector.server.url}/v1/callbacks/css`, { method: 'POST', body })).status;
    expect(await post(message(1, started, {}))).toBe(403);
    expect(await post(message(1, started, { t, sign: sign('other', t) }))).toBe(403);
    expect(await post(message(1, started, { t: t - 7_200, sign: sign(CSS_KEY, t - 7_200) }))).toBe(403);
    expect(await post('not json')).toBe(403);
    expect(await post(message(1, started, { t, sign: sign(CSS_KEY, t) }))).toBe(200);
    expect(await post(message(0, started + 60, { t, sign: sign(CSS_KEY, t) }))).toBe(200);
    // Repeated, as CSS does when an answer comes late: the stop stays.
    expect(await post(message(1, started, { t, sign: sign(CSS_KEY, t) }))).toBe(200);
    expect(await post(message(100, started + 60, { t, sign: sign(CSS_KEY, t) }))).toBe(200);
    expect(
      await rows(
        `SELECT live_id, toUnixTimestamp(started_at) AS started, toUnixTimestamp(ended_at) AS ended, boundary_source FROM wxlive.lives WHERE room_id = 'stream-9'`,
      ),
    ).toEqual([{ live_id: '7055', started, ended: started + 60, boundary_source: 'callback' }]);
  });

  it('WeChat: echo, and a punishment as JSON or XML is one violation', async () => {
    const signature = createHash('sha1')
      .update(['1795600000', 'nonce1', TOKEN].sort().join(''))
      .digest('hex');
    const query = `signature=${signature}&timestamp=1795600000&nonce=nonce1`;
    const url = `${collector.server.url}/v1/callbacks/wechat`;
    expect(await (await fetch(`${url}?${query}&echostr=5577006791947779410`)).text()).toBe(
      '5577006791947779410',
    );
    expect((await fetch(`${url}?${query.replace('nonce1', 'nonce2')}&echostr=1`)).status).toBe(403);
    const fields = {
      ToUserName: 'gh_authored',
      FromUserName: 'oCANARY000000000000000000001',
      CreateTime: 1_795_600_000,
      MsgType: 'event',
      Event: 'wxa_punish_event',
      punish_id: 'P1',
      appid: 'wx00authored00app',
      punish_time: '1795590000',
      illegal_reason: '存在诱导分享行为',
      detail: '{"warned_type":1}',
      rule_url: 'https://example.com/r',
      rule_name: '5.1滥用分享行为',
      event_type: 1,
    };
    const xml = `<xml>${Object.entries(fields)
      .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
      .join('')}</xml>`;
    expect((await fetch(url, { method: 'POST', body: xml })).status).toBe(403);
    for (const body of [JSON.stringify(fields), xml, '<xml><Event>subscribe</Event></xml>']) {
      const answer = await fetch(`${url}?${query}`, { method: 'POST', body });
      expect([answer.status, await answer.text()]).toEqual([200, 'success']);
    }
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><Event>&a;</Event></xml>';
    expect((await fetch(`${url}?${query}`, { method: 'POST', body: bomb })).status).toBe(400);
    expect(await rows(`SELECT punish_id, account, reason, event_type FROM wxlive.violations`)).toEqual([
      { punish_id: 'P1', account: 'wx00authored00app', reason: '存在诱导分享行为', event_type: 1 },
    ]);
  });

  it('WeCom: encrypted echo and status changes; a clear message is refused', async () => {
    const sign = (encrypted: string): string =>
      `msg_signature=${createHash('sha1').update([TOKEN, '1', 'n', encrypted].sort().join('')).digest('hex')}&timestamp=1&nonce=n`;
    const url = `${collector.server.url}/v1/callbacks/wecom`;
    const echo = encryptFor('echo 回声');
    const answer = await fetch(`${url}?${sign(echo)}&echostr=${encodeURIComponent(echo)}`);
    expect(await answer.text()).toBe('echo 回声');
    const at = Math.floor(Date.now() / 1000) - 600;
    const message = (status: number, time: number): string =>
      `<xml><ToUserName><![CDATA[wwauthored]]></ToUserName><FromUserName>sys</FromUserName><CreateTime>${time}</CreateTime><MsgType>event</MsgType><Event>living_status_change</Event><LivingId>lvAUTHORED1</LivingId><Status>${status}</Status><AgentID>1</AgentID></xml>`;
    const post = async (text: string, tampered = false): Promise<number> => {
      const encrypted = encryptFor(text);
      const query = sign(tampered ? `${encrypted}x` : encrypted);
      const body = `<xml><ToUserName>wwauthored</ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`;
      return (await fetch(`${url}?${query}`, { method: 'POST', body })).status;
    };
    expect(await post(message(1, at), true)).toBe(403);
    expect((await fetch(`${url}?${sign('')}`, { method: 'POST', body: message(1, at) })).status).toBe(400);
    expect(await post(message(1, at))).toBe(200);
    expect(await post(message(2, at + 300))).toBe(200);
    expect(
      await rows(
        `SELECT account, toUnixTimestamp(started_at) AS started, toUnixTimestamp(ended_at) AS ended FROM wxlive.lives WHERE live_id = 'lvAUTHORED1'`,
      ),
    ).toEqual([{ account: 'wwauthored', started: at, ended: at + 300 }]);
  });
});

it('analyses: a spec in, its result out; an array in its order, failures in their place; only for readers', async () => {
  const { log } = collector;
  expect(log.join('\n')).not.toMatch(/CANARY|AUTHORED0000|203\.0\.113/u);
  const metrics = new MetricsRegistry();
  measureWatermarks(metrics, engine.warehouse);
  const server = await openServer({
    host: '127.0.0.1',
    port: 0,
    routes: [
      analysesRoute({
        warehouse: engine.warehouse,
        readKeys: ApiKeys.parse('dashboards:reader-key'),
        bodies: new BodyReader({ bodyBytes: 10_000, inflatedBytes: 10_000, allBytes: 100_000 }),
        timeZone: 'Asia/Shanghai',
        language: 'en',
      }),
    ],
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    metrics,
    crossOrigin: { origins: [], domains: [] },
  });
  const ask = async (name: string, spec: string, key = 'reader-key'): Promise<[number, unknown]> => {
    const answer = await fetch(`${server.url}/v1/analyses/${name}`, {
      method: 'POST',
      body: spec,
      headers: { authorization: `Bearer ${key}` },
    });
    return [answer.status, await answer.json()];
  };
  try {
    const spec = '{"steps":[{"event":"live_enter"}]}';
    const viewers = Number(
      (
        await rows(
          `SELECT uniqExact(viewer) AS n FROM wxlive.events WHERE event = 'live_enter' AND NOT is_system`,
        )
      )[0]?.['n'],
    );
    const result = { steps: [{ step: 1, viewers }] };
    expect(await ask('funnel', spec)).toMatchObject([200, result]);
    expect(await ask('funnel', `[${spec},{"steps":[]},${spec}]`)).toMatchObject([
      200,
      [result, { error: {} }, result],
    ]);
    expect(await ask('funnel', '{"steps":[]}')).toMatchObject([400, { error: {} }]);
    expect((await ask('funnel', 'no json'))[0]).toBe(400);
    expect(await ask('nothing', spec)).toMatchObject([404, { error: { code: 'not_found' } }]);
    // A mistyped name is told with the nearest.
    expect(JSON.stringify(await ask('funel', spec))).toContain('did you mean funnel?');
    // Whatever fails in its place spoils none of the others, and is told why.
    const wrong = [{ step: [] }, null, { steps: [{ event: 'live_enter' }], from: '2026-13-01' }];
    expect(
      await ask('funnel', `[${wrong.map((one) => JSON.stringify(one)).join(',')},${spec}]`),
    ).toMatchObject([
      200,
      [
        { error: { code: 'unknown_key', message: expect.stringContaining('did you mean steps?') as string } },
        { error: { code: 'bad_spec' } },
        { error: { code: 'bad_range' } },
        result,
      ],
    ]);
    expect(await ask('funnel', '[]')).toEqual([200, []]);
    expect((await ask('funnel', JSON.stringify(Array.from({ length: 101 }, () => ({})))))[0]).toBe(400);
    expect((await ask('funnel', spec, WRITE_KEY))[0]).toBe(401);
    expect((await ask('funnel', ' '.repeat(10_001)))[0]).toBe(413);
    expect(await metrics.render()).toMatch(
      /wxlive_source_watermark_seconds\{platform="miniprogram",.*source="events"\} \d/u,
    );
  } finally {
    await server.close();
  }
});

function ignore(): void {
  // Nothing is kept of these lines.
}

/** As WeCom encrypts: random ‖ length ‖ message ‖ receiver, padded to 32. */
function encryptFor(message: string): string {
  const text = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const content = Buffer.concat([randomBytes(16), length, text, Buffer.from('wwauthored')]);
  const padding = 32 - (content.length % 32);
  const cipher = createCipheriv('aes-256-cbc', AES_KEY, AES_KEY.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(Buffer.concat([content, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]).toString('base64');
}
