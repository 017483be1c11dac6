/** Encrypts an Office document for a password (ECMA-376 agile): AES-256, SHA-512, 100,000 rounds, integrity HMAC. */
import { createHmac, randomBytes } from 'node:crypto';
import { writeCompoundFile } from '../compound-file-writer.js';
import { ENCRYPTION_LIMITS } from '../limits.js';
import { CipherTextStore } from './cipher-text-store.js';
import { DATA_SPACE_STREAMS } from './data-spaces.js';
import {
  AGILE_BLOCK_KEYS,
  agileKey,
  agileVector,
  encryptCbc,
  hashOf,
  stretchPassword,
} from './key-derivation.js';

const hash = 'sha512';
const hashBytes = 64;
const keyBytes = 32;
const saltBytes = 16;
const spinCount = 100_000;
const segmentBytes = 4096;

/**
 * The encrypted document, in blocks, for a plain one that may come in pieces. Memory stays bounded: plain bytes
 * are encrypted as they come, encrypted ones wait in memory or, above 64 MiB, in an unnamed temporary file.
 *
 * @param rounds of hashing for the password; fewer than usual make a weak file quickly, for tests alone.
 * @throws {RangeError} for a password Excel cannot take (empty, over 255 characters), and for over 2 GiB.
 */
export async function* encryptPackage(
  source: AsyncIterable<Uint8Array> | Uint8Array,
  password: string,
  rounds = spinCount,
): AsyncGenerator<Buffer> {
  if (password.length === 0 || password.length > ENCRYPTION_LIMITS.passwordCharacters) {
    throw new RangeError(`a password must have 1 to ${ENCRYPTION_LIMITS.passwordCharacters} characters`);
  }
  const key = randomBytes(keyBytes);
  const salt = randomBytes(saltBytes);
  const store = new CipherTextStore();
  try {
    const plainBytes = await encryptSegments(source, key, salt, store);
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(plainBytes));
    const hmacKey = randomBytes(hashBytes);
    const hmac = createHmac(hash, hmacKey).update(size);
    for await (const block of store.read()) hmac.update(block);
    const info = await describe(password, rounds, key, salt, hmacKey, hmac.digest());
    yield* writeCompoundFile([
      {
        path: ['EncryptedPackage'],
        bytes: size.length + store.bytes,
        async *content() {
          yield size;
          yield* store.read();
        },
      },
      { path: ['EncryptionInfo'], bytes: info.length, content: () => [info] },
      ...DATA_SPACE_STREAMS,
    ]);
  } finally {
    await store.close();
  }
}

/** Fills the store; returns the number of plain bytes. */
async function encryptSegments(
  source: AsyncIterable<Uint8Array> | Uint8Array,
  key: Buffer,
  salt: Buffer,
  store: CipherTextStore,
): Promise<number> {
  const seed = Buffer.concat([salt, Buffer.alloc(4)]);
  let segment = 0;
  let plainBytes = 0;
  let rest = Buffer.alloc(0);
  const encrypt = (plain: Buffer): Buffer => {
    seed.writeUInt32LE(segment, saltBytes);
    segment += 1;
    return encryptCbc(key, hashOf(hash, seed).subarray(0, 16), plain);
  };
  for await (const block of source instanceof Uint8Array ? [source] : source) {
    plainBytes += block.length;
    const plain =
      rest.length === 0
        ? Buffer.from(block.buffer, block.byteOffset, block.length)
        : Buffer.concat([rest, block]);
    const whole = plain.length - (plain.length % segmentBytes);
    const encrypted: Buffer[] = [];
    for (let at = 0; at < whole; at += segmentBytes)
      encrypted.push(encrypt(plain.subarray(at, at + segmentBytes)));
    await store.append(Buffer.concat(encrypted));
    // Copied: the caller may use its block again.
    rest = Buffer.from(plain.subarray(whole));
  }
  if (rest.length > 0) await store.append(encrypt(rest));
  return plainBytes;
}

/** The `EncryptionInfo` stream. */
async function describe(
  password: string,
  rounds: number,
  key: Buffer,
  keySalt: Buffer,
  hmacKey: Buffer,
  hmacValue: Buffer,
): Promise<Buffer> {
  const salt = randomBytes(saltBytes);
  const stretched = await stretchPassword(hash, salt, password, rounds);
  const forPassword = (blockKey: Buffer, content: Buffer): string =>
    encryptCbc(agileKey(hash, stretched, blockKey, keyBytes), salt, content).toString('base64');
  const forPackage = (blockKey: Buffer, content: Buffer): string =>
    encryptCbc(key, agileVector(hash, keySalt, blockKey), content).toString('base64');
  const verifierInput = randomBytes(saltBytes);
  const cipher =
    `saltSize="${saltBytes}" blockSize="16" keyBits="${keyBytes * 8}" hashSize="${hashBytes}" ` +
    'cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"';
  const office = 'http://schemas.microsoft.com/office/2006';
  const xml =
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' +
    `<encryption xmlns="${office}/encryption" xmlns:p="${office}/keyEncryptor/password" ` +
    `xmlns:c="${office}/keyEncryptor/certificate">` +
    `<keyData ${cipher} saltValue="${keySalt.toString('base64')}"/>` +
    `<dataIntegrity encryptedHmacKey="${forPackage(AGILE_BLOCK_KEYS.hmacKey, hmacKey)}" ` +
    `encryptedHmacValue="${forPackage(AGILE_BLOCK_KEYS.hmacValue, hmacValue)}"/>` +
    `<keyEncryptors><keyEncryptor uri="${office}/keyEncryptor/password">` +
    `<p:encryptedKey spinCount="${rounds}" ${cipher} saltValue="${salt.toString('base64')}" ` +
    `encryptedVerifierHashInput="${forPassword(AGILE_BLOCK_KEYS.verifierInput, verifierInput)}" ` +
    `encryptedVerifierHashValue="${forPassword(AGILE_BLOCK_KEYS.verifierHash, hashOf(hash, verifierInput))}" ` +
    `encryptedKeyValue="${forPassword(AGILE_BLOCK_KEYS.key, key)}"/>` +
    '</keyEncryptor></keyEncryptors></encryption>';
  const version = Buffer.from([4, 0, 4, 0, 0x40, 0, 0, 0]);
  return Buffer.concat([version, Buffer.from(xml)]);
}
