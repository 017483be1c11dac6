import { describe, expect, it } from 'vitest';
import { openZip } from '../../formats/bounded-zip.js';
import { memoryAccess } from '../../formats/random-access.js';
import { failureOf } from './failure-of.js';
import { noise } from './office-encryption/encrypted-sample.js';
import { zipFile, type ZipFileEntry } from './zip-file.js';

async function readAll(file: Buffer): Promise<Record<string, Buffer>> {
  const zip = await openZip(memoryAccess(file));
  const contents: Record<string, Buffer> = {};
  for (const entry of zip.entries) {
    const blocks: Buffer[] = [];
    for await (const block of zip.inflate(entry)) blocks.push(block);
    contents[entry.name] = Buffer.concat(blocks);
  }
  return contents;
}

const text = Buffer.from('some text, '.repeat(50_000));
const good: ZipFileEntry[] = [
  { name: 'deflated.xml', content: text },
  { name: 'stored.bin', content: noise(700_000), stored: true },
  { name: 'empty', content: '' },
  { name: 'wide.bin', content: noise(1_000), wide: true },
];

describe('openZip', () => {
  it('gives every entry as it was put in', async () => {
    const contents = await readAll(zipFile(good));
    for (const entry of good) expect(contents[entry.name]?.equals(Buffer.from(entry.content))).toBe(true);
  });

  it('finds entries without regard to case and direction of slashes', async () => {
    const zip = await openZip(memoryAccess(zipFile([{ name: 'XL\\Workbook.xml', content: 'x' }])));
    expect(zip.find('/xl/workbook.xml')?.inflatedBytes).toBe(1);
    expect(zip.find('xl/other.xml')).toBeUndefined();
  });

  it('can be left in the middle of an entry', async () => {
    const zip = await openZip(memoryAccess(zipFile([{ name: 'a', content: Buffer.alloc(3_000_000) }])));
    const [entry] = zip.entries;
    if (entry === undefined) throw new Error('no entry');
    for await (const block of zip.inflate(entry)) {
      expect(block.length).toBeGreaterThan(0);
      break;
    }
  });

  it.each<[string, ZipFileEntry]>([
    [
      'an entry that inflates to more than it says',
      { name: 'a', content: text, lie: { inflatedBytes: 10_000 } },
    ],
    [
      'an entry that inflates to less than it says',
      { name: 'a', content: text, lie: { inflatedBytes: 900_000 } },
    ],
    ['a wrong checksum', { name: 'a', content: text, lie: { crc: 1 } }],
    ['a wrong checksum of a stored entry', { name: 'a', content: text, stored: true, lie: { crc: 1 } }],
    ['a cut entry', { name: 'a', content: text, lie: { storedBytes: 100 } }],
    ['an entry that reaches into the directory', { name: 'a', content: 'x', lie: { storedBytes: 10_000 } }],
  ])('refuses %s as damaged', async (_, entry) => {
    expect((await failureOf(readAll(zipFile([entry])))).code).toBe('damaged');
  });

  it('refuses bombs before inflating them', async () => {
    const bombs: ZipFileEntry[][] = [
      [{ name: 'a', content: text, lie: { inflatedBytes: 0xfffffff0 } }],
      [{ name: 'a', content: text, wide: true, lie: { inflatedBytes: 2 ** 45 } }],
      Array.from({ length: 20_001 }, (_, index) => ({ name: String(index), content: '', stored: true })),
    ];
    for (const bomb of bombs) {
      expect((await failureOf(openZip(memoryAccess(zipFile(bomb))))).code).toBe('too_large');
    }
  });

  it('refuses entries that share bytes, and names that occur twice', async () => {
    const shared = zipFile([
      { name: 'a', content: text },
      { name: 'b', content: text, sharesWith: 'a' },
    ]);
    expect(await failureOf(openZip(memoryAccess(shared)))).toMatchObject({
      code: 'damaged',
      detail: /overlap/,
    });
    const twice = zipFile([
      { name: 'a', content: 'x' },
      { name: 'A', content: 'y' },
    ]);
    expect((await failureOf(openZip(memoryAccess(twice)))).code).toBe('damaged');
  });

  it('refuses what it cannot inflate by name', async () => {
    const encrypted = zipFile([{ name: 'a', content: 'x', flags: 1 }]);
    expect(await failureOf(openZip(memoryAccess(encrypted)))).toMatchObject({
      code: 'unsupported',
      detail: /encrypted/,
    });
    const other = zipFile([{ name: 'a', content: 'x', method: 93 }]);
    expect(await failureOf(openZip(memoryAccess(other)))).toMatchObject({
      code: 'unsupported',
      detail: /93/,
    });
  });

  it('refuses a zip cut anywhere', async () => {
    const file = zipFile(good.slice(0, 1));
    for (const bytes of [0, 1, 21, 22, 100, file.length - 23, file.length - 1]) {
      expect((await failureOf(readAll(file.subarray(0, bytes)))).code).toBe('damaged');
    }
  });
});
