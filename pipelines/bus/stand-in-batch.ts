/** Of a batch in Kafka's format v2, up to its records. */
const HEAD_BYTES = 61;
const LENGTH_AT = 8;
/** Of what the length does not count: the first offset and itself. */
const BEFORE_LENGTH = 12;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const COUNT_AT = 57;
const COMPRESSION_BITS = 0x07;
const ZSTD = 4;

/** The batches of a record set, each with its head; the last may have been cut off by the broker and is left out. */
export function batchesOf(recordSet: Buffer): readonly Buffer[] {
  const batches: Buffer[] = [];
  for (let at = 0; at + HEAD_BYTES <= recordSet.length;) {
    const end = at + BEFORE_LENGTH + recordSet.readInt32BE(at + LENGTH_AT);
    if (end > recordSet.length || end < at + HEAD_BYTES) break;
    batches.push(recordSet.subarray(at, end));
    at = end;
  }
  return batches;
}

/** Formats older than v2 have no such head. */
export function isVersion2(recordSet: Buffer): boolean {
  return recordSet.length >= HEAD_BYTES && recordSet[MAGIC_AT] === 2;
}

export function isZstd(batch: Buffer): boolean {
  return (batch.readInt16BE(ATTRIBUTES_AT) & COMPRESSION_BITS) === ZSTD;
}

/**
 * A batch of one record in the place of one whose records nobody here can read. The record holds the batch as it came, has
 * no headers, so that it is set aside, and stands at the last offset: what is asked for next lies behind the batch.
 */
export function standInFor(batch: Buffer): Buffer {
  const head = Buffer.from(batch.subarray(0, HEAD_BYTES));
  const record = recordOf(batch.readInt32BE(LAST_OFFSET_DELTA_AT), batch);
  head.writeInt32BE(HEAD_BYTES - BEFORE_LENGTH + record.length, LENGTH_AT);
  head.writeInt16BE(batch.readInt16BE(ATTRIBUTES_AT) & ~COMPRESSION_BITS, ATTRIBUTES_AT);
  head.writeInt32BE(1, COUNT_AT);
  return Buffer.concat([head, record]);
}

function recordOf(offsetDelta: number, value: Buffer): Buffer {
  const body = Buffer.concat([
    // Attributes, time after the first.
    Buffer.from([0, 0]),
    zigzag(offsetDelta),
    // No key.
    zigzag(-1),
    zigzag(value.length),
    value,
    // No headers.
    zigzag(0),
  ]);
  return Buffer.concat([zigzag(body.length), body]);
}

/** A signed number as a varint. */
function zigzag(value: number): Buffer {
  const bytes: number[] = [];
  let left = value < 0 ? -2 * value - 1 : 2 * value;
  while (left > 0x7f) {
    bytes.push((left & 0x7f) | 0x80);
    left = Math.floor(left / 128);
  }
  bytes.push(left);
  return Buffer.from(bytes);
}
