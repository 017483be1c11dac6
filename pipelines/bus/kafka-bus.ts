import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AdapterName, CanonicalRecord } from '../../schemas/index.js';
import type { Reject } from '../load/rejects.js';
import type { SnapshotOptions } from './bus.js';
import type { BusProducer, OutgoingMessage } from './kafka-client.js';
import { BUCKETS, bucketOf, laneOf, topicName, travelsWhole, type Lane } from './lanes.js';
import { encodeRecords, packRecord, weightOf } from './record-codec.js';
import { SCHEMA_VERSION } from './record-fields.js';
import { RecentEvents } from './recent-events.js';

/** Records of one adapter, as HTTP brought them. */
export interface LiveRecords {
  readonly adapter: AdapterName;
  /** What `batches` calls the file: the route. */
  readonly route: string;
  readonly records: readonly CanonicalRecord[];
  /** The row each record came from; those of one row follow each other. */
  readonly recordRows: ArrayLike<number>;
  /** When the first of them came, UTC ms: the time of their messages, from which visibility is counted. */
  readonly receivedAt?: number;
}

/** Records of a file. */
export interface FileRecords extends LiveRecords {
  readonly batchSeq: number;
  readonly snapshot: SnapshotOptions;
  /** Number of the first message; one file never uses a number twice. */
  readonly firstPart: number;
}

/** Where rejects come from. */
export interface RejectOrigin {
  readonly batchId: string;
  readonly adapter: AdapterName;
  readonly account: string;
  readonly receivedAt: number;
  /** Where HTTP brought them; the loader gives them a batch of that name. */
  readonly route?: string | undefined;
}

/** Messages grow up to about this; a list that counts as a whole is one message, whatever its size. */
const PACK_BYTES = 400_000;

/** Brings records to Kafka: what is published is on the brokers' disks, and reaches the warehouse through a loader. */
export class KafkaBus {
  private readonly recent = new RecentEvents();
  private lastMilliseconds = 0;

  constructor(
    private readonly producer: Pick<BusProducer, 'send' | 'close'>,
    private readonly prefix: string,
  ) {}

  /** Resolves when the records are durable. 0 for an event that came before in the last minutes; it is sent anyway. */
  async publishLive(live: LiveRecords): Promise<Uint8Array> {
    const headers = { adapter: live.adapter, route: live.route };
    await this.producer.send(this.pack(live, 'live', () => headers));
    return this.recent.take(live.records);
  }

  /** Resolves when the records are durable; says how many messages they made. */
  async publishFile(file: FileRecords): Promise<number> {
    const { batchSeq, adapter, route, snapshot } = file;
    let part = file.firstPart;
    const messages = this.pack(file, 'file', () => ({
      adapter,
      route,
      batch: String(batchSeq),
      part: String(part++),
      exported_at: String(snapshot.exportedAt),
      scopes: snapshot.scopes.join(','),
      accept_shrink: snapshot.acceptShrink ? '1' : '0',
      ...(snapshot.repeats === undefined ? {} : { repeats: snapshot.repeats.join(',') }),
    }));
    await this.producer.send(messages);
    return messages.length;
  }

  /** Says that a file was sent whole, in so many messages; `entry` is what the import knows of it. */
  async endFile(batchSeq: number, parts: number, entry: unknown): Promise<void> {
    await this.producer.send([
      this.message('import', crc32(String(batchSeq)) % BUCKETS, JSON.stringify(entry), {
        type: 'end',
        batch: String(batchSeq),
        parts: String(parts),
      }),
    ]);
  }

  /** Bad rows on their way to `rejects`; the topic keeps them too. */
  async publishRejects(
    origin: RejectOrigin,
    rejects: readonly Reject[],
    step: string,
    place?: { readonly topic: string; readonly partition: number; readonly offset: number },
  ): Promise<void> {
    if (rejects.length === 0) return;
    await this.producer.send(
      rejects.map((reject) =>
        this.message('dead_letters', crc32(reject.rejectId) % BUCKETS, JSON.stringify({ origin, reject }), {
          type: 'reject',
          adapter: origin.adapter,
          account: origin.account,
          reason: reject.code,
          step,
          time: new Date(origin.receivedAt).toISOString(),
          place: reject.place,
          ...(place === undefined
            ? {}
            : { topic: place.topic, partition: String(place.partition), offset: String(place.offset) }),
        }),
      ),
    );
  }

  /** Numbers for batches: microseconds of the clock, whose last three digits tell processes apart; loaders have those below 500. */
  nextBatchSeq(): number {
    this.lastMilliseconds = Math.max(this.lastMilliseconds + 1, Date.now());
    return this.lastMilliseconds * 1_000 + 500 + randomInt(500);
  }

  close(): Promise<void> {
    return this.producer.close();
  }

  /** Records of a row stay together, in the bucket of the first of them. */
  private pack(
    { records, recordRows, receivedAt }: LiveRecords,
    from: 'live' | 'file',
    headers: () => Record<string, string>,
  ): OutgoingMessage[] {
    const messages: OutgoingMessage[] = [];
    const packs = new Map<Lane, Pack[]>();
    const close = (pack: Pack): void => {
      if (pack.packed.length === 0) return;
      messages.push(
        this.message(
          pack.lane,
          pack.bucket,
          encodeRecords(pack.packed),
          {
            type: 'records',
            records: String(pack.packed.length),
            account: pack.account ?? '*',
            ...headers(),
          },
          receivedAt,
        ),
      );
      pack.packed = [];
      pack.bytes = 0;
    };
    let row = -1;
    let pack: Pack | null = null;
    for (let index = 0; index < records.length; index++) {
      const record = records[index];
      if (record === undefined) continue;
      const begins = pack === null || recordRows[index] !== row;
      row = recordRows[index] ?? row + 1;
      if (pack === null || begins) {
        pack = packOf(packs, record, from);
        if (pack.bytes >= PACK_BYTES && !travelsWhole(pack.lane)) close(pack);
      }
      const packed = packRecord(record, begins);
      pack.packed.push(packed);
      pack.bytes += weightOf(packed);
      const account = 'account' in record ? record.account : null;
      if (pack.account === undefined) pack.account = account;
      else if (pack.account !== account) pack.account = null;
    }
    for (const open of packs.values()) open.forEach(close);
    return messages;
  }

  private message(
    lane: Lane,
    bucket: number,
    value: Buffer | string,
    headers: Readonly<Record<string, string>>,
    timestamp?: number,
  ): OutgoingMessage {
    return {
      topic: topicName(this.prefix, lane),
      bucket,
      value: typeof value === 'string' ? Buffer.from(value) : value,
      timestamp,
      headers: { version: String(SCHEMA_VERSION), ...headers },
    };
  }
}

interface Pack {
  readonly lane: Lane;
  readonly bucket: number;
  packed: (readonly unknown[])[];
  bytes: number;
  /** null: of several; undefined: not known yet. */
  account: string | null | undefined;
}

/** The pack that takes the record: of its lane and bucket, or of its lane where lists travel whole. */
function packOf(packs: Map<Lane, Pack[]>, record: CanonicalRecord, from: 'live' | 'file'): Pack {
  const lane = laneOf(record, from);
  let ofLane = packs.get(lane);
  if (ofLane === undefined) packs.set(lane, (ofLane = []));
  const bucket = bucketOf(record);
  const at = travelsWhole(lane) ? 0 : bucket;
  return (ofLane[at] ??= { lane, bucket, packed: [], bytes: 0, account: undefined });
}
