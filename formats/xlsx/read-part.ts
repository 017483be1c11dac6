/** The XML parts of a workbook package, as bytes of UTF-8 and as tokens. */
import { TextDecoder } from 'node:util';
import type { BoundedZip, ZipEntry } from '../bounded-zip.js';
import { XLSX_LIMITS } from '../limits.js';
import { FormatError } from '../table.js';
import { Token, XmlTokens, type TokenKind } from './xml-tokens.js';

/** The blocks of a part, always as UTF-8: XML may be UTF-16 as well. */
export async function* partBlocks(zip: BoundedZip, entry: ZipEntry): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | null = null;
  let isFirst = true;
  for await (const block of zip.inflate(entry)) {
    if (isFirst) {
      isFirst = false;
      const encoding = encodingOf(block);
      if (encoding !== 'utf-8') decoder = new TextDecoder(encoding);
    }
    yield decoder === null ? block : Buffer.from(decoder.decode(block, { stream: true }));
  }
}

function encodingOf(start: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = start;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(
    start.subarray(0, 256).toString('latin1'),
  )?.[1];
  if (declared !== undefined && !/^(?:utf-?8|us-ascii|utf-16)$/i.test(declared)) {
    throw new FormatError({ code: 'unsupported', detail: 'an XML part is neither UTF-8 nor UTF-16' });
  }
  return 'utf-8';
}

/** Every token of a part, `visit` being called for each but the last, `Token.More`. */
export async function eachToken(
  zip: BoundedZip,
  entry: ZipEntry,
  visit: (tokens: XmlTokens, kind: TokenKind) => void,
): Promise<void> {
  const tokens = new XmlTokens();
  const drain = (): void => {
    for (let kind = tokens.next(); kind !== Token.More; kind = tokens.next()) visit(tokens, kind);
  };
  for await (const block of partBlocks(zip, entry)) {
    tokens.feed(block);
    drain();
  }
  tokens.finish();
  drain();
}

/** As `eachToken`, for parts that are small in every honest workbook. */
export async function eachTokenOfSmallPart(
  zip: BoundedZip,
  entry: ZipEntry,
  visit: Parameters<typeof eachToken>[2],
): Promise<void> {
  if (entry.inflatedBytes > XLSX_LIMITS.smallPartBytes) {
    throw new FormatError({ code: 'too_large', detail: 'a descriptive part of the workbook is too long' });
  }
  await eachToken(zip, entry, visit);
}
