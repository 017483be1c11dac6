import { createHash, timingSafeEqual } from 'node:crypto';

/** A call is repeated for 12 minutes under the signature it began with. */
const GRACE_SECONDS = 15 * 60;

/**
 * Checks `sign = MD5(key + t)` of a Tencent Cloud CSS callback; `t` is when it expires, in Unix seconds (DOMAIN §4.2).
 * The signature says nothing of the body: the key in the address keeps strangers out, the signature old calls.
 */
export function checkCssSignature(
  message: unknown,
  key: string,
  nowMs: number,
): 'right' | 'wrong' | 'expired' {
  if (typeof message !== 'object' || message === null || !('sign' in message) || !('t' in message)) {
    return 'wrong';
  }
  const { sign, t } = message;
  if (typeof sign !== 'string' || (typeof t !== 'number' && typeof t !== 'string')) return 'wrong';
  const expected = createHash('md5').update(`${key}${t}`).digest();
  const given = Buffer.from(sign, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong';
  const expiresAt = Number(t);
  return Number.isFinite(expiresAt) && nowMs / 1000 <= expiresAt + GRACE_SECONDS ? 'right' : 'expired';
}
