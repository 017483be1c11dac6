import { expect, it } from 'vitest';
import { MetricsRegistry } from '../../pipelines/index.js';
import { healthRoute, openServer, readyRoute } from '../../web/index.js';

it('/healthz says that it lives, /readyz what it cannot do without, and when to ask again', async () => {
  const state: { loader: string | null; warehouse: 'there' | 'away' } = { loader: null, warehouse: 'there' };
  const silent = (): void => undefined;
  const server = await openServer({
    host: '127.0.0.1',
    port: 0,
    routes: [
      healthRoute(),
      readyRoute([
        () => Promise.resolve(state.loader),
        () =>
          state.warehouse === 'there' ? Promise.resolve(null) : Promise.reject(new Error('secret words')),
      ]),
    ],
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    metrics: new MetricsRegistry(),
    crossOrigin: { origins: [], domains: [] },
  });
  const ask = async (path: string): Promise<[number, string | null, unknown]> => {
    const answer = await fetch(`${server.url}${path}`);
    return [answer.status, answer.headers.get('retry-after'), await answer.json()];
  };
  try {
    expect(await ask('/readyz')).toEqual([200, null, { status: 'ready' }]);
    state.loader = 'loader_starting';
    state.warehouse = 'away';
    expect(await ask('/readyz')).toEqual([
      503,
      '1',
      { status: 'not_ready', reasons: ['loader_starting', 'failed'] },
    ]);
    expect(await ask('/healthz')).toEqual([200, null, { status: 'ok' }]);
    expect((await ask('/nothing'))[0]).toBe(404);
    const posted = await fetch(`${server.url}/healthz`, { method: 'POST', body: 'x' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
  } finally {
    await server.close();
  }
});
