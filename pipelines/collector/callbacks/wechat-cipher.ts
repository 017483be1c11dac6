import { createDecipheriv } from 'node:crypto';
import { fail, succeed, type Outcome } from '../../../schemas/index.js';

const KEY_BYTES = 32;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;
/** Padding is to blocks of 32, twice those of AES. */
const LONGEST_PADDING = 32;

/** The `EncodingAESKey` of WeChat and WeCom: 43 characters of base64 without its last `=`; null when it is none. */
export function parseMessageKey(text: string): Buffer | null {
  if (!/^[A-Za-z0-9+/]{43}$/u.test(text.trim())) return null;
  const key = Buffer.from(`${text.trim()}=`, 'base64');
  return key.length === KEY_BYTES ? key : null;
}

/**
 * Opens an encrypted message: AES-256-CBC over random (16) ‖ length (4, big endian) ‖ message ‖ receiver (appid or
 * corpid). The signature over the encrypted text must have been checked before.
 */
export function decryptMessage(
  encrypted: string,
  key: Buffer,
): Outcome<{ readonly message: string; readonly receiver: string }, 'damaged'> {
  let plain: Buffer;
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    plain = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()]);
  } catch {
    return fail('damaged');
  }
  const padding = plain.at(-1) ?? 0;
  if (padding < 1 || padding > LONGEST_PADDING || padding > plain.length) return fail('damaged');
  const content = plain.subarray(0, plain.length - padding);
  const start = RANDOM_BYTES + LENGTH_BYTES;
  if (content.length < start) return fail('damaged');
  const end = start + content.readUInt32BE(RANDOM_BYTES);
  if (end > content.length) return fail('damaged');
  return succeed({
    message: content.toString('utf8', start, end),
    receiver: content.toString('utf8', end),
  });
}
