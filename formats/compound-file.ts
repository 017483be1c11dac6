/**
 * Reads OLE compound files (MS-CFB), the container around encrypted and around legacy Office documents. Chains
 * are bounded by the size of the file, so loops and cut files end in a `FormatError`.
 */
import { COMPOUND_FILE_LIMITS } from './limits.js';
import { assertInside, type RandomAccess } from './random-access.js';
import { FormatError, type FormatFailureCode } from './table.js';

export const COMPOUND_FILE_MAGIC = Buffer.from('d0cf11e0a1b11ae1', 'hex');

export interface CompoundStream {
  /** As stored, without the storages it lies in. */
  readonly name: string;
  readonly bytes: number;
}

export interface CompoundFile {
  readonly streams: readonly CompoundStream[];
  /** By name without regard to case, in whichever storage. */
  find(name: string): CompoundStream | undefined;
  /** The bytes of a stream; they are read from the file when asked for. */
  open(stream: CompoundStream): Promise<RandomAccess>;
}

const endOfChain = 0xfffffffe;
const headerBytes = 512;
const entryBytes = 128;
const streamType = 2;
const rootType = 5;
/** Positions of FAT sectors in the header; more are chained in DIFAT sectors. */
const headerDifat = 109;

interface Entry extends CompoundStream {
  readonly type: number;
  readonly start: number;
}

interface Layout {
  readonly source: RandomAccess;
  readonly sectorBytes: number;
  readonly miniSectorBytes: number;
  readonly miniCutoff: number;
  readonly fat: Uint32Array;
}

/** Reads header, allocation tables and directory. */
export async function openCompoundFile(source: RandomAccess): Promise<CompoundFile> {
  if (source.bytes < headerBytes) throw damaged('the compound file is cut short');
  const header = await source.read(0, headerBytes);
  if (!header.subarray(0, 8).equals(COMPOUND_FILE_MAGIC)) throw damaged('not a compound file');
  const sectorShift = header.readUInt16LE(30);
  const miniShift = header.readUInt16LE(32);
  if ((sectorShift !== 9 && sectorShift !== 12) || miniShift !== 6) {
    throw damaged('the compound file has an impossible sector size');
  }
  const sectorBytes = 2 ** sectorShift;
  const fat = await readFat(source, header, sectorBytes);
  const layout: Layout = {
    source,
    sectorBytes,
    miniSectorBytes: 2 ** miniShift,
    miniCutoff: header.readUInt32LE(56),
    fat,
  };
  const entries = await readDirectory(layout, header.readUInt32LE(48));
  const root = entries[0];
  if (root?.type !== rootType) throw damaged('the compound file has no root entry');
  const miniFat = await readTable(layout, header.readUInt32LE(60), header.readUInt32LE(64));
  const streams = entries.filter((entry) => entry.type === streamType);
  return {
    streams,
    find(name) {
      return streams.find((stream) => stream.name.toLowerCase() === name.toLowerCase());
    },
    open(stream) {
      const entry = streams.find((candidate) => candidate === stream);
      if (entry === undefined) throw new Error('the stream is of another compound file');
      return Promise.resolve(
        entry.bytes < layout.miniCutoff
          ? openMiniStream(layout, root, miniFat, entry)
          : openSectors(layout, entry),
      );
    },
  };
}

async function readFat(source: RandomAccess, header: Buffer, sectorBytes: number): Promise<Uint32Array> {
  // Sector 0 follows the header, which takes one sector.
  const sectors = Math.ceil(source.bytes / sectorBytes) - 1;
  const perSector = sectorBytes / 4;
  const fatSectors = header.readUInt32LE(44);
  if (fatSectors > Math.ceil(sectors / perSector) + 1) {
    throw damaged('the compound file is shorter than its allocation table says');
  }
  const places: number[] = [];
  for (let at = 0; at < Math.min(headerDifat, fatSectors); at += 1)
    places.push(header.readUInt32LE(76 + 4 * at));
  let next = header.readUInt32LE(68);
  while (places.length < fatSectors) {
    if (next >= sectors) throw damaged('the compound file is cut short or its table of tables is broken');
    const sector = await readSector(source, next, sectorBytes);
    for (let at = 0; at < perSector - 1 && places.length < fatSectors; at += 1) {
      places.push(sector.readUInt32LE(4 * at));
    }
    next = sector.readUInt32LE(sectorBytes - 4);
  }
  const fat = new Uint32Array(fatSectors * perSector).fill(endOfChain);
  for (const [index, place] of places.entries()) {
    if (place >= sectors) throw damaged('the compound file is cut short');
    const sector = await readSector(source, place, sectorBytes);
    for (let at = 0; at < perSector; at += 1) fat[index * perSector + at] = sector.readUInt32LE(4 * at);
  }
  return fat;
}

