import { createDecipheriv, createHash, createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  pdfPasswordFailure,
  randomOwnerPassword,
  revisionSixEntries,
} from '../../../formats/pdf/encryption-r6.js';

/** Algorithm 2.B again, written from the standard with a big integer for the choice of hash. */
function standardHash(password: Buffer, salt: Buffer, userEntry: Buffer): Buffer {
  let k = createHash('sha256')
    .update(Buffer.concat([password, salt, userEntry]))
    .digest();
  for (let i = 0, last = 0; i < 64 || last > i - 32; i++) {
    const k1 = Buffer.concat(Array.from({ length: 64 }, () => Buffer.concat([password, k, userEntry])));
    const cipher = createCipheriv('aes-128-cbc', k.subarray(0, 16), k.subarray(16, 32));
    cipher.setAutoPadding(false);
    const e = Buffer.concat([cipher.update(k1), cipher.final()]);
    const remainder = BigInt(`0x${e.subarray(0, 16).toString('hex')}`) % 3n;
    k = createHash(remainder === 0n ? 'sha256' : remainder === 1n ? 'sha384' : 'sha512')
      .update(e)
      .digest();
    last = e[e.length - 1] ?? 0;
  }
  return k.subarray(0, 32);
}

describe('revisionSixEntries', () => {
  it('locks the file key so that each password, and only it, unlocks it', () => {
    for (let round = 0; round < 8; round++) {
      const user = randomBytes(6 + round).toString('hex');
      const owner = randomOwnerPassword();
      const key = randomBytes(32);
      const entries = revisionSixEntries(user, owner, key);
      const userEntry = Buffer.from(entries.U);
      const ownerEntry = Buffer.from(entries.O);
      expect([userEntry.length, ownerEntry.length, entries.UE.length, entries.OE.length]).toEqual([
        48, 48, 32, 32,
      ]);
      const none = Buffer.alloc(0);
      const check = (password: string, entry: Buffer, extra: Buffer) =>
        standardHash(Buffer.from(password), entry.subarray(32, 40), extra).equals(entry.subarray(0, 32));
      expect(check(user, userEntry, none)).toBe(true);
      expect(check(owner, ownerEntry, userEntry)).toBe(true);
      expect(check('', userEntry, none)).toBe(false);
      expect(check('', ownerEntry, userEntry)).toBe(false);
      expect(check(user, ownerEntry, userEntry)).toBe(false);
      const unlock = (password: string, entry: Buffer, extra: Buffer, locked: Uint8Array) => {
        const intermediate = standardHash(Buffer.from(password), entry.subarray(40, 48), extra);
        const decipher = createDecipheriv('aes-256-cbc', intermediate, Buffer.alloc(16)).setAutoPadding(
          false,
        );
        return Buffer.concat([decipher.update(locked), decipher.final()]);
      };
      expect(unlock(user, userEntry, none, entries.UE)).toEqual(key);
      expect(unlock(owner, ownerEntry, userEntry, entries.OE)).toEqual(key);
    }
  });

  it('salts: the same passwords never give the same entries', () => {
    const key = randomBytes(32);
    expect(revisionSixEntries('a-password', 'b', key).U).not.toEqual(
      revisionSixEntries('a-password', 'b', key).U,
    );
  });
});

describe('pdfPasswordFailure', () => {
  it.each([
    ['correct horse 42!', null],
    ['', 'empty'],
    ['密码密码密码密码', 'not_printable_ascii'],
    ['full-width！', 'not_printable_ascii'],
    ['tab\tinside', 'not_printable_ascii'],
    ['x'.repeat(127), null],
    ['x'.repeat(128), 'too_long'],
  ])('%j → %s', (password, failure) => {
    expect(pdfPasswordFailure(password)).toBe(failure);
  });
});
