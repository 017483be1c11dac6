import { expect, it } from 'vitest';
import { jsonText } from '../../pipelines/json-text.js';

it('is the JSON text of a value', () => {
  const value = { a: [1, 'x', null, { b: true }], __proto: 'y' };
  expect(jsonText(value)).toBe(JSON.stringify(value));
});

it('of what is nested deeper than the stack keeps all but its depth', () => {
  const deep: unknown = JSON.parse(`${'{"a":['.repeat(20_000)}7${']}'.repeat(20_000)}`);
  expect(() => JSON.stringify(deep)).toThrow(RangeError);
  const text = jsonText({ first: 1, deep, last: 'z' });
  expect(text.startsWith('{"first":1,"deep":{"a":[{"a":[')).toBe(true);
  expect(text.endsWith(',"last":"z"}')).toBe(true);
  expect(text.match(/\{"a":\[/gu)).toHaveLength(249);
  expect(text).not.toContain('7');
});

it('passes on what is no matter of depth', () => {
  expect(() => jsonText({ big: 1n })).toThrow(TypeError);
});
