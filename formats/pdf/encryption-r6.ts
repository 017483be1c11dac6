import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** The entries of the encryption dictionary that revision 6 computes otherwise than revision 5. */
export interface RevisionSixEntries {
  readonly O: Uint8Array;
  readonly U: Uint8Array;
  readonly OE: Uint8Array;
  readonly UE: Uint8Array;
}

/** Why a password cannot protect a PDF. */
export type PdfPasswordFailure = 'empty' | 'not_printable_ascii' | 'too_long';

/**
 * Whether readers will take the password: NFKC changes others (a full-width ！), and readers disagree on them, so
 * only printable ASCII is accepted; the format itself stops at 127 bytes. Null: it can be used.
 */
export function pdfPasswordFailure(password: string): PdfPasswordFailure | null {
  if (password === '') return 'empty';
  if (!/^[\x20-\x7E]*$/.test(password)) return 'not_printable_ascii';
  return password.length > 127 ? 'too_long' : null;
}

/** A password nobody will know: an owner password must be there, an empty one opens the file for everyone. */
export function randomOwnerPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** Algorithms 8 and 9 of ISO 32000-2 over the 32-byte key the file is encrypted with. Passwords: `pdfPasswordFailure`. */
export function revisionSixEntries(
  userPassword: string,
  ownerPassword: string,
  fileKey: Uint8Array,
): RevisionSixEntries {
  const user = Buffer.from(userPassword, 'ascii');
  const owner = Buffer.from(ownerPassword, 'ascii');
  const none = Buffer.alloc(0);
  const userCheckSalt = randomBytes(8);
  const userKeySalt = randomBytes(8);
  const ownerCheckSalt = randomBytes(8);
  const ownerKeySalt = randomBytes(8);
  const U = Buffer.concat([hash(user, userCheckSalt, none), userCheckSalt, userKeySalt]);
  const O = Buffer.concat([hash(owner, ownerCheckSalt, U), ownerCheckSalt, ownerKeySalt]);
  return {
    U,
    O,
    UE: wrapKey(fileKey, hash(user, userKeySalt, none)),
    OE: wrapKey(fileKey, hash(owner, ownerKeySalt, U)),
  };
}

/** The key a file is encrypted with, by the user password of its entries. The password is taken to be right. */
export function fileKeyOf(userPassword: string, entries: Pick<RevisionSixEntries, 'U' | 'UE'>): Uint8Array {
  const keySalt = Buffer.from(entries.U.subarray(40, 48));
  const key = hash(Buffer.from(userPassword, 'ascii'), keySalt, Buffer.alloc(0));
  const decipher = createDecipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([decipher.update(entries.UE), decipher.final()]);
}

function wrapKey(fileKey: Uint8Array, key: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(fileKey), cipher.final()]);
}

/** Algorithm 2.B: at least 64 rounds of AES-128 and the SHA-2 its output chooses. `userEntry` is U for the owner. */
function hash(password: Buffer, salt: Buffer, userEntry: Buffer): Buffer {
  let key: Buffer = createHash('sha256').update(password).update(salt).update(userEntry).digest();
  for (let round = 1; ; round++) {
    const block = Buffer.concat([password, key, userEntry]);
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32)).setAutoPadding(
      false,
    );
    // 64 copies are a whole number of AES blocks whatever their length
    const encrypted = cipher.update(Buffer.concat(Array<Buffer>(64).fill(block)));
    // the first 16 bytes as a big-endian number modulo 3, which is the sum of its digits in base 256 modulo 3
    const choice = encrypted.subarray(0, 16).reduce((sum, byte) => sum + byte, 0) % 3;
    key = createHash((['sha256', 'sha384', 'sha512'] as const)[choice] ?? 'sha256')
      .update(encrypted)
      .digest();
    if (round >= 64 && (encrypted.at(-1) ?? 0) <= round - 32) return key.subarray(0, 32);
  }
}
