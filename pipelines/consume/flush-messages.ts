import { z } from 'zod';
import { ADAPTERS, REJECT_CODES, type AdapterName, type CanonicalRecord } from '../../schemas/index.js';
import type { SnapshotOptions } from '../bus/bus.js';
import type { IncomingMessage } from '../bus/kafka-client.js';
import type { RejectOrigin } from '../bus/kafka-bus.js';
import { unpackRecords, UnreadableMessage } from '../bus/record-codec.js';
import { SCHEMA_VERSION } from '../bus/record-fields.js';
import type { Reject } from '../load/rejects.js';
import type { Cut } from './partition-inbox.js';

/** Where a message stands. */
export interface MessagePlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Records of one message. */
export interface RecordMessage {
  readonly place: MessagePlace;
  readonly sentAt: number;
  readonly adapter: AdapterName;
  readonly route: string;
  readonly records: readonly CanonicalRecord[];
  readonly beginsRow: Uint8Array;
  /** null: of no file. */
  readonly file: {
    readonly batchSeq: number;
    readonly part: number;
    readonly snapshot: SnapshotOptions;
  } | null;
  /** It may have been stored before a crash. */
  readonly again: boolean;
}

export interface EndMessage {
  readonly batchSeq: number;
  readonly parts: number;
  /** JSON. */
  readonly entry: string;
}

export interface RejectMessage {
  readonly origin: RejectOrigin;
  readonly reject: Reject;
}

/** A message that nobody can read. */
export interface PoisonMessage {
  readonly place: MessagePlace;
  readonly message: IncomingMessage;
  readonly reason: string;
}

/** What lies in the messages of a flush. */
export interface FlushContent {
  readonly live: readonly RecordMessage[];
  readonly files: readonly RecordMessage[];
  readonly ends: readonly EndMessage[];
  readonly rejects: readonly RejectMessage[];
  readonly poison: readonly PoisonMessage[];
}

const adapter = z.enum(ADAPTERS);
const count = z.coerce.number().int().nonnegative();
const fileHeaders = z.object({
  batch: count,
  part: count,
  exported_at: z.coerce.number().int(),
  scopes: z
    .string()
    .transform((text) => (text === '' ? [] : text.split(',')))
    .pipe(z.array(z.enum(['staff', 'outsiders']))),
  accept_shrink: z.enum(['0', '1']),
  repeats: z
    .string()
    .regex(/^\d+(,\d+)*$/u)
    .transform((text) => text.split(',').map(Number))
    .optional(),
});
const rejectSchema = z.object({
  origin: z.object({
    batchId: z.string(),
    adapter,
    account: z.string(),
    receivedAt: z.number().int(),
    route: z.string().optional(),
  }),
  reject: z.object({
    // A keyed hash in the form of a UUID, without the version that z.uuid asks for.
    rejectId: z.guid(),
    place: z.string(),
    code: z.enum(REJECT_CODES),
    reason: z.string(),
    preview: z.string(),
    sealed: z.string(),
    pseudonyms: z.array(z.string()),
  }),
});

/** Reads the messages of some ranges. Never fails: what cannot be read is set apart. */
export function readMessages(cuts: readonly Cut[]): FlushContent {
  const live: RecordMessage[] = [];
  const files: RecordMessage[] = [];
  const ends: EndMessage[] = [];
  const rejects: RejectMessage[] = [];
  const poison: PoisonMessage[] = [];
  for (const { topic, partition, messages, again } of cuts) {
    for (const message of messages) {
      const place = { topic, partition, offset: message.offset };
      try {
        const type = checkVersion(message);
        if (type === 'end') ends.push(readEnd(message));
        else if (type === 'reject') rejects.push(readReject(message));
        else {
          const read = readRecords(message, place, again);
          (read.file === null ? live : files).push(read);
        }
      } catch (error) {
        poison.push({ place, message, reason: error instanceof Error ? error.message : 'unreadable' });
      }
    }
  }
  return { live, files, ends, rejects, poison };
}

function checkVersion({ headers }: IncomingMessage): 'records' | 'end' | 'reject' {
  const version = Number(headers['version'] ?? Number.NaN);
  if (version !== SCHEMA_VERSION) {
    throw new UnreadableMessage(
      Number.isNaN(version)
        ? 'the message was not written by wxlive'
        : `the message has version ${version} of the records, this loader reads ${SCHEMA_VERSION}`,
    );
  }
  const type = headers['type'];
  if (type === 'records' || type === 'end' || type === 'reject') return type;
  throw new UnreadableMessage('a message of an unknown type');
}

function readRecords(message: IncomingMessage, place: MessagePlace, again: boolean): RecordMessage {
  const { headers, timestamp } = message;
  const named = adapter.safeParse(headers['adapter']);
  if (!named.success) throw new UnreadableMessage('a message of an unknown adapter');
  let file: RecordMessage['file'] = null;
  if (headers['batch'] !== undefined) {
    const parsed = fileHeaders.safeParse(headers);
    if (!parsed.success) throw new UnreadableMessage('a message of a file whose headers are damaged');
    const { batch, part, exported_at, scopes, accept_shrink, repeats } = parsed.data;
    file = {
      batchSeq: batch,
      part,
      snapshot: {
        exportedAt: exported_at,
        scopes,
        acceptShrink: accept_shrink === '1',
        ...(repeats === undefined ? {} : { repeats }),
      },
    };
  }
  return {
    place,
    sentAt: timestamp,
    adapter: named.data,
    route: headers['route'] ?? place.topic,
    ...unpackRecords(message.value),
    file,
    again,
  };
}

function readEnd({ headers, value }: IncomingMessage): EndMessage {
  const parsed = z.object({ batch: count, parts: count }).safeParse(headers);
  if (!parsed.success) throw new UnreadableMessage('the end of a file whose headers are damaged');
  return { batchSeq: parsed.data.batch, parts: parsed.data.parts, entry: value.toString('utf8') };
}

function readReject({ value }: IncomingMessage): RejectMessage {
  try {
    return rejectSchema.parse(JSON.parse(value.toString('utf8')));
  } catch {
    throw new UnreadableMessage('a dead letter that is damaged');
  }
}
