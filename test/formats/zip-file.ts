import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFileEntry {
  readonly name: string;
  readonly content: Buffer | string;
  /** Deflated unless said otherwise. */
  readonly stored?: boolean;
  /** What the directory says instead of the truth. */
  readonly lie?: { readonly inflatedBytes?: number; readonly storedBytes?: number; readonly crc?: number };
  /** Sizes and place as zip64 fields. */
  readonly wide?: boolean;
  readonly method?: number;
  readonly flags?: number;
  /** Directory entry points to the local header of another entry. */
  readonly sharesWith?: string;
}

/** A zip made byte by byte, so that it can be wrong in any way. */
export function zipFile(entries: readonly ZipFileEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const places = new Map<string, number>();
  let position = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content);
    const data = entry.stored === true ? content : deflateRawSync(content, { level: 6 });
    const name = Buffer.from(entry.name);
    const method = entry.method ?? (entry.stored === true ? 0 : 8);
    const crc = entry.lie?.crc ?? crc32(content);
    const inflatedBytes = entry.lie?.inflatedBytes ?? content.length;
    const storedBytes = entry.lie?.storedBytes ?? data.length;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc, 14);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(content.length >>> 0, 22);
    local.writeUInt16LE(name.length, 26);
    const place = places.get(entry.sharesWith ?? '') ?? position;
    places.set(entry.name, place);
    if (entry.sharesWith === undefined) {
      parts.push(local, name, data);
      position += local.length + name.length + data.length;
    }
    const wide = entry.wide === true ? Buffer.alloc(28) : Buffer.alloc(0);
    if (entry.wide === true) {
      wide.writeUInt16LE(1, 0);
      wide.writeUInt16LE(24, 2);
      wide.writeBigUInt64LE(BigInt(inflatedBytes), 4);
      wide.writeBigUInt64LE(BigInt(storedBytes), 12);
      wide.writeBigUInt64LE(BigInt(place), 20);
    }
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(entry.flags ?? 0, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(entry.wide === true ? 0xffffffff : storedBytes, 20);
    central.writeUInt32LE(entry.wide === true ? 0xffffffff : inflatedBytes, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(wide.length, 30);
    central.writeUInt32LE(entry.wide === true ? 0xffffffff : place, 42);
    directory.push(central, name, wide);
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, directoryBytes, end]);
}
