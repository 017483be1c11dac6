import { Readable } from 'node:stream';

import { expect, test } from 'vitest';

import { beginBoth } from '../../../reports/analyses/begin-both.js';

/** Pieces 1 to 3; says when it was asked first and when it was ended. */
function pieces(heard: string[], failing = false): AsyncIterable<number> {
  return (async function* () {
    heard.push('asked');
    try {
      for (let piece = 1; piece <= 3; piece += 1) {
        if (failing) throw new Error('the database is gone');
        yield await Promise.resolve(piece);
      }
    } finally {
      heard.push('ended');
    }
  })();
}

async function all(rows: AsyncIterable<number>): Promise<number[]> {
  const found: number[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

test('rows are asked for before what they are read with is made, and none is lost', async () => {
  const heard: string[] = [];
  let finish: (codes: string) => void = () => undefined;
  const making = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const begun = beginBoth(making, pieces(heard));
  await Promise.resolve();
  expect(heard).toEqual(['asked']);
  finish('codes');
  const { made, rows } = await begun;
  expect(made).toBe('codes');
  expect(await all(rows)).toEqual([1, 2, 3]);
  expect(heard).toEqual(['asked', 'ended']);
});

test('no rows are no piece', async () => {
  const none = Readable.from([]) as AsyncIterable<number>;
  const { rows } = await beginBoth(Promise.resolve(1), none);
  expect(await all(rows)).toEqual([]);
});

test('a failure of either is thrown, and the rows are given up', async () => {
  const heard: string[] = [];
  await expect(beginBoth(Promise.reject(new Error('no texts')), pieces(heard))).rejects.toThrow('no texts');
  expect(heard).toEqual(['asked', 'ended']);
  await expect(beginBoth(Promise.resolve(1), pieces([], true))).rejects.toThrow('the database is gone');
});

test('a reader that stops early ends the rows', async () => {
  const heard: string[] = [];
  const { rows } = await beginBoth(Promise.resolve(1), pieces(heard));
  for await (const row of rows) if (row === 2) break;
  expect(heard).toEqual(['asked', 'ended']);
});
