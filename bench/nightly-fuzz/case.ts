import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { FORMAT_FAILURE_CODES } from '../../formats/index.js';
import { seededRandom, type SeededRandom } from '../../test/seeded-random.js';
import { mutate, mutateText } from './mutate.js';
import { readAll, type ReadAll } from './read-all.js';
import { complaintOfText } from './reference-text.js';
import * as victims from './victims.js';

/** What is fuzzed. Each reader has cases of its own for every seed from 0. */
export const FUZZED_READERS = ['xlsx', 'encrypted-xlsx', 'csv', 'json', 'pdf'] as const;
export type FuzzedReader = (typeof FUZZED_READERS)[number];

export interface FuzzResult {
  /** `rows`, or the code the file was refused with. */
  readonly outcome: string;
  /** What is wrong with it; null: right rows or one clear code. */
  readonly complaint: string | null;
}

/** One hurt file, and how to tell whether what was read from it is right. */
interface FuzzCase {
  readonly name: string;
  readonly bytes: Buffer;
  readonly judge: (
    read: Extract<ReadAll, { code: null }>,
    path: string,
  ) => string | null | Promise<string | null>;
}

const XML_WORDS = [
  ...[
    '<',
    '>',
    '/>',
    '</row>',
    '<row>',
    '<c r="XFD1"><v>1</v></c>',
    '<c t="s"><v>99999999</v></c>',
    ' r="A0"',
    ' t="s"',
  ],
  ...[
    '&#0;',
    '&#x110000;',
    '&lol;',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '<?x',
    '"',
    '\0',
  ],
  ...[
    '\xff\xfe',
    '<mergeCell ref="A1:XFD1048576"/>',
    ' s="4294967295"',
    '<v>1e999</v>',
    '<v>-</v>',
    ' TargetMode="External"',
  ],
];
const ZIP_WORDS = ['PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', 'PK\x06\x06', '\0\0\0\0', '\xff\xff\xff\xff'];
const TEXT_WORDS = [
  ...[
    '"',
    '""',
    '\n',
    '\r',
    '\r\n',
    '\0',
    ',',
    ';',
    '\t',
    '[',
    ']',
    '{',
    '}',
    ':',
    '\\',
    '\\u',
    '\\ud800',
    'NaN',
    'null',
  ],
  ...[
    '\xef\xbb\xbf',
    '\xe3\x80\x80',
    '\xc3',
    '\x84\x31\x95\x33',
    '1e999',
    '-',
    '{"a":{"a":',
    '[[[[',
    '"a":1,"a":2',
  ],
];
const PDF_WORDS = [
  ...[
    '<<',
    '>>',
    'obj',
    'endobj',
    'stream\n',
    'endstream',
    'xref',
    'trailer',
    '/Length 999999999',
    '/Kids [1 0 R]',
  ],
  ...[
    '/Count 2147483647',
    '/Filter /FlateDecode',
    '/Encrypt',
    '/Parent 1 0 R',
    ' Tj',
    ' TJ',
    ' Tm',
    ' cm',
    'q ',
    'Q ',
  ],
  ...[
    '1e30 0 0 1e30 0 0 Tm',
    '/Rotate 45',
    '(',
    ')',
    '\\',
    'BT',
    'ET',
    '/F1 -1 Tf',
    '0 0 0 0 0 0 cm',
    '/Prev 0',
  ],
];

/**
 * The case of a seed: hurts a good file and reads it by `openFile`. The caller sees to time and memory.
 * @param folder for the file; the same for all cases that run one after the other.
 */
