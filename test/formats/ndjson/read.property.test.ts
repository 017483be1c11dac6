import { expect, test } from 'vitest';
import { readLines } from '../../../formats/ndjson/read.js';
import type { TextRecord } from '../../../formats/table.js';
import { cutRandomly, random } from '../text-files.js';

async function read(bytes: Buffer, below: (limit: number) => number): Promise<TextRecord[]> {
  const records: TextRecord[] = [];
  for await (const chunk of readLines(cutRandomly(bytes, below))) records.push(...chunk);
  return records;
}

/** The rule in one line, for texts that fit in memory. */
function simply(text: string): TextRecord[] {
  return text
    .split('\n')
    .map((line, at) => ({
      position: at + 1,
      text: line
        .replaceAll('\0', '')
        .replace(/^\ufeff/, '')
        .replace(/\r$/, ''),
    }))
    .filter((record) => record.text.replace(/[\0-\x20]/g, '') !== '');
}

test('lines are the same however the bytes are cut', async () => {
  const below = random(77);
  const pieces = ['{"a":1}', '\n', '\n', '\r\n', ' ', '\0', '值', '😀', '"x"', '\t'];
  for (let round = 0; round < 500; round += 1) {
    const text = Array.from({ length: below(40) }, () => pieces[below(pieces.length)]).join('');
    expect(await read(Buffer.from(text), below), JSON.stringify(text)).toEqual(simply(text));
  }
});

test('a character cut at the end becomes U+FFFD and costs nothing before it', async () => {
  const bytes = Buffer.from('{"a":"值"}\n{"b":"值');
  const records = await read(bytes.subarray(0, -1), random(2));
  expect(records).toEqual([
    { position: 1, text: '{"a":"值"}' },
    { position: 2, text: '{"b":"\ufffd' },
  ]);
});
