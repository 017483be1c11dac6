import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCompoundFile } from '../../../formats/compound-file.js';
import { writeCompoundFile } from '../../../formats/compound-file-writer.js';
import { openEncryptedPackage } from '../../../formats/office-encryption/decrypt.js';
import { memoryAccess } from '../../../formats/random-access.js';

export interface Variant {
  readonly scheme: 'agile' | 'standard';
  readonly password: string;
  readonly hash?: string;
  readonly key_bits: number;
  readonly spin?: number;
  readonly salt_bytes?: number;
}

/** Encrypts by the Python writer, which lets msoffcrypto-tool confirm its work. */
export function encryptVariant(plain: Buffer, variant: Variant): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-test-'));
  try {
    const [from, to] = [join(folder, 'plain'), join(folder, 'encrypted')];
    writeFileSync(from, plain);
    const script = fileURLToPath(new URL('./encrypt_variant.py', import.meta.url));
    const said = execFileSync('python3', [script, from, to, JSON.stringify(variant)], { encoding: 'utf8' });
    if (said.trim() !== '{"same": true}') throw new Error(`msoffcrypto-tool disagrees: ${said}`);
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Decrypts a whole document. */
export async function decryptAll(
  encrypted: Buffer,
  passwords: readonly string[],
): Promise<{ readonly scheme: string; readonly plain: Buffer }> {
  const opened = await openEncryptedPackage(await openCompoundFile(memoryAccess(encrypted)), passwords);
  return { scheme: opened.encrypted.scheme, plain: await opened.content.read(0, opened.content.bytes) };
}

/** A compound file with the given streams at its root. */
export async function compoundFile(streams: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const blocks: Buffer[] = [];
  const contents = Object.entries(streams).map(([name, content]) => ({
    path: [name],
    bytes: content.length,
    content: () => [content],
  }));
  for await (const block of writeCompoundFile(contents)) blocks.push(block);
  return Buffer.concat(blocks);
}

/** The same bytes on every run, without a pattern. */
export function noise(bytes: number, seed = 1): Buffer {
  const buffer = Buffer.alloc(bytes);
  let state = seed;
  for (let at = 0; at < bytes; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    buffer[at] = state >>> 24;
  }
  return buffer;
}
