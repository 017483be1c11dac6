import { cssResponseSchema, fail, succeed, type Outcome } from '../../schemas/index.js';
import { isObject, trimKeys } from '../sources/export-cell.js';
import type { ApiAnswer, HttpClient } from './http-client.js';
import { endPull, leaveOut, type PullFailure } from './pull-failure.js';
import type { Trouble } from './retry-rule.js';
import { signTencentCall, SIGNED_CONTENT_TYPE } from './tencent-signature.js';

export interface TencentCredentials {
  readonly secretId: string;
  readonly secretKey: string;
}

/** `Response` of an answer, keys trimmed. */
export interface TencentAnswer extends ApiAnswer {
  readonly response: Readonly<Record<string, unknown>>;
}

const SERVICE = 'live';
const VERSION = '2018-08-01';
const LIMITED = /^(?:RequestLimitExceeded|LimitExceeded)(?:\.|$)/u;
const TRANSIENT = /^(?:InternalError|ServiceUnavailable|ResourceUnavailable)(?:\.|$)/u;
const CREDENTIALS = /^AuthFailure(?:\.|$)/u;
const REFUSES_ALL = /^(?:UnauthorizedOperation|UnsupportedOperation|NoSuchVersion|InvalidAction)(?:\.|$)/u;

/** Actions of Tencent Cloud CSS, signed by TC3-HMAC-SHA256. Errors come with HTTP 200 in `Response.Error`. */
export class TencentApi {
  constructor(
    private readonly client: HttpClient,
    private readonly credentials: TencentCredentials,
    private readonly clock: { now(): number },
  ) {}

  async call(
    action: string,
    parameters: Readonly<Record<string, string | number>>,
  ): Promise<Outcome<TencentAnswer, PullFailure>> {
    const body = JSON.stringify(parameters);
    const answer = await this.client.ask(() => {
      const timestamp = Math.floor(this.clock.now() / 1000);
      const { host } = this.client;
      return {
        method: 'POST',
        path: '',
        body,
        headers: {
          'content-type': SIGNED_CONTENT_TYPE,
          authorization: signTencentCall({ ...this.credentials, service: SERVICE, host, body, timestamp }),
          'x-tc-action': action,
          'x-tc-version': VERSION,
          'x-tc-timestamp': String(timestamp),
        },
      };
    }, troubleOf);
    if (!answer.ok) return answer;
    const { document } = answer.value;
    const response = isObject(document) ? document['Response'] : undefined;
    if (!isObject(response)) return fail(endPull('bad_answer', action));
    const code = errorCodeOf(document);
    if (code === null) return succeed({ ...answer.value, response: trimKeys(response) });
    if (CREDENTIALS.test(code)) return fail(endPull('bad_credentials', code));
    return fail(REFUSES_ALL.test(code) ? endPull('source_error', code) : leaveOut('source_error', code));
  }
}

function troubleOf(document: unknown): Trouble | null {
  const code = errorCodeOf(document);
  if (code === null) return null;
  if (LIMITED.test(code)) return { kind: 'limited', waitMs: null, code };
  return TRANSIENT.test(code) ? { kind: 'transient', code } : null;
}

/** null when it is no error. */
function errorCodeOf(document: unknown): string | null {
  const response = cssResponseSchema.safeParse(isObject(document) ? trimKeys(document['Response']) : null);
  const error = response.success ? response.data.Error : null;
  return error === null || error === undefined ? null : (error.Code ?? 'Response.Error');
}
