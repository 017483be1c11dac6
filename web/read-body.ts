import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { fail, succeed, type Outcome } from '../schemas/index.js';
import { replyBusy, replyError } from './reply.js';
import type { Exchange } from './route.js';
import { Turns } from './turns.js';

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);

export interface BodyLimits {
  /** Of a body as it comes. */
  readonly bodyBytes: number;
  /** Of a body after decompression. */
  readonly inflatedBytes: number;
  /** Of all bodies in memory together. */
  readonly allBytes: number;
}

export type BodyFailure = 'too_large' | 'damaged' | 'unsupported_encoding' | 'memory_full' | 'client_gone';

/**
 * Bodies decompressed at once, as many as Node.js has threads for it: what comes out is counted when it is there, so each
 * of these may take `inflatedBytes` more than is allowed, and a thousand small bodies must not do so together.
 */
const INFLATED_AT_ONCE = 4;

/** A body in memory; `release` when its records are durable or refused. */
export interface ReadBody {
  readonly bytes: Buffer;
  release(): void;
}

/** Bytes that are read and thrown away so that a client which is still sending sees the answer. */
const DISCARDED_BYTES = 4 * 1024 * 1024;
const DISCARD_MS = 1_000;

/**
 * Reads the bodies of requests: each bounded, all together bounded, decompressed when they say so (or begin as gzip).
 * Slow senders are cut by the server's own limit for a whole request.
 */
export class BodyReader {
  private held = 0;

  constructor(
    private readonly limits: BodyLimits,
    private readonly inflating = new Turns(INFLATED_AT_ONCE),
  ) {}

  async read({ request, signal }: Exchange): Promise<Outcome<ReadBody, BodyFailure>> {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > this.limits.bodyBytes) return fail('too_large');
    if (this.held + declared > this.limits.allBytes) return fail('memory_full');
    const chunks: Buffer[] = [];
    let size = 0;
    const give = (): void => {
      this.held -= size;
      size = 0;
    };
    const take = (bytes: number): boolean => {
      size += bytes;
      this.held += bytes;
      return this.held <= this.limits.allBytes;
    };
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        const fits = take(chunk.length);
        if (size > this.limits.bodyBytes || !fits) {
          give();
          return fail(fits ? 'too_large' : 'memory_full');
        }
        chunks.push(chunk);
      }
    } catch {
      give();
      return fail('client_gone');
    }
    if (signal.aborted) {
      give();
      return fail('client_gone');
    }
    const inflated = await this.decode(Buffer.concat(chunks), request.headers['content-encoding']);
    if (!inflated.ok || !take(inflated.value.length)) {
      give();
      return inflated.ok ? fail('memory_full') : inflated;
    }
    return succeed({ bytes: inflated.value, release: give });
  }

  private async decode(body: Buffer, encoding = 'identity'): Promise<Outcome<Buffer, BodyFailure>> {
    try {
      // A client that compresses and does not say so is understood too.
      if (body[0] === 0x1f && body[1] === 0x8b) return succeed(await this.inflate(gunzipAsync, body));
      switch (encoding.trim().toLowerCase()) {
        case '':
        case 'identity':
          return succeed(body);
        case 'gzip':
        case 'x-gzip':
          return body.length === 0 ? succeed(body) : succeed(await this.inflate(gunzipAsync, body));
        case 'deflate':
          return succeed(await this.inflate(inflateAsync, body));
        default:
          return fail('unsupported_encoding');
      }
    } catch (error) {
      return fail(error instanceof RangeError ? 'too_large' : 'damaged');
    }
  }

  private inflate(how: typeof gunzipAsync, body: Buffer): Promise<Buffer> {
    return this.inflating.take(() => how(body, { maxOutputLength: this.limits.inflatedBytes }));
  }
}

/** Answers a request whose body could not be read. */
export function refuseBody(exchange: Exchange, failure: BodyFailure): void {
  switch (failure) {
    case 'client_gone':
      exchange.response.destroy();
      return;
    case 'memory_full':
      endUpload(exchange);
      replyBusy(exchange.response, 503, 'busy', 'too much is on its way; send again later', 2);
      return;
    case 'too_large':
      endUpload(exchange);
      replyError(exchange.response, 413, 'too_large', 'the body is too large: send smaller batches');
      return;
    case 'damaged':
      replyError(exchange.response, 400, 'damaged', 'the body is not valid gzip or deflate');
      return;
    case 'unsupported_encoding':
      replyError(exchange.response, 415, 'unsupported', 'content-encoding may be gzip, deflate or identity');
  }
}

/**
 * For an answer that is given before the body was read: the connection ends with it. What still comes is thrown away for
 * a moment, since a client that is cut off while it sends never sees its answer.
 */
export function endUpload({ request, response }: Exchange): void {
  if (request.complete) return;
  response.setHeader('connection', 'close');
  let discarded = 0;
  const cut = setTimeout(() => request.destroy(), DISCARD_MS).unref();
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > DISCARDED_BYTES) request.destroy();
  });
  request.once('close', () => {
    clearTimeout(cut);
  });
}