export async function runFuzzCase(reader: FuzzedReader, seed: number, folder: string): Promise<FuzzResult> {
  const made = await makeCase(reader, seededRandom(seed * 8 + FUZZED_READERS.indexOf(reader)));
  const path = join(folder, made.name);
  await writeFile(path, made.bytes);
  try {
    const read = await readAll(path, victims.PASSWORDS);
    if (read.code !== null) {
      const known: readonly string[] = FORMAT_FAILURE_CODES;
      return { outcome: read.code, complaint: known.includes(read.code) ? null : 'a code nobody knows' };
    }
    return { outcome: 'rows', complaint: await made.judge(read, path) };
  } catch (error) {
    return {
      outcome: 'thrown',
      complaint: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

/** The file of a case, to look at. */
export async function fuzzedBytes(reader: FuzzedReader, seed: number): Promise<Buffer> {
  return (await makeCase(reader, seededRandom(seed * 8 + FUZZED_READERS.indexOf(reader)))).bytes;
}

async function makeCase(reader: FuzzedReader, random: SeededRandom): Promise<FuzzCase> {
  switch (reader) {
    case 'xlsx':
      return random.chance(0.5) ? hurtZip(random) : hurtXml(random);
    case 'encrypted-xlsx':
      return random.chance(0.6) ? hurtContainer(random) : hurtInside(random);
    case 'csv':
      return hurtText(random.pick(await victims.csvFiles()), random);
    case 'json':
      return hurtText(random.pick(await victims.jsonFiles()), random);
    case 'pdf': {
      const { bytes } = random.pick(await victims.pdfFiles());
      return { name: 'case.pdf', bytes: mutate(bytes, PDF_WORDS, random), judge: () => null };
    }
  }
}

/** Checksums and sizes guard a zip: what is read at all must be what stood there. */
async function hurtZip(random: SeededRandom): Promise<FuzzCase> {
  const { bytes, name } = random.pick(await victims.workbooks());
  const hurt = mutate(bytes, ZIP_WORDS, random);
  return { name: 'case.xlsx', bytes: hurt, judge: isOriginal(name, bytes, hurt) };
}

/** Behind checksums that are right: the XML of one or two parts. */
async function hurtXml(random: SeededRandom): Promise<FuzzCase> {
  const parts = new Map(random.pick(await victims.workbookParts()));
  for (let left = 1 + random.below(2); left > 0; left -= 1) {
    const name = random.pick([...parts.keys()]);
    parts.set(name, mutate(parts.get(name) ?? Buffer.alloc(0), XML_WORDS, random));
  }
  return { name: 'case.xlsx', bytes: victims.putTogether(parts), judge: readsTheSame };
}

/** An HMAC (agile) or the checksums inside (standard) guard the content. */
async function hurtContainer(random: SeededRandom): Promise<FuzzCase> {
  const { bytes, name } = random.pick(await victims.encryptedWorkbooks());
  const words = [
    ...ZIP_WORDS,
    '\xfe\xff\xff\xff',
    'spinCount="99999999"',
    'hashAlgorithm="SHA1"',
    'E\0n\0c\0',
  ];
  const hurt = mutate(bytes, words, random);
  return { name: 'case.xlsx', bytes: hurt, judge: isOriginal(name, bytes, hurt) };
}

/** A damaged workbook, encrypted without a fault. */
async function hurtInside(random: SeededRandom): Promise<FuzzCase> {
  const inner = random.chance(0.5) ? await hurtZip(random) : await hurtXml(random);
  return { ...inner, bytes: await victims.encryptQuickly(inner.bytes) };
}

function hurtText({ name, bytes }: victims.Victim, random: SeededRandom): FuzzCase {
  const ending = name.slice(name.lastIndexOf('.'));
  const kind = random.below(10);
  if (kind === 0) {
    const zipped = gzipSync(bytes);
    const hurt = mutate(zipped, ZIP_WORDS, random);
    return { name: `case${ending}.gz`, bytes: hurt, judge: isOriginal(`${name}.gz`, zipped, hurt) };
  }
  const hurt = (kind < 4 ? mutate : mutateText)(bytes, TEXT_WORDS, random);
  const judge: FuzzCase['judge'] = async (read, path) =>
    complaintOfText(hurt, read) ?? (await readsTheSame(read, path, 64 + (hurt.length % 500)));
  return kind === 1
    ? { name: `case${ending}.gz`, bytes: gzipSync(hurt), judge }
    : { name: `case${ending}`, bytes: hurt, judge };
}

/** Again, text in small blocks: the same rows. */
async function readsTheSame(read: ReadAll, path: string, blockBytes = 1 << 20): Promise<string | null> {
  const again = await readAll(path, victims.PASSWORDS, { blockBytes });
  return isDeepStrictEqual(again, read) ? null : 'read again, it is another file';
}

const originals = new Map<string, Promise<ReadAll>>();

/** Judges a file whose container guards its content; one that lost the mark of its container is another file. */
function isOriginal(name: string, bytes: Buffer, hurt: Buffer): FuzzCase['judge'] {
  return async (read, path) => {
    if (!hurt.subarray(0, 2).equals(bytes.subarray(0, 2))) return null;
    const key = `${name} ${bytes.length}`;
    const original = originals.get(key) ?? readOriginal(`${path}.original`, bytes);
    originals.set(key, original);
    return isDeepStrictEqual(read, await original) ? null : 'other rows than the file had before it was hurt';
  };
}

async function readOriginal(path: string, bytes: Buffer): Promise<ReadAll> {
  await writeFile(path, bytes);
  return readAll(path, victims.PASSWORDS);
}
