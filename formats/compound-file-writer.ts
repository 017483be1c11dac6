/** Writes OLE compound files (MS-CFB, version 3), front to back. */

/** A stream to be written, and the storages it lies in. */
export interface CompoundStreamContent {
  /** Names from the outermost storage to the stream itself. */
  readonly path: readonly string[];
  readonly bytes: number;
  /** Exactly `bytes` bytes, in any pieces. */
  content(): AsyncIterable<Buffer> | Iterable<Buffer>;
}

const sectorBytes = 512;
const miniSectorBytes = 64;
/** Streams below this lie in the mini stream. */
const miniCutoff = 4096;
const entryBytes = 128;
const entriesPerSector = sectorBytes / 4;
const headerDifat = 109;
const endOfChain = 0xfffffffe;
const freeSector = 0xffffffff;
const fatSector = 0xfffffffd;
const difatSector = 0xfffffffc;
const noEntry = 0xffffffff;
/** What version 3 can address. */
const largestFileBytes = 2 ** 31 - 1;

interface Node {
  readonly name: string;
  readonly stream: CompoundStreamContent | null;
  readonly children: Node[];
  start: number;
  bytes: number;
}

/** The file, in blocks. Throws a `RangeError` for more than 2 GiB. */
export async function* writeCompoundFile(streams: readonly CompoundStreamContent[]): AsyncGenerator<Buffer> {
  const root = buildTree(streams);
  const nodes = flatten(root);
  const large = nodes.filter((node) => node.stream !== null && node.bytes >= miniCutoff);
  const small = nodes.filter((node) => node.stream !== null && node.bytes < miniCutoff);

  const fat: number[] = [];
  for (const node of large) node.start = addChain(fat, Math.ceil(node.bytes / sectorBytes));
  const miniFat: number[] = [];
  for (const node of small) node.start = addChain(miniFat, Math.ceil(node.bytes / miniSectorBytes));
  root.bytes = miniFat.length * miniSectorBytes;
  root.start = addChain(fat, Math.ceil(root.bytes / sectorBytes));
  const miniFatSectors = Math.ceil(miniFat.length / entriesPerSector);
  const miniFatStart = addChain(fat, miniFatSectors);
  const directoryStart = addChain(fat, Math.ceil((nodes.length * entryBytes) / sectorBytes));
  const tables = addTables(fat);
  if ((fat.length + 1) * sectorBytes > largestFileBytes) {
    throw new RangeError('an encrypted document cannot be larger than 2 GiB: split the report');
  }

  yield header({ ...tables, directoryStart, miniFatStart, miniFatSectors });
  for (const node of large) yield* padded(node, sectorBytes);
  yield await miniStream(small, root.bytes);
  yield table(miniFat, miniFatSectors);
  yield directory(nodes);
  yield table(fat, tables.fatPlaces.length);
  yield difat(tables);
}

function buildTree(streams: readonly CompoundStreamContent[]): Node {
  const root: Node = { name: 'Root Entry', stream: null, children: [], start: endOfChain, bytes: 0 };
  for (const stream of streams) {
    let parent = root;
    for (const [depth, name] of stream.path.entries()) {
      const isStream = depth === stream.path.length - 1;
      let node = isStream ? undefined : parent.children.find((child) => child.name === name);
      if (node === undefined) {
        node = isStream
          ? { name, stream, children: [], start: endOfChain, bytes: stream.bytes }
          : { name, stream: null, children: [], start: 0, bytes: 0 };
        parent.children.push(node);
      }
      parent = node;
    }
  }
  return root;
}

function flatten(node: Node): Node[] {
  return [node, ...node.children.flatMap(flatten)];
}

/** Adds a chain of sectors that follow each other; returns its first. */
function addChain(fat: number[], sectors: number): number {
  if (sectors === 0) return endOfChain;
  const start = fat.length;
  for (let index = 1; index < sectors; index += 1) fat.push(start + index);
  fat.push(endOfChain);
  return start;
}

interface Tables {
  /** Sectors of the allocation table itself. */
  readonly fatPlaces: readonly number[];
  /** Sectors that list those the header has no room for. */
  readonly difatPlaces: readonly number[];
}

/** The allocation table allocates itself: it grows until it covers its own sectors. */
function addTables(fat: number[]): Tables {
  let fatSectors = 0;
  let difatSectors = 0;
  for (;;) {
    const needed = Math.ceil((fat.length + fatSectors + difatSectors) / entriesPerSector);
    const neededDifat = Math.ceil(Math.max(0, needed - headerDifat) / (entriesPerSector - 1));
    if (needed === fatSectors && neededDifat === difatSectors) break;
    fatSectors = needed;
    difatSectors = neededDifat;
  }
  const place = (count: number, mark: number): number[] =>
    Array.from({ length: count }, () => {
      fat.push(mark);
      return fat.length - 1;
    });
  return { fatPlaces: place(fatSectors, fatSector), difatPlaces: place(difatSectors, difatSector) };
}

