/** ClickHouse writes at most 16 KiB of message; with its frame this much of the end is held back until it is known. */
const HELD_BACK_BYTES = 20_480;
const MARKER = '__exception__';

/** The message a server appended after it had answered 200. */
export class LateServerError extends Error {
  override readonly name = 'LateServerError';
}

/**
 * Passes the bytes of an answer on, and throws LateServerError at its end when the server failed after its 200.
 * `tag` is the header X-ClickHouse-Exception-Tag; servers before 25.11 send none and only write the marker. The error's
 * own bytes are not passed on as data.
 */
export async function* withoutExceptionTrailer(
  body: AsyncIterable<Uint8Array>,
  tag: string | undefined,
): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let broken: { readonly error: unknown } | null = null;
  try {
    for await (const chunk of body) {
      held.push(chunk);
      heldBytes += chunk.byteLength;
      let first = held[0];
      while (first !== undefined && heldBytes - first.byteLength >= HELD_BACK_BYTES) {
        held.shift();
        heldBytes -= first.byteLength;
        yield first;
        first = held[0];
      }
    }
  } catch (error) {
    // The server writes its trailer and cuts the connection: the cut is not the reason.
    broken = { error };
  }
  const tail = Buffer.concat(held);
  const start = trailerStart(tail, tag);
  if (start !== -1) {
    if (start > 0) yield tail.subarray(0, start);
    throw new LateServerError(trailerMessage(tail.subarray(start).toString('utf8'), tag));
  }
  if (broken !== null) throw broken.error;
  if (tail.byteLength > 0) yield tail;
}

/** Where the trailer begins, -1 without one. The random tag, or the marker at the very end, keeps data from looking like it. */
function trailerStart(tail: Buffer, tag: string | undefined): number {
  if (tag !== undefined) return tail.lastIndexOf(`\r\n${MARKER}\r\n${tag}\r\n`);
  const start = tail.lastIndexOf(`${MARKER}\r\n`);
  return start !== -1 && tail.subarray(start).includes('DB::Exception') ? start : -1;
}

function trailerMessage(trailer: string, tag: string | undefined): string {
  const text = trailer.replaceAll(MARKER, '').replaceAll(tag ?? MARKER, '');
  return text.trim().replace(/\s*\d+$/, '');
}
