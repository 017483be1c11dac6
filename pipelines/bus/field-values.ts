import { NO_EVIDENCE, type Evidence, type LinkedId, type ViewerId } from '../../schemas/index.js';
import { EVIDENCE_TEXTS } from './record-fields.js';

/** A message that no version of ours can have written, or that was damaged: trying again will not help. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const LINKED_KINDS = ['unionid', 'openid', 'user_id'] as const;

export function isOneOf<Text extends string>(texts: readonly Text[], value: unknown): value is Text {
  return typeof value === 'string' && (texts as readonly string[]).includes(value);
}

export function isViewer(value: unknown): value is ViewerId {
  return typeof value === 'string' && UUID.test(value);
}

export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function isProps(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

/** Kind and member of each, one after the other. */
export function packLinked(linked: readonly LinkedId[]): readonly string[] {
  if (linked.length === 0) return NOTHING;
  const texts: string[] = [];
  for (const { kind, member } of linked) texts.push(kind, member);
  return texts;
}

/** undefined: damaged. */
export function readLinked(value: unknown): readonly LinkedId[] | undefined {
  if (!Array.isArray(value) || value.length % 2 !== 0) return undefined;
  if (value.length === 0) return NONE_LINKED;
  const linked: LinkedId[] = [];
  for (let at = 0; at < value.length; at += 2) {
    const kind: unknown = value[at];
    const member: unknown = value[at + 1];
    if (!isOneOf(LINKED_KINDS, kind) || !isViewer(member)) return undefined;
    linked.push({ kind, member });
  }
  return linked;
}

/** 0 for an event that carried nothing, which is most of them. */
export function packEvidence(evidence: Evidence): 0 | readonly (string | number)[] {
  const packed: (string | number)[] = [];
  let empty = !evidence.malformed;
  for (const name of EVIDENCE_TEXTS) {
    const text = evidence[name];
    empty &&= text === '';
    packed.push(text);
  }
  if (empty) return 0;
  packed.push(evidence.malformed ? 1 : 0);
  return packed;
}

/** undefined: damaged. */
export function readEvidence(value: unknown): Evidence | undefined {
  if (value === 0) return NO_EVIDENCE;
  if (!Array.isArray(value) || value.length !== EVIDENCE_TEXTS.length + 1) return undefined;
  const texts: readonly unknown[] = value.slice(0, -1);
  if (!texts.every((text): text is string => typeof text === 'string')) return undefined;
  const [source, medium, campaign, content, term, channel, code, host, group] = texts;
  return {
    utm_source: source ?? '',
    utm_medium: medium ?? '',
    utm_campaign: campaign ?? '',
    utm_content: content ?? '',
    utm_term: term ?? '',
    chan_id: channel ?? '',
    link_code: code ?? '',
    referrer_host: host ?? '',
    referrer_group: group ?? '',
    malformed: value.at(-1) === 1,
  };
}

const NOTHING: readonly string[] = Object.freeze([]);
const NONE_LINKED: readonly LinkedId[] = Object.freeze([]);
