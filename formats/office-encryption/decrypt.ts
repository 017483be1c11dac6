/**
 * Opens an encrypted Office document: finds the password that fits, checks the integrity of an agile document
 * before a byte of it is used, and then decrypts whatever part is asked for.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CompoundFile, CompoundStream } from '../compound-file.js';
import { COMPOUND_FILE_LIMITS, ENCRYPTION_LIMITS } from '../limits.js';
import { assertInside, type RandomAccess } from '../random-access.js';
import { FormatError, type FormatFailureCode, type FoundEncryption } from '../table.js';
import {
  HASH_BYTES,
  parseEncryptionInfo,
  type AgileInfo,
  type HashName,
  type StandardInfo,
} from './encryption-info.js';
import {
  AGILE_BLOCK_KEYS,
  agileKey,
  agileVector,
  decryptCbc,
  decryptEcb,
  fit,
  hashOf,
  standardKey,
  STANDARD_ROUNDS,
  stretchPassword,
} from './key-derivation.js';

export interface DecryptedPackage {
  readonly encrypted: FoundEncryption;
  /** The plain document, decrypted where it is read; never as a whole, never on disk. */
  readonly content: RandomAccess;
}

/** What Excel encrypts with when a workbook is only protected against changes. */
const defaultPassword = 'VelvetSweatshop';
/** Each segment of an agile package starts a chain of its own. */
const segmentBytes = 4096;
const blockBytes = 16;
const sizeBytes = 8;
const integrityBlockBytes = 1024 * 1024;

/** Names of streams that only legacy documents have. */
const legacyStreams = new Map([
  ['workbook', 'a legacy Excel workbook (.xls)'],
  ['book', 'a legacy Excel workbook (.xls)'],
  ['worddocument', 'a legacy Word document (.doc)'],
  ['powerpoint document', 'a legacy PowerPoint file (.ppt)'],
]);

/**
 * Decrypts the package in a compound file with the first password that fits. Without a fitting one it throws
 * `password_missing` (none given) or `wrong_password`; a document that was changed after it was encrypted is
 * `damaged`; legacy documents and schemes that are not read are `unsupported`, by name. It is `too_large` to spend
 * more than `roundsAllowed` hash rounds on all passwords together.
 */
export async function openEncryptedPackage(
  compound: CompoundFile,
  passwords: readonly string[],
  roundsAllowed: number = ENCRYPTION_LIMITS.totalRounds,
): Promise<DecryptedPackage> {
  const infoStream = compound.find('EncryptionInfo');
  const packageStream = compound.find('EncryptedPackage');
  if (infoStream === undefined || packageStream === undefined) throw notEncrypted(compound);
  const info = parseEncryptionInfo(await readSmall(compound, infoStream));
  const encrypted = { scheme: info.scheme };
  const cipherText = await compound.open(packageStream);
  const bytes = await declaredBytes(cipherText, encrypted);
  if (info.scheme === 'standard') {
    const key = await findPassword(passwords, STANDARD_ROUNDS, roundsAllowed, encrypted, (password) =>
      standardKeyIfRight(info, password),
    );
    return { encrypted, content: standardContent(cipherText, bytes, key) };
  }
  const key = await findPassword(passwords, info.password.spinCount, roundsAllowed, encrypted, (password) =>
    agileKeyIfRight(info, password),
  );
  await assertIntact(info, key, cipherText);
  return { encrypted, content: agileContent(info, cipherText, bytes, key) };
}

function notEncrypted(compound: CompoundFile): FormatError {
  for (const stream of compound.streams) {
    const legacy = legacyStreams.get(stream.name.toLowerCase());
    if (legacy !== undefined) return refuse('unsupported', `${legacy}: save it as .xlsx`);
  }
  if (compound.streams.some((stream) => /drm/i.test(stream.name))) {
    return refuse('unsupported', 'a document under rights management (IRM): save it with a password instead');
  }
  if (compound.find('EncryptionInfo') !== undefined || compound.find('EncryptedPackage') !== undefined) {
    return refuse('damaged', 'half of the encrypted document is missing');
  }
  return refuse('unsupported', 'a compound file that is no encrypted workbook');
}

