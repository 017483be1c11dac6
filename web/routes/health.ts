import { reply } from '../reply.js';
import type { Route } from '../route.js';

/** One thing that must work before this process can do its work; null when it does, else a word why not. */
export type ReadyCheck = () => Promise<string | null>;

/** `/healthz`: this process answers. */
export function healthRoute(): Route {
  return {
    method: 'GET',
    path: '/healthz',
    handle({ response }) {
      reply(response, 200, { status: 'ok' });
      return Promise.resolve();
    },
  };
}

/** `/readyz`: everything it stands on works too; 503 with Retry-After while something does not. */
export function readyRoute(checks: readonly ReadyCheck[]): Route {
  return {
    method: 'GET',
    path: '/readyz',
    async handle({ response }) {
      const found = await Promise.all(checks.map(async (check) => check().catch(() => 'failed')));
      const reasons = found.filter((reason) => reason !== null);
      if (reasons.length === 0) {
        reply(response, 200, { status: 'ready' });
        return;
      }
      response.setHeader('retry-after', '1');
      reply(response, 503, { status: 'not_ready', reasons });
    },
  };
}
