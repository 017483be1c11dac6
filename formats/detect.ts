/** What kind of file some first bytes belong to. */
export type Container =
  | { readonly kind: 'gzip' | 'zip' | 'compound' | 'pdf' | 'text' | 'empty' }
  | { readonly kind: 'unsupported'; readonly what: string };

/** Bytes that settle a container. */
export const HEAD_BYTES = 4096;

/** Signatures of what is certainly no input of ours, so that the refusal can say what the file is. */
const FOREIGN: readonly (readonly [string, string, number?])[] = [
  ['a PNG picture', '89504e470d0a1a0a'],
  ['a JPEG picture', 'ffd8ff'],
  ['a GIF picture', '47494638'],
  ['a TIFF picture', '49492a00'],
  ['a TIFF picture', '4d4d002a'],
  ['a WebP, WAV or AVI file', '52494646'],
  ['a RAR archive', '526172211a07'],
  ['a 7-Zip archive', '377abcaf271c'],
  ['an XZ archive', 'fd377a585a00'],
  ['a Zstandard archive', '28b52ffd'],
  ['a bzip2 archive', '425a6839'],
  ['a bzip2 archive', '425a6836'],
  ['a tar archive', '7573746172', 257],
  ['a video', '66747970', 4],
  ['an Arrow file', '4152524f5731'],
  ['a Parquet file', '50415231'],
  ['an SQLite database', '53514c69746520666f726d6174'],
  ['a program', '7f454c46'],
  ['a program', 'cafebabe'],
  ['an RTF document', '7b5c727466'],
];

/** Recognises a file by its first bytes (up to `HEAD_BYTES`); its name plays no part. */
export function detectContainer(head: Buffer): Container {
  if (head.length === 0) return { kind: 'empty' };
  if (startsWith(head, '1f8b08')) return { kind: 'gzip' };
  if (startsWith(head, 'd0cf11e0a1b11ae1')) return { kind: 'compound' };
  if (['504b0304', '504b0506', '504b0708'].some((signature) => startsWith(head, signature)))
    return { kind: 'zip' };
  for (const [what, signature, offset = 0] of FOREIGN) {
    if (startsWith(head, signature, offset)) return { kind: 'unsupported', what };
  }
  const pdf = head.subarray(0, 1024).indexOf('%PDF-');
  if (pdf === 0 || (pdf > 0 && !/^[\s\ufeff]*[{[]/.test(head.toString('utf8', 0, 16))))
    return { kind: 'pdf' };
  if (/^[\s\ufeff]*<(?:\?xml|!doctype|html|head|body|table|meta)/i.test(head.toString('utf8', 0, 512))) {
    return { kind: 'unsupported', what: 'an HTML or XML page' };
  }
  return looksBinary(head)
    ? { kind: 'unsupported', what: 'binary data of an unknown kind' }
    : { kind: 'text' };
}

function startsWith(head: Buffer, hexadecimal: string, offset = 0): boolean {
  const signature = Buffer.from(hexadecimal, 'hex');
  return head.subarray(offset, offset + signature.length).equals(signature);
}

/**
 * Control characters (other than tab, line ends, form feed, substitute, escape) in more than one byte of fifty. NULs are
 * left out: stray ones are removed, and UTF-16 is full of them.
 */
function looksBinary(head: Buffer): boolean {
  if (/^(?:fffe|feff)/.test(head.toString('hex', 0, 2))) return false;
  let controls = 0;
  for (const byte of head) {
    if ((byte >= 1 && byte <= 8) || (byte >= 14 && byte <= 25) || (byte >= 28 && byte <= 31)) controls += 1;
  }
  return controls * 50 > head.length;
}
