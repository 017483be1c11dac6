import type { CanonicalRecord, Evidence, LinkedId, RecordKind } from '../../schemas/index.js';
import { EVIDENCE_TEXTS, RECORD_FIELDS, type FieldType } from './record-fields.js';

/** A message that no version of ours can have written, or that was damaged: trying again will not help. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
}

/** Records as they travel, and which of them begin a row of the input. */
export interface PackedRecords {
  readonly records: readonly CanonicalRecord[];
  /** 1 for a record that begins a row; the records of one row follow each other. */
  readonly beginsRow: Uint8Array;
}

const KINDS = Object.keys(RECORD_FIELDS).filter((name): name is RecordKind => name in RECORD_FIELDS);
const KIND_NUMBER = new Map<string, number>(KINDS.map((kind, number) => [kind, number]));
const PLANS: readonly Plan[] = KINDS.map((kind) => ({ kind, fields: Object.entries(RECORD_FIELDS[kind]) }));
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const LINKED_KINDS: readonly string[] = ['unionid', 'openid', 'user_id'];

interface Plan {
  readonly kind: RecordKind;
  readonly fields: readonly (readonly [string, FieldType])[];
}

/** One record as the text of a JSON array: number of its kind, 1 when it begins a row, then its fields in order. */
export function encodeRecord(record: CanonicalRecord, beginsRow: boolean): string {
  const number = KIND_NUMBER.get(record.kind) ?? 0;
  const values: unknown[] = [number, beginsRow ? 1 : 0];
  const source: Readonly<Record<string, unknown>> = { ...record };
  for (const [name, type] of PLANS[number]?.fields ?? []) {
    const value = source[name];
    values.push(type === 'evidence' ? packEvidence(record) : type === 'linked' ? packLinked(record) : value);
  }
  return JSON.stringify(values);
}

/** The value of a message out of encoded records. */
export function packRecords(encoded: readonly string[]): Buffer {
  return Buffer.from(`[${encoded.join(',')}]`, 'utf8');
}

/** Reads what packRecords wrote. Every value is checked: what comes out of here is what the types say. */
export function unpackRecords(value: Buffer): PackedRecords {
  let rows: unknown;
  try {
    rows = JSON.parse(value.toString('utf8'));
  } catch {
    throw new UnreadableMessage('the message is no JSON');
  }
  if (!Array.isArray(rows)) throw new UnreadableMessage('the message is no list of records');
  const beginsRow = new Uint8Array(rows.length);
  const records = rows.map((row: unknown, index) => {
    if (!Array.isArray(row)) throw new UnreadableMessage('a record is no list');
    const values: readonly unknown[] = row;
    beginsRow[index] = values[1] === 1 ? 1 : 0;
    return readRecord(values);
  });
  return { records, beginsRow };
}

function readRecord(values: readonly unknown[]): CanonicalRecord {
  const plan = typeof values[0] === 'number' ? PLANS[values[0]] : undefined;
  if (plan === undefined) throw new UnreadableMessage('a record of an unknown kind');
  if (values.length !== plan.fields.length + 2)
    throw new UnreadableMessage(`a ${plan.kind} of another length`);
  const record: Record<string, unknown> = { kind: plan.kind };
  for (let index = 0; index < plan.fields.length; index++) {
    const field = plan.fields[index];
    if (field === undefined) continue;
    const value = values[index + 2];
    const read = readField(field[1], value);
    if (read === undefined) throw new UnreadableMessage(`a ${plan.kind} whose ${field[0]} is damaged`);
    record[field[0]] = read;
  }
  // Each field was held against RECORD_FIELDS, which the compiler holds against the type of the kind.
  return record as unknown as CanonicalRecord;
}

/** undefined: not of this type. */
function readField(type: FieldType, value: unknown): unknown {
  if (typeof type !== 'string') return typeof value === 'string' && type.includes(value) ? value : undefined;
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'int?':
      return value === null || Number.isSafeInteger(value) ? value : undefined;
    case 'int':
      return Number.isSafeInteger(value) ? value : undefined;
    case 'number?':
      return value === null || typeof value === 'number' ? value : undefined;
    case 'number':
      return typeof value === 'number' ? value : undefined;
    case 'bool?':
      return value === null || typeof value === 'boolean' ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'viewer?':
      return value === null || isViewer(value) ? value : undefined;
    case 'viewer':
      return isViewer(value) ? value : undefined;
    case 'linked':
      return readLinked(value);
    case 'evidence':
      return readEvidence(value);
    case 'props':
      return isProps(value) ? value : undefined;
  }
}

function isViewer(value: unknown): boolean {
  return typeof value === 'string' && UUID.test(value);
}

function isProps(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

function packLinked(record: CanonicalRecord): readonly string[] {
  const linked = 'linked' in record ? record.linked : [];
  return linked.flatMap(({ member, kind }) => [kind, member]);
}

const NONE_LINKED: readonly LinkedId[] = Object.freeze([]);

function readLinked(value: unknown): unknown {
  if (!Array.isArray(value) || value.length % 2 !== 0) return undefined;
  if (value.length === 0) return NONE_LINKED;
  const linked: { kind: unknown; member: unknown }[] = [];
  for (let at = 0; at < value.length; at += 2) {
    const kind: unknown = value[at];
    const member: unknown = value[at + 1];
    if (typeof kind !== 'string' || !LINKED_KINDS.includes(kind) || !isViewer(member)) return undefined;
    linked.push({ kind, member });
  }
  return linked;
}

/** 0 for an event that carried nothing, which is most of them. */
function packEvidence(record: CanonicalRecord): unknown {
  if (record.kind !== 'event') return 0;
  const { evidence } = record;
  const texts = EVIDENCE_TEXTS.map((name) => evidence[name]);
  if (!evidence.malformed && texts.every((text) => text === '')) return 0;
  return [...texts, evidence.malformed ? 1 : 0];
}

function readEvidence(value: unknown): Evidence | undefined {
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

const NO_EVIDENCE: Evidence = Object.freeze({
  utm_source: '',
  utm_medium: '',
  utm_campaign: '',
  utm_content: '',
  utm_term: '',
  chan_id: '',
  link_code: '',
  referrer_host: '',
  referrer_group: '',
  malformed: false,
});
