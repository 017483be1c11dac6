import type { Warehouse } from '../../sql/index.js';
import { reply, type Route } from '../server.js';

/** `/healthz`: this process answers. */
export function healthRoute(): Route {
  return {
    method: 'GET',
    path: '/healthz',
    handle: (_request, response) => {
      reply(response, 200, { status: 'ok' });
      return Promise.resolve();
    },
  };
}

/** `/readyz`: the warehouse answers too; 503 with Retry-After while it does not. */
export function readyRoute(warehouse: Warehouse): Route {
  return {
    method: 'GET',
    path: '/readyz',
    async handle(_request, response) {
      try {
        await warehouse.ping();
        reply(response, 200, { status: 'ready' });
      } catch {
        response.setHeader('retry-after', '1');
        reply(response, 503, { status: 'warehouse_unreachable' });
      }
    },
  };
}
