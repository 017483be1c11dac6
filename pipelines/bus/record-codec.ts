import type { CanonicalRecord, RecordKind } from '../../schemas/index.js';
import { packEvent, readEvent } from './event-codec.js';
import {
  isInteger,
  isOneOf,
  isProps,
  isViewer,
  packLinked,
  readEvidence,
  readLinked,
  UnreadableMessage,
} from './field-values.js';
import { RECORD_FIELDS, type FieldType } from './record-fields.js';

export { UnreadableMessage } from './field-values.js';

/** Records as they travel, and which of them begin a row of the input. */
export interface PackedRecords {
  readonly records: readonly CanonicalRecord[];
  /** 1 for a record that begins a row; the records of one row follow each other. */
  readonly beginsRow: Uint8Array;
}

const KINDS = Object.keys(RECORD_FIELDS).filter((name): name is RecordKind => name in RECORD_FIELDS);
const KIND_NUMBER = new Map<string, number>(KINDS.map((kind, number) => [kind, number]));
const PLANS: readonly Plan[] = KINDS.map((kind) => ({ kind, fields: Object.entries(RECORD_FIELDS[kind]) }));
const EVENT_NUMBER = KIND_NUMBER.get('event') ?? 0;
const EVENT_VALUES = 2 + Object.keys(RECORD_FIELDS.event).length;

interface Plan {
  readonly kind: RecordKind;
  readonly fields: readonly (readonly [string, FieldType])[];
}

/** One record as a list: number of its kind, 1 when it begins a row, then its fields in order. */
export function packRecord(record: CanonicalRecord, beginsRow: boolean): readonly unknown[] {
  const begins = beginsRow ? 1 : 0;
  if (record.kind === 'event') return packEvent(EVENT_NUMBER, begins, record);
  const number = KIND_NUMBER.get(record.kind) ?? 0;
  const values: unknown[] = [number, begins];
  const source: Readonly<Record<string, unknown>> = { ...record };
  for (const [name, type] of PLANS[number]?.fields ?? []) {
    values.push(type === 'linked' ? packLinked('linked' in record ? record.linked : []) : source[name]);
  }
  return values;
}

/** About as many bytes as the record will have in its message. */
export function weightOf(packed: readonly unknown[]): number {
  let weight = 2;
  for (const value of packed) {
    if (typeof value === 'string') weight += value.length + 3;
    else if (typeof value !== 'object' || value === null) weight += 8;
    else if (Array.isArray(value)) weight += 20 * value.length;
    else for (const [name, text] of Object.entries(value)) weight += name.length + String(text).length + 6;
  }
  return weight;
}

/** The value of a message: a JSON list of packed records. */
export function encodeRecords(packed: readonly (readonly unknown[])[]): Buffer {
  return Buffer.from(JSON.stringify(packed), 'utf8');
}

/** Reads what encodeRecords wrote. Every value is checked: what comes out of here is what the types say. */
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
  if (values[0] === EVENT_NUMBER && values.length === EVENT_VALUES) return readEvent(values);
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
  if (typeof type !== 'string') return isOneOf(type, value) ? value : undefined;
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'int?':
      return value === null || isInteger(value) ? value : undefined;
    case 'int':
      return isInteger(value) ? value : undefined;
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
