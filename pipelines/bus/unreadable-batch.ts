/** More records than a batch of so few megabytes holds. */
const MOST_RECORDS = 100_000;

/**
 * Stands for the records of a batch whose compression is not known here: kafkajs would end the consumer, again and again, and
 * nothing behind the batch would ever be loaded. As many records as the batch has are read from it: the first holds the
 * batch as it came, the others nothing, and none has a header, so each is set aside as what nobody can read.
 *
 * @param batch the compressed records
 * @returns records in the format of Kafka's record batches v2, uncompressed
 */
export function unreadableRecords(batch: Buffer): Buffer {
  rest ??= Buffer.concat(
    Array.from({ length: MOST_RECORDS - 1 }, (_, at) => recordOf(at + 1, Buffer.alloc(0))),
  );
  return Buffer.concat([recordOf(0, batch), rest]);
}

let rest: Buffer | null = null;

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