function header(
  layout: Tables & {
    readonly directoryStart: number;
    readonly miniFatStart: number;
    readonly miniFatSectors: number;
  },
): Buffer {
  const bytes = Buffer.alloc(sectorBytes);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(bytes);
  bytes.writeUInt16LE(0x3e, 24);
  bytes.writeUInt16LE(3, 26);
  bytes.writeUInt16LE(0xfffe, 28);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt16LE(6, 32);
  bytes.writeUInt32LE(layout.fatPlaces.length, 44);
  bytes.writeUInt32LE(layout.directoryStart, 48);
  bytes.writeUInt32LE(miniCutoff, 56);
  bytes.writeUInt32LE(layout.miniFatStart, 60);
  bytes.writeUInt32LE(layout.miniFatSectors, 64);
  bytes.writeUInt32LE(layout.difatPlaces[0] ?? endOfChain, 68);
  bytes.writeUInt32LE(layout.difatPlaces.length, 72);
  for (let index = 0; index < headerDifat; index += 1) {
    bytes.writeUInt32LE(layout.fatPlaces[index] ?? freeSector, 76 + 4 * index);
  }
  return bytes;
}

async function* padded(node: Node, unit: number): AsyncGenerator<Buffer> {
  let written = 0;
  for await (const block of node.stream?.content() ?? []) {
    written += block.length;
    yield block;
  }
  if (written !== node.bytes)
    throw new Error(`the stream ${node.name} is ${written} bytes, not ${node.bytes}`);
  const missing = (unit - (written % unit)) % unit;
  if (missing > 0) yield Buffer.alloc(missing);
}

async function miniStream(nodes: readonly Node[], bytes: number): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for (const node of nodes) for await (const block of padded(node, miniSectorBytes)) blocks.push(block);
  blocks.push(Buffer.alloc((sectorBytes - (bytes % sectorBytes)) % sectorBytes));
  return Buffer.concat(blocks);
}

function table(entries: readonly number[], sectors: number): Buffer {
  const bytes = Buffer.alloc(sectors * sectorBytes, 0xff);
  for (const [index, entry] of entries.entries()) bytes.writeUInt32LE(entry, 4 * index);
  return bytes;
}

function difat({ fatPlaces, difatPlaces }: Tables): Buffer {
  const bytes = Buffer.alloc(difatPlaces.length * sectorBytes, 0xff);
  for (let index = 0; index < difatPlaces.length; index += 1) {
    const first = headerDifat + index * (entriesPerSector - 1);
    const listed = fatPlaces.slice(first, first + entriesPerSector - 1);
    for (const [at, place] of listed.entries()) bytes.writeUInt32LE(place, index * sectorBytes + 4 * at);
    bytes.writeUInt32LE(difatPlaces[index + 1] ?? endOfChain, (index + 1) * sectorBytes - 4);
  }
  return bytes;
}

function directory(nodes: readonly Node[]): Buffer {
  const sectors = Math.ceil((nodes.length * entryBytes) / sectorBytes);
  const bytes = Buffer.alloc(sectors * sectorBytes);
  const ids = new Map(nodes.map((node, id) => [node, id]));
  for (let at = 0; at < bytes.length; at += entryBytes) {
    for (const field of [68, 72, 76]) bytes.writeUInt32LE(noEntry, at + field);
  }
  for (const [id, node] of nodes.entries()) {
    const at = id * entryBytes;
    bytes.write(node.name, at, 'utf16le');
    bytes.writeUInt16LE(2 * node.name.length + 2, at + 64);
    bytes.writeUInt8(id === 0 ? 5 : node.stream === null ? 1 : 2, at + 66);
    bytes.writeUInt32LE(node.start, at + 116);
    bytes.writeUInt32LE(node.bytes, at + 120);
    if (node.children.length > 0) bytes.writeUInt32LE(linkChildren(bytes, ids, node.children), at + 76);
  }
  // The root is of no tree, and black.
  bytes.writeUInt8(1, 67);
  return bytes;
}

/** Links siblings to the search tree the format wants; returns its top. */
function linkChildren(bytes: Buffer, ids: ReadonlyMap<Node, number>, children: readonly Node[]): number {
  const sorted = [...children].sort((one, other) => compareNames(one.name, other.name));
  const deepest = Math.floor(Math.log2(sorted.length));
  const link = (first: number, last: number, depth: number): number => {
    const middle = Math.floor((first + last) / 2);
    const node = sorted[middle];
    const id = node === undefined ? undefined : ids.get(node);
    if (first > last || id === undefined) return noEntry;
    const at = id * entryBytes;
    // A balanced tree is a valid red-black tree when its lowest level is red and the rest black.
    bytes.writeUInt8(depth === deepest && depth > 0 ? 0 : 1, at + 67);
    bytes.writeUInt32LE(link(first, middle - 1, depth + 1), at + 68);
    bytes.writeUInt32LE(link(middle + 1, last, depth + 1), at + 72);
    return id;
  };
  return link(0, sorted.length - 1, 0);
}

/** Shorter names first, then by upper-case characters. */
function compareNames(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  return one.toUpperCase() < other.toUpperCase() ? -1 : 1;
}
