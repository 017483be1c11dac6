import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSql, packageRoot, parameterNames } from '../../sql/index.js';

const folder = join(packageRoot(), 'sql', 'queries');
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.replace(/\.sql$/, '').replaceAll('\\', '/'));

describe('query files', () => {
  it.each(names)('%s opens with what one row is', (name) => {
    expect(loadSql(name)).toMatch(/^-- \S/);
    expect(loadSql(name)).toBe(loadSql(name));
  });

  it.each(['../migrations/0001_ledgers', 'a/../b', '/etc/passwd', 'UPPER', ''])(
    'refuses the name "%s"',
    (name) => {
      expect(() => loadSql(name)).toThrow(TypeError);
    },
  );

  it('names a file that is not there', () => {
    expect(() => loadSql('nothing/here')).toThrow(/nothing\/here/);
  });
});

describe('parameters of a statement', () => {
  it.each<[string, string[]]>([
    ['SELECT {a:UInt8}, {b : Array(String)}, {a:UInt8}', ['a', 'b']],
    ["SELECT '{no:String}', {yes:String}", ['yes']],
    ["SELECT 'it''s {no:String}', 'a\\'{no:String}', {yes:String}", ['yes']],
    ['SELECT 1 -- {no:String}\n, {yes:String} /* {no:String} */', ['yes']],
    ['SELECT `{no:String}`, "{no:String}", map(1, 2)', []],
    ['SELECT {x:Identifier} FROM {t:Identifier}', ['x', 't']],
  ])('%s', (sql, expected) => {
    expect([...parameterNames(sql)]).toEqual(expected);
  });
});
