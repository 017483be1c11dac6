/** How an answer, or none, is to be met; `code` is the platform's own. */
export type Trouble = { readonly code?: string } &
  /** No answer, half of one, 5xx, a page of some proxy, "system busy". */
  (
    | { readonly kind: 'transient' }
    /** Too many requests; `waitMs` when the server says how long. */
    | { readonly kind: 'limited'; readonly waitMs: number | null }
    /** Too many requests this minute: WeCom's block lasts 60 s (DOMAIN §1.4). */
    | { readonly kind: 'limited_minute' }
  );

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const MINUTE_MS = 60_000;
/** A server that asks for more is left alone: the next pull goes on. */
const LONGEST_ASKED_MS = 300_000;
const MOST_TRIES = { transient: 5, limited: 6, limited_minute: 3 } as const;

/**
 * How long to wait before the try after `tries` ones (from 1); null: give up. Half of a wait is random, so that
 * processes that were limited together do not come back together.
 *
 * @param random in [0, 1)
 */
export function waitBefore(trouble: Trouble, tries: number, random: number): number | null {
  if (tries >= MOST_TRIES[trouble.kind]) return null;
  const growing = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  const jittered = Math.round(growing / 2 + (growing / 2) * random);
  if (trouble.kind === 'limited_minute') return MINUTE_MS + Math.round((MINUTE_MS / 4) * random);
  if (trouble.kind === 'transient' || trouble.waitMs === null) return jittered;
  return trouble.waitMs > LONGEST_ASKED_MS ? null : trouble.waitMs + Math.round(FIRST_WAIT_MS * random);
}

/** `Retry-After`, seconds or an HTTP date, in milliseconds; null when it says nothing. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d+$/u.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
