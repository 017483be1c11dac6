import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeSensorsRequest } from '../../../../pipelines/sources/sensors/transport.js';
import { SAMPLES } from '../sample-rows.js';

function sample(name: string): string {
  return readFileSync(`${SAMPLES}http/${name}`, 'utf8');
}
function records(form: string, query?: string): readonly unknown[] {
  const outcome = decodeSensorsRequest(query === undefined ? { form } : { form, query });
  if (!outcome.ok) throw new Error(outcome.failure.code);
  return outcome.value;
}
function failure(form: string): string {
  const outcome = decodeSensorsRequest({ form });
  return outcome.ok ? 'none' : outcome.failure.code;
}

describe('decodeSensorsRequest', () => {
  it.each([
    ['sa-batch-gzip.body', 9],
    ['sa-batch-plain.body', 5],
    ['sa-batch-unescaped.body', 5],
    ['sa-single.query', 1],
  ])('%s holds %i records', (name, count) => {
    expect(records(sample(name))).toHaveLength(count);
  });

  it('restores the + that base64 lost', () => {
    expect(records(sample('sa-batch-unescaped.body'))).toEqual(records(sample('sa-batch-plain.body')));
  });

  const json = JSON.stringify([{ text: '>>>???~~~ÿÿÿ' }]);
  const base64 = Buffer.from(json).toString('base64');
  it.each([
    ['escaped', `data_list=${encodeURIComponent(base64)}`],
    ['unescaped', `data_list=${base64}`],
    ['with spaces for +', `data_list=${base64.replaceAll('+', ' ')}`],
    ['compressed without saying so', `data_list=${encodeURIComponent(gzipSync(json).toString('base64'))}`],
    ['with other parameters', `project=live&data_list=${encodeURIComponent(base64)}&gzip=0&ext=crc%3D0`],
  ])('%s', (_, form) => {
    expect(base64).toContain('+');
    expect(records(form)).toEqual([{ text: '>>>???~~~ÿÿÿ' }]);
  });

  it('refuses what is encrypted, damaged, no JSON, too large', () => {
    expect(failure(sample('sa-encrypted.body'))).toBe('encrypted_payload');
    expect(failure('data_list=%7B%22ekey%22%3A1%2C%22payloads%22%3A%5B%5D%7D')).toBe('encrypted_payload');
    expect(failure('x=1')).toBe('not_json');
    expect(failure(`data_list=${Buffer.from('{').toString('base64url')}`)).toBe('not_json');
    expect(failure(`data_list=${gzipSync('[]').subarray(0, 12).toString('base64url')}`)).toBe('not_json');
    const bomb = gzipSync(Buffer.alloc(1_000_000)).toString('base64url');
    const outcome = decodeSensorsRequest({ form: `data_list=${bomb}&gzip=1` }, { mostBytes: 100_000 });
    expect(outcome).toEqual({ ok: false, failure: { code: 'too_large' } });
  });
});
