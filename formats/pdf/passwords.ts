import type { FoundEncryption } from '../table.js';

/**
 * The encryption of a PDF (`pdf-r2` … `pdf-r6`) from its bytes, without opening it: the trailer names the encryption
 * dictionary, which is never compressed.
 */
export function findPdfEncryption(bytes: Uint8Array): FoundEncryption | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = file.lastIndexOf('/Encrypt');
  if (at === -1) return null;
  const trailer = file.toString('latin1', at, at + 2048);
  const reference = /^\/Encrypt\s+(\d+)\s+(\d+)\s+R/.exec(trailer);
  if (reference === null) return /^\/Encrypt\s*<</.test(trailer) ? { scheme: revisionOf(trailer) } : null;
  const start = objectStart(file, `${reference[1] ?? ''} ${reference[2] ?? ''} obj`);
  return { scheme: start === -1 ? 'pdf' : revisionOf(file.toString('latin1', start, start + 4096)) };
}

/**
 * The spellings under which a password may have been set. Up to revision 4 a password is bytes: readers take Latin-1,
 * most writers UTF-8.
 */
export function passwordForms(password: string): string[] {
  const utf8 = Buffer.from(password, 'utf8').toString('latin1');
  return utf8 === password ? [password] : [password, utf8];
}

/** `12 0 obj` at the start of a line, not the end of `112 0 obj`; the last one counts. */
function objectStart(file: Buffer, header: string): number {
  for (let at = file.lastIndexOf(header); at >= 0; at = at === 0 ? -1 : file.lastIndexOf(header, at - 1)) {
    const before = at === 0 ? 0x0a : (file[at - 1] ?? 0);
    if (before < 0x30 || before > 0x39) return at;
  }
  return -1;
}

function revisionOf(dictionary: string): string {
  const end = dictionary.indexOf('endobj');
  const revision = /\/R\s+([2-6])(?!\d)/.exec(end === -1 ? dictionary : dictionary.slice(0, end))?.[1];
  return revision === undefined ? 'pdf' : `pdf-r${revision}`;
}
