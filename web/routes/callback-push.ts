import {
  answerHandshake,
  openPushMessage,
  singleRow,
  type PushFailure,
  type PushSecrets,
} from '../../pipelines/index.js';
import type { AdapterName } from '../../schemas/index.js';
import { queryValue } from '../access.js';
import { endUpload } from '../read-body.js';
import { replyError, replyText } from '../reply.js';
import type { Exchange, Route } from '../route.js';
import { collectBody, replyCollected, type CollectTools, type RowsOrRefusal } from './collect.js';

/** A platform that pushes messages; both sign and encrypt alike. */
export interface PushCallback {
  readonly path: '/v1/callbacks/wechat' | '/v1/callbacks/wecom';
  /** null: not set up, everything is refused. */
  readonly secrets: PushSecrets | null;
  /** Named to whoever calls before it is set up. */
  readonly variable: string;
  /** The event that is kept; all others are answered and forgotten. */
  readonly event: string;
  readonly adapter: AdapterName;
}

const STATUS: Readonly<Record<PushFailure, number>> = {
  wrong_signature: 403,
  not_encrypted: 400,
  unreadable: 400,
};

/** The handshake (GET) and the messages (POST) of a platform that pushes (DOMAIN §1.3, §7.2). */
export function pushRoutes(tools: CollectTools, callback: PushCallback): readonly Route[] {
  return [
    {
      method: 'GET',
      path: callback.path,
      handle(exchange) {
        const secrets = secretsOf(exchange, callback);
        if (secrets === null) return Promise.resolve();
        const answer = answerHandshake((name) => queryValue(exchange, name), secrets);
        if (answer.ok) replyText(exchange.response, 200, answer.value, 'text/plain; charset=utf-8');
        else refuse(exchange, answer.failure);
        return Promise.resolve();
      },
    },
    {
      method: 'POST',
      path: callback.path,
      async handle(exchange) {
        const secrets = secretsOf(exchange, callback);
        if (secrets === null) return;
        const from = { adapter: callback.adapter, route: callback.path, sender: callback.path };
        await collectBody(
          exchange,
          tools,
          from,
          (body) => rowsOf(body.toString('utf8'), exchange, callback, secrets),
          (response, answer) => {
            if (answer.state === 'stored') replyText(response, 200, 'success', 'text/plain; charset=utf-8');
            else replyCollected(response, answer);
          },
        );
      },
    },
  ];
}

function rowsOf(
  body: string,
  exchange: Exchange,
  callback: PushCallback,
  secrets: PushSecrets,
): RowsOrRefusal {
  const message = openPushMessage(body, (name) => queryValue(exchange, name), secrets);
  if (!message.ok) {
    return { status: STATUS[message.failure], code: message.failure, message: 'the message is refused' };
  }
  const event = message.value['Event'];
  const kept = typeof event === 'string' && event.trim() === callback.event;
  return { rows: kept ? singleRow(message.value) : [] };
}

function secretsOf(exchange: Exchange, { secrets, variable }: PushCallback): PushSecrets | null {
  if (secrets === null) {
    endUpload(exchange);
    replyError(exchange.response, 401, 'not_set_up', `start wxlive serve with ${variable}`);
  }
  return secrets;
}

function refuse(exchange: Exchange, failure: PushFailure): void {
  replyError(exchange.response, STATUS[failure], failure, 'the message is refused');
}
