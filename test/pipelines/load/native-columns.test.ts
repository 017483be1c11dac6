import { describe, expect, it } from 'vitest';
import {
  ByteColumn,
  DictionaryColumn,
  NullableColumn,
  WordColumn,
  type NativeColumn,
} from '../../../pipelines/load/native-columns.js';

/** More rows than any column has place for at first, several times over. */
const ROWS = 20_000;
const rows = Array.from({ length: ROWS }, (_, row) => row);

function bytesOf(column: NativeColumn): Buffer {
  const target = Buffer.alloc(column.bytes());
  expect(column.writeTo(target, 0)).toBe(target.length);
  return target;
}

describe('columns that grow while they are filled keep every value', () => {
  it('of 32 bits', () => {
    const column = new WordColumn(1);
    for (const row of rows) column.uint32(row + 1);
    const bytes = bytesOf(column);
    expect(rows.map((row) => bytes.readUInt32LE(row * 4))).toEqual(rows.map((row) => row + 1));
  });

  it('of 64 bits', () => {
    const column = new WordColumn(2);
    for (const row of rows) column.int64(-(row + 1) * 2 ** 33);
    const bytes = bytesOf(column);
    expect(rows.map((row) => Number(bytes.readBigInt64LE(row * 8)))).toEqual(
      rows.map((row) => -(row + 1) * 2 ** 33),
    );
  });

  it('of 128 bits', () => {
    const column = new WordColumn(4);
    for (const row of rows) column.copy4(Uint32Array.of(row + 1, row + 2, row + 3, row + 4), 0);
    const bytes = bytesOf(column);
    expect(rows.map((row) => [0, 4, 8, 12].map((at) => bytes.readUInt32LE(row * 16 + at)))).toEqual(
      rows.map((row) => [row + 1, row + 2, row + 3, row + 4]),
    );
  });

  it('of one byte', () => {
    const column = new ByteColumn();
    for (const row of rows) column.push((row % 255) + 1);
    expect([...bytesOf(column)]).toEqual(rows.map((row) => (row % 255) + 1));
  });

  it('that may be null', () => {
    const column = new NullableColumn(1);
    for (const row of rows) column.push(row % 3 === 0 ? null : row);
    const bytes = bytesOf(column);
    const read = rows.map((row) => (bytes[row] === 1 ? null : bytes.readUInt32LE(ROWS + row * 4)));
    expect(read).toEqual(rows.map((row) => (row % 3 === 0 ? null : row)));
  });

  it('that repeat: the numbers of texts', () => {
    const column = new DictionaryColumn();
    for (const row of rows) column.push(`text ${(row % 2) + 1} of 2`);
    const bytes = bytesOf(column);
    const numbers = bytes.subarray(bytes.length - ROWS);
    expect([...numbers]).toEqual(rows.map((row) => row % 2));
  });
});
