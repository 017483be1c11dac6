import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../sql/index.js';

export type ReferrerGroup = 'search' | 'social' | 'email' | 'internal' | '';

const listSchema = z.object({
  search: z.array(z.string()),
  social: z.array(z.string()),
  email: z.array(z.string()),
  other: z.array(z.string()),
});

let groups: ReadonlyMap<string, ReferrerGroup> | undefined;

/** The maintained public list (schemas/data/referrer-groups.json says whose), host → group. */
function knownHosts(): ReadonlyMap<string, ReferrerGroup> {
  if (groups === undefined) {
    const file = join(packageRoot(), 'schemas/data/referrer-groups.json');
    const { search, social, email, other } = listSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const known = new Map<string, ReferrerGroup>();
    for (const host of search) known.set(host, 'search');
    for (const host of social) known.set(host, 'social');
    for (const host of email) known.set(host, 'email');
    for (const host of other) known.set(host, '');
    groups = known;
  }
  return groups;
}

/** Host of a URL in lower case, without port and user; '' for a page path, a sentinel or nothing. */
export function hostOf(url: string | null): string {
  if (url === null) return '';
  const found = /^\s*(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#\\\s]*)/iu.exec(url);
  const authority = found?.[1] ?? '';
  return authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/u, '')
    .replace(/\.$/u, '')
    .toLowerCase();
}

/** The group of a host by its longest known domain, '' when nobody knows it (its host is the channel then). */
export function referrerGroup(host: string, ownHosts: ReadonlySet<string>): ReferrerGroup {
  if (host === '') return '';
  if (isWithin(host, ownHosts)) return 'internal';
  const known = knownHosts();
  for (const domain of domainsOf(host)) {
    const group = known.get(domain);
    if (group !== undefined) return group;
  }
  return '';
}

function isWithin(host: string, domains: ReadonlySet<string>): boolean {
  return domains.size > 0 && domainsOf(host).some((domain) => domains.has(domain));
}

/** `a.b.example`, `b.example`, `example`. */
function domainsOf(host: string): string[] {
  const labels = host.split('.');
  return labels.map((_, at) => labels.slice(at).join('.'));
}
