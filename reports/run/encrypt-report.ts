import { relockPdf } from '../../formats/index.js';
import { succeed, type Outcome } from '../../schemas/index.js';
import { checkPassword, type PasswordRefusal } from '../protect/password-rule.js';
import { protectWorkbook } from '../protect/protect-workbook.js';
import { renderDocument } from '../render/document.js';
import type { ReportDocument } from '../render/report-document.js';
import { renderWorkbook } from '../render/workbook.js';

export type ReportFormat = 'xlsx' | 'pdf';

/** A report rendered and encrypted as its bytes come. */
export function encryptReport(
  document: ReportDocument,
  format: ReportFormat,
  password: string,
): Outcome<AsyncIterable<Uint8Array>, PasswordRefusal> {
  return format === 'xlsx'
    ? protectWorkbook(renderWorkbook(document), password)
    : succeed(renderDocument(document, { userPassword: password }));
}

/** Larger workbooks are rendered again rather than kept in memory. */
const MOST_KEPT_BYTES = 64 * 1024 * 1024;

/**
 * Encrypts one report for many recipients. Those whose copies are alike but for the password share the rendering: the
 * plain workbook waits in memory and never on a disk, a PDF gets another lock. Ask in the order of the names shown.
 */
export class SharedRendering {
  #plain: { readonly name: string | null; readonly bytes: readonly Uint8Array[] } | null = null;
  #locked: { readonly name: string | null; readonly password: string; readonly pdf: Buffer } | null = null;
  /** Times something was rendered. */
  renderings = 0;

  constructor(private readonly document: ReportDocument) {}

  /** The bytes for a recipient whose `name` the copy shows; null: it shows none. */
  encrypt(
    format: ReportFormat,
    name: string | null,
    password: string,
  ): Outcome<AsyncIterable<Uint8Array>, PasswordRefusal> {
    const checked = checkPassword(password, [format]);
    if (!checked.ok) return checked;
    return format === 'xlsx'
      ? protectWorkbook(this.#workbook(name), password)
      : succeed(this.#pdf(name, password));
  }

  async *#workbook(name: string | null): AsyncIterable<Uint8Array> {
    if (this.#plain?.name === name) {
      yield* this.#plain.bytes;
      return;
    }
    this.#plain = null;
    this.renderings += 1;
    let kept: Uint8Array[] | null = [];
    let size = 0;
    for await (const chunk of renderWorkbook({ ...this.document, recipient: name })) {
      size += chunk.length;
      if (size > MOST_KEPT_BYTES) kept = null;
      kept?.push(chunk);
      yield chunk;
    }
    if (kept !== null) this.#plain = { name, bytes: kept };
  }

  async *#pdf(name: string | null, password: string): AsyncIterable<Uint8Array> {
    const locked = this.#locked;
    if (locked?.name === name) {
      yield relockPdf(locked.pdf, locked.password, password);
      return;
    }
    this.renderings += 1;
    const parts: Uint8Array[] = [];
    const pages = renderDocument({ ...this.document, recipient: name }, { userPassword: password });
    for await (const part of pages) parts.push(part);
    const pdf = Buffer.concat(parts);
    this.#locked = { name, password, pdf };
    yield pdf;
  }
}