async function readSmall(compound: CompoundFile, stream: CompoundStream): Promise<Buffer> {
  if (stream.bytes > COMPOUND_FILE_LIMITS.smallStreamBytes) {
    throw refuse('too_large', 'the encryption description is too long');
  }
  return (await compound.open(stream)).read(0, stream.bytes);
}

/** The package begins with the size of the plain document: more than there are bytes is a cut file. */
async function declaredBytes(cipherText: RandomAccess, encrypted: FoundEncryption): Promise<number> {
  if (cipherText.bytes < sizeBytes) throw refuse('damaged', 'the encrypted package is empty', encrypted);
  const declared = (await cipherText.read(0, sizeBytes)).readBigUInt64LE(0);
  const whole = (declared + BigInt(blockBytes - 1)) / BigInt(blockBytes);
  if (declared === 0n || whole * BigInt(blockBytes) > BigInt(cipherText.bytes - sizeBytes)) {
    throw refuse('damaged', 'the encrypted package is not as long as it says', encrypted);
  }
  return Number(declared);
}

async function findPassword(
  passwords: readonly string[],
  rounds: number,
  roundsAllowed: number,
  encrypted: FoundEncryption,
  keyIfRight: (password: string) => Promise<Buffer | null>,
): Promise<Buffer> {
  let roundsLeft = roundsAllowed;
  for (const password of [...new Set([...passwords, defaultPassword])]) {
    if (password.length > ENCRYPTION_LIMITS.passwordCharacters) continue;
    roundsLeft -= rounds;
    if (roundsLeft < 0)
      throw refuse('too_large', 'trying every password would take too many hash rounds', encrypted);
    const key = await keyIfRight(password);
    if (key !== null) return key;
  }
  throw passwords.length === 0
    ? refuse('password_missing', 'the document is encrypted and no password was given', encrypted)
    : refuse('wrong_password', 'none of the passwords given opens the document', encrypted);
}

async function agileKeyIfRight({ password: info }: AgileInfo, password: string): Promise<Buffer | null> {
  const stretched = await stretchPassword(info.hash, info.salt, password, info.spinCount);
  // The password's own vector is its salt as it is.
  const vector = fit(info.salt, 16);
  const decrypt = (blockKey: Buffer, content: Buffer): Buffer =>
    decryptCbc(agileKey(info.hash, stretched, blockKey, info.keyBytes), vector, content);
  const input = decrypt(AGILE_BLOCK_KEYS.verifierInput, info.encryptedVerifierInput);
  const expected = decrypt(AGILE_BLOCK_KEYS.verifierHash, info.encryptedVerifierHash);
  if (!sameStart(hashOf(info.hash, input), expected)) return null;
  return decrypt(AGILE_BLOCK_KEYS.key, info.encryptedKey);
}

async function standardKeyIfRight(info: StandardInfo, password: string): Promise<Buffer | null> {
  const key = await standardKey(password, info.salt, info.keyBytes);
  const verifier = decryptEcb(key, info.encryptedVerifier);
  return sameStart(hashOf('sha1', verifier), decryptEcb(key, info.encryptedVerifierHash)) ? key : null;
}

function sameStart(value: Buffer, longer: Buffer): boolean {
  return longer.length >= value.length && timingSafeEqual(value, longer.subarray(0, value.length));
}

