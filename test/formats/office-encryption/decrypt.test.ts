import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCompoundFile } from '../../../formats/compound-file.js';
import { openEncryptedPackage } from '../../../formats/office-encryption/decrypt.js';
import { memoryAccess } from '../../../formats/random-access.js';
import { failureOf } from '../failure-of.js';
import { lacksPython } from '../../external-tool.js';
import { compoundFile, decryptAll, encryptVariant, noise, type Variant } from './encrypted-sample.js';

const samples = new URL('../../fixtures/samples/', import.meta.url);
const sample = (name: string): Buffer => readFileSync(new URL(name, samples));
const expected = JSON.parse(sample('expected.json').toString()) as { passwords: { l1: string; l2: string } };
const passwords = expected.passwords;
const agileSample = sample('watch-l1-encrypted.xlsx');
const zipMagic = Buffer.from('PK\u0003\u0004');

/** Replaces text inside a file by text of the same length. */
function replaced(file: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new Error('the lengths differ');
  const copy = Buffer.from(file);
  const at = copy.indexOf(from);
  if (at < 0) throw new Error(`${from} is not in the file`);
  copy.write(to, at, 'latin1');
  return copy;
}

describe.skipIf(lacksPython('msoffcrypto'))('documents other programs encrypt', () => {
  const variants: Variant[] = [
    ...['sha1', 'sha256', 'sha384', 'sha512'].flatMap((hash) =>
      [128, 192, 256].map(
        (key_bits) => ({ scheme: 'agile', password: 'p', hash, key_bits, spin: 1000 }) as const,
      ),
    ),
    ...[128, 192, 256].map((key_bits) => ({ scheme: 'standard', password: 'p w', key_bits }) as const),
    { scheme: 'agile', password: ' 密码 with spaces 🔑 ', hash: 'sha512', key_bits: 256, spin: 100_000 },
    { scheme: 'agile', password: '长'.repeat(255), hash: 'sha512', key_bits: 256, spin: 0 },
    { scheme: 'agile', password: 'p', hash: 'sha1', key_bits: 128, spin: 1, salt_bytes: 32 },
    { scheme: 'agile', password: 'VelvetSweatshop', hash: 'sha512', key_bits: 256, spin: 10 },
    { scheme: 'standard', password: 'VelvetSweatshop', key_bits: 128 },
  ];
  it.each(variants)('$scheme $hash $key_bits, $spin rounds', async (variant) => {
    const plain = noise(9_001);
    const encrypted = encryptVariant(plain, variant);
    // The default password needs none to be given.
    const given = variant.password === 'VelvetSweatshop' ? [] : ['another', variant.password, 'a third'];
    const opened = await decryptAll(encrypted, given);
    expect(opened.scheme).toBe(variant.scheme);
    expect(opened.plain.equals(plain)).toBe(true);
    if (given.length > 0) {
      expect(await failureOf(decryptAll(encrypted, ['another']))).toMatchObject({
        code: 'wrong_password',
        encrypted: { scheme: variant.scheme },
      });
      expect(await failureOf(decryptAll(encrypted, []))).toMatchObject({
        code: 'password_missing',
        encrypted: { scheme: variant.scheme },
      });
    }
  });

  it.each([4_096, 4_097, 4_112, 8_191, 8_192])('a document of %i bytes', async (bytes) => {
    const plain = noise(bytes);
    for (const scheme of ['agile', 'standard'] as const) {
      const variant: Variant = { scheme, password: 'p', hash: 'sha512', key_bits: 256, spin: 1 };
      expect((await decryptAll(encryptVariant(plain, variant), ['p'])).plain.equals(plain)).toBe(true);
    }
  });
});

