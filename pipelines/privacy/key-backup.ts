import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';
import { fail, type Outcome } from '../../schemas/index.js';
import { PseudonymKey } from './key.js';

const FORMAT = 'wxlive-key-backup';
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** 128 MB and a third of a second a guess. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
const MEMORY_BYTES = 256 * 1024 ** 2;

const backupSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  fingerprint: z.string(),
  made_at: z.string(),
  kdf: z.object({
    name: z.literal('scrypt'),
    // Not higher than our own: a file must not decide how much memory is taken.
    N: z
      .number()
      .int()
      .min(2 ** 14)
      .max(COST.N),
    r: z.literal(COST.r),
    p: z.literal(COST.p),
    salt: z.string(),
  }),
  nonce: z.string(),
  sealed: z.string(),
});

/**
 * The text of a key's backup: JSON, the key in it under AES-256-GCM with a key that scrypt makes of the password; what
 * stands beside it (fingerprint, time, cost) is authenticated with it.
 */
export async function sealKeyBackup(key: PseudonymKey, password: string, madeAt: Date): Promise<string> {
  const head = {
    format: FORMAT,
    version: 1,
    fingerprint: key.fingerprint(),
    made_at: madeAt.toISOString(),
    kdf: { name: 'scrypt', ...COST, salt: randomBytes(SALT_BYTES).toString('base64') },
    nonce: randomBytes(NONCE_BYTES).toString('base64'),
  } as const;
  const wrapping = await derive(password, Buffer.from(head.kdf.salt, 'base64'), COST.N);
  const cipher = createCipheriv('aes-256-gcm', wrapping, Buffer.from(head.nonce, 'base64'));
  cipher.setAAD(Buffer.from(JSON.stringify(head)));
  const sealed = Buffer.concat([cipher.update(key.bytes()), cipher.final(), cipher.getAuthTag()]);
  return `${JSON.stringify({ ...head, sealed: sealed.toString('base64') }, null, 2)}\n`;
}

/** Opens a backup; a wrong password and a changed file cannot be told apart. */
export async function openKeyBackup(
  text: string,
  password: string,
): Promise<Outcome<PseudonymKey, 'no_key_backup' | 'wrong_password_or_damaged'>> {
  const parsed = backupSchema.safeParse(jsonOf(text));
  if (!parsed.success) return fail('no_key_backup');
  const { sealed, ...head } = parsed.data;
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = Buffer.from(head.nonce, 'base64');
  if (bytes.length < TAG_BYTES || nonce.length !== NONCE_BYTES) return fail('wrong_password_or_damaged');
  const wrapping = await derive(password, Buffer.from(head.kdf.salt, 'base64'), head.kdf.N);
  try {
    const decipher = createDecipheriv('aes-256-gcm', wrapping, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(JSON.stringify(head))).setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    const key = PseudonymKey.fromBytes(opened);
    if (key.ok && key.value.matches(head.fingerprint)) return key;
    return fail('wrong_password_or_damaged');
  } catch {
    return fail('wrong_password_or_damaged');
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { ...COST, N: cost, maxmem: MEMORY_BYTES };
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
