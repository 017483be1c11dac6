import type { ServerResponse } from 'node:http';
import type { AdapterName } from '../../schemas/index.js';
import type { ApiKeys, CollectAnswer, CollectedRow, Collector } from '../../pipelines/index.js';
import type { BodyReader } from '../read-body.js';
import { endUpload, refuseBody } from '../read-body.js';
import { reply, replyBusy, replyError } from '../reply.js';
import type { Exchange } from '../route.js';

/** What the routes of the collector share. */
export interface CollectTools {
  readonly collector: Collector;
  readonly writeKeys: ApiKeys;
  readonly bodies: BodyReader;
  /** When a request arrived. @default Date.now */
  readonly now?: () => number;
}

/** Where rows come from and who sent them. */
export interface Sender {
  readonly adapter: AdapterName;
  /** The pattern of the route: what `batches` calls the file. */
  readonly route: string;
  readonly sender: string;
}

/** Rows in a body, or the HTTP error that it deserves. */
export type RowsOrRefusal =
  | { readonly rows: readonly CollectedRow[] }
  | { readonly status: number; readonly code: string; readonly message: string };

/**
 * Reads the body of a request, hands its rows to the collector and gives its answer to `answer`. A request that could
 * not be let in anyway is refused before its body is read.
 */
export async function collectBody(
  exchange: Exchange,
  tools: CollectTools,
  from: Sender,
  rowsOf: (body: Buffer) => RowsOrRefusal | Promise<RowsOrRefusal>,
  answer: (response: ServerResponse, answer: CollectAnswer) => void | Promise<void> = replyCollected,
): Promise<void> {
  const { response } = exchange;
  if (tools.collector.busy()) {
    endUpload(exchange);
    await answer(response, { state: 'busy', retryAfterSeconds: 2 });
    return;
  }
  const read = await tools.bodies.read(exchange);
  if (!read.ok) {
    refuseBody(exchange, read.failure);
    return;
  }
  const receivedAt = (tools.now ?? Date.now)();
  const body = read.value;
  try {
    const found = await rowsOf(body.bytes);
    if (!('rows' in found)) {
      replyError(response, found.status, found.code, found.message);
      return;
    }
    const collected = await tools.collector.collect({
      ...from,
      receivedAt,
      rows: found.rows,
      // A GET carries its rows in the address: two of them are not the same request because neither has a body.
      body: body.bytes.length === 0 ? exchange.query : body.bytes,
    });
    await answer(response, collected);
  } finally {
    body.release();
  }
}

/** `{"accepted","duplicates","rejected"}`, or why not now. */
export function replyCollected(response: ServerResponse, answer: CollectAnswer): void {
  switch (answer.state) {
    case 'stored': {
      const { accepted, duplicates, rejected } = answer;
      reply(response, 200, { accepted, duplicates, rejected });
      return;
    }
    case 'too_fast':
      replyBusy(response, 429, 'too_fast', 'this key sends more than it may', answer.retryAfterSeconds);
      return;
    case 'busy':
      replyBusy(response, 503, 'busy', 'too much is on its way; send again', answer.retryAfterSeconds);
      return;
    case 'late':
      replyBusy(
        response,
        503,
        'not_stored_yet',
        'not durable yet; send again, what is stored already is not stored twice',
        answer.retryAfterSeconds,
      );
      return;
    case 'stopping':
      response.setHeader('connection', 'close');
      replyBusy(response, 503, 'stopping', 'this process ends; send again', answer.retryAfterSeconds);
      return;
    case 'failed':
      replyError(response, 500, 'not_stored', 'the warehouse refused these records; see the log of wxlive');
  }
}
