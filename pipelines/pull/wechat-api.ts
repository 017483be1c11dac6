import { z } from 'zod';
import { fail, succeed, type Outcome } from '../../schemas/index.js';
import { trimKeys } from '../sources/export-cell.js';
import { errorCodeOf } from '../sources/wechat-reply.js';
import type { ApiAnswer, ApiRequest, HttpClient } from './http-client.js';
import { endPull, leaveOut, type PullFailure } from './pull-failure.js';
import type { Trouble } from './retry-rule.js';
import type { TokenCache } from './token-cache.js';

/** Who asks, and how a token is asked for: WeCom and mini-programs differ in this alone. */
export interface TokenSource {
  /** Names the token in the cache. */
  readonly name: string;
  /** @param force the platform refused the token it gives out: a new one, where it can be told so */
  request(force: boolean): ApiRequest;
}

const tokenSchema = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
});

const BUSY = -1;
const TOO_MANY_AT_ONCE = 45_033;
const TOO_MANY = [45_009, 45_011];
/** Invalid, not the latest, or expired: one new token, then the call again (DOMAIN §1.4). */
const TOKEN_REFUSED = [40_001, 40_014, 42_001];
/** Who asks is not known: id or secret. */
const WRONG_CREDENTIALS = [40_001, 40_013, 40_125, 41_002, 41_004];
/** Whatever else is asked for would be refused alike: rights of the app, addresses, tokens. */
const REFUSES_ALL = [...TOKEN_REFUSED, 40_013, 40_164, 48_001, 48_002, 60_020, 301_002];

/** An API of WeChat or WeCom: token, error codes that come with HTTP 200, limits. */
export class WechatApi {
  constructor(
    private readonly client: HttpClient,
    private readonly tokens: TokenCache,
    private readonly source: TokenSource,
  ) {}

  /**
   * Calls with a token. The answer has errcode 0 or one of `emptyCodes`: any other is a failure, before anything of it
   * is counted (DOMAIN §1.4).
   */
  async call(
    request: ApiRequest,
    emptyCodes: readonly number[] = [],
  ): Promise<Outcome<ApiAnswer, PullFailure>> {
    let token = this.tokens.read(this.source.name);
    let refused: string | null = null;
    for (;;) {
      if (token === null) {
        const fresh = await this.newToken(refused);
        if (!fresh.ok) return fresh;
        token = fresh.value;
      }
      const query = { ...request.query, access_token: token };
      const answer = await this.client.ask(() => ({ ...request, query }), troubleOf);
      if (!answer.ok) return answer;
      const code = errorCodeOf(answer.value.document);
      if (code === 0 || emptyCodes.includes(code)) return answer;
      if (!TOKEN_REFUSED.includes(code) || refused !== null) return fail(failureOf(code));
      this.tokens.drop(this.source.name);
      refused = token;
      token = null;
    }
  }

  /** @param refused the token that was not accepted; null when there was none */
  private async newToken(refused: string | null): Promise<Outcome<string, PullFailure>> {
    let forced = false;
    for (;;) {
      const answer = await this.client.ask(() => this.source.request(forced), troubleOf);
      if (!answer.ok) return answer;
      const { document } = answer.value;
      const code = errorCodeOf(document);
      if (WRONG_CREDENTIALS.includes(code)) return fail(endPull('bad_credentials', `errcode ${code}`));
      if (code !== 0) return fail(endPull('source_error', `errcode ${code}`));
      const parsed = tokenSchema.safeParse(trimKeys(document));
      if (!parsed.success) return fail(endPull('bad_answer'));
      const { access_token: token, expires_in: seconds } = parsed.data;
      if (token === refused && !forced) {
        forced = true;
        continue;
      }
      this.tokens.write(this.source.name, token, seconds);
      return succeed(token);
    }
  }
}

function troubleOf(document: unknown): Trouble | null {
  const code = errorCodeOf(document);
  const name = `errcode ${code}`;
  if (code === BUSY) return { kind: 'transient', code: name };
  if (code === TOO_MANY_AT_ONCE) return { kind: 'limited', waitMs: null, code: name };
  return TOO_MANY.includes(code) ? { kind: 'limited_minute', code: name } : null;
}

function failureOf(code: number): PullFailure {
  const name = `errcode ${code}`;
  return REFUSES_ALL.includes(code) ? endPull('source_error', name) : leaveOut('source_error', name);
}
