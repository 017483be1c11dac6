import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../sql/index.js';
import { MemoryTarget, startCollector, WRITE_KEY, type TestCollector } from './collector-server.js';

/** What `wx.request` of a mini-program takes. */
interface WxRequest {
  readonly url: string;
  readonly method: 'POST';
  readonly header: Readonly<Record<string, string>>;
  readonly data: unknown;
  readonly success: (answer: { statusCode: number }) => void;
  readonly fail: () => void;
}

const target = new MemoryTarget();
let collector: TestCollector;
beforeAll(async () => {
  collector = await startCollector({ target });
});
afterAll(() => collector.stop());

it('the lines for app.js send what happens, keep it while nobody answers, and count once', async () => {
  const text = readFileSync(join(packageRoot(), 'README.md'), 'utf8');
  const [, lines = ''] = /```js\n(.*?)```/su.exec(text) ?? [];
  expect(lines).toContain('wx.request');
  expect(lines.trim().split('\n').length).toBeLessThanOrEqual(12);
  const sent: WxRequest[] = [];
  const answers: number[] = [];
  // First nobody answers, then the answer is lost after the records were stored, then all is well.
  const wx = {
    request(options: WxRequest): void {
      sent.push(options);
      if (sent.length === 1) {
        options.fail();
        return;
      }
      // A mini-program sends an array as JSON.
      const body = JSON.stringify(options.data);
      const headers = { ...options.header, 'content-type': 'application/json' };
      void fetch(options.url, { method: 'POST', headers, body }).then(({ status }) => {
        answers.push(status);
        if (sent.length === 2) options.fail();
        else options.success({ statusCode: status });
      });
    },
  };
  let every = (): void => undefined;
  const page = createContext({
    wx,
    App: (options: object) => {
      page['app'] = options;
    },
    setInterval: (work: () => void) => (every = work),
  });
  const url = `${collector.server.url}/v1/events`;
  runInContext(
    lines.replace('https://collect.example.com/v1/events', url).replace('写入密钥', WRITE_KEY),
    page,
  );
  runInContext(
    `app.onShow({ scene: 1047, query: { utm_source: '微信群', c: '8hK2' }, path: 'pages/live/room' });
     app.wxlive.track('goods_click', { room_id: '1003', props: { goods_id: 'g1' } });`,
    page,
  );
  every();
  // Nobody is known yet: nothing is sent under no name.
  expect(sent).toHaveLength(0);
  runInContext(`app.wxlive.who = { openid: 'oAUTHORED0000000000000000001' }`, page);
  for (const round of [1, 2, 3]) {
    every();
    while (answers.length < round - 1) await sleep(5);
    await sleep(20);
  }
  expect(answers).toEqual([200, 200]);
  const records = target.flushes.flatMap((flush) => flush.records);
  expect(records.map((record) => (record.kind === 'event' ? record.event : ''))).toEqual([
    'mini_launch',
    'goods_click',
    'mini_launch',
    'goods_click',
  ]);
  expect([...target.stored.values()]).toEqual([2, 2]);
  expect(records[0]).toMatchObject({ scene: 1047, evidence: { utm_source: '微信群', link_code: '8hK2' } });
  expect(records[1]).toMatchObject({ room_id: '1003', goods_id: 'g1' });
});
