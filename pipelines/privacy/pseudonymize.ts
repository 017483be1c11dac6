import {
  DEFAULT_ACCOUNT,
  type CanonicalEvent,
  type CanonicalIdentityLink,
  type CanonicalRecord,
  type DraftEvent,
  type DraftIdentityLink,
  type DraftRecord,
  type PropValue,
  type RawIds,
  type ViewerId,
} from '../../schemas/index.js';
import { createEvidenceReader, type EvidenceOptions } from '../channel/evidence.js';
import { RecentValues } from '../channel/recent-values.js';
import { domainOfName } from './id-names.js';
import type { PseudonymKey } from './key.js';
import { createRecordPseudonymizer } from './pseudonymize-records.js';
import type { Placement } from './placement.js';
import { createIdentifier, holdsOwnId, ownIds, scrubKey, type Identifier } from './raw-ids.js';
import { domainOfLook, isSuspicious, scrubText, scrubWhole, SHORTEST_SCRUBBED } from './scrub.js';
import { createViewerIdMaker, keyedHash, type ViewerIdMaker } from './viewer-id.js';

/** Pseudonyms and the step that turns drafts into what may be stored. The only holder of the key. */
export interface Pseudonymizer {
  readonly viewerId: ViewerIdMaker;
  /** The pseudonym of an id of which only the text is known (`viewer lookup`, erase). */
  viewerOfId(id: string): ViewerId;
  /** All domains' pseudonyms of an id: whatever a source took it for. */
  viewersOfId(id: string): readonly ViewerId[];
  /** The same without an employee's: what an id of a customer may have become, the likeliest first (erase). */
  customersOfId(id: string): readonly ViewerId[];
  pseudonymize(draft: DraftRecord, placement: Placement): CanonicalRecord;
  pseudonymizeEvent(draft: DraftEvent, placement: Placement): CanonicalEvent;
  /** A text of unknown origin with the ids in it replaced. */
  scrub(text: string): string;
}

export function createPseudonymizer(key: PseudonymKey, options: EvidenceOptions = {}): Pseudonymizer {
  const viewerId = createViewerIdMaker(key);
  const identify = createIdentifier(viewerId);
  const readEvidence = createEvidenceReader(options);
  const propNames = new RecentValues<PropName>(5_000);
  const pseudonymizeOther = createRecordPseudonymizer(key, viewerId, identify);

  function pseudonymizeEvent(draft: DraftEvent, placement: Placement): CanonicalEvent {
    const { evidence, referrerId } = readEvidence(draft);
    const sharer = draft.referrer_id ?? referrerId;
    const { ids } = draft;
    const who = identify(ids);
    if (who === null)
      throw new Error(`an event of ${placement.adapter} left its source without any identity`);
    return {
      kind: 'event',
      event_id: draft.event_id ?? keyedHash(key, 'event', draft.identity),
      account: draft.account ?? placement.account ?? DEFAULT_ACCOUNT,
      platform: draft.platform,
      room_id: draft.room_id,
      viewer_key: who.viewer,
      linked: who.linked,
      event: draft.event,
      event_original: draft.event_original,
      event_time: draft.event_time,
      stated_time: draft.stated_time,
      received_at: placement.receivedAt,
      scene: draft.scene,
      evidence,
      referrer_viewer: sharer === null ? null : viewerId(domainOfLook(sharer), sharer),
      goods_id: scrubKey(draft.goods_id, viewerId),
      order_id: scrubKey(draft.order_id, viewerId),
      refund_id: scrubKey(draft.refund_id, viewerId),
      amount_fen: draft.amount_fen,
      watch_ms: draft.watch_ms,
      props: scrubProps(draft.props, ids),
      adapter: placement.adapter,
    };
  }

  function scrubProps(props: Readonly<Record<string, PropValue>>, ids: RawIds): Record<string, string> {
    const clean: Record<string, string> = {};
    for (const key in props) {
      const value = props[key];
      if (value === undefined) continue;
      const name = propName(key);
      let text =
        typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
      if (name.domain !== null) text = scrubList(value, text, name.domain);
      else if (text.length >= SHORTEST_SCRUBBED && (isSuspicious(text) || holdsOwnId(text, ids))) {
        text = scrubText(text, ownIds(ids, viewerId), viewerId);
      }
      clean[name.name] = text;
    }
    return clean;
  }

  function scrubList(value: PropValue, text: string, domain: NonNullable<PropName['domain']>): string {
    if (typeof value !== 'object') return scrubWhole(text, domain, viewerId);
    return JSON.stringify(value.map((item) => scrubWhole(item, domain, viewerId)));
  }

  function propName(key: string): PropName {
    const known = propNames.get(key);
    if (known !== undefined) return known;
    const name = { domain: domainOfName(key), name: scrubText(key, [], viewerId) };
    propNames.set(key, name);
    return name;
  }

  return {
    viewerId,
    viewerOfId: (id) => viewerId(domainOfLook(id), id),
    viewersOfId: (id) => [
      ...new Set((['wx', 'user', 'anon', 'staff'] as const).map((domain) => viewerId(domain, id))),
    ],
    customersOfId: (id) =>
      [...new Set([domainOfLook(id), 'wx', 'user', 'anon'] as const).values()].map((domain) =>
        viewerId(domain, id),
      ),
    pseudonymize(draft, placement) {
      if (draft.kind === 'event') return pseudonymizeEvent(draft, placement);
      if (draft.kind === 'identity_link') return pseudonymizeLink(draft, placement, identify);
      return pseudonymizeOther(draft, placement);
    },
    pseudonymizeEvent,
    scrub: (text) => scrubText(text, [], viewerId),
  };
}

interface PropName {
  readonly domain: ReturnType<typeof domainOfName>;
  readonly name: string;
}

function pseudonymizeLink(
  draft: DraftIdentityLink,
  placement: Placement,
  identify: Identifier,
): CanonicalIdentityLink {
  return {
    kind: 'identity_link',
    linked: identify(draft.ids)?.linked ?? [],
    observed_at: draft.observed_at,
    adapter: placement.adapter,
  };
}
