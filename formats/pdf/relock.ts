import {
  fileKeyOf,
  pdfPasswordFailure,
  randomOwnerPassword,
  revisionSixEntries,
  type RevisionSixEntries,
} from './encryption-r6.js';

/** Lengths in bytes of the entries that hang on passwords (ISO 32000-2, table 21). */
const ENTRY_BYTES = { O: 48, U: 48, OE: 32, UE: 32 } as const;
type EntryName = keyof typeof ENTRY_BYTES;
const NAMES = Object.keys(ENTRY_BYTES) as readonly EntryName[];

/**
 * A copy of a PDF of ours under another user password and a new random owner password. The content is encrypted under
 * a key of its own, which the passwords only lock: drawing and encrypting the pages again is spared. The two copies
 * share that key, so they must be of one content. Throws TypeError for a password PDFs cannot have, and when the file
 * is none of ours.
 */
export function relockPdf(pdf: Buffer, userPassword: string, newUserPassword: string): Buffer {
  if (pdfPasswordFailure(newUserPassword) !== null) throw new TypeError('not a password for a PDF');
  const places = new Map(NAMES.map((name) => [name, findEntry(pdf, name)] as const));
  const read = (name: EntryName): Buffer => {
    const start = places.get(name) ?? 0;
    return Buffer.from(pdf.subarray(start, start + ENTRY_BYTES[name] * 2).toString('latin1'), 'hex');
  };
  const fileKey = fileKeyOf(userPassword, { U: read('U'), UE: read('UE') });
  const entries: RevisionSixEntries = revisionSixEntries(newUserPassword, randomOwnerPassword(), fileKey);
  const copy = Buffer.from(pdf);
  for (const [name, start] of places) copy.write(Buffer.from(entries[name]).toString('hex'), start, 'latin1');
  return copy;
}

/** Where the hexadecimal digits of an entry begin. */
function findEntry(pdf: Buffer, name: EntryName): number {
  const digits = ENTRY_BYTES[name] * 2;
  const mark = `/${name} <`;
  for (let at = pdf.lastIndexOf(mark); at >= 0; at = at === 0 ? -1 : pdf.lastIndexOf(mark, at - 1)) {
    const start = at + mark.length;
    const text = pdf.subarray(start, start + digits + 1).toString('latin1');
    if (text.endsWith('>') && /^[0-9a-f]+>$/i.test(text)) return start;
  }
  throw new TypeError(`the PDF has no entry ${name} of revision 6`);
}
