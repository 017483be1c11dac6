import type { CanonicalRecord } from '../../schemas/index.js';
import { KEY_WORDS, statedMsOf } from '../event-key.js';
import { IdTable } from '../identity/id-table.js';
import { readIdWords } from '../identity/id-words.js';
import type { NumberedRecord, RecordPart } from '../load/record-part.js';
import type { People } from '../load/people.js';
import type { Tombstones } from './tombstones.js';

/** In a reply: the record is of a person who was erased, and was dropped. 1 is stored, 0 is a duplicate. */
export const ERASED = 2;

/** A part without the records of erased people. */
export interface CleanPart {
  readonly part: RecordPart;
  /** Numbers of the records that were dropped. */
  readonly dropped: readonly number[];
}

/**
 * Takes out of a part what older records say of erased people: their events, orders, attendance, sign-ins and links. A
 * record later than the erasure is of somebody new and stays; one without a time of its own is taken for older.
 */
export function dropErased(part: RecordPart, tombstones: Tombstones): CleanPart {
  if (tombstones.none) return { part, dropped: [] };
  const through = throughOfPeople(part.people, tombstones);
  const dropped = new Set<number>();
  const later = new Set<number>();
  const events = dropEvents(part, through, dropped, later);
  const others: NumberedRecord[] = [];
  for (const { record, number } of part.others) {
    if (isErased(record, tombstones)) dropped.add(number);
    else {
      later.add(number);
      others.push({ record: withoutInviter(record, tombstones), number });
    }
  }
  const people = dropLinks(part.people, through, later, dropped);
  return { part: { ...part, events, others, people }, dropped: [...dropped] };
}

/** By place of the person; NaN for those who were not erased. Each is hashed once: 1.5 microseconds. */
function throughOfPeople(people: People, tombstones: Tombstones): Float64Array {
  const through = new Float64Array(people.ids.length / 4).fill(Number.NaN);
  const table = new IdTable();
  const found: (number | undefined)[] = [];
  for (let place = 0; place < through.length; place++) {
    const number = table.add(people.ids, place * 4);
    if (number === found.length) {
      found.push(tombstones.throughOfViewer(readIdWords(people.ids, place * 4)));
    }
    through[place] = found[number] ?? Number.NaN;
  }
  return through;
}

function dropEvents(
  { events }: RecordPart,
  through: Float64Array,
  dropped: Set<number>,
  later: Set<number>,
): RecordPart['events'] {
  const erased = new Uint8Array(events.rows);
  let any = false;
  for (let row = 0; row < events.rows; row++) {
    const until = through[events.viewers[row] ?? 0] ?? Number.NaN;
    const record = events.records[row] ?? 0;
    if (statedMsOf(events.keys, row * KEY_WORDS) <= until) {
      erased[row] = 1;
      any = true;
      dropped.add(record);
    } else later.add(record);
  }
  return any ? { ...events, erased } : events;
}

/** A link of an erased person is learnt only from a record that is itself later than the erasure. */
function dropLinks(
  people: People,
  through: Float64Array,
  later: ReadonlySet<number>,
  dropped: Set<number>,
): People {
  const members: number[] = [];
  const kinds: number[] = [];
  const ends: number[] = [];
  const records: number[] = [];
  let start = 0;
  people.ends.forEach((end, at) => {
    const record = people.records[at] ?? 0;
    const linked = people.members.subarray(start, end);
    const isOfErased = linked.some((member) => !Number.isNaN(through[member] ?? Number.NaN));
    if (isOfErased && !later.has(record)) dropped.add(record);
    else {
      members.push(...linked);
      kinds.push(...people.kinds.subarray(start, end));
      ends.push(members.length);
      records.push(record);
    }
    start = end;
  });
  if (ends.length === people.ends.length) return people;
  return {
    ids: people.ids,
    members: Uint32Array.from(members),
    kinds: Uint8Array.from(kinds),
    ends: Uint32Array.from(ends),
    records: Uint32Array.from(records),
  };
}

function isErased(record: CanonicalRecord, tombstones: Tombstones): boolean {
  if (record.kind === 'attendance') {
    return isOlder(record.viewer_key, record.last_leave_at ?? record.first_enter_at, tombstones);
  }
  if (record.kind === 'order') {
    const at = record.paid_at ?? record.created_at ?? record.refunded_at;
    return record.viewer_key === null
      ? tombstones.hasOrder(record.account, record.order_id)
      : isOlder(record.viewer_key, at, tombstones);
  }
  if (record.kind === 'sign_in' && record.name_key !== '') {
    return tombstones.hasSignIn(record.account, record.live_id, record.name_key);
  }
  return false;
}

function isOlder(viewer: string, at: number | null, tombstones: Tombstones): boolean {
  const through = tombstones.throughOfViewer(viewer);
  return through !== undefined && (at ?? 0) <= through;
}

/** Who invited somebody is named in the other's row. */
function withoutInviter(record: CanonicalRecord, tombstones: Tombstones): CanonicalRecord {
  if (record.kind !== 'attendance' || record.inviter === '') return record;
  return tombstones.throughOfViewer(record.inviter) === undefined ? record : { ...record, inviter: '' };
}
