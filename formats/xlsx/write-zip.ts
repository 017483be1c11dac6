import { Readable, pipeline } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';

/** A part of a package: whole bytes, or pieces as they are made. */
export interface ZipEntry {
  readonly name: string;
  readonly content: string | AsyncIterable<Uint8Array>;
}

export interface ZipOptions {
  /** UTC ms written as the wall clock of every entry; default 1980-01-01, so that equal data give equal bytes. */
  readonly fileDate?: number;
}

const LEVEL = 4;
const GZIP_HEADER_BYTES = 10;
const GZIP_TRAILER_BYTES = 8;
/** Zip without its 64-bit extension, which spreadsheets are picky about. */
const MAX_BYTES = 0xffff_ffff;
/** Names are UTF-8. */
const FLAG_UTF8 = 0x0800;
/** Sizes follow the data. */
const FLAG_DESCRIPTOR = 0x0008;

interface Sizes {
  readonly crc: number;
  readonly size: number;
  readonly compressedSize: number;
}

interface Written extends Sizes {
  readonly name: Buffer;
  readonly flags: number;
  readonly offset: number;
}

/**
 * Writes a zip as its entries come, holding no entry whole that is streamed. zlib's gzip is used for its trailer, which
 * brings the checksum and length computed off the main thread; its header and trailer are left out of the entry.
 * Throws when an entry or the whole outgrows 4 GiB.
 */
export async function* writeZip(
  entries: AsyncIterable<ZipEntry>,
  options: ZipOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const stamp = dosStamp(options.fileDate);
  const written: Written[] = [];
  let offset = 0;
  for await (const entry of entries) {
    const name = Buffer.from(entry.name, 'utf8');
    const start = offset;
    if (typeof entry.content === 'string') {
      const gzip = gzipSync(entry.content, { level: LEVEL });
      const sizes = {
        ...readTrailer(gzip),
        compressedSize: gzip.length - GZIP_HEADER_BYTES - GZIP_TRAILER_BYTES,
      };
      const header = localHeader(name, FLAG_UTF8, stamp, sizes);
      yield header;
      yield gzip.subarray(GZIP_HEADER_BYTES, gzip.length - GZIP_TRAILER_BYTES);
      offset += header.length + sizes.compressedSize;
      written.push({ ...sizes, name, flags: FLAG_UTF8, offset: start });
    } else {
      const flags = FLAG_UTF8 | FLAG_DESCRIPTOR;
      const header = localHeader(name, flags, stamp, { crc: 0, size: 0, compressedSize: 0 });
      yield header;
      const sizes = yield* deflate(entry.content, entry.name);
      const descriptor = dataDescriptor(sizes);
      yield descriptor;
      offset += header.length + sizes.compressedSize + descriptor.length;
      written.push({ ...sizes, name, flags, offset: start });
    }
    if (offset > MAX_BYTES)
      throw new Error('the workbook outgrows 4 GiB: export fewer rows, or as Parquet or CSV');
  }
  const directory = Buffer.concat(written.map((entry) => centralHeader(entry, stamp)));
  yield directory;
  yield endRecord(written.length, directory.length, offset);
}

async function* deflate(content: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array, Sizes> {
  let size = 0;
  const counted = async function* () {
    for await (const piece of content) {
      size += piece.length;
      if (size > MAX_BYTES)
        throw new Error(`${name} outgrows 4 GiB: export fewer rows, or as Parquet or CSV`);
      yield piece;
    }
  };
  const gzip = createGzip({ level: LEVEL, chunkSize: 128 * 1024 });
  // a failing source destroys gzip with its error, which the loop below then throws; a consumer that stops early ends both
  pipeline(Readable.from(counted(), { objectMode: false }), gzip, () => undefined);
  let toSkip = GZIP_HEADER_BYTES;
  let kept: Buffer = Buffer.alloc(0);
  let compressedSize = 0;
  for await (const chunk of gzip as AsyncIterable<Buffer>) {
    const skipped = Math.min(toSkip, chunk.length);
    toSkip -= skipped;
    const fresh = skipped === 0 ? chunk : chunk.subarray(skipped);
    // the last eight bytes seen so far may be the trailer
    const known = kept.length === 0 ? fresh : Buffer.concat([kept, fresh]);
    const ready = Math.max(0, known.length - GZIP_TRAILER_BYTES);
    if (ready > 0) {
      compressedSize += ready;
      yield known.subarray(0, ready);
    }
    kept = Buffer.from(known.subarray(ready));
  }
  return { ...readTrailer(kept), compressedSize };
}

function readTrailer(gzip: Buffer): { readonly crc: number; readonly size: number } {
  return { crc: gzip.readUInt32LE(gzip.length - 8), size: gzip.readUInt32LE(gzip.length - 4) };
}

interface DosStamp {
  readonly time: number;
  readonly date: number;
}

function dosStamp(fileDate: number | undefined): DosStamp {
  if (fileDate === undefined) return { time: 0, date: 0x21 };
  const date = new Date(Math.max(fileDate, Date.UTC(1980, 0, 1)));
  return {
    time: (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1),
    date: ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate(),
  };
}

function localHeader(name: Buffer, flags: number, stamp: DosStamp, sizes: Sizes): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  writeCommon(header, 6, flags, stamp, sizes, name.length);
  return Buffer.concat([header, name]);
}

function centralHeader(entry: Written, stamp: DosStamp): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(20, 6);
  writeCommon(header, 8, entry.flags, stamp, entry, entry.name.length);
  header.writeUInt32LE(entry.offset, 42);
  return Buffer.concat([header, entry.name]);
}

/** The fields that local and central headers share: flags, method, time, date, checksum, sizes, length of the name. */
function writeCommon(
  header: Buffer,
  at: number,
  flags: number,
  stamp: DosStamp,
  sizes: Sizes,
  nameBytes: number,
): void {
  header.writeUInt16LE(flags, at);
  header.writeUInt16LE(8, at + 2);
  header.writeUInt16LE(stamp.time, at + 4);
  header.writeUInt16LE(stamp.date, at + 6);
  header.writeUInt32LE(sizes.crc, at + 8);
  header.writeUInt32LE(sizes.compressedSize, at + 12);
  header.writeUInt32LE(sizes.size, at + 16);
  header.writeUInt16LE(nameBytes, at + 20);
}

function dataDescriptor(sizes: Sizes): Buffer {
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(sizes.crc, 4);
  descriptor.writeUInt32LE(sizes.compressedSize, 8);
  descriptor.writeUInt32LE(sizes.size, 12);
  return descriptor;
}

function endRecord(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(directoryOffset, 16);
  return record;
}
