import { createHmac, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import { fail, succeed, type Outcome } from '../../schemas/index.js';

const LEAST_BYTES = 32;
const FINGERPRINT_OF = 'wxlive pseudonym key';

/**
 * The operator's key for pseudonyms. It shows itself nowhere: not in JSON, templates or `inspect`; `bytes()` is the
 * only way to it.
 */
export class PseudonymKey {
  readonly #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Reads `WXLIVE_PSEUDONYM_KEY`: at least 32 bytes in hex or base64 (also base64url). */
  static parse(text: string): Outcome<PseudonymKey, 'too_short' | 'unreadable'> {
    const trimmed = text.trim();
    const bytes = decode(trimmed);
    if (bytes === null) return fail('unreadable');
    return bytes.length < LEAST_BYTES ? fail('too_short') : succeed(new PseudonymKey(bytes));
  }

  /** A key of 32 or more bytes as it is. */
  static fromBytes(bytes: Uint8Array): Outcome<PseudonymKey, 'too_short'> {
    return bytes.length < LEAST_BYTES ? fail('too_short') : succeed(new PseudonymKey(Buffer.from(bytes)));
  }

  /** The key itself, for HMAC and key derivation only. */
  bytes(): Buffer {
    return this.#bytes;
  }

  /** What a warehouse remembers of its key: an HMAC of a constant, which says nothing of the key. */
  fingerprint(): string {
    return createHmac('sha256', this.#bytes).update(FINGERPRINT_OF).digest('hex');
  }

  /** Whether a remembered fingerprint is this key's. */
  matches(fingerprint: string): boolean {
    const own = Buffer.from(this.fingerprint());
    const other = Buffer.from(fingerprint);
    return own.length === other.length && timingSafeEqual(own, other);
  }

  toString(): string {
    return '[pseudonym key]';
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

function decode(text: string): Buffer | null {
  if (/^(?:[0-9a-f]{2})+$/iu.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/u.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what it cannot read; a key that lost characters is another key.
  const plain = text.replace(/=+$/u, '');
  return plain.length % 4 !== 1 ? bytes : null;
}
