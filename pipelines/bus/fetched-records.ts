import { batchesOf, isVersion2, isZstd, standInFor } from './stand-in-batch.js';

/** What kafkajs's reader of a fetch's answer asks of the bytes it is given: a record set behind its size. */
interface RecordSetSource {
  readInt32(): number;
  canReadBytes(size: number): boolean;
  readBytes(size: number): Buffer;
}

/** kafkajs's reader of a record set; what a record looks like is its own affair. */
export type ReadRecords = (source: RecordSetSource) => Promise<readonly unknown[]>;

/**
 * Reads record sets as kafkajs does, but goes on past a batch that it cannot read: one by LZ4 or Snappy, one of more records
 * than fit on its stack (some 120,000), one that inflates without end. kafkajs would end the consumer, again and again, and
 * nothing behind the batch would ever be loaded; here a single record stands for it. wxlive writes no such batch.
 *
 * @param mayPass whether this Node.js could read the batch under other circumstances: then it stays where it lies
 */
export function pastUnreadable(
  read: ReadRecords,
  mayPass: (error: unknown, zstd: boolean) => boolean,
): ReadRecords {
  return async (source) => {
    const size = source.readInt32();
    if (size <= 0 || !source.canReadBytes(size)) return [];
    const recordSet = source.readBytes(size);
    try {
      return await read(sourceOf(recordSet));
    } catch (error) {
      if (!isVersion2(recordSet)) throw error;
    }
    const records: unknown[] = [];
    for (const batch of batchesOf(recordSet)) {
      const found = await read(sourceOf(batch)).catch((error: unknown) => {
        if (mayPass(error, isZstd(batch))) throw error;
        return read(sourceOf(standInFor(batch)));
      });
      for (const record of found) records.push(record);
    }
    return records;
  };
}

function sourceOf(recordSet: Buffer): RecordSetSource {
  return {
    readInt32: () => recordSet.length,
    canReadBytes: () => true,
    readBytes: () => recordSet,
  };
}
