import { decodeGrowingioRequest, elementRows, unreadableRow } from '../../pipelines/index.js';
import { writerOf } from '../access.js';
import type { Route } from '../route.js';
import { collectBody, type CollectTools } from './collect.js';

const PATH = '/v3/projects/:id/collect';

/**
 * The GrowingIO mini-program SDK 4 (DOMAIN §2.6). It can set no header and no query, but the company chooses the
 * project id: the write key may be that.
 */
export function growingioRoute(tools: CollectTools): Route {
  return {
    method: 'POST',
    path: PATH,
    crossOrigin: true,
    async handle(exchange) {
      const sender = writerOf(exchange, tools.writeKeys, [exchange.parameters['id'] ?? null]);
      if (sender === null) return;
      const from = { adapter: 'growingio', route: PATH, sender } as const;
      await collectBody(exchange, tools, from, (body) => {
        const text = body.toString('utf8');
        const decoded = decodeGrowingioRequest({ body: text, query: exchange.query });
        if (decoded.ok) return { rows: elementRows(decoded.value) };
        const { code } = decoded.failure;
        if (code === 'too_large') return { status: 413, code, message: 'the data are too large' };
        return { rows: unreadableRow({ code }, text) };
      });
    },
  };
}
