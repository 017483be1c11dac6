import type { IncomingMessage, ServerResponse } from 'node:http';

/** Whose pages may call the collector from a browser. */
export interface CrossOrigin {
  /** Origins in full: `https://h5.example.com`; `*` is any. */
  readonly origins: readonly string[];
  /** Hosts of the company, subdomains included. */
  readonly domains: readonly string[];
}

const PREFLIGHT_SECONDS = 86_400;

/** Says whether the page may read the answer. Without a word, the browser keeps it from the page. */
export function allowOrigin(allowed: CrossOrigin, request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  response.setHeader('vary', 'origin');
  if (origin === undefined || !isAllowed(allowed, origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  // A beacon is sent with credentials whether they are wanted or not; none are read here.
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-expose-headers', 'retry-after');
}

/** Answers the question that a browser asks before the request itself. */
export function answerPreflight(response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader('access-control-allow-headers', 'authorization, content-type, content-encoding');
  response.setHeader('access-control-max-age', String(PREFLIGHT_SECONDS));
  response.writeHead(204);
  response.end();
}

function isAllowed({ origins, domains }: CrossOrigin, origin: string): boolean {
  if (origins.includes('*') || origins.includes(origin)) return true;
  const host = hostOf(origin);
  return host !== null && domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).hostname.toLowerCase();
  } catch {
    return null;
  }
}
