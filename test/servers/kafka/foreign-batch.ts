import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';

/** How a producer that is not wxlive compresses. */
export type ForeignCodec = 'gzip' | 'snappy' | 'lz4';

const CODECS: Readonly<Record<ForeignCodec, readonly [id: number, compress: (bytes: Buffer) => Buffer]>> = {
  gzip: [1, (bytes) => gzipSync(bytes, { level: 1 })],
  snappy: [2, snappyBlock],
  lz4: [3, lz4Frame],
};

/**
 * Sends one batch of so many records to the first partition, byte by byte: kafkajs neither knows these codecs nor sends many
 * records in a time that a test has (it copies the list of them for each).
 */
export async function sendForeignBatch(
  brokers: string,
  topic: string,
  { codec, records }: { readonly codec: ForeignCodec; readonly records: number },
): Promise<void> {
  const [host = '', port = ''] = (brokers.split(',')[0] ?? '').split(':');
  const socket = connect(Number(port), host);
  await once(socket, 'connect');
  socket.write(produceRequest(topic, recordBatch(codec, records)));
  const answer = z.tuple([z.instanceof(Buffer)]).parse(await once(socket, 'data'))[0];
  socket.destroy();
  // Size, correlation, one topic, its name, one partition, its number, then what became of it.
  const at = 4 + 4 + 4 + 2 + Buffer.byteLength(topic) + 4 + 4;
  const code = answer.readInt16BE(at);
  if (code !== 0) throw new Error(`the broker did not take the batch: ${code}`);
}

/** Produce, version 3, acknowledged by all. */
function produceRequest(topic: string, batch: Buffer): Buffer {
  const body = Buffer.concat([
    Buffer.concat([int16(0), int16(3), int32(1), text('foreign')]),
    Buffer.concat([int16(-1), int16(-1), int32(30_000)]),
    Buffer.concat([int32(1), text(topic), int32(1), int32(0), int32(batch.length), batch]),
  ]);
  return Buffer.concat([int32(body.length), body]);
}

function recordBatch(codec: ForeignCodec, count: number): Buffer {
  const [id, compress] = CODECS[codec];
  const records = Buffer.concat(Array.from({ length: count }, (_, at) => record(at)));
  const now = BigInt(Date.now());
  const checked = Buffer.concat([
    Buffer.concat([int16(id), int32(count - 1), int64(now), int64(now)]),
    Buffer.concat([int64(-1n), int16(-1), int32(-1), int32(count)]),
    compress(records),
  ]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32c(checked));
  const counted = Buffer.concat([int32(0), Buffer.from([2]), crc, checked]);
  return Buffer.concat([int64(0n), int32(counted.length), counted]);
}

/** One letter, without key and headers. */
function record(offsetDelta: number): Buffer {
  const body = Buffer.concat([Buffer.from([0, 0]), varint(2 * offsetDelta), Buffer.from([1, 2, 0x78, 0])]);
  return Buffer.concat([varint(2 * body.length), body]);
}

/** A frame with one block that is stored as it is: at most 4 MB. */
function lz4Frame(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4);
  // The highest bit: not compressed.
  size.writeUInt32LE(0x80000000 + bytes.length);
  return Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]),
    size,
    bytes,
    Buffer.alloc(4),
  ]);
}

/** All of it one literal. */
function snappyBlock(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length - 1);
  return Buffer.concat([varint(bytes.length), Buffer.from([63 << 2]), size, bytes]);
}

function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}
