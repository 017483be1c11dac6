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
  /** By record, UTC ms; a record without a time of its own is as old as can be. */
  const times = new Float64Array(part.count).fill(Number.NEGATIVE_INFINITY);
  const events = dropEvents(part, through, dropped, times);
  const others: NumberedRecord[] = [];
  for (const { record, number } of part.others) {
    times[number] = timeOf(record) ?? Number.NEGATIVE_INFINITY;
    if (isErased(record, tombstones)) dropped.add(number);
    else others.push({ record: withoutInviter(record, tombstones), number });
  }
  const linking = new Set(part.linkRecords);
  const people = dropLinks(part.people, through, times, (record) => {
    if (linking.has(record)) dropped.add(record);
  });
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
  times: Float64Array,
): RecordPart['events'] {
  const erased = new Uint8Array(events.rows);
  let any = false;
  for (let row = 0; row < events.rows; row++) {
    const record = events.records[row] ?? 0;
    const stated = statedMsOf(events.keys, row * KEY_WORDS);
    times[record] = stated;
    if (stated <= (through[events.viewers[row] ?? 0] ?? Number.NaN)) {
      erased[row] = 1;
      any = true;
      dropped.add(record);
    }
  }
  return any ? { ...events, erased } : events;
}

/** A link of an erased person is learnt only from a record that is itself later than the erasure. */
function dropLinks(
  people: People,
  through: Float64Array,
  times: Float64Array,
  onDrop: (record: number) => void,
): People {
  const members: number[] = [];
  const kinds: number[] = [];
  const ends: number[] = [];
  const records: number[] = [];
  let start = 0;
  people.ends.forEach((end, at) => {
    const record = people.records[at] ?? 0;
    const time = times[record] ?? Number.NEGATIVE_INFINITY;
    const linked = people.members.subarray(start, end);
    if (linked.some((member) => time <= (through[member] ?? Number.NaN))) onDrop(record);
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
  if (record.kind === 'order' && record.viewer_key === null) {
    return tombstones.hasOrder(record.account, record.order_id);
  }
  if (record.kind === 'sign_in' && record.name_key !== '') {
    return tombstones.hasSignIn(record.account, record.live_id, record.name_key);
  }
  if ((record.kind !== 'attendance' && record.kind !== 'order') || record.viewer_key === null) return false;
  const through = tombstones.throughOfViewer(record.viewer_key);
  return through !== undefined && (timeOf(record) ?? 0) <= through;
}

/** When it happened, as the record itself says. */
function timeOf(record: CanonicalRecord): number | null {
  if (record.kind === 'attendance') return record.last_leave_at ?? record.first_enter_at;
  if (record.kind === 'order') return record.paid_at ?? record.created_at ?? record.refunded_at;
  return null;
}

/** Who invited somebody is named in the other's row. */
function withoutInviter(record: CanonicalRecord, tombstones: Tombstones): CanonicalRecord {
  if (record.kind !== 'attendance' || record.inviter === '') return record;
  return tombstones.throughOfViewer(record.inviter) === undefined ? record : { ...record, inviter: '' };
}
