import { describe, expect, it } from 'vitest';
import { LateServerError, withoutExceptionTrailer } from '../../../sql/connection/exception-trailer.js';

/** Small seeded generator: the same cases every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function* inPieces(bytes: Buffer, next: () => number, end?: Error): AsyncGenerator<Uint8Array> {
  let start = 0;
  while (start < bytes.length) {
    const length = next() < 0.3 ? 1 + Math.floor(next() * 7) : 1 + Math.floor(next() * 30_000);
    yield await Promise.resolve(bytes.subarray(start, start + length));
    start += length;
  }
  if (end !== undefined) throw end;
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<{ bytes: Buffer; error: unknown }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), error: null };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
}

const tag = 'xloedelmhbhqvxln';
const trailer = (message: string, of = tag) =>
  Buffer.from(
    `\r\n__exception__\r\n${of}\r\n${message}\n${String(Buffer.byteLength(message) + 1)} ${of}\r\n__exception__\r\n`,
  );

describe('the trailer of a failed answer', () => {
  it('leaves any bytes as they are, however they are cut', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const next = random(seed);
      const bytes = Buffer.alloc(Math.floor(next() * 120_000));
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.floor(next() * 256);
      const body =
        seed % 3 === 0
          ? Buffer.concat([bytes, trailer('Code: 1. DB::Exception: x', 'anothertaganother')])
          : bytes;
      const result = await read(withoutExceptionTrailer(inPieces(body, next), tag));
      expect(result.error).toBeNull();
      expect(result.bytes.equals(body)).toBe(true);
    }
  });

  it('is found however it is cut, with what came before it, and named before a broken connection', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const next = random(seed);
      const data = Buffer.alloc(Math.floor(next() * 60_000), 'd');
      const message = `Code: 241. DB::Exception: ${'m'.repeat(Math.floor(next() * 16_000))} (MEMORY_LIMIT_EXCEEDED)`;
      const body = inPieces(
        Buffer.concat([data, trailer(message)]),
        next,
        seed % 2 === 0 ? new Error('ECONNRESET') : undefined,
      );
      const result = await read(withoutExceptionTrailer(body, tag));
      expect(result.error).toBeInstanceOf(LateServerError);
      expect(String(result.error)).toContain(message);
      expect(result.bytes.equals(data)).toBe(true);
    }
  });

  it('passes a broken connection on', async () => {
    const result = await read(
      withoutExceptionTrailer(inPieces(Buffer.from('data'), random(1), new Error('broken')), tag),
    );
    expect(result.error).toMatchObject({ message: 'broken' });
  });
});
