import { describe, expect, it } from 'vitest';
import { createEvidenceReader } from '../../../pipelines/channel/evidence.js';
import { percentDecode } from '../../../pipelines/channel/percent-decode.js';
import { seededRandom, type SeededRandom } from '../../seeded-random.js';

const LETTERS = 'abcXYZ019_-.~+&=#?%/ 双直播预热é👏';
const NAMES = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'] as const;

/** GB18030 of the two-byte characters the tests use, found by decoding every pair. */
const gbBytes = new Map<string, string>();
for (let lead = 0x81; lead <= 0xfe; lead += 1) {
  for (let trail = 0x40; trail <= 0xfe; trail += 1) {
    if (trail === 0x7f) continue;
    const text = new TextDecoder('gb18030').decode(Uint8Array.of(lead, trail));
    if (text.length === 1) gbBytes.set(text, `%${lead.toString(16)}%${trail.toString(16)}`);
  }
}

function encodeGb(text: string): string {
  return Array.from(text, (character) => gbBytes.get(character) ?? encodeURIComponent(character)).join('');
}

/** Some pairs of GB18030 are a character of UTF-8 too: those nobody can tell apart. */
function isUtf8(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A value as texts in links are: no blanks around it, and nothing that reads as an escape of its own. */
function randomValue(random: SeededRandom): string {
  const text = random.text(LETTERS, 1 + random.below(8)).trim();
  return text === '' || /%[0-9a-f]{2}/iu.test(text) ? 'x' : text;
}

describe('evidence', () => {
  it('is what was written into the link, however it was encoded', () => {
    const random = seededRandom(512);
    const read = createEvidenceReader();
    for (let round = 0; round < 5_000; round += 1) {
      const truth = new Map<string, string>();
      for (const name of NAMES) if (random.chance(0.6)) truth.set(name, randomValue(random));
      const way = random.pick(['once', 'twice', 'plus', 'whole', 'gb']);
      const encode = (value: string): string => {
        if (way === 'twice') return encodeURIComponent(encodeURIComponent(value));
        if (way === 'plus') return encodeURIComponent(value).replaceAll('%20', '+');
        // Emoji and é have four bytes there or none: the value stays UTF-8 as a whole.
        if (way === 'gb' && !/[é👏]/u.test(value) && !isUtf8(encodeGb(value))) return encodeGb(value);
        return encodeURIComponent(value);
      };
      const pairs = [...truth].map(([name, value]) => `${name}=${encode(value)}`);
      if (random.chance(0.3)) pairs.unshift('from=share');
      if (random.chance(0.3)) pairs.push(...[...truth.keys()].map((name) => `${name}=zz_second`));
      let query = pairs.join('&');
      if (way === 'whole') query = encodeURIComponent(query);
      if (random.chance(0.3) && truth.size > 0) {
        query += `#/live?${[...truth.keys()].map((name) => `${name}=zz_fragment`).join('&')}`;
        // A whole has no `=` of its own: with a fragment it is none.
        if (way === 'whole') continue;
      }
      const inUrl = random.chance(0.5);
      const source = { query: null, url: null, referrer: null, evidence: {} };
      const { evidence } = read(
        inUrl ? { ...source, url: `https://x.example/p?${query}` } : { ...source, query },
      );
      for (const name of NAMES) {
        const value = truth.get(name) ?? '';
        const stated = name === 'utm_source' || name === 'utm_medium' ? value.toLowerCase() : value;
        expect(`${way} ${query} ${name} ${evidence[name]}`).toBe(`${way} ${query} ${name} ${stated}`);
      }
    }
  });
});

/** The rule word for word: bytes, then UTF-8, then GB18030, then U+FFFD; nothing shared with the product. */
function slowDecode(text: string): string {
  return text.replace(/[\0-\x7f]+/gu, (run) => {
    const parts = run.split(/(%[0-9a-f]{2})/iu);
    const bytes = parts.flatMap((part) =>
      /^%[0-9a-f]{2}$/iu.test(part) ? [Number.parseInt(part.slice(1), 16)] : [...Buffer.from(part, 'latin1')],
    );
    for (const encoding of ['utf-8', 'gb18030']) {
      try {
        return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
      } catch {
        continue;
      }
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
  });
}

describe('percentDecode', () => {
  it('does what the rule says to any text', () => {
    const random = seededRandom(99);
    const pieces = [
      '%',
      '%2',
      '%zz',
      '%41',
      '%CB%AB',
      '%E5%8F%8C',
      '%e5',
      '%F0%9F%91%8F',
      '%81%30%81%30',
      '%00',
      'a',
      '双',
      '👏',
      '%ff',
      '%EF%BB%BF',
      '+',
      '0',
      '%81',
    ];
    for (let round = 0; round < 5_000; round += 1) {
      const text = Array.from({ length: random.below(8) }, () => random.pick(pieces)).join('');
      expect(`${text} → ${percentDecode(text)}`).toBe(`${text} → ${slowDecode(text)}`);
    }
  });
});
