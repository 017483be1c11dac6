import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BodyReader } from '../../web/index.js';
import type { Exchange } from '../../web/route.js';
import { Turns } from '../../web/turns.js';

/** Counts how many works go on at once. */
class CountedTurns extends Turns {
  now = 0;
  most = 0;
  all = 0;

  override take<Result>(work: () => Promise<Result>): Promise<Result> {
    return super.take(async () => {
      this.now++;
      this.all++;
      this.most = Math.max(this.most, this.now);
      try {
        return await work();
      } finally {
        this.now--;
      }
    });
  }
}

it('so many works go on at once, in their order, and one that fails makes room', async () => {
  const turns = new CountedTurns(3);
  const begun: number[] = [];
  const ends = await Promise.allSettled(
    Array.from({ length: 20 }, (_, at) =>
      turns.take(async () => {
        begun.push(at);
        await sleep(at % 3);
        if (at % 4 === 0) throw new Error('failed');
        return at;
      }),
    ),
  );
  expect(begun).toEqual(Array.from({ length: 20 }, (_, at) => at));
  expect(turns.most).toBe(3);
  expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : 'failed'))).toEqual(
    Array.from({ length: 20 }, (_, at) => (at % 4 === 0 ? 'failed' : at)),
  );
});

it('many small bodies that grow are decompressed a few at a time, and only what may be held is held', async () => {
  const turns = new CountedTurns(2);
  const reader = new BodyReader({ bodyBytes: 10_000, inflatedBytes: 1_000_000, allBytes: 2_100_000 }, turns);
  const body = gzipSync(Buffer.alloc(1_000_000, 32));
  const reads = await Promise.all(Array.from({ length: 12 }, () => reader.read(exchangeOf(body))));
  expect([turns.all, turns.most]).toEqual([12, 2]);
  expect(reads.filter(({ ok }) => ok)).toHaveLength(2);
  expect(reads.filter((read) => !read.ok && read.failure === 'memory_full')).toHaveLength(10);
  for (const read of reads) if (read.ok) read.value.release();
  expect(await reader.read(exchangeOf(body))).toMatchObject({ ok: true });
});

function exchangeOf(body: Buffer): Exchange {
  const request = new IncomingMessage(new Socket());
  request.headers['content-encoding'] = 'gzip';
  request.push(body);
  request.push(null);
  const response = new ServerResponse(request);
  const { signal } = new AbortController();
  return { request, response, path: '/v1/events', query: '', parameters: {}, signal };
}
