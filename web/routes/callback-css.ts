import { checkCssSignature, singleRow, unreadableRow } from '../../pipelines/index.js';
import { writerOf } from '../access.js';
import { reply } from '../reply.js';
import type { Route } from '../route.js';
import { collectBody, replyCollected, type CollectTools } from './collect.js';

const PATH = '/v1/callbacks/css';

/**
 * Push start and stop of Tencent Cloud CSS (DOMAIN §4.2). With a callback key its signature is needed, without one a
 * write key (`?key=`). CSS repeats a call for 12 minutes until it is answered 200.
 */
export function cssCallbackRoute(tools: CollectTools, callbackKey: string | null): Route {
  return {
    method: 'POST',
    path: PATH,
    async handle(exchange) {
      const sender = callbackKey === null ? writerOf(exchange, tools.writeKeys) : 'css';
      if (sender === null) return;
      const from = { adapter: 'css-callback', route: PATH, sender } as const;
      await collectBody(
        exchange,
        tools,
        from,
        (body) => {
          const text = body.toString('utf8');
          const message = parse(text);
          if (callbackKey !== null) {
            const signature = checkCssSignature(message, callbackKey, Date.now());
            if (signature !== 'right') {
              return { status: 403, code: `${signature}_signature`, message: 'the signature is not right' };
            }
          }
          return { rows: message === null ? unreadableRow({ code: 'not_json' }, text) : singleRow(message) };
        },
        (response, answer) => {
          if (answer.state === 'stored') reply(response, 200, { code: 0 });
          else replyCollected(response, answer);
        },
      );
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
