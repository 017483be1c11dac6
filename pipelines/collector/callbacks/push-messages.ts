import { fail, succeed, type Outcome } from '../../../schemas/index.js';
import { decryptMessage } from './wechat-cipher.js';
import { parseMessage } from './message-document.js';
import { isWechatSignature } from './wechat-signature.js';

/** What the console of WeChat or WeCom and this side agreed on. */
export interface PushSecrets {
  readonly token: string;
  /** `EncodingAESKey`; null: messages come in the clear (WeChat only). */
  readonly key: Buffer | null;
}

/** Values of the query by name. */
export type QueryReader = (name: string) => string | null;

export type PushFailure = 'wrong_signature' | 'unreadable' | 'not_encrypted';

/**
 * The handshake by GET: what to answer with. WeChat signs token, timestamp and nonce and wants its text back; WeCom signs
 * the encrypted text too and wants it in the clear.
 */
export function answerHandshake(query: QueryReader, secrets: PushSecrets): Outcome<string, PushFailure> {
  const echo = query('echostr') ?? '';
  const signed = [secrets.token, query('timestamp') ?? '', query('nonce') ?? ''];
  const messageSignature = query('msg_signature');
  if (messageSignature !== null && secrets.key !== null) {
    if (!isWechatSignature(messageSignature, [...signed, echo])) return fail('wrong_signature');
    const opened = decryptMessage(echo, secrets.key);
    return opened.ok ? succeed(opened.value.message) : fail('unreadable');
  }
  return isWechatSignature(query('signature'), signed) ? succeed(echo) : fail('wrong_signature');
}

/**
 * A message that was pushed by POST, checked and opened. With a key set only encrypted messages are taken: the signature
 * of a clear one says nothing of its body.
 */
export function openPushMessage(
  body: string,
  query: QueryReader,
  secrets: PushSecrets,
): Outcome<Readonly<Record<string, unknown>>, PushFailure> {
  const signed = [secrets.token, query('timestamp') ?? '', query('nonce') ?? ''];
  if (secrets.key === null) {
    if (!isWechatSignature(query('signature'), signed)) return fail('wrong_signature');
    return parseMessage(body);
  }
  const outer = parseMessage(body);
  if (!outer.ok) return outer;
  const encrypted = outer.value['Encrypt'];
  if (typeof encrypted !== 'string') return fail('not_encrypted');
  if (!isWechatSignature(query('msg_signature'), [...signed, encrypted])) return fail('wrong_signature');
  const opened = decryptMessage(encrypted, secrets.key);
  return opened.ok ? parseMessage(opened.value.message) : fail('unreadable');
}
