/**
 * Reads zip containers that may be hostile: sizes, ratios, number and places of the entries are judged before
 * anything is inflated, inflated bytes are counted while they come, checksums are verified.
 */
import { crc32, createInflateRaw } from 'node:zlib';
import { ZIP_LIMITS } from './limits.js';
import type { RandomAccess } from './random-access.js';
import { FormatError, type FormatFailureCode } from './table.js';

export interface ZipEntry {
  readonly name: string;
  readonly storedBytes: number;
  readonly inflatedBytes: number;
  readonly crc: number;
  readonly deflated: boolean;
  /** Of its local header. */
  readonly position: number;
}

export interface BoundedZip {
  readonly entries: readonly ZipEntry[];
  /** By name as packages compare them: without regard to case, `\` as `/`, without a leading `/`. */
  find(name: string): ZipEntry | undefined;
  /**
   * The inflated bytes of an entry, in blocks. Throws a `FormatError` (`damaged`) when length or checksum differ
   * from what the directory says, at the latest after the last block.
   */
  inflate(entry: ZipEntry): AsyncGenerator<Buffer>;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const end64LocatorSignature = 0x07064b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const localHeaderBytes = 30;
const directoryHeaderBytes = 46;
const storedBlockBytes = 256 * 1024;
const inflatedBlockBytes = 256 * 1024;

/** Reads the central directory and refuses what no honest file has. */
export async function openZip(source: RandomAccess): Promise<BoundedZip> {
  const end = await findEnd(source);
  if (end.entries > ZIP_LIMITS.entries) throw refuse('too_large', `the zip has ${end.entries} entries`);
  if (end.directoryBytes > ZIP_LIMITS.centralDirectoryBytes) {
    throw refuse('too_large', `the zip directory takes ${end.directoryBytes} bytes`);
  }
  const directory = await source.read(end.directoryPosition, end.directoryBytes);
  const entries = parseDirectory(directory, end.entries);
  assertHonest(entries, end.directoryPosition);
  const byName = new Map<string, ZipEntry>();
  for (const entry of entries) {
    const name = packageName(entry.name);
    if (byName.has(name)) throw refuse('damaged', 'the zip holds two entries of one name');
    byName.set(name, entry);
  }
  return {
    entries,
    find: (name) => byName.get(packageName(name)),
    inflate: (entry) => inflateEntry(source, entry),
  };
}

function packageName(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
}

interface End {
  readonly entries: number;
  readonly directoryBytes: number;
  readonly directoryPosition: number;
}

async function findEnd(source: RandomAccess): Promise<End> {
  const tailBytes = Math.min(source.bytes, endBytes + 0xffff);
  const tail = await source.read(source.bytes - tailBytes, tailBytes);
  for (let at = tail.length - endBytes; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== endSignature) continue;
    if (tail.readUInt16LE(at + 20) !== tail.length - at - endBytes) continue;
    const end = {
      entries: tail.readUInt16LE(at + 10),
      directoryBytes: tail.readUInt32LE(at + 12),
      directoryPosition: tail.readUInt32LE(at + 16),
    };
    const position = source.bytes - tail.length + at;
    const is64 =
      end.entries === 0xffff || end.directoryBytes === 0xffffffff || end.directoryPosition === 0xffffffff;
    const wide = is64 ? await findEnd64(source, position) : null;
    const found = wide ?? end;
    if (found.directoryPosition + found.directoryBytes > position) {
      throw refuse('damaged', 'the zip directory does not lie inside the file');
    }
    return found;
  }
  throw refuse('damaged', 'the zip has no end record');
}

async function findEnd64(source: RandomAccess, endPosition: number): Promise<End | null> {
  const locatorPosition = endPosition - 20;
  if (locatorPosition < 0) return null;
  const locator = await source.read(locatorPosition, 20);
  if (locator.readUInt32LE(0) !== end64LocatorSignature) return null;
  const record = await source.read(readWide(locator, 8), 56);
  if (record.readUInt32LE(0) !== end64Signature) throw refuse('damaged', 'the zip64 end record is missing');
  return {
    entries: readWide(record, 32),
    directoryBytes: readWide(record, 40),
    directoryPosition: readWide(record, 48),
  };
}

function parseDirectory(directory: Buffer, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + directoryHeaderBytes > directory.length || directory.readUInt32LE(at) !== directorySignature) {
      throw refuse('damaged', 'the zip directory is cut short');
    }
    const flags = directory.readUInt16LE(at + 8);
    const method = directory.readUInt16LE(at + 10);
    const nameBytes = directory.readUInt16LE(at + 28);
    const extraBytes = directory.readUInt16LE(at + 30);
    const next = at + directoryHeaderBytes + nameBytes + extraBytes + directory.readUInt16LE(at + 32);
    if (next > directory.length) throw refuse('damaged', 'the zip directory is cut short');
    if ((flags & 0x2041) !== 0) throw refuse('unsupported', 'the zip itself is encrypted (ZipCrypto or AES)');
    if (method !== 0 && method !== 8)
      throw refuse('unsupported', `the zip uses compression method ${method}`);
    const nameEnd = at + directoryHeaderBytes + nameBytes;
    const name = directory.toString('utf8', at + directoryHeaderBytes, nameEnd);
    const sizes = widen(
      {
        inflatedBytes: directory.readUInt32LE(at + 24),
        storedBytes: directory.readUInt32LE(at + 20),
        position: directory.readUInt32LE(at + 42),
      },
      directory.subarray(nameEnd, nameEnd + extraBytes),
    );
    entries.push({ name, crc: directory.readUInt32LE(at + 16), deflated: method === 8, ...sizes });
    at = next;
  }
  return entries;
}