describe('the samples', () => {
  it('opens what msoffcrypto-tool and LibreOffice have encrypted', async () => {
    const agile = await decryptAll(agileSample, [passwords.l1]);
    expect(agile.scheme).toBe('agile');
    expect(agile.plain.subarray(0, 4)).toEqual(zipMagic);
    const standard = await decryptAll(sample('watch-l2-restated-encrypted.xlsx'), [
      passwords.l1,
      passwords.l2,
    ]);
    expect(standard.scheme).toBe('standard');
    expect(standard.plain.subarray(0, 4)).toEqual(zipMagic);
  });

  it('says damaged, not wrong password, for a file that was cut or changed', async () => {
    for (const name of ['hostile/truncated.xlsx', 'hostile/flipped-package-byte.xlsx']) {
      expect((await failureOf(decryptAll(sample(name), [passwords.l1]))).code, name).toBe('damaged');
    }
  });

  it('refuses a huge spin count without computing it', async () => {
    const failure = await failureOf(decryptAll(sample('hostile/huge-spin-count.xlsx'), [passwords.l1]));
    expect(failure).toMatchObject({ code: 'too_large', encrypted: { scheme: 'agile' } });
  });
});

describe('integrity', () => {
  it('returns nothing of a document in which any one byte was changed', async () => {
    const { plain } = await decryptAll(agileSample, [passwords.l1]);
    const fast = replaced(agileSample, 'spinCount="100000"', 'spinCount="000001"');
    const places = noise(240, 7);
    for (let index = 0; index < 120; index += 1) {
      const changed = Buffer.from(fast);
      const at = ((places[2 * index] ?? 0) * 256 + (places[2 * index + 1] ?? 0)) % changed.length;
      changed[at] = (changed[at] ?? 0) ^ (1 << (index % 8));
      const result = await decryptAll(changed, [passwords.l1]).then((opened) => opened.plain, failureOfError);
      if (Buffer.isBuffer(result)) expect(result.equals(plain)).toBe(true);
      else expect(['damaged', 'wrong_password', 'unsupported', 'too_large']).toContain(result);
    }
  });

  it('checks every part of the package, size and padding included', async () => {
    const streams = await streamsOf(agileSample);
    const content = streams['EncryptedPackage'] ?? Buffer.alloc(0);
    expect((await decryptAll(await compoundFile(streams), [passwords.l1])).scheme).toBe('agile');
    for (const at of [0, 8, 4_000, 4_104, content.length - 1]) {
      const changed = Buffer.from(content);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const file = await compoundFile({ ...streams, EncryptedPackage: changed });
      expect((await failureOf(decryptAll(file, [passwords.l1]))).code).toBe('damaged');
    }
    const longer = await compoundFile({ ...streams, EncryptedPackage: Buffer.concat([content, noise(16)]) });
    expect((await failureOf(decryptAll(longer, [passwords.l1]))).code).toBe('damaged');
  });

  it('asks nothing of the data spaces: none, empty, noise, another transform', async () => {
    const streams = await streamsOf(agileSample);
    const { plain } = await decryptAll(agileSample, [passwords.l1]);
    const oddities: Record<string, Buffer>[] = [
      {},
      { '\u0006DataSpaces': Buffer.alloc(0) },
      { Version: noise(500), DataSpaceMap: noise(5_000, 2) },
      { '\u0006Primary': Buffer.from('{00000000-0000-0000-0000-000000000000}', 'utf16le') },
    ];
    for (const more of oddities) {
      const opened = await decryptAll(await compoundFile({ ...streams, ...more }), [passwords.l1]);
      expect(opened.plain.equals(plain)).toBe(true);
    }
  });

  it('refuses streams that are cut, wherever', async () => {
    const streams = await streamsOf(agileSample);
    const { EncryptionInfo: info = noise(0), EncryptedPackage: content = noise(0) } = streams;
    for (let bytes = 0; bytes < info.length; bytes += 97) {
      const file = await compoundFile({ ...streams, EncryptionInfo: info.subarray(0, bytes) });
      expect(['damaged', 'unsupported']).toContain((await failureOf(decryptAll(file, [passwords.l1]))).code);
    }
    for (const bytes of [0, 1, 7, 8, 9, 24, 4_104, content.length - 16, content.length - 1]) {
      const file = await compoundFile({ ...streams, EncryptedPackage: content.subarray(0, bytes) });
      expect((await failureOf(decryptAll(file, [passwords.l1]))).code, String(bytes)).toBe('damaged');
    }
  });

  it('refuses a document whose integrity code was taken away', async () => {
    const stripped = replaced(agileSample, '<dataIntegrity ', '<dataIntegritx ');
    expect((await failureOf(decryptAll(stripped, [passwords.l1]))).code).toBe('unsupported');
  });

  it('refuses a package that says it is longer than it is', async () => {
    for (const declared of [0n, 1n << 40n, 0xffffffffffffffffn]) {
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(declared);
      const file = await compoundFile({
        EncryptionInfo: standardInfo(0x660e, 128),
        EncryptedPackage: Buffer.concat([size, noise(5_000)]),
      });
      expect(await failureOf(decryptAll(file, ['p']))).toMatchObject({
        code: 'damaged',
        encrypted: { scheme: 'standard' },
      });
    }
  });
});

