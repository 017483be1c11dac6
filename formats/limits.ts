/**
 * Caps that keep any file from costing more than a bounded amount of time and memory. A file over a cap is
 * `too_large`. Sizes in bytes unless the name says otherwise.
 */

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

/** What one reader in its child process may use before it is ended. */
export interface ReaderLimits {
  /** Resident memory of the child. */
  readonly memoryMebibytes: number;
  /** Work until the header, that is until the whole file is known to be readable. */
  readonly openMilliseconds: number;
  /** Work between two messages after that; waiting for a slow consumer does not count. */
  readonly quietMilliseconds: number;
}

/** Keeps any refusal under 20 s and, with the parent, under 1 GB. */
export const DEFAULT_READER_LIMITS: ReaderLimits = {
  memoryMebibytes: 768,
  openMilliseconds: 18_000,
  quietMilliseconds: 18_000,
};

/** V8's share of the child's memory: what is over goes to buffers, code and the watch thread. */
export const READER_HEAP_MEBIBYTES = 448;

export const ZIP_LIMITS = {
  entries: 20_000,
  centralDirectoryBytes: 16 * mebibyte,
  /** Of all entries together, as declared. */
  inflatedBytes: 4 * gibibyte,
  /** Above `ratioFreeBytes` an entry may not inflate to more than this multiple of its stored size. */
  ratio: 500,
  ratioFreeBytes: 256 * mebibyte,
} as const;

export const XLSX_LIMITS = {
  sheets: 1_000,
  /** Excel's own. */
  columns: 16_384,
  /** Excel's own, in UTF-16 code units. */
  cellCharacters: 32_767,
  /** Of the cells of one row together, and of all cells: texts that cells share count at every use. */
  rowTextBytes: 32 * mebibyte,
  textBytes: 8 * gibibyte,
  /** Excel stops at 1,048,576; other programs write more, mostly empty ones. */
  rowNumber: 100_000_000,
  /** Text of the shared strings, as UTF-8. */
  sharedStringBytes: 384 * mebibyte,
  sharedStrings: 16_000_000,
  /** Each of workbook.xml, styles.xml and the relationship parts, inflated. */
  smallPartBytes: 32 * mebibyte,
  mergedRanges: 200_000,
  /** Empty cells between filled ones, in a sheet of any size and more for each byte of it. */
  gapCells: 50_000_000,
  gapCellsPerByte: 2,
  /** A tag with its attributes. */
  tagBytes: 64 * 1024,
} as const;

export const COMPOUND_FILE_LIMITS = {
  /** Entries of the directory of a compound file; Office writes about a dozen around an encrypted package. */
  directoryEntries: 100_000,
  /** A stream read as a whole (`EncryptionInfo`). */
  smallStreamBytes: mebibyte,
} as const;

export const ENCRYPTION_LIMITS = {
  /** MS-OFFCRYPTO's own maximum. */
  spinCount: 10_000_000,
  /** Hash rounds over all passwords tried on one file; about 10 s of work. */
  totalRounds: 10_000_000,
  /** Excel's own limit for a password, in UTF-16 code units. */
  passwordCharacters: 255,
} as const;
