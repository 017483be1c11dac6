import type { ApiKeys } from '../pipelines/index.js';
import { endUpload } from './read-body.js';
import { replyError } from './reply.js';
import type { Exchange } from './route.js';

/** The key in `Authorization: Bearer KEY`; null without one. */
export function bearerKey({ request }: Exchange): string | null {
  const header = request.headers.authorization ?? '';
  return /^Bearer\s+(\S+)\s*$/iu.exec(header)?.[1] ?? null;
}

/** Values of the query by name; the first of a repeated name. */
export function queryValue({ query }: Exchange, name: string): string | null {
  return new URLSearchParams(query).get(name);
}

/** The name of the write key a request came with (`Bearer`, `?key=`, or wherever else its SDK can carry it). */
export function writerOf(
  exchange: Exchange,
  keys: ApiKeys,
  elsewhere: readonly (string | null)[] = [],
): string | null {
  const name = keys.find([bearerKey(exchange), queryValue(exchange, 'key'), ...elsewhere]);
  if (name === null) refuse(exchange, keys, 'WXLIVE_WRITE_KEYS', 'write');
  return name;
}

/** The name of the read key a request came with (`Bearer` alone: addresses end up in logs). */
export function readerOf(exchange: Exchange, keys: ApiKeys): string | null {
  const name = keys.find([bearerKey(exchange)]);
  if (name === null) refuse(exchange, keys, 'WXLIVE_READ_KEYS', 'read');
  return name;
}

function refuse(exchange: Exchange, keys: ApiKeys, variable: string, kind: string): void {
  exchange.response.setHeader('www-authenticate', 'Bearer realm="wxlive"');
  endUpload(exchange);
  const message =
    keys.size === 0
      ? `no ${kind} key is set: start wxlive serve with ${variable}`
      : `a ${kind} key is needed: Authorization: Bearer KEY`;
  replyError(exchange.response, 401, 'unauthorized', message);
}
