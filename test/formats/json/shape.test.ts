import { expect, test } from 'vitest';
import { judgeShape } from '../../../formats/json/shape.js';

test.each([
  ['{"a":1}\n{"a":2}\n', false, 'lines'],
  ['{"a":1}\n', false, 'object'],
  ['{"a":1}\n', true, 'lines'],
  ['junk\n{"a":1}\n{"a":2}\n', false, 'lines'],
  ['{"cut\n{"a":1}\n{"a":2}\n', false, 'lines'],
  ['{\n  "a": 1\n}\n', false, 'object'],
  ['{\n  "a": 1\n}\n', true, 'object'],
  ['[{"a":1},{"a":2}]', false, 'array'],
  ['[\n{"a":1},\n{"a":2}\n]', false, 'array'],
  ['[1,2]\n[3,4]\n', false, 'lines'],
  ['[', false, 'array'],
  ['a,b\n1,2\n', false, 'table'],
  ['[序号],姓名\n', false, 'table'],
  ['', false, 'table'],
])('%j (named as lines: %s): %s', (text, namedLines, kind) => {
  expect(judgeShape(text, true, namedLines).kind).toBe(kind);
});

test('the cut last line of a long head does not count', () => {
  expect(judgeShape('{"a":1}\n{"a":2}\n{"a":', false, false).kind).toBe('lines');
});
