import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { PseudonymKey } from '../../pipelines/privacy/key.js';
import { createPseudonymizer } from '../../pipelines/privacy/pseudonymize.js';
import { maskPreview } from '../../pipelines/privacy/mask-preview.js';
import { SOURCES } from '../../pipelines/sources/index.js';
import type { Source } from '../../pipelines/source.js';
import type { DraftRecord } from '../../schemas/index.js';
import { readSample } from '../pipelines/sources/read-sample.js';
import { times } from '../long-form.js';
import { readExpected, sampleRows, SAMPLES } from '../pipelines/sources/sample-rows.js';

const expected = readExpected();
const passwords: Readonly<Record<string, string>> = {
  l1: 'Kai播#WmX10kW7c',
  l2: 'Lo-3FeCU7X1Ac',
  pdf: 'Pd_ppUDCgnaGz',
};
const PLAIN = /\.(?:ndjson|json|csv|log|gz)$/u;

const key = PseudonymKey.parse(expected.pseudonym_key);
if (!key.ok) throw new Error('the key of the samples is unreadable');
const pseudonymizer = createPseudonymizer(key.value);

function textOf(file: string): string {
  const bytes = readFileSync(SAMPLES + file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
}

/** Everything in the plain samples that has the shape of a person's id: found by this file's own patterns. */
const rawIds = new Set<string>();
beforeAll(() => {
  for (const file of Object.keys(expected.files).filter((name) => PLAIN.test(name))) {
    const text = textOf(file);
    for (const pattern of [
      /(?<![\w-])o[\w-]{27}(?![\w-])/gu,
      /(?<![\w-])w[mo][A-Z0-9_-][\w-]{20,}/gu,
      /member-\d{6,}/gu,
      /anon-[a-z0-9]{12,}/gu,
      /\d{13}-[A-Za-z0-9]{8}(?![\w-])/gu,
      /(?<![\dA-Za-z])1[3-9]\d{9}(?![\dA-Za-z])/gu,
    ]) {
      for (const [id] of text.matchAll(pattern))
        if (!id.startsWith('order_') && !id.startsWith('official_')) rawIds.add(id);
    }
  }
});

async function draftsOf(source: Source, file: string): Promise<readonly DraftRecord[]> {
  if (
    source.table === null ||
    ['events', 'wedata', 'orders', 'links', 'costs', 'targets'].includes(source.name)
  ) {
    if (source.records === null) {
      const rows = await sampleRows(source, file, { wallClockZone: 'Asia/Shanghai' });
      return rows.flatMap(({ drafts }) => drafts);
    }
  }
  const password = Object.entries(passwords).find(
    ([name]) => file.includes(`${name}-`) && file.includes('encrypted'),
  )?.[1];
  return (await readSample(source, file, file.endsWith('.pdf') ? passwords['pdf'] : password)).drafts;
}

const files = Object.entries(expected.files).flatMap(([file, { adapter }]) => {
  const source = SOURCES.find(({ name }) => name === adapter);
  return source === undefined ? [] : [[file, source] as const];
});

describe('no raw id leaves privacy', () => {
  it('finds ids to look for', () => {
    expect(rawIds.size).toBeGreaterThan(150);
    expect([...rawIds].some((id) => id.startsWith('wm'))).toBe(true);
  });

  it.each(files)('%s', async (file, source) => {
    const drafts = await draftsOf(source, file);
    expect(drafts.length).toBeGreaterThan(0);
    const placement = {
      adapter: source.name,
      receivedAt: Date.UTC(2026, 8, 20),
      account: null,
      room: 'room',
      exportedAt: Date.UTC(2026, 8, 20),
      day: '2026-09-20',
    };
    let found = 0;
    for (const draft of drafts) {
      const name = draft.kind === 'attendance' || draft.kind === 'sign_in' ? (draft.name ?? '') : '';
      const before = JSON.stringify(draft);
      const after = JSON.stringify(pseudonymizer.pseudonymize(draft, placement));
      if (name !== '') expect(after).not.toContain(name);
      for (const id of rawIds) {
        if (before.includes(id)) found += 1;
        expect(after.includes(id) ? `${id} in ${after}` : '').toBe('');
      }
    }
    if (['events', 'sensors', 'wedata'].includes(source.name) && PLAIN.test(file))
      expect(found).toBeGreaterThan(0);
  });

  it('nor a preview, whatever row is rejected', () => {
    for (const file of Object.keys(expected.files).filter((name) => PLAIN.test(name))) {
      for (const line of textOf(file).split('\n').slice(0, times(60, 200))) {
        const preview = maskPreview(line);
        for (const id of rawIds) expect(preview.includes(id) ? `${id} in ${preview}` : '').toBe('');
      }
    }
  });
});
