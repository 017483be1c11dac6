import type { SeededRandom } from '../../test/seeded-random.js';

/** Numbers that lengths, counts and places of hostile files like to be. */
const ODD_NUMBERS = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
/** The longest block that is moved, doubled or cut out. */
const LONGEST_BLOCK = 400;

/**
 * The bytes with one to six changes: bits and bytes, numbers, blocks cut out, doubled, moved or filled, words of the
 * format put in, the end cut off. The same for the same state of `random`.
 * @param words what means something in the format
 */
export function mutate(original: Buffer, words: readonly string[], random: SeededRandom): Buffer {
  return mutated(original, random, (bytes) => change(bytes, words, random));
}

/** As `mutate`, between whole characters: most of the texts that come out are of their encoding still. */
export function mutateText(original: Buffer, words: readonly string[], random: SeededRandom): Buffer {
  return mutated(original, random, (bytes) => {
    const at = toCharacter(bytes, random.below(bytes.length));
    const end = toCharacter(bytes, at + random.below(LONGEST_BLOCK));
    return moveBlock(bytes, at, end, words, random);
  });
}

function mutated(original: Buffer, random: SeededRandom, step: (bytes: Buffer) => Buffer): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let left = 1 + random.below(6); left > 0 && bytes.length > 0; left -= 1) bytes = step(bytes);
  return bytes;
}

/** The next place where a character of ASCII stands, or the end. */
function toCharacter(bytes: Buffer, from: number): number {
  let at = Math.min(from, bytes.length);
  while (at < bytes.length && bytes.readUInt8(at) > 0x7f) at += 1;
  return at;
}

function change(bytes: Buffer, words: readonly string[], random: SeededRandom): Buffer {
  const at = random.below(bytes.length);
  const end = Math.min(at + 1 + random.below(LONGEST_BLOCK), bytes.length);
  switch (random.below(10)) {
    case 0:
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
      return bytes;
    case 1:
      bytes.writeUInt8(random.below(256), at);
      return bytes;
    case 2:
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(random.pick(ODD_NUMBERS), at);
      return bytes;
    case 3:
      return bytes.fill(random.below(256), at, end);
    case 4:
      bytes.copy(bytes, random.below(bytes.length), at, end);
      return bytes;
    default:
      return moveBlock(bytes, at, end, words, random);
  }
}

/** Cuts a block out, doubles it, cuts the end off, or puts a word in or in its place. */
function moveBlock(
  bytes: Buffer,
  at: number,
  end: number,
  words: readonly string[],
  random: SeededRandom,
): Buffer {
  const [before, block, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random.below(6)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1: {
      const times = random.chance(0.1) ? 1 + random.below(200) : 1;
      return Buffer.concat([before, ...Array<Buffer>(times).fill(block), block, after]);
    }
    case 2:
      // Most files are cut near their end: a download that broke off.
      return random.chance(0.5)
        ? before
        : bytes.subarray(0, bytes.length - Math.min(block.length, bytes.length));
    default: {
      const word = Buffer.from(random.pick(words), 'latin1');
      return Buffer.concat(random.chance(0.5) ? [before, word, block, after] : [before, word, after]);
    }
  }
}
