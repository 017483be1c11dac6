/** Reads a workbook, encrypted or not; runs in the child process of `isolated.ts`. */
import { open } from 'node:fs/promises';
import { openZip, type BoundedZip } from '../bounded-zip.js';
import { COMPOUND_FILE_MAGIC, openCompoundFile } from '../compound-file.js';
import { XLSX_LIMITS } from '../limits.js';
import type { IsolatedReader, ReaderOutput } from '../isolated-protocol.js';
import { openEncryptedPackage } from '../office-encryption/decrypt.js';
import { fileAccess, type RandomAccess } from '../random-access.js';
import { FormatError, type FoundEncryption } from '../table.js';
import { CellDates } from './cells.js';
import { WorkBudget } from './work-budget.js';
import { MergedRanges } from './merged-ranges.js';
import { partBlocks } from './read-part.js';
import { readSharedStrings } from './read-shared-strings.js';
import { SheetReader, type SheetContext } from './read-sheet.js';
import { readCellKinds } from './read-styles.js';
import { readWorkbook, type WorkbookSheet } from './read-workbook.js';
import { XmlTokens } from './xml-tokens.js';

/** Cells handed over at once. */
const cellsPerChunk = 8_192;

export const read: IsolatedReader = async (task, output) => {
  const handle = await open(task.path, 'r');
  try {
    const { size } = await handle.stat();
    if (size === 0) throw new FormatError({ code: 'empty', detail: 'the file has no bytes' });
    const file = fileAccess(handle, size);
    const { encrypted, content } = await decrypted(file, task.passwords);
    await readPackage(content, encrypted, size, output);
  } finally {
    await handle.close();
  }
};

async function decrypted(
  file: RandomAccess,
  passwords: readonly string[],
): Promise<{ encrypted: FoundEncryption | null; content: RandomAccess }> {
  const magic = await file.read(0, Math.min(file.bytes, COMPOUND_FILE_MAGIC.length));
  if (!magic.equals(COMPOUND_FILE_MAGIC)) return { encrypted: null, content: file };
  return openEncryptedPackage(await openCompoundFile(file), passwords);
}

async function readPackage(
  content: RandomAccess,
  encrypted: FoundEncryption | null,
  fileBytes: number,
  output: ReaderOutput,
): Promise<void> {
  const zip = await openZip(content);
  const workbook = await readWorkbook(zip);
  const context: SheetContext = {
    strings: await readSharedStrings(zip, workbook.sharedStrings),
    kinds: await readCellKinds(zip, workbook.styles),
    dates: new CellDates(workbook.uses1904),
  };
  const toInflate = 2 * workbook.sheets.reduce((bytes, sheet) => bytes + sheet.entry.inflatedBytes, 0);
  let inflated = 0;
  let isOpening = true;
  const budget = new WorkBudget(output, fileBytes);
  const progress = (bytes: number): void => {
    inflated += bytes;
    budget.check(isOpening);
    output.consumed(Math.floor((fileBytes * inflated) / Math.max(1, toInflate)));
  };
  const merged: MergedRanges[] = [];
  let textBytes = 0;
  for (const sheet of workbook.sheets) {
    const reader = new SheetReader(context, null, sheet.entry.inflatedBytes);
    await readSheet(zip, sheet, reader, progress, null);
    merged.push(reader.merged);
    textBytes += reader.textBytes;
    if (textBytes > XLSX_LIMITS.textBytes) {
      throw new FormatError({ code: 'too_large', detail: 'the cells of the workbook repeat too much text' });
    }
  }
  output.header({ encrypted });
  isOpening = false;
  for (const [index, sheet] of workbook.sheets.entries()) {
    const reader = new SheetReader(context, merged[index] ?? new MergedRanges(), sheet.entry.inflatedBytes);
    await readSheet(zip, sheet, reader, progress, output);
  }
  output.consumed(fileBytes);
}

async function readSheet(
  zip: BoundedZip,
  sheet: WorkbookSheet,
  reader: SheetReader,
  progress: (bytes: number) => void,
  output: ReaderOutput | null,
): Promise<void> {
  const tokens = new XmlTokens();
  const drain = async (): Promise<void> => {
    for (let isFull = true; isFull;) {
      isFull = reader.read(tokens, cellsPerChunk);
      if (output !== null && reader.waitingCells > 0) {
        await output.chunk({ table: sheet.name, rows: reader.takeRows() });
      }
    }
  };
  for await (const block of partBlocks(zip, sheet.entry)) {
    tokens.feed(block);
    await drain();
    progress(block.length);
  }
  tokens.finish();
  await drain();
}
