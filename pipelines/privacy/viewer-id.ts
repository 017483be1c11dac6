import { createHmac } from 'node:crypto';
import type { IdentityDomain, ViewerId } from '../../schemas/index.js';
import { RecentValues } from '../channel/recent-values.js';
import type { PseudonymKey } from './key.js';

/** Pseudonyms remembered at once and domain; twice as many at most, about 200 bytes each. */
const MOST_REMEMBERED = 100_000;

/**
 * The one function that makes a `viewer` (PRODUCT §4): the first 16 bytes of HMAC-SHA256(key, domain ‖ 0x00 ‖ id) as
 * UUID text, all bits the hash's own.
 */
export type ViewerIdMaker = (domain: IdentityDomain, id: string) => ViewerId;

export function createViewerIdMaker(key: PseudonymKey): ViewerIdMaker {
  const remembered: Record<IdentityDomain, RecentValues<ViewerId>> = {
    wx: new RecentValues(MOST_REMEMBERED),
    user: new RecentValues(MOST_REMEMBERED),
    anon: new RecentValues(MOST_REMEMBERED),
    staff: new RecentValues(MOST_REMEMBERED),
  };
  const bytes = key.bytes();
  return (domain, id) => {
    const known = remembered[domain].get(id);
    if (known !== undefined) return known;
    const viewer = uuidOf(createHmac('sha256', bytes).update(`${domain}\0${id}`).digest('hex'));
    // A copy: a slice of a file's text would keep that whole text in memory.
    remembered[domain].set(Buffer.from(id, 'utf16le').toString('utf16le'), viewer);
    return viewer;
  };
}

/** A keyed hash of several parts, in hex; parts are told apart by their lengths. Not a viewer: the label is no domain. */
export function keyedHash(key: PseudonymKey, label: string, parts: readonly string[]): string {
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  return createHmac('sha256', key.bytes()).update(`${label}\0${text}`).digest('hex').slice(0, 32);
}

function uuidOf(hex: string): ViewerId {
  const text = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  // The one place where a viewer id comes into being.
  return text as ViewerId;
}