type Sizes = Pick<ZipEntry, 'inflatedBytes' | 'storedBytes' | 'position'>;

/** Takes the 64-bit values of the zip64 extra field for those that are marked as being there. */
function widen(sizes: Sizes, extra: Buffer): Sizes {
  const marked = Object.values(sizes).some((value) => value === 0xffffffff);
  if (!marked) return sizes;
  for (let at = 0; at + 4 <= extra.length;) {
    const bytes = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      let field = at + 4;
      const end = Math.min(field + bytes, extra.length);
      const wide = (value: number): number => {
        if (value !== 0xffffffff) return value;
        if (field + 8 > end) throw refuse('damaged', 'a zip64 field is cut short');
        field += 8;
        return readWide(extra, field - 8);
      };
      // The order is fixed by the format.
      const inflatedBytes = wide(sizes.inflatedBytes);
      const storedBytes = wide(sizes.storedBytes);
      return { inflatedBytes, storedBytes, position: wide(sizes.position) };
    }
    at += 4 + bytes;
  }
  return sizes;
}

function assertHonest(entries: readonly ZipEntry[], directoryPosition: number): void {
  let inflatedBytes = 0;
  for (const entry of entries) {
    inflatedBytes += entry.inflatedBytes;
    const isBomb =
      entry.inflatedBytes > ZIP_LIMITS.ratioFreeBytes &&
      entry.inflatedBytes > entry.storedBytes * ZIP_LIMITS.ratio;
    if (isBomb) {
      const ratio = Math.round(entry.inflatedBytes / Math.max(1, entry.storedBytes));
      throw refuse(
        'too_large',
        `an entry of the zip would inflate ${ratio} times, to ${entry.inflatedBytes} bytes`,
      );
    }
    if (!entry.deflated && entry.inflatedBytes !== entry.storedBytes) {
      throw refuse('damaged', 'a stored zip entry has two different sizes');
    }
  }
  if (inflatedBytes > ZIP_LIMITS.inflatedBytes) {
    throw refuse('too_large', `the zip would inflate to ${inflatedBytes} bytes`);
  }
  // Entries that share bytes make small files inflate to any size.
  const byPosition = [...entries].sort((one, other) => one.position - other.position);
  for (const [index, entry] of byPosition.entries()) {
    const end = entry.position + localHeaderBytes + Buffer.byteLength(entry.name) + entry.storedBytes;
    if (end > (byPosition[index + 1]?.position ?? directoryPosition)) {
      throw refuse('damaged', 'zip entries overlap');
    }
  }
}

async function* inflateEntry(source: RandomAccess, entry: ZipEntry): AsyncGenerator<Buffer> {
  const header = await source.read(entry.position, localHeaderBytes);
  if (header.readUInt32LE(0) !== localSignature) throw refuse('damaged', 'a zip entry has no header');
  const start = entry.position + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  const stored = readStored(source, start, entry.storedBytes);
  let inflatedBytes = 0;
  let crc = 0;
  for await (const block of entry.deflated ? inflateBlocks(stored) : stored) {
    inflatedBytes += block.length;
    if (inflatedBytes > entry.inflatedBytes) {
      throw refuse('damaged', 'a zip entry inflates to more than its directory says');
    }
    crc = crc32(block, crc);
    yield block;
  }
  if (inflatedBytes !== entry.inflatedBytes || crc !== entry.crc) {
    throw refuse('damaged', 'a zip entry has another length or checksum than its directory says');
  }
}

async function* readStored(source: RandomAccess, start: number, bytes: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < bytes; done += storedBlockBytes) {
    yield await source.read(start + done, Math.min(storedBlockBytes, bytes - done));
  }
}

async function* inflateBlocks(stored: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: inflatedBlockBytes });
  const feeding = feed(stored, inflate);
  try {
    for await (const block of inflate) yield block as Buffer;
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw refuse('damaged', 'a zip entry cannot be inflated');
  } finally {
    inflate.destroy();
    await feeding;
  }
}

/** Writes at the pace of the inflation; a failure of the source ends the inflation with it. */
async function feed(
  stored: AsyncGenerator<Buffer>,
  inflate: ReturnType<typeof createInflateRaw>,
): Promise<void> {
  try {
    for await (const block of stored) {
      if (inflate.destroyed || inflate.writableEnded) return;
      const written = await new Promise<boolean>((resolve) => {
        const settle = (): void => {
          inflate.off('close', settle);
          resolve(!inflate.destroyed);
        };
        inflate.once('close', settle);
        inflate.write(block, settle);
      });
      if (!written) return;
    }
    inflate.end();
  } catch (error) {
    inflate.destroy(error instanceof Error ? error : new Error('reading the zip failed'));
  }
}

function readWide(buffer: Buffer, at: number): number {
  const value = buffer.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse('damaged', 'a zip64 size is absurd');
  return Number(value);
}

function refuse(code: FormatFailureCode, detail: string): FormatError {
  return new FormatError({ code, detail });
}
