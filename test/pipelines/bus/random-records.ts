import { RECORD_FIELDS, type FieldType } from '../../../pipelines/bus/record-fields.js';
import type { CanonicalRecord } from '../../../schemas/index.js';
import type { SeededRandom } from '../../seeded-random.js';

/** A random value of a type, odd ones included. */
function valueOf(type: FieldType, random: SeededRandom): unknown {
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

/** A record of a random kind, every field by the table of what travels. */
export function randomRecord(random: SeededRandom): CanonicalRecord {
  const kinds = Object.entries(RECORD_FIELDS);
  const [kind, fields] = kinds[random.below(kinds.length)] ?? ['event', RECORD_FIELDS.event];
  const values = Object.entries<FieldType>(fields).map(
    ([name, type]) => [name, valueOf(type, random)] as const,
  );
  // Built field by field from the table that the compiler holds against the types.
  return { kind, ...Object.fromEntries(values) } as unknown as CanonicalRecord;
}
