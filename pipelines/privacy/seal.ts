import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { fail, succeed, type Outcome } from '../../schemas/index.js';
import type { PseudonymKey } from './key.js';

const VERSION = 1;
const VERSION_BYTE = Buffer.of(VERSION);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/**
 * Sealed envelopes for originals that could not be used: AES-256-GCM under a data key of their own, which is wrapped by
 * a key derived from the operator's, both bound to the id of the reject. Dropping the wrapped key erases the original.
 *
 * Layout, in base64: version (1) ‖ wrapped data key: nonce (12), key (32), tag (16) ‖ nonce (12) ‖ text ‖ tag (16)
 */
export class Seal {
  readonly #wrapping: Buffer;

  constructor(key: PseudonymKey) {
    this.#wrapping = Buffer.from(hkdfSync('sha256', key.bytes(), '', 'wxlive reject seal v1', KEY_BYTES));
  }

  /** Seals the original of a reject. */
  seal(original: string, rejectId: string): string {
    const dataKey = freshBytes(KEY_BYTES);
    const bound = Buffer.from(rejectId);
    return Buffer.concat([
      VERSION_BYTE,
      ...encrypt(this.#wrapping, dataKey, bound),
      ...encrypt(dataKey, original, bound),
    ]).toString('base64');
  }

  /** Opens it again; refused for another key, another reject or a changed text. */
  open(sealed: string, rejectId: string): Outcome<string, 'damaged_or_other_key'> {
    const bytes = Buffer.from(sealed, 'base64');
    const bound = Buffer.from(rejectId);
    if (bytes[0] !== VERSION || bytes.length < 1 + WRAPPED_BYTES + NONCE_BYTES + TAG_BYTES) {
      return fail('damaged_or_other_key');
    }
    try {
      const dataKey = decrypt(this.#wrapping, bytes.subarray(1, 1 + WRAPPED_BYTES), bound);
      return succeed(decrypt(dataKey, bytes.subarray(1 + WRAPPED_BYTES), bound).toString('utf8'));
    } catch {
      return fail('damaged_or_other_key');
    }
  }
}

/** A call for random bytes takes some four microseconds, whatever their number; three go into an envelope. */
const STOCK_BYTES = 8_192;
let stock = Buffer.alloc(0);
let used = 0;

/** Random bytes that were given to nobody else. */
function freshBytes(count: number): Buffer {
  if (used + count > stock.length) {
    stock = randomBytes(STOCK_BYTES);
    used = 0;
  }
  used += count;
  return stock.subarray(used - count, used);
}

/** Nonce, text and tag, to be put together by the caller. */
function encrypt(key: Buffer, text: Buffer | string, bound: Buffer): readonly Buffer[] {
  const nonce = freshBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
  const encrypted = typeof text === 'string' ? cipher.update(text, 'utf8') : cipher.update(text);
  // A stream mode leaves nothing for the end.
  cipher.final();
  return [nonce, encrypted, cipher.getAuthTag()];
}

function decrypt(key: Buffer, bytes: Buffer, bound: Buffer): Buffer {
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(bytes.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(bound).setAuthTag(tag);
  return Buffer.concat([
    decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)),
    decipher.final(),
  ]);
}