describe('what is not read', () => {
  it.each([
    ['Workbook', /\.xls\b/],
    ['Book', /\.xls\b/],
    ['WordDocument', /\.doc\b/],
    ['PowerPoint Document', /\.ppt\b/],
    ['\u0009DRMContent', /rights management/],
    ['Something', /no encrypted workbook/],
  ])('refuses a compound file with %j by name', async (stream, detail) => {
    const failure = await failureOf(decryptAll(await compoundFile({ [stream]: noise(5_000) }), ['p']));
    expect(failure.code).toBe('unsupported');
    expect(failure.detail).toMatch(detail);
  });

  it.each([
    [Buffer.from('01000100', 'hex'), /RC4/],
    [Buffer.from('04000300', 'hex'), /extensible/],
    [Buffer.from('09000900', 'hex'), /9\.9/],
  ])('refuses encryption of version %o by name', async (version, detail) => {
    const info = Buffer.concat([version, noise(100)]);
    const failure = await failureOf(
      decryptAll(await compoundFile({ EncryptionInfo: info, EncryptedPackage: noise(100) }), ['p']),
    );
    expect(failure.code).toBe('unsupported');
    expect(failure.detail).toMatch(detail);
  });

  it('refuses RC4 in a standard header, other ciphers, modes and hashes by name', async () => {
    const rc4 = await compoundFile({
      EncryptionInfo: standardInfo(0x6801, 128),
      EncryptedPackage: noise(100),
    });
    expect(await failureOf(decryptAll(rc4, ['p']))).toMatchObject({ code: 'unsupported', detail: /RC4/ });
    for (const [from, to] of [
      ['cipherAlgorithm="AES"', 'cipherAlgorithm="DES"'],
      ['ChainingModeCBC', 'ChainingModeCFB'],
      ['hashAlgorithm="SHA512"', 'hashAlgorithm="SHA999"'],
    ] as const) {
      const failure = await failureOf(decryptAll(replaced(agileSample, from, to), [passwords.l1]));
      expect(failure.code).toBe('unsupported');
      expect(failure.detail).toContain(to.replace(/.*="|"/g, ''));
    }
  });

  it('stops before trying more passwords than bounded work allows', async () => {
    const compound = await openCompoundFile(memoryAccess(agileSample));
    const passwordsTried = ['wrong', 'also wrong', passwords.l1];
    expect((await failureOf(openEncryptedPackage(compound, passwordsTried, 250_000))).code).toBe('too_large');
    expect((await openEncryptedPackage(compound, passwordsTried, 300_000)).encrypted.scheme).toBe('agile');
  });
});

/** The two streams that are needed. */
async function streamsOf(document: Buffer): Promise<Record<string, Buffer>> {
  const compound = await openCompoundFile(memoryAccess(document));
  const streams: Record<string, Buffer> = {};
  for (const name of ['EncryptionInfo', 'EncryptedPackage']) {
    const stream = compound.find(name);
    if (stream !== undefined) streams[name] = await (await compound.open(stream)).read(0, stream.bytes);
  }
  return streams;
}

function failureOfError(error: unknown): string {
  const code = (error as { failure?: { code?: string } }).failure?.code;
  if (code === undefined) throw error;
  return code;
}

function standardInfo(algorithm: number, keyBits: number): Buffer {
  const header = Buffer.alloc(32 + 20);
  header.writeUInt32LE(algorithm, 8);
  header.writeUInt32LE(0x8004, 12);
  header.writeUInt32LE(keyBits, 16);
  const start = Buffer.alloc(12);
  start.writeUInt16LE(4, 0);
  start.writeUInt16LE(2, 2);
  start.writeUInt32LE(header.length, 8);
  const verifier = noise(72);
  verifier.writeUInt32LE(16, 0);
  return Buffer.concat([start, header, verifier]);
}
