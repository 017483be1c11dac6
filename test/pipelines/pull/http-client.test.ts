import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpClient } from '../../../pipelines/pull/http-client.js';
import type { PullManner } from '../../../pipelines/index.js';
import { startTestPlatform, type ApiFault, type TestPlatform } from '../../servers/platform-api.js';
import { testManner, testTime, type TestTime } from './pull-bench.js';

let platform: TestPlatform;
let time: TestTime;
const SECRET = 'query-secret-CANARY';

beforeAll(async () => {
  platform = await startTestPlatform();
});
afterAll(() => platform.close());
beforeEach(() => {
  time = testTime();
});

const clientOf = (changed: Partial<PullManner> = {}): HttpClient =>
  new HttpClient({ ...testManner(time, changed), baseUrl: platform.url });

const ask = (client: HttpClient) =>
  client.ask(
    () => ({ method: 'GET', path: 'cgi-bin/gettoken', query: { corpid: 'nobody', corpsecret: SECRET } }),
    () => null,
  );

describe('an API that is in trouble', () => {
  it.each<[string, ApiFault]>([
    ['no answer', { cut: 'before' }],
    ['half an answer', { cut: 'middle' }],
    ['HTTP 500', { status: 500, body: 'oops' }],
    ['HTTP 502 of a proxy', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['an HTML page with HTTP 200', { status: 200, body: '<!doctype html><title>维护中</title>' }],
    ['no JSON at all', { status: 200, body: '' }],
    ['JSON that is cut off', { status: 200, body: '{"errcode":0,"err' }],
    ['HTTP 429 without a word', { status: 429, body: '' }],
  ])('is asked again after %s', async (_name, fault) => {
    platform.fail('gettoken', fault, fault);
    const client = clientOf();
    const answer = await ask(client);
    expect(answer).toMatchObject({ ok: true, value: { document: { errcode: 40_013 } } });
    expect([client.requests, client.retries]).toEqual([3, 2]);
    expect(time.slept).toHaveLength(2);
    expect(time.slept[1]).toBeGreaterThan(time.slept[0] ?? 0);
  });

  it('waits as long as Retry-After says', async () => {
    platform.fail('gettoken', { status: 429, body: '', headers: { 'retry-after': '17' } });
    expect((await ask(clientOf())).ok).toBe(true);
    expect(time.slept[0]).toBeGreaterThanOrEqual(17_000);
    platform.fail('gettoken', { status: 503, body: '', headers: { 'retry-after': '86400' } });
    // A day is not waited for: the next pull goes on.
    expect(await ask(clientOf())).toMatchObject({ ok: false, failure: { code: 'unreachable' } });
  });

  it('is given up in the end, and the failure holds no secret', async () => {
    platform.fail('gettoken', ...Array.from({ length: 5 }, () => ({ cut: 'before' }) as const));
    const client = clientOf();
    const answer = await ask(client);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'unreachable', endsPull: true } });
    expect(JSON.stringify(answer)).not.toContain('CANARY');
    expect(client.requests).toBe(5);
  });

  it('is not waited for beyond the timeout', async () => {
    platform.fail('gettoken', { slowMs: 400 });
    const client = clientOf({ timeoutMs: 100 });
    expect((await ask(client)).ok).toBe(true);
    expect(client.retries).toBe(1);
  });

  it('is not asked again where that cannot help', async () => {
    platform.fail('gettoken', { status: 404, body: 'not found' });
    const client = clientOf();
    expect(await ask(client)).toMatchObject({
      ok: false,
      failure: { code: 'bad_answer', detail: 'HTTP 404' },
    });
    expect(client.requests).toBe(1);
  });

  it('is not followed elsewhere with the secret', async () => {
    const elsewhere = `${platform.url}/cgi-bin/living/elsewhere`;
    platform.fail(
      'gettoken',
      ...Array.from({ length: 5 }, () => ({ status: 302, body: '', headers: { location: elsewhere } })),
    );
    expect((await ask(clientOf())).ok).toBe(false);
    expect(platform.count('elsewhere')).toBe(0);
  });

  it('nobody listens', async () => {
    const client = new HttpClient({ ...testManner(time), baseUrl: 'http://127.0.0.1:9' });
    expect(await ask(client)).toMatchObject({ ok: false, failure: { code: 'unreachable' } });
  });

  it('is left when the pull is stopped', async () => {
    const stopping = new AbortController();
    platform.onCall = () => {
      stopping.abort(new Error('stopped'));
    };
    platform.fail('gettoken', { slowMs: 1_000 });
    await expect(ask(clientOf({ signal: stopping.signal }))).rejects.toThrow('stopped');
    platform.onCall = () => undefined;
  });

  it('is asked no faster than allowed', async () => {
    const started = time.now();
    const client = clientOf({ requestsPerSecond: 2 });
    for (let at = 0; at < 4; at++) await ask(client);
    expect(time.now() - started).toBeGreaterThanOrEqual(1_500);
  });
});
