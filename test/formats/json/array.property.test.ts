import { describe, expect, test } from 'vitest';
import { readArray, verifyArray } from '../../../formats/json/array.js';
import { FormatError, type TextRecord } from '../../../formats/table.js';
import { cutRandomly, random } from '../text-files.js';

async function read(text: string, below: (limit: number) => number, cap = 1 << 20): Promise<TextRecord[]> {
  const records: TextRecord[] = [];
  for await (const chunk of readArray(cutRandomly(Buffer.from(text), below), cap)) records.push(...chunk);
  return records;
}

function randomValue(below: (limit: number) => number, depth: number): unknown {
  const strings = ['', '"', '\\', '[', ']', '{', '}', ',', '值', '😀', '\n', '\\"', 'a,b'];
  switch (below(depth > 3 ? 4 : 6)) {
    case 0:
      return below(1000) - 500;
    case 1:
      return null;
    case 2:
      return below(2) === 0;
    case 3:
      return Array.from({ length: below(4) }, () => strings[below(strings.length)]).join('');
    case 4:
      return Array.from({ length: below(4) }, () => randomValue(below, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: below(4) }, (_, at) => [
          `k${at}${strings[below(strings.length)] ?? ''}`,
          randomValue(below, depth + 1),
        ]),
      );
  }
}

async function failure(text: string, cap?: number): Promise<string | null> {
  const codes: (string | null)[] = [];
  for (const run of [
    () => read(text, random(9), cap),
    () => verifyArray(cutRandomly(Buffer.from(text), random(9)), cap ?? 1 << 20),
  ]) {
    try {
      await run();
      codes.push(null);
    } catch (error) {
      codes.push(error instanceof FormatError ? error.failure.code : String(error));
    }
  }
  expect(codes[1]).toBe(codes[0]);
  return codes[0] ?? null;
}

describe('readArray', () => {
  test('gives the elements of random arrays, compact or pretty, however cut', async () => {
    const below = random(31);
    for (let round = 0; round < 400; round += 1) {
      const values = Array.from({ length: below(6) }, () => randomValue(below, 0));
      const text = JSON.stringify(values, null, below(3));
      const records = await read(text, below);
      expect(records.map((record) => record.position)).toEqual(values.map((_, at) => at));
      expect(
        records.map((record) => JSON.parse(record.text) as unknown),
        text,
      ).toEqual(values);
    }
  });

  test('an element that is not JSON is handed over in its place', async () => {
    const records = await read('[{"a":1}, oops, {"b":NaN}, "lone \\ud800", {"c":3}]', random(4));
    expect(records.map((record) => record.text)).toEqual([
      '{"a":1}',
      'oops',
      '{"b":NaN}',
      '"lone \\ud800"',
      '{"c":3}',
    ]);
  });

  test('a bracket 100,000 deep costs no stack', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const records = await read(`[{"a":1},${deep},{"b":2}]`, () => 39);
    expect(records.map((record) => record.text.length)).toEqual([7, 200_000, 7]);
  });

  test.each([
    ['[{"a":1},{"b":2}', 'damaged'],
    ['[{"a":"x', 'damaged'],
    ['[', 'damaged'],
    ['[1] [2]', 'damaged'],
    ['[1]x', 'damaged'],
    ['[]', null],
    ['\ufeff [1]\n\n', null],
  ])('%j: %s', async (text, code) => {
    expect(await failure(text)).toBe(code);
  });

  test('an element over the cap is too large', async () => {
    expect(await failure(`[1,"${'x'.repeat(500)}"]`, 100)).toBe('too_large');
    expect(await failure(`[${'1,'.repeat(500)}1]`, 100)).toBe(null);
  });
});
