import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCompoundFile } from '../../../formats/compound-file.js';
import { CipherTextStore } from '../../../formats/office-encryption/cipher-text-store.js';
import { encryptPackage } from '../../../formats/office-encryption/encrypt.js';
import { memoryAccess } from '../../../formats/random-access.js';
import { failureOf } from '../failure-of.js';
import { lacksPython, runPython } from '../../external-tool.js';
import { decryptAll, noise } from './encrypted-sample.js';

const password = ' 密码 & "pass" ';

async function collect(blocks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const block of blocks) all.push(block);
  return Buffer.concat(all);
}

/** Pieces of uneven sizes in one buffer that is used again and again, as stream readers do. */
async function* inPieces(content: Buffer): AsyncGenerator<Uint8Array> {
  const shared = Buffer.alloc(5_000);
  for (let at = 0, size = 1; at < content.length; at += size, size = (size * 7 + 13) % 5_000) {
    const length = content.copy(shared, 0, at, at + size);
    await Promise.resolve();
    yield shared.subarray(0, length);
    size = length;
  }
}

/** Around a block, a segment, the mini stream's limit and the first table of tables (7.14 MB). */
const sizes = [1, 15, 16, 17, 4_071, 4_072, 4_088, 4_095, 4_096, 4_097, 8_192, 100_003, 7_400_000];

describe('encryptPackage', () => {
  it.each(sizes)('is undone by our own reader: %i bytes', async (bytes) => {
    const plain = noise(bytes);
    const encrypted = await collect(encryptPackage(inPieces(plain), password));
    expect((await decryptAll(encrypted, [password])).plain.equals(plain)).toBe(true);
    expect((await failureOf(decryptAll(encrypted, [password.trim()]))).code).toBe('wrong_password');
    expect(encrypted.includes(plain.subarray(0, 16)) && bytes >= 16).toBe(false);
  });

  it('never writes the same bytes twice', async () => {
    const plain = noise(10_000);
    const one = await collect(encryptPackage(plain, password));
    const other = await collect(encryptPackage(plain, password));
    const packageOf = async (file: Buffer): Promise<Buffer> => {
      const compound = await openCompoundFile(memoryAccess(file));
      const stream = compound.find('EncryptedPackage');
      if (stream === undefined) throw new Error('no package');
      return (await compound.open(stream)).read(8, 4_096);
    };
    expect((await packageOf(one)).equals(await packageOf(other))).toBe(false);
  });

  it('refuses passwords Excel cannot take', async () => {
    await expect(collect(encryptPackage(noise(10), ''))).rejects.toThrow(RangeError);
    await expect(collect(encryptPackage(noise(10), 'x'.repeat(256)))).rejects.toThrow(RangeError);
  });

  it('fails as its source fails', async () => {
    const source = (async function* () {
      yield noise(5_000);
      await Promise.reject(new Error('the query failed'));
    })();
    await expect(collect(encryptPackage(source, password))).rejects.toThrow('the query failed');
  });
});

describe('CipherTextStore', () => {
  it('gives back what it took, also beyond memory, and leaves no file behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wxlive-test-'));
    const store = new CipherTextStore(folder);
    try {
      const block = noise(5_000_011);
      for (let index = 0; index < 14; index += 1) await store.append(block);
      expect(readdirSync(folder)).toEqual([]);
      for (let pass = 0; pass < 2; pass += 1) {
        const all = await collect(store.read());
        expect(all.length).toBe(14 * block.length);
        for (let index = 0; index < 14; index += 1) {
          expect(all.subarray(index * block.length, (index + 1) * block.length).equals(block)).toBe(true);
        }
      }
    } finally {
      await store.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(lacksPython('msoffcrypto'))('other readers', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wxlive-test-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('msoffcrypto-tool opens every size and finds it intact', async () => {
    for (const bytes of sizes) {
      const plain = noise(bytes);
      writeFileSync(join(folder, `${bytes}.plain`), plain);
      writeFileSync(join(folder, `${bytes}.xlsx`), await collect(encryptPackage(plain, password)));
    }
    const program = `
import io, json, os, sys, msoffcrypto
folder, password, result = sys.argv[1], sys.argv[2], {}
for name in os.listdir(folder):
    if not name.endswith('.xlsx'): continue
    office = msoffcrypto.OfficeFile(open(os.path.join(folder, name), 'rb'))
    office.load_key(password=password, verify_password=True)
    opened = io.BytesIO()
    try:
        office.decrypt(opened, verify_integrity=True)
    except msoffcrypto.exceptions.InvalidKeyError as error:
        # Raised after the bytes are written when they are no zip, and these are not.
        if 'could not be decrypted' not in str(error): raise
    plain = open(os.path.join(folder, name[:-5] + '.plain'), 'rb').read()
    result[name] = opened.getvalue() == plain
print(json.dumps(result))`;
    expect(runPython(program, folder, password)).toEqual(
      Object.fromEntries(sizes.map((bytes) => [`${bytes}.xlsx`, true])),
    );
  });

  it('olefile finds nothing to complain about, and the data spaces as Office writes them', async () => {
    const sample = new URL('../../fixtures/samples/watch-l1-encrypted.xlsx', import.meta.url);
    const program = `
import json, sys, olefile
def read(path):
    file = olefile.OleFileIO(path, raise_defects=olefile.DEFECT_UNSURE)
    return {'/'.join(name): file.openstream(name).read().hex() for name in file.listdir() if name[0].startswith(chr(6))}, [str(issue) for issue in file.parsing_issues]
ours, issues = read(sys.argv[1]); theirs, _ = read(sys.argv[2])
print(json.dumps({'issues': issues, 'same': ours == theirs, 'streams': len(ours)}))`;
    for (const bytes of [100, 7_400_000]) {
      const path = join(folder, 'checked');
      writeFileSync(path, await collect(encryptPackage(noise(bytes), password)));
      expect(runPython(program, path, sample.pathname)).toEqual({ issues: [], same: true, streams: 4 });
    }
  });
});
