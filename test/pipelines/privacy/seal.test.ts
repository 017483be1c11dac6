import { expect, it } from 'vitest';
import { PseudonymKey } from '../../../pipelines/privacy/key.js';
import { Seal } from '../../../pipelines/privacy/seal.js';

const keyOf = (byte: number): PseudonymKey => {
  const key = PseudonymKey.fromBytes(Buffer.alloc(32, byte));
  if (!key.ok) throw new Error('the key is too short');
  return key.value;
};

it('opens for its key and its reject alone, and no two envelopes share a nonce or a data key', () => {
  const seal = new Seal(keyOf(1));
  const nonces = new Set<string>();
  for (let at = 0; at < 1_000; at++) {
    const sealed = seal.seal(`row ${at % 3}`, `reject ${at}`);
    expect(seal.open(sealed, `reject ${at}`)).toEqual({ ok: true, value: `row ${at % 3}` });
    const bytes = Buffer.from(sealed, 'base64');
    nonces.add(bytes.toString('hex', 1, 13)).add(bytes.toString('hex', 61, 73));
    if (at > 20) continue;
    expect(seal.open(sealed, `reject ${at + 1}`).ok).toBe(false);
    expect(new Seal(keyOf(2)).open(sealed, `reject ${at}`).ok).toBe(false);
    bytes[bytes.length - 1 - at] = (bytes[bytes.length - 1 - at] ?? 0) ^ 1;
    expect(seal.open(bytes.toString('base64'), `reject ${at}`).ok).toBe(false);
  }
  expect(nonces.size).toBe(2_000);
});