/** Over the whole stream, size included, as it is stored. */
async function assertIntact(info: AgileInfo, documentKey: Buffer, cipherText: RandomAccess): Promise<void> {
  const { hash, salt, keyBytes } = info.keyData;
  if (documentKey.length < keyBytes)
    throw refuse('damaged', 'the document key is too short', { scheme: 'agile' });
  const decrypt = (blockKey: Buffer, content: Buffer): Buffer =>
    decryptCbc(documentKey.subarray(0, keyBytes), agileVector(hash, salt, blockKey), content);
  const hmacKey = decrypt(AGILE_BLOCK_KEYS.hmacKey, info.encryptedHmacKey).subarray(0, HASH_BYTES[hash]);
  const expected = decrypt(AGILE_BLOCK_KEYS.hmacValue, info.encryptedHmacValue);
  const hmac = createHmac(hash, hmacKey);
  for (let at = 0; at < cipherText.bytes; at += integrityBlockBytes) {
    hmac.update(await cipherText.read(at, Math.min(integrityBlockBytes, cipherText.bytes - at)));
  }
  if (!sameStart(hmac.digest(), expected)) {
    throw refuse('damaged', 'the integrity code of the encrypted document does not match', {
      scheme: 'agile',
    });
  }
}

function agileContent(
  info: AgileInfo,
  cipherText: RandomAccess,
  bytes: number,
  documentKey: Buffer,
): RandomAccess {
  const { hash, salt, keyBytes } = info.keyData;
  const key = documentKey.subarray(0, keyBytes);
  return {
    bytes,
    async read(position, length) {
      assertInside(bytes, position, length);
      if (length === 0) return Buffer.alloc(0);
      const first = Math.floor(position / segmentBytes);
      const start = first * segmentBytes;
      const end = Math.min(Math.ceil((position + length) / segmentBytes) * segmentBytes, wholeBlocks(bytes));
      const stored = await cipherText.read(sizeBytes + start, end - start);
      const plain = decryptSegments(key, hash, salt, first, stored);
      return plain.subarray(position - start, position - start + length);
    },
  };
}

/**
 * Neighbouring segments at once: one call of the bare cipher over all blocks, then the chaining by hand. A cipher
 * object for every 4,096 bytes would cost more than the decryption.
 */
function decryptSegments(key: Buffer, hash: HashName, salt: Buffer, first: number, stored: Buffer): Buffer {
  const plain = decryptEcb(key, stored);
  const seed = Buffer.alloc(salt.length + 4);
  salt.copy(seed);
  const words = wordsOf(plain);
  const previous = wordsOf(stored);
  const segmentWords = segmentBytes / 4;
  const blockWords = blockBytes / 4;
  for (let start = 0, segment = first; start < words.length; start += segmentWords, segment += 1) {
    seed.writeUInt32LE(segment, salt.length);
    const vector = wordsOf(Buffer.from(hashVector(hash, seed)));
    for (let at = 0; at < blockWords; at += 1)
      words[start + at] = (words[start + at] ?? 0) ^ (vector[at] ?? 0);
    const end = Math.min(start + segmentWords, words.length);
    for (let at = start + blockWords; at < end; at += 1) {
      words[at] = (words[at] ?? 0) ^ (previous[at - blockWords] ?? 0);
    }
  }
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}

function hashVector(hash: HashName, seed: Buffer): Buffer {
  return hashOf(hash, seed).subarray(0, blockBytes);
}

/** As 32-bit words, copied only when the bytes do not lie on a word boundary. */
function wordsOf(bytes: Buffer): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / 4));
}

function standardContent(cipherText: RandomAccess, bytes: number, key: Buffer): RandomAccess {
  return {
    bytes,
    async read(position, length) {
      assertInside(bytes, position, length);
      const start = position - (position % blockBytes);
      const stored = await cipherText.read(sizeBytes + start, wholeBlocks(position + length) - start);
      return decryptEcb(key, stored).subarray(position - start, position - start + length);
    },
  };
}

function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

function refuse(code: FormatFailureCode, detail: string, encrypted?: FoundEncryption): FormatError {
  return new FormatError(encrypted === undefined ? { code, detail } : { code, detail, encrypted });
}
