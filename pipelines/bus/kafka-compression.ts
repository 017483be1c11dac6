import * as zlib from 'node:zlib';
import { promisify } from 'node:util';
import type { CompressionTypes } from 'kafkajs';
import type { KafkajsLibrary } from './kafkajs-library.js';

/** `zstd` needs Node.js 22.15. */
export type KafkaCompression = 'none' | 'gzip' | 'zstd';

const MOST_INFLATED_BYTES = 512 * 2 ** 20;

type Transform = (bytes: Buffer) => Promise<Buffer>;

/** Node.js has zstd since 22.15, which the types of 20 do not know. */
const zstd = ((): { compress: Transform; decompress: Transform } | null => {
  const found: Readonly<Record<string, unknown>> = { ...zlib };
  const { zstdCompress, zstdDecompress } = found;
  if (typeof zstdCompress !== 'function' || typeof zstdDecompress !== 'function') return null;
  const promised =
    (work: (bytes: Buffer, done: (error: Error | null, result: Buffer) => void) => void): Transform =>
    (bytes) =>
      promisify(work)(bytes);
  return {
    compress: promised((bytes, done) => void Reflect.apply(zstdCompress, zlib, [bytes, done])),
    decompress: promised(
      (bytes, done) =>
        void Reflect.apply(zstdDecompress, zlib, [bytes, { maxOutputLength: MOST_INFLATED_BYTES }, done]),
    ),
  };
})();

const gzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip);
const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const prepared = new WeakSet<KafkajsLibrary>();

/** Throws when this Node.js cannot compress so. */
export function checkCompression(compression: KafkaCompression): void {
  if (compression === 'zstd' && zstd === null) {
    throw new TypeError('kafka_compression: zstd needs Node.js 22.15 or newer; use gzip');
  }
}

/** Whether a batch that could not be read may be read yet: by a Node.js that knows zstd, or with more memory. */
export function mayBeReadYet(error: unknown, byZstd: boolean): boolean {
  if (byZstd && zstd === null) return true;
  return error instanceof Error && 'code' in error && error.code === 'Z_MEM_ERROR';
}

/** How kafkajs calls it. */
export function compressionType(kafkajs: KafkajsLibrary, compression: KafkaCompression): CompressionTypes {
  const { CompressionTypes } = kafkajs;
  if (compression === 'gzip') return CompressionTypes.GZIP;
  return compression === 'zstd' ? CompressionTypes.ZSTD : CompressionTypes.None;
}

/** Gives kafkajs our codecs, once. Level 1: of the same messages 9 makes a tenth less and takes six times as long. */
export function registerCodecs(kafkajs: KafkajsLibrary): void {
  if (prepared.has(kafkajs)) return;
  prepared.add(kafkajs);
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: (encoder: { buffer: Buffer }) => gzip(encoder.buffer, { level: 1 }),
    decompress: (buffer: Buffer) => gunzip(buffer, { maxOutputLength: MOST_INFLATED_BYTES }),
  });
  // Without zstd its messages stay where they are: they are those of a collector on a newer Node.js.
  if (zstd === null) return;
  const { compress, decompress } = zstd;
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { buffer: Buffer }) => compress(encoder.buffer),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
}