async function readDirectory(layout: Layout, start: number): Promise<Entry[]> {
  const { source, sectorBytes, fat } = layout;
  const limitBytes = COMPOUND_FILE_LIMITS.directoryEntries * entryBytes;
  const sectors = chain(fat, start, sectorBytes, null);
  if (sectors.length * sectorBytes > limitBytes) {
    throw refuse('too_large', 'the directory of the compound file is too long');
  }
  const bytes = sectors.length * sectorBytes;
  const directory = await chainAccess(source, sectors, sectorBytes, sectorBytes, bytes).read(0, bytes);
  const entries: Entry[] = [];
  for (let at = 0; at < directory.length; at += entryBytes) {
    const nameBytes = Math.min(Math.max(directory.readUInt16LE(at + 64) - 2, 0), 62);
    // The upper half of the size is undefined in files of version 3, which use sectors of 512 bytes.
    const upper = sectorBytes === 512 ? 0 : directory.readUInt32LE(at + 124);
    entries.push({
      name: directory.toString('utf16le', at, at + nameBytes),
      type: directory.readUInt8(at + 66),
      start: directory.readUInt32LE(at + 116),
      bytes: upper * 2 ** 32 + directory.readUInt32LE(at + 120),
    });
  }
  return entries;
}

/** An allocation table that is stored in a chain of its own, as the mini stream's is. */
async function readTable(layout: Layout, start: number, sectors: number): Promise<Uint32Array> {
  const { source, sectorBytes, fat } = layout;
  if (sectors === 0) return new Uint32Array(0);
  if (sectors > fat.length) throw damaged('the compound file has an impossible mini table');
  const bytes = sectors * sectorBytes;
  const places = chain(fat, start, sectorBytes, bytes);
  const content = await chainAccess(source, places, sectorBytes, sectorBytes, bytes).read(0, bytes);
  const table = new Uint32Array(bytes / 4);
  for (let at = 0; at < table.length; at += 1) table[at] = content.readUInt32LE(4 * at);
  return table;
}

/** A stream in sectors of its own; every one of them must lie in the file. */
function openSectors(layout: Layout, entry: Entry): RandomAccess {
  const { source, sectorBytes, fat } = layout;
  const sectors = chain(fat, entry.start, sectorBytes, entry.bytes);
  const lastBytes = entry.bytes - (sectors.length - 1) * sectorBytes;
  for (const [index, sector] of sectors.entries()) {
    // The last sector of a file may have been written no further than its contents.
    const needed = index === sectors.length - 1 ? lastBytes : sectorBytes;
    assertInside(source.bytes, (sector + 1) * sectorBytes, needed);
  }
  return chainAccess(source, sectors, sectorBytes, sectorBytes, entry.bytes);
}

/** A short stream: its sectors are parts of the root's own stream. */
function openMiniStream(layout: Layout, root: Entry, miniFat: Uint32Array, entry: Entry): RandomAccess {
  const sectors = chain(miniFat, entry.start, layout.miniSectorBytes, entry.bytes);
  return chainAccess(openSectors(layout, root), sectors, layout.miniSectorBytes, 0, entry.bytes);
}

/**
 * The sectors of a stream in order; of one whose size is not stored (null), all until the end of the chain.
 * A chain longer than its table has come round again.
 */
function chain(fat: Uint32Array, start: number, sectorBytes: number, bytes: number | null): Uint32Array {
  const wanted = bytes === null ? null : Math.ceil(bytes / sectorBytes);
  if (wanted !== null && wanted > fat.length) throw damaged('a stream is longer than the compound file');
  const sectors: number[] = [];
  for (let sector = start; wanted === null ? sector !== endOfChain : sectors.length < wanted;) {
    const next = fat[sector];
    if (next === undefined || sectors.length >= fat.length) throw damaged('a sector chain is broken');
    sectors.push(sector);
    sector = next;
  }
  return Uint32Array.from(sectors);
}

/** Reads a stream sector by sector, neighbouring sectors at once. Sector n lies at `offset + n * sectorBytes`. */
function chainAccess(
  source: RandomAccess,
  sectors: Uint32Array,
  sectorBytes: number,
  offset: number,
  bytes: number,
): RandomAccess {
  return {
    bytes,
    async read(position, length) {
      assertInside(bytes, position, length);
      const parts: Buffer[] = [];
      for (let at = position; at < position + length;) {
        const index = Math.floor(at / sectorBytes);
        const first = sectors[index];
        if (first === undefined) throw damaged('a stream is longer than its sectors');
        const inSector = at - index * sectorBytes;
        let run = 1;
        while (sectors[index + run] === first + run && run * sectorBytes - inSector < position + length - at)
          run += 1;
        const take = Math.min(run * sectorBytes - inSector, position + length - at);
        parts.push(await source.read(offset + first * sectorBytes + inSector, take));
        at += take;
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, length);
    },
  };
}

function readSector(source: RandomAccess, sector: number, sectorBytes: number): Promise<Buffer> {
  return source.read((sector + 1) * sectorBytes, sectorBytes);
}

function damaged(detail: string): FormatError {
  return refuse('damaged', detail);
}

function refuse(code: FormatFailureCode, detail: string): FormatError {
  return new FormatError({ code, detail });
}
