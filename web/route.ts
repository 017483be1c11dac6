import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request on its way through a route. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path without the query, percent-escapes as they came. */
  readonly path: string;
  /** The query as it came, without `?`. */
  readonly query: string;
  /** What `:name` parts of the path stand for, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Aborted when the client has gone before it was answered. */
  readonly signal: AbortSignal;
}

/** One route: what it answers to. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/v1/analyses/:name`; a part that begins with a colon takes any one part. */
  readonly path: string;
  /** Browsers on the company's own pages may call it (CORS). */
  readonly crossOrigin?: boolean;
  handle(exchange: Exchange): Promise<void>;
}

/** What a path means to a list of routes. */
export interface RouteMatch {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The routes that answer to a path, whatever their method. */
export function matchRoutes(routes: readonly Route[], path: string): readonly RouteMatch[] {
  const parts = path.split('/');
  return routes.flatMap((route) => {
    const parameters = matchParts(route.path.split('/'), parts);
    return parameters === null ? [] : [{ route, parameters }];
  });
}

function matchParts(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (!expected.startsWith(':')) {
      if (expected !== part) return null;
      continue;
    }
    const value = decode(part);
    if (value === null || value === '') return null;
    parameters[expected.slice(1)] = value;
  }
  return parameters;
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
