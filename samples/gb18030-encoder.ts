/**
 * Text as GB18030. Node decodes that encoding but cannot write it; the tables are read off its decoder: all pairs
 * of two bytes, all fours of the basic plane; what lies beyond has a formula.
 */
export function encodeGb18030(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code >= 0x10000) bytes.push(...fourBytes(SUPPLEMENTARY + code - 0x10000));
    else bytes.push(...(encodings().get(code) ?? [0x3f]));
  }
  return Uint8Array.from(bytes);
}

/** Linear position of U+10000 among the fours. */
const SUPPLEMENTARY = 189_000;
/** Positions of the fours that stand for the basic plane. */
const BASIC_FOURS = 39_420;

let table: ReadonlyMap<number, readonly number[]> | null = null;

function encodings(): ReadonlyMap<number, readonly number[]> {
  table ??= readTable();
  return table;
}

function readTable(): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  const fours = Array.from({ length: BASIC_FOURS }, (_, position) => fourBytes(position));
  const pairs: number[][] = [];
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) if (trail !== 0x7f) pairs.push([lead, trail]);
  }
  // A pair wins over a four, so it is entered last.
  for (const codes of [fours, pairs]) {
    const characters = Array.from(new TextDecoder('gb18030').decode(Uint8Array.from(codes.flat())));
    if (characters.length !== codes.length)
      throw new Error('the GB18030 decoder gave another number of characters');
    characters.forEach((character, at) => {
      const bytes = codes[at];
      if (character !== '\ufffd' && bytes !== undefined) found.set(character.codePointAt(0) ?? 0, bytes);
    });
  }
  return found;
}

function fourBytes(position: number): number[] {
  return [
    0x81 + Math.floor(position / 12_600),
    0x30 + (Math.floor(position / 1_260) % 10),
    0x81 + (Math.floor(position / 10) % 126),
    0x30 + (position % 10),
  ];
}
