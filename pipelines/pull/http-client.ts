import { setTimeout as sleep } from 'node:timers/promises';
import { fail, succeed, type Logger, type Outcome } from '../../schemas/index.js';
import { endPull, type PullFailure } from './pull-failure.js';
import { retryAfterMs, waitBefore, type Trouble } from './retry-rule.js';

/** One request below the base address. Its query and headers hold secrets: it is never logged. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Without a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A JSON answer: as it came, and parsed. */
export interface ApiAnswer {
  readonly text: string;
  readonly document: unknown;
}

/** Time and chance, replaced in tests. */
export interface Waiting {
  now(): number;
  /** Rejects when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const REAL_WAITING: Waiting = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  random: () => Math.random(),
};

export interface HttpClientOptions {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly requestsPerSecond: number;
  readonly signal: AbortSignal;
  readonly waiting: Waiting;
  readonly logger: Logger;
}

/** A page of a list is a few hundred kilobytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Asks one API, not faster than allowed, again where that may help. */
export class HttpClient {
  /** Requests sent, tries counted one by one. */
  requests = 0;
  /** Of these, tries after the first. */
  retries = 0;
  private nextAt = 0;

  constructor(private readonly options: HttpClientOptions) {}

  /** As signatures need it. */
  get host(): string {
    return new URL(this.options.baseUrl).host;
  }

  /**
   * Sends a request until it is answered or giving up is right. Throws only when the pull is stopped.
   *
   * @param make called for each try: tokens and timestamps are fresh
   * @param troubleOf whether a JSON answer means "later"; platforms say so with HTTP 200
   */
  async ask(
    make: () => ApiRequest,
    troubleOf: (document: unknown) => Trouble | null,
  ): Promise<Outcome<ApiAnswer, PullFailure>> {
    const { waiting, signal, logger } = this.options;
    for (let tries = 1; ; tries++) {
      await this.pace();
      const request = make();
      const tried = await this.send(request, troubleOf);
      if (tried.ok) return tried;
      const { trouble, failure } = tried.failure;
      const wait = trouble === null ? null : waitBefore(trouble, tries, waiting.random());
      if (wait === null) return fail(failure);
      // The path names the API; who asks and for what stands in query and body.
      logger.warn('an API is asked again', { api: request.path, reason: failure.code, tries, wait_ms: wait });
      this.retries++;
      await waiting.sleep(wait, signal);
    }
  }

  private async pace(): Promise<void> {
    const { waiting, signal, requestsPerSecond } = this.options;
    signal.throwIfAborted();
    const now = waiting.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + 1000 / requestsPerSecond;
    if (at > now) await waiting.sleep(at - now, signal);
  }

  private async send(
    request: ApiRequest,
    troubleOf: (document: unknown) => Trouble | null,
  ): Promise<Outcome<ApiAnswer, { readonly trouble: Trouble | null; readonly failure: PullFailure }>> {
    const { signal, waiting } = this.options;
    this.requests++;
    let status: number;
    let text: string;
    try {
      const response = await this.fetch(request);
      ({ status } = response);
      if (status === 429 || status === 503) {
        const waitMs = retryAfterMs(response.headers.get('retry-after'), waiting.now());
        await response.body?.cancel();
        const code = status === 429 ? 'rate_limited' : 'unreachable';
        return fail({ trouble: { kind: 'limited', waitMs }, failure: endPull(code, `HTTP ${status}`) });
      }
      const read = await readBody(response);
      if (read === null) return fail({ trouble: null, failure: endPull('too_large') });
      text = read;
    } catch (error) {
      signal.throwIfAborted();
      return fail({ trouble: { kind: 'transient' }, failure: endPull('unreachable', causeOf(error)) });
    }
    if (status >= 500) {
      return fail({ trouble: { kind: 'transient' }, failure: endPull('unreachable', `HTTP ${status}`) });
    }
    const parsed = parseJson(text);
    if (status !== 200 || !parsed.ok) {
      // A page of a proxy or of maintenance comes with 200 too.
      const trouble: Trouble | null = status === 200 ? { kind: 'transient' } : null;
      return fail({ trouble, failure: endPull('bad_answer', `HTTP ${status}`) });
    }
    const trouble = troubleOf(parsed.value);
    if (trouble === null) return succeed({ text, document: parsed.value });
    const code = trouble.kind === 'transient' ? 'unreachable' : 'rate_limited';
    return fail({ trouble, failure: endPull(code, trouble.code) });
  }

  private async fetch({ method, path, query, headers, body }: ApiRequest): Promise<Response> {
    const { baseUrl, timeoutMs, signal } = this.options;
    const url = new URL(path, baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    return fetch(url, {
      method,
      // Elsewhere nobody may read the secret.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** null when it is longer than any answer. */
async function readBody(response: Response): Promise<string | null> {
  if (response.body === null) return '';
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\uFEFF/u, '');
}

function parseJson(text: string): Outcome<unknown, null> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? succeed(value) : fail(null);
  } catch {
    return fail(null);
  }
}

/** `timeout`, `ECONNREFUSED`; never the message: it may repeat an address with a secret in its query. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  if (error.name === 'TimeoutError') return 'timeout';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return 'connection';
}
