/** From a password to keys, as MS-OFFCRYPTO 2.3.4 prescribes; used in both directions. */
import { createCipheriv, createDecipheriv, hash as digest } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { HashName } from './encryption-info.js';

/** What a key is for; hashed into it. */
export const AGILE_BLOCK_KEYS = {
  verifierInput: Buffer.from('fea7d2763b4b9e79', 'hex'),
  verifierHash: Buffer.from('d7aa0f6d3061344e', 'hex'),
  key: Buffer.from('146e0be7abacd0d6', 'hex'),
  hmacKey: Buffer.from('5fb2ad010cb9e1f6', 'hex'),
  hmacValue: Buffer.from('a0677f02b22c8433', 'hex'),
} as const;

/** Rounds of standard encryption; agile documents say their own. */
export const STANDARD_ROUNDS = 50_000;

/** Digest of the parts in one go: per call a third of what a hash object costs, and there are 100,000 calls. */
export function hashOf(hash: HashName, ...parts: readonly Buffer[]): Buffer {
  return digest(
    hash,
    parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts),
    'buffer',
  );
}

/** Rounds between two looks at the event loop: about 4 ms. */
const roundsAtOnce = 4_096;

/** Salted password hash, hashed `rounds` times with a counter: the slow part, about 1 µs a round. */
export async function stretchPassword(
  hash: HashName,
  salt: Buffer,
  password: string,
  rounds: number,
): Promise<Buffer> {
  let value = hashOf(hash, salt, Buffer.from(password, 'utf16le'));
  const input = Buffer.alloc(4 + value.length);
  for (let round = 0; round < rounds; round += 1) {
    if (round % roundsAtOnce === roundsAtOnce - 1) await setImmediate();
    input.writeUInt32LE(round, 0);
    value.copy(input, 4);
    value = digest(hash, input, 'buffer');
  }
  return value;
}

/** The key of one purpose out of the stretched password. */
export function agileKey(hash: HashName, stretched: Buffer, blockKey: Buffer, keyBytes: number): Buffer {
  return fit(hashOf(hash, stretched, blockKey), keyBytes);
}

/** The initialization vector of a purpose or a segment (its number, 4 bytes little-endian). */
export function agileVector(hash: HashName, salt: Buffer, blockKey: Buffer): Buffer {
  return fit(hashOf(hash, salt, blockKey), 16);
}

/** The one key of a document in standard encryption (MS-OFFCRYPTO 2.3.4.7). */
export async function standardKey(password: string, salt: Buffer, keyBytes: number): Promise<Buffer> {
  const stretched = await stretchPassword('sha1', salt, password, STANDARD_ROUNDS);
  const final = hashOf('sha1', stretched, Buffer.alloc(4));
  const derive = (fill: number): Buffer => {
    const block = Buffer.alloc(64, fill);
    for (const [at, byte] of final.entries()) block[at] = fill ^ byte;
    return hashOf('sha1', block);
  };
  return Buffer.concat([derive(0x36), derive(0x5c)]).subarray(0, keyBytes);
}

/** AES-CBC without padding over whole blocks. */
export function decryptCbc(key: Buffer, vector: Buffer, content: Buffer): Buffer {
  const cipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, vector).setAutoPadding(false);
  return Buffer.concat([cipher.update(content), cipher.final()]);
}

/** AES-CBC over whole blocks; a last one that is short is filled with zero bytes. */
export function encryptCbc(key: Buffer, vector: Buffer, content: Buffer): Buffer {
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, vector).setAutoPadding(false);
  const missing = (16 - (content.length % 16)) % 16;
  const first = cipher.update(content);
  return missing === 0 ? first : Buffer.concat([first, cipher.update(Buffer.alloc(missing))]);
}

/** AES-ECB without padding over whole blocks. */
export function decryptEcb(key: Buffer, content: Buffer): Buffer {
  return createDecipheriv(`aes-${key.length * 8}-ecb`, key, null)
    .setAutoPadding(false)
    .update(content);
}

/** Cuts, or fills with 0x36, to a length. */
export function fit(value: Buffer, bytes: number): Buffer {
  if (value.length >= bytes) return value.subarray(0, bytes);
  return Buffer.concat([value, Buffer.alloc(bytes - value.length, 0x36)]);
}
