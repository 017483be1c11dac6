import { createHash, timingSafeEqual } from 'node:crypto';

interface NamedKey {
  readonly name: string;
  readonly digest: Buffer;
}

/** Keys of clients (`WXLIVE_WRITE_KEYS`, `WXLIVE_READ_KEYS`): known by their hashes, compared in constant time. */
export class ApiKeys {
  private constructor(private readonly keys: readonly NamedKey[]) {}

  /** Reads `KEY` or `name:KEY`, comma-separated; a key without a name is called `key1`, `key2`, … */
  static parse(text: string | null): ApiKeys {
    const keys = (text ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .map((entry, index) => {
        const colon = entry.indexOf(':');
        return {
          name: colon < 1 ? `key${index + 1}` : entry.slice(0, colon),
          digest: digestOf(entry.slice(colon + 1)),
        };
      });
    return new ApiKeys(keys);
  }

  /** Without keys everything is refused. */
  get size(): number {
    return this.keys.length;
  }

  /** The name of the key that one of the candidates is; null when none is any. Looks at every key, found or not. */
  find(candidates: readonly (string | null | undefined)[]): string | null {
    let found: string | null = null;
    for (const candidate of candidates) {
      if (candidate === null || candidate === undefined || candidate === '') continue;
      const digest = digestOf(candidate);
      for (const key of this.keys) {
        if (timingSafeEqual(key.digest, digest)) found ??= key.name;
      }
    }
    return found;
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
