import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  decodeSensorsRequest,
  elementRows,
  unreadableRow,
  type CollectAnswer,
  type SensorsRequest,
} from '../../pipelines/index.js';
import { queryValue, writerOf } from '../access.js';
import type { Exchange, Route } from '../route.js';
import { collectBody, replyCollected, type CollectTools, type RowsOrRefusal } from './collect.js';

const PATHS = ['/sa', '/sa.gif'] as const;
/** One transparent pixel: what an image request expects. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/**
 * The mini-program SDK takes any answer for success and forgets what it sent, but keeps it when none comes within 3 s
 * (`datasend_timeout`). So it is told "not now" after it has given up, and sends again by itself.
 */
const SDK_PATIENCE_MS = 3_500;

/** Sensors Analytics SDKs: `/sa` and `/sa.gif`, by GET and POST (DOMAIN §2.5). */
export function sensorsRoutes(tools: CollectTools): readonly Route[] {
  return PATHS.flatMap((path) => [
    {
      method: 'POST' as const,
      path,
      crossOrigin: true,
      handle: (exchange: Exchange) =>
        collectSensors(exchange, tools, path, (body) => ({
          form: body.toString('utf8'),
          query: exchange.query,
        })),
    },
    {
      method: 'GET' as const,
      path,
      crossOrigin: true,
      handle: (exchange: Exchange) => collectSensors(exchange, tools, path, () => ({ form: exchange.query })),
    },
  ]);
}

async function collectSensors(
  exchange: Exchange,
  tools: CollectTools,
  route: string,
  requestOf: (body: Buffer) => SensorsRequest,
): Promise<void> {
  // `token` is where their own server looks for its key.
  const sender = writerOf(exchange, tools.writeKeys, [queryValue(exchange, 'token')]);
  if (sender === null) return;
  const from = { adapter: 'sensors', route, sender } as const;
  const image = exchange.request.method !== 'POST';
  await collectBody(
    exchange,
    tools,
    from,
    (body) => sensorsRows(requestOf(body)),
    (response, answer) => replySensors(exchange, response, answer, image),
  );
}

function sensorsRows(request: SensorsRequest): RowsOrRefusal {
  const decoded = decodeSensorsRequest(request);
  if (decoded.ok) return { rows: elementRows(decoded.value) };
  const { code } = decoded.failure;
  if (code === 'too_large') return { status: 413, code, message: 'the data are too large' };
  return { rows: unreadableRow({ code }, request.form) };
}

async function replySensors(
  exchange: Exchange,
  response: ServerResponse,
  answer: CollectAnswer,
  image: boolean,
): Promise<void> {
  if (answer.state !== 'stored') {
    if (answer.state !== 'stopping')
      await sleep(SDK_PATIENCE_MS, undefined, { signal: exchange.signal }).catch(() => undefined);
    replyCollected(response, answer);
    return;
  }
  if (!image) {
    replyCollected(response, answer);
    return;
  }
  response.writeHead(200, {
    'content-type': 'image/gif',
    'content-length': PIXEL.length,
    'cache-control': 'no-store',
  });
  response.end(PIXEL);
}
