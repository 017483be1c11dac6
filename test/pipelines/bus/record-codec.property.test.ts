import { describe, expect, it } from 'vitest';
import {
  encodeRecords,
  packRecord,
  unpackRecords,
  UnreadableMessage,
} from '../../../pipelines/bus/record-codec.js';
import { RECORD_FIELDS } from '../../../pipelines/bus/record-fields.js';
import { seededRandom } from '../../seeded-random.js';
import { randomRecord } from './random-records.js';

const seed = 20_261_125;

describe('records on the bus', () => {
  it('come back as they went, of every kind', () => {
    const random = seededRandom(seed);
    const records = Array.from({ length: 500 }, () => randomRecord(random));
    const begins = records.map((_, at) => at % 3 !== 2);
    const packed = encodeRecords(records.map((record, at) => packRecord(record, begins[at] ?? true)));
    const back = unpackRecords(packed);
    expect(back.records).toEqual(records);
    expect([...back.beginsRow]).toEqual(begins.map(Number));
    expect(new Set(records.map(({ kind }) => kind)).size).toBe(Object.keys(RECORD_FIELDS).length);
  });

  it('stand in the order of the table, events too, which are written by hand', () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 100; round++) {
      const record = randomRecord(random);
      const { kind, ...fields } = record;
      const [values = []] = JSON.parse(encodeRecords([packRecord(record, true)]).toString()) as unknown[][];
      expect(values).toHaveLength(2 + Object.keys(RECORD_FIELDS[kind]).length);
      Object.keys(RECORD_FIELDS[kind]).forEach((name, at) => {
        const value: unknown = Object.entries(fields).find(([field]) => field === name)?.[1];
        if (typeof value !== 'object' || value === null) expect(values[at + 2]).toBe(value);
      });
    }
  });

  it('are refused when they are damaged, and never come out as something else', () => {
    const random = seededRandom(seed);
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      const record = randomRecord(random);
      const text = encodeRecords([packRecord(record, true)]).toString();
      const [values = []] = JSON.parse(text) as unknown[][];
      const at = 2 + random.below(values.length - 2);
      const broken = [...values];
      broken[at] = { wrong: true, list: [1] };
      const message = Buffer.from(`[${JSON.stringify(broken)}]`);
      expect(() => unpackRecords(message)).toThrow(UnreadableMessage);
      expect(() => unpackRecords(Buffer.from(text.slice(0, -1 - random.below(5))))).toThrow(
        UnreadableMessage,
      );
      expect(() => unpackRecords(Buffer.from(`[${JSON.stringify(values.slice(0, -1))}]`))).toThrow(
        UnreadableMessage,
      );
      refused++;
    }
    expect(refused).toBe(300);
    expect(() => unpackRecords(Buffer.from('[[99,1]]'))).toThrow(UnreadableMessage);
    expect(() => unpackRecords(Buffer.from('{}'))).toThrow(UnreadableMessage);
    expect(() => unpackRecords(Buffer.from([0xff, 0xfe]))).toThrow(UnreadableMessage);
  });
});
