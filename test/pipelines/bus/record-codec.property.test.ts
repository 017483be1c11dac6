import { describe, expect, it } from 'vitest';
import {
  encodeRecords,
  packRecord,
  unpackRecords,
  UnreadableMessage,
} from '../../../pipelines/bus/record-codec.js';
import { RECORD_FIELDS, type FieldType } from '../../../pipelines/bus/record-fields.js';
import type { CanonicalRecord } from '../../../schemas/index.js';
import { seededRandom } from '../../seeded-random.js';

const seed = 20_261_125;

/** A random value of a type, odd ones included. */
function valueOf(type: FieldType, random: ReturnType<typeof seededRandom>): unknown {
  const texts = ['', '直播间', 'a"b\\c', '\u2028', '😀', 'x'.repeat(300)];
  const text = (): string => texts[random.below(texts.length)] ?? '';
  const viewer = (): string =>
    `${random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0')}-1234-4abc-8def-${random
      .below(2 ** 32)
      .toString(16)
      .padStart(12, '0')}`;
  if (typeof type !== 'string') return type[random.below(type.length)];
  switch (type) {
    case 'text':
      return text();
    case 'int':
      return random.below(2 ** 31) * 1_000_000 - 5;
    case 'int?':
      return random.below(2) === 0 ? null : Number.MAX_SAFE_INTEGER - random.below(9);
    case 'number':
      return random.below(1000) / 7;
    case 'number?':
      return random.below(2) === 0 ? null : random.below(1000) / 7;
    case 'bool':
      return random.below(2) === 1;
    case 'bool?':
      return [null, true, false][random.below(3)];
    case 'viewer':
      return viewer();
    case 'viewer?':
      return random.below(2) === 0 ? null : viewer();
    case 'linked':
      return Array.from({ length: random.below(4) }, () => ({ kind: 'openid', member: viewer() }));
    case 'evidence':
      return {
        utm_source: text(),
        utm_medium: '',
        utm_campaign: text(),
        utm_content: '',
        utm_term: '',
        chan_id: text(),
        link_code: '',
        referrer_host: '',
        referrer_group: '',
        malformed: random.below(2) === 1,
      };
    case 'props':
      return Object.fromEntries(Array.from({ length: random.below(4) }, (_, at) => [`k${at}`, text()]));
  }
}

function randomRecord(random: ReturnType<typeof seededRandom>): CanonicalRecord {
  const kinds = Object.entries(RECORD_FIELDS);
  const [kind, fields] = kinds[random.below(kinds.length)] ?? ['event', RECORD_FIELDS.event];
  const values = Object.entries<FieldType>(fields).map(
    ([name, type]) => [name, valueOf(type, random)] as const,
  );
  // Built field by field from the table that the compiler holds against the types.
  return { kind, ...Object.fromEntries(values) } as unknown as CanonicalRecord;
}

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
