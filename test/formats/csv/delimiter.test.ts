import { expect, test } from 'vitest';
import { detectDelimiter } from '../../../formats/csv/delimiter.js';

test.each([
  ['a,b,c\n1,2,3\n', ','],
  ['a\tb\n1\t2\n', '\t'],
  ['时间;数\n10:00;1,5\n10:01;2,5\n', ';'],
  ['a|b|c\n1|2|3\n', '|'],
  ['id,tags\n1,a;b;c\n2,a;b;c\n', ','],
  ['标题\n导出时间：2026-09-11 11:00:00\n\na,b\n1,2\n3,4\n', ','],
  ['id,props\n1,"{""a"":1;""b"":2}"\n', ','],
  ['one\ntwo\n', ','],
  ['', ','],
])('%j is cut at %j', (text, delimiter) => {
  expect(detectDelimiter(text, true)).toBe(delimiter);
});

test('a cut last row does not count', () => {
  expect(detectDelimiter('a;b\n1;2\n3,4,5,6,7,8', false)).toBe(';');
});
