import { createHash, createHmac } from 'node:crypto';

export interface SignedCall {
  readonly secretId: string;
  readonly secretKey: string;
  /** Of the product: `live`. */
  readonly service: string;
  readonly host: string;
  readonly body: string;
  /** Seconds since the epoch; the same go out as X-TC-Timestamp. */
  readonly timestamp: number;
}

const ALGORITHM = 'TC3-HMAC-SHA256';
export const SIGNED_CONTENT_TYPE = 'application/json; charset=utf-8';
const SIGNED_HEADERS = 'content-type;host';

/**
 * `Authorization` of a POST to an API of Tencent Cloud: signature method v3, TC3-HMAC-SHA256
 * (cloud.tencent.com/document/api/213/30654).
 */
export function signTencentCall(call: SignedCall): string {
  const { secretId, secretKey, service, host, body, timestamp } = call;
  // The day of the scope is the UTC day of the timestamp, whatever the zone.
  const day = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const headers = `content-type:${SIGNED_CONTENT_TYPE}\nhost:${host}\n`;
  const canonical = ['POST', '/', '', headers, SIGNED_HEADERS, sha256(body)].join('\n');
  const scope = `${day}/${service}/tc3_request`;
  const text = [ALGORITHM, String(timestamp), scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(`TC3${secretKey}`, day), service), 'tc3_request');
  const signature = hmac(key, text).toString('hex');
  return `${ALGORITHM} Credential=${secretId}/${scope}, SignedHeaders=${SIGNED_HEADERS}, Signature=${signature}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
