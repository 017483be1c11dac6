import { createHash, timingSafeEqual } from 'node:crypto';

/** `SHA1` over the sorted parts, as WeChat (token, timestamp, nonce) and WeCom (and the encrypted text) sign. */
export function isWechatSignature(signature: string | null, parts: readonly string[]): boolean {
  const expected = createHash('sha1')
    .update([...parts].sort().join(''))
    .digest();
  const given = Buffer.from(signature ?? '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
