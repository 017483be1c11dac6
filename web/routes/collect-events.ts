import { readEventsBody } from '../../pipelines/index.js';
import { writerOf } from '../access.js';
import type { Route } from '../route.js';
import { collectBody, type CollectTools } from './collect.js';

const PATH = '/v1/events';

/** `POST /v1/events`: our own events as a JSON array or NDJSON, optionally gzip (PRODUCT §9). */
export function eventsRoute(tools: CollectTools): Route {
  return {
    method: 'POST',
    path: PATH,
    crossOrigin: true,
    async handle(exchange) {
      const sender = writerOf(exchange, tools.writeKeys);
      if (sender === null) return;
      await collectBody(exchange, tools, { adapter: 'events', route: PATH, sender }, async (body) => ({
        rows: await readEventsBody(body, PATH),
      }));
    },
  };
}
