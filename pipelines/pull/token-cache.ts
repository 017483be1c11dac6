import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from '../../sql/index.js';
import type { Seal } from '../privacy/seal.js';

const FILE = 'api-tokens.json';
/** Nearer to its end a token counts as ended: a request takes a while. */
const SAFETY_MS = 120_000;

const fileSchema = z.record(z.string(), z.object({ sealed: z.string(), expires_at: z.number() }));
type Entries = z.infer<typeof fileSchema>;

/**
 * Access tokens in the data folder, so that each run need not ask for one: a file of mode 0600, each token sealed under
 * the operator's key besides. What cannot be read counts as not there.
 */
export class TokenCache {
  private readonly path: string;

  constructor(
    dataDir: string,
    private readonly seal: Pick<Seal, 'seal' | 'open'>,
    private readonly clock: { now(): number },
  ) {
    this.path = join(dataDir, FILE);
  }

  /** A name for who asks: another address, app or secret is another token. */
  static nameOf(...parts: readonly string[]): string {
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  }

  /** null when there is none that is good for a while. */
  read(name: string): string | null {
    const entry = this.entries()[name];
    if (entry === undefined || entry.expires_at - SAFETY_MS <= this.clock.now()) return null;
    const token = this.seal.open(entry.sealed, sealName(name));
    return token.ok ? token.value : null;
  }

  write(name: string, token: string, expiresInSeconds: number): void {
    const expires_at = this.clock.now() + expiresInSeconds * 1000;
    this.save({ ...this.entries(), [name]: { sealed: this.seal.seal(token, sealName(name)), expires_at } });
  }

  /** Forgets a token that the platform refused. */
  drop(name: string): void {
    this.save(Object.fromEntries(Object.entries(this.entries()).filter(([other]) => other !== name)));
  }

  private save(entries: Entries): void {
    const now = this.clock.now();
    const good = Object.entries(entries).filter(([, { expires_at }]) => expires_at > now);
    writePrivateFile(this.path, JSON.stringify(Object.fromEntries(good)));
  }

  private entries(): Entries {
    try {
      return fileSchema.parse(JSON.parse(readPrivateFile(this.path) ?? '{}'));
    } catch {
      return {};
    }
  }
}

/** Binds the envelope to its place: one of another entry, or of a reject, does not open here. */
function sealName(name: string): string {
  return `api token ${name}`;
}
