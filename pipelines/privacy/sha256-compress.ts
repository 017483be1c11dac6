/**
 * The compression function of SHA-256 (FIPS 180-4, §6.2.2) as WebAssembly. Node's own hash begins anew for each text;
 * this goes on from a state, so that an HMAC need not hash its key again with every text. Made here, instruction by
 * instruction: 64 rounds without a loop.
 */
export interface Sha256Compress {
  /** Memory of the function: states of 8 words, blocks of 16 words. */
  readonly words: Int32Array;
  /** The state at `from` after the block at `block`, written to `to`; all three are places in bytes. */
  readonly compress: (from: number, to: number, block: number) => void;
}

const ROUNDS = 64;
/** First 32 bits of the fractions of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = primes(ROUNDS).map((prime) => fractionBits(Math.cbrt(prime)));
/** The same of the square roots of the first eight: the state before the first block. */
export const INITIAL_STATE: readonly number[] = primes(8).map((prime) => fractionBits(Math.sqrt(prime)));

function primes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}

function fractionBits(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
}

/** Opcodes of WebAssembly's core specification, §5.4. */
const OP = {
  end: 0x0b,
  get: 0x20,
  set: 0x21,
  load: 0x28,
  store: 0x36,
  constant: 0x41,
  add: 0x6a,
  and: 0x71,
  xor: 0x73,
  shiftRight: 0x76,
  rotateRight: 0x78,
} as const;
const I32 = 0x7f;
const WORD_ALIGNED = 2;

const FROM = 0;
const TO = 1;
const BLOCK = 2;
const STATE = 3;
const SCHEDULE = STATE + 8;
const SUM = SCHEDULE + 16;
const OWN_LOCALS = 8 + 16 + 1;

type Code = readonly number[];
const get = (local: number): Code => [OP.get, ...unsigned(local)];
const set = (local: number, value: Code): Code => [...value, OP.set, ...unsigned(local)];
const load = (base: number, word: number): Code => [
  ...get(base),
  OP.load,
  WORD_ALIGNED,
  ...unsigned(word * 4),
];
const store = (base: number, word: number, value: Code): Code => [
  ...get(base),
  ...value,
  OP.store,
  WORD_ALIGNED,
  ...unsigned(word * 4),
];
const both = (operation: number, one: Code, ...others: readonly Code[]): Code => [
  ...one,
  ...others.flatMap((other) => [...other, operation]),
];
const add = (one: Code, ...others: readonly Code[]): Code => both(OP.add, one, ...others);
const xor = (one: Code, ...others: readonly Code[]): Code => both(OP.xor, one, ...others);
const and = (one: Code, other: Code): Code => both(OP.and, one, other);
const constant = (value: number): Code => [OP.constant, ...signed(value)];
const turned = (value: Code, bits: number): Code => both(OP.rotateRight, value, constant(bits));
const shifted = (value: Code, bits: number): Code => both(OP.shiftRight, value, constant(bits));

function compressBody(): Code {
  const code: number[] = [];
  for (let word = 0; word < 8; word++) code.push(...set(STATE + word, load(FROM, word)));
  for (let word = 0; word < 16; word++) code.push(...set(SCHEDULE + word, load(BLOCK, word)));
  for (let round = 0; round < ROUNDS; round++) {
    // The variables a to h stand still, their names move: after a round h is a, a is b and so on.
    const name = (at: number): number => STATE + ((at - round + ROUNDS) % 8);
    const variable = (at: number): Code => get(name(at));
    const [a, b, c, d] = [variable(0), variable(1), variable(2), variable(3)];
    const [e, f, g, h] = [variable(4), variable(5), variable(6), variable(7)];
    const place = SCHEDULE + (round % 16);
    if (round >= 16) code.push(...set(place, scheduled(round)));
    const largeE = xor(turned(e, 6), turned(e, 11), turned(e, 25));
    const choice = xor(g, and(e, xor(f, g)));
    code.push(
      ...set(SUM, add(h, largeE, choice, constant(ROUND_CONSTANTS[round] ?? 0), get(place))),
      ...set(name(3), add(d, get(SUM))),
    );
    const largeA = xor(turned(a, 2), turned(a, 13), turned(a, 22));
    const majority = xor(and(a, b), and(c, xor(a, b)));
    code.push(...set(name(7), add(get(SUM), largeA, majority)));
  }
  for (let word = 0; word < 8; word++) {
    code.push(...store(TO, word, add(load(FROM, word), get(STATE + word))));
  }
  return [...code, OP.end];
}

function scheduled(round: number): Code {
  const before = (distance: number): Code => get(SCHEDULE + ((round - distance) % 16));
  const small = (word: Code, one: number, two: number, shift: number): Code =>
    xor(turned(word, one), turned(word, two), shifted(word, shift));
  return add(before(16), small(before(15), 7, 18, 3), before(7), small(before(2), 17, 19, 10));
}

/** The binary of a module with one memory and one function. */
function moduleBytes(): Uint8Array {
  const body = [1, ...unsigned(OWN_LOCALS), I32, ...compressBody()];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, I32, I32, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...named('memory'), 2, 0, ...named('compress'), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const named = (text: string): Code => [text.length, ...Buffer.from(text)];

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return done ? [low] : [low | 0x80, ...signed(rest)];
}

/** What the module made here exports; the types of Node name no WebAssembly. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly compress: Sha256Compress['compress'];
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Exports };
};

/** A memory of its own with the function over it. */
export function createSha256Compress(): Sha256Compress {
  const { memory, compress } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes())).exports;
  return { words: new Int32Array(memory.buffer), compress };
}
