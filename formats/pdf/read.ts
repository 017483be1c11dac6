import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { FormatError, type FoundEncryption, type TableChunk } from '../table.js';
import { assembleTable } from './assemble-table.js';
import { buildLines, type Line } from './lines.js';
import { findPdfEncryption, passwordForms } from './passwords.js';
import { loadPdfjs, pdfjsFolder } from './pdfjs.js';
import { buildWords, type TextItem } from './words.js';

/** Caps on what one PDF may hold. */
const LIMITS = { pages: 20_000, words: 6_000_000 };

export interface PdfTables {
  readonly encrypted: FoundEncryption | null;
  readonly chunks: readonly TableChunk[];
}

/**
 * The table of a PDF, all pages at once: columns can only be told from all of them. Runs inside the isolated child.
 * @param onPage called after each page; may throw to stop.
 * @throws FormatError
 */
export async function readPdfTables(
  bytes: Uint8Array,
  passwords: readonly string[],
  onPage: (page: number, pages: number) => void,
): Promise<PdfTables> {
  const encrypted = findPdfEncryption(bytes);
  const document = await openDocument(bytes, passwords, encrypted);
  if (document.numPages > LIMITS.pages) {
    throw new FormatError({ code: 'too_large', detail: `the PDF has ${document.numPages} pages`, encrypted });
  }
  const pages: Line[][] = [];
  let words = 0;
  for (let number = 1; number <= document.numPages; number += 1) {
    const lines = await readPage(document, number, encrypted);
    words += lines.reduce((sum, line) => sum + line.words.length, 0);
    if (words > LIMITS.words) {
      throw new FormatError({ code: 'too_large', detail: 'the PDF holds too much text', encrypted });
    }
    pages.push(lines);
    onPage(number, document.numPages);
  }
  if (words === 0) {
    throw new FormatError({ code: 'unsupported', detail: 'the PDF holds no text (a scan?)', encrypted });
  }
  return { encrypted, chunks: assembleTable(pages) };
}

async function openDocument(
  bytes: Uint8Array,
  passwords: readonly string[],
  encrypted: FoundEncryption | null,
): Promise<PDFDocumentProxy> {
  const pdfjs = await loadPdfjs();
  const attempts = [...new Set(passwords.flatMap(passwordForms))];
  const task = pdfjs.getDocument({
    data: bytes,
    cMapUrl: pdfjsFolder('cmaps'),
    cMapPacked: true,
    standardFontDataUrl: pdfjsFolder('standard_fonts'),
    disableFontFace: true,
    useSystemFonts: false,
    isEvalSupported: false,
    stopAtErrors: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  task.onPassword = (tryPassword: (password: string | Error) => void) => {
    const next = attempts.shift();
    tryPassword(next ?? new Error('no password left'));
  };
  try {
    return await task.promise;
  } catch (error) {
    if (
      error instanceof Error &&
      (error.name === 'PasswordException' || error.message === 'no password left')
    ) {
      throw new FormatError({
        code: passwords.length > 0 ? 'wrong_password' : 'password_missing',
        detail: passwords.length > 0 ? 'no password opens the PDF' : 'the PDF asks for a password',
        encrypted,
      });
    }
    throw damaged(error, encrypted);
  }
}

async function readPage(
  document: PDFDocumentProxy,
  number: number,
  encrypted: FoundEncryption | null,
): Promise<Line[]> {
  try {
    const page = await document.getPage(number);
    const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = page.getViewport({ scale: 1 }).transform;
    const { items } = await page.getTextContent();
    page.cleanup();
    const texts: TextItem[] = [];
    for (const item of items) {
      if (!('str' in item) || item.str.trim() === '') continue;
      const [ta = 1, tb = 0, tc = 0, td = 1, tx = 0, ty = 0] = item.transform as number[];
      texts.push({
        text: item.str,
        x: a * tx + c * ty + e,
        y: b * tx + d * ty + f,
        angle: Math.atan2(b * ta + d * tb, a * ta + c * tb),
        width: item.width,
        size: Math.hypot(tc, td),
        font: item.fontName,
      });
    }
    return buildLines(buildWords(texts));
  } catch (error) {
    throw damaged(error, encrypted);
  }
}

/** Only the kind of error: its message may quote the file. */
function damaged(error: unknown, encrypted: FoundEncryption | null): FormatError {
  const kind = error instanceof Error ? error.name : typeof error;
  return new FormatError({ code: 'damaged', detail: `the PDF cannot be read (${kind})`, encrypted });
}
