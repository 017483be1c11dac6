import { NO_EVIDENCE, type Evidence } from '../../schemas/index.js';
import { readPlace, UTM_NAMES, type PlaceReading, type UtmSet } from './read-place.js';
import { RecentValues } from './recent-values.js';
import { hostOf, referrerGroup } from './referrer.js';

/** Where an event's evidence stands, all raw. */
export interface EvidenceSource {
  readonly query: string | null;
  readonly url: string | null;
  readonly referrer: string | null;
  /** utm values, `chan_id` and `c` that the source itself has read (`$utm_source`). */
  readonly evidence: Readonly<Record<string, string>>;
}

/** What an event carried, and who shared the link it came by. */
export interface EvidenceReading {
  readonly evidence: Evidence;
  /** Raw id of the sharer; null when none is named. */
  readonly referrerId: string | null;
}

export interface EvidenceOptions {
  /** `own_domains` of the settings: a referrer there is `internal`. */
  readonly ownDomains?: readonly string[];
}

const NOTHING: EvidenceReading = Object.freeze({ evidence: NO_EVIDENCE, referrerId: null });
const MOST_REMEMBERED = 10_000;
const LONGEST_REMEMBERED = 2_048;

/**
 * A reader of evidence (PRODUCT §5 "Evidence" and "Reading a query"). What it gives is raw: codes, scenes and
 * channel groups are looked up when the warehouse is read.
 */
export function createEvidenceReader(
  options: EvidenceOptions = {},
): (source: EvidenceSource) => EvidenceReading {
  const ownDomains = new Set((options.ownDomains ?? []).map((domain) => domain.trim().toLowerCase()));
  const remembered = new RecentValues<EvidenceReading>(MOST_REMEMBERED);
  return (source) => {
    const { query, url, referrer, evidence } = source;
    if (query === null && url === null && referrer === null && isEmpty(evidence)) return NOTHING;
    if (!isEmpty(evidence)) return deriveEvidence(source, ownDomains);
    if (url === null && referrer === null && query !== null) {
      if (query.length > LONGEST_REMEMBERED) return deriveEvidence(source, ownDomains);
      let reading = remembered.get(query);
      if (reading === undefined) {
        reading = deriveEvidence(source, ownDomains);
        remembered.set(query, reading);
      }
      return reading;
    }
    const key = `${query ?? ''}\0${url ?? ''}\0${referrer ?? ''}`;
    if (key.length > LONGEST_REMEMBERED) return deriveEvidence(source, ownDomains);
    let reading = remembered.get(key);
    if (reading === undefined) {
      reading = deriveEvidence(source, ownDomains);
      remembered.set(key, reading);
    }
    return reading;
  };
}

function isEmpty(evidence: Readonly<Record<string, string>>): boolean {
  for (const name in evidence) if (evidence[name] !== undefined) return false;
  return true;
}

function deriveEvidence(source: EvidenceSource, ownDomains: ReadonlySet<string>): EvidenceReading {
  const query = readPlace(source.query, 'query');
  const url = readPlace(source.url, 'url');
  const utm: UtmSet = query.utm ?? url.utm ?? statedUtm(source.evidence) ?? {};
  const referrerHost = hostOf(source.referrer);
  const pageHost = hostOf(source.url);
  const own = pageHost === '' ? ownDomains : new Set([...ownDomains, pageHost]);
  return {
    evidence: {
      utm_source: (utm.utm_source ?? '').toLowerCase(),
      utm_medium: (utm.utm_medium ?? '').toLowerCase(),
      utm_campaign: utm.utm_campaign ?? '',
      utm_content: utm.utm_content ?? '',
      utm_term: utm.utm_term ?? '',
      chan_id: firstOf(query, url, 'chanId') || trimmed(source.evidence['chan_id']),
      link_code: firstOf(query, url, 'linkCode') || trimmed(source.evidence['c']),
      referrer_host: referrerHost,
      referrer_group: referrerGroup(referrerHost, own),
      malformed: query.malformed || url.malformed,
    },
    referrerId: firstOf(query, url, 'referrerId') || null,
  };
}

function firstOf(query: PlaceReading, url: PlaceReading, name: 'chanId' | 'linkCode' | 'referrerId'): string {
  return query[name] === '' ? url[name] : query[name];
}

function statedUtm(evidence: Readonly<Record<string, string>>): UtmSet | null {
  const found: UtmSet = {};
  for (const name of UTM_NAMES) {
    const value = trimmed(evidence[name]);
    if (value !== '') found[name] = value;
  }
  return isEmpty(found) ? null : found;
}

function trimmed(text: string | undefined): string {
  return text?.trim() ?? '';
}
