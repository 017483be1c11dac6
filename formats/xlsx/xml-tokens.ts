/**
 * Reads XML from bytes, token by token: fast enough for sheets of a gigabyte, strict enough for files that an
 * attacker wrote. Tags are checked for nesting; document types and entities beyond the predefined and numeric
 * ones are refused, so nothing is ever expanded or fetched.
 */
import { XLSX_LIMITS } from '../limits.js';
import { FormatError } from '../table.js';

/** What `next` found. `More`: the rest of the token has not arrived yet. */
export const Token = { More: 0, Open: 1, Close: 2, Text: 3 } as const;
export type TokenKind = (typeof Token)[keyof typeof Token];

const textLimitBytes = 1024 * 1024;
const depthLimit = 1_000;
const attributeLimit = 1_000;

/** A number that stands for a name; names are compared a billion times, so never as text. */
export function nameCode(name: string): number {
  let code = 0;
  for (let at = 0; at < name.length; at += 1) code = (Math.imul(code, 31) + name.charCodeAt(at)) | 0;
  return code;
}

export class XmlTokens {
  /** Of the open or close tag: `nameCode` of its name without a prefix. */
  name = 0;
  /** An open tag that closes itself; it is followed by no close tag. */
  isEmpty = false;
  /** Bytes of the text token in `bytes`. */
  textStart = 0;
  textEnd = 0;
  /** The text is ASCII without entities: its bytes are its characters. */
  isPlain = false;
  /** The text is followed by a close tag: no more of it will come. */
  isWholeText = false;
  bytes: Buffer = Buffer.alloc(0);
  depth = 0;

  /** `bytes` as Latin-1, made when first needed: plain texts are slices of it. */
  #latin: string | null = null;
  #position = 0;
  #end = 0;
  #isLast = false;
  #isRaw = false;
  #hasRoot = false;
  readonly #open = new Int32Array(depthLimit);
  /** Of the open tag: code of the name with its prefix, end of the name, start and end of the value. */
  readonly #attributes = new Int32Array(4 * attributeLimit);
  #attributeCount = 0;

  /** Adds a block. Positions of earlier tokens are void afterwards. */
  feed(block: Buffer): void {
    const rest = this.bytes.subarray(this.#position, this.#end);
    this.bytes = rest.length === 0 ? block : Buffer.concat([rest, block]);
    this.#latin = null;
    this.#position = 0;
    this.#end = this.bytes.length;
  }

  /** Says that no block will follow; `next` then throws for a document that is not complete. */
  finish(): void {
    this.#isLast = true;
  }

  next(): TokenKind {
    const bytes = this.bytes;
    for (;;) {
      const start = this.#position;
      if (start >= this.#end) return this.#more(start);
      if (bytes[start] !== 0x3c) return this.#text(start);
      if (start + 1 >= this.#end) return this.#more(start);
      const mark = bytes[start + 1];
      if (mark === 0x2f) return this.#closeTag(start);
      if (mark !== 0x21 && mark !== 0x3f) return this.#openTag(start);
      const found = this.#special(start, mark);
      if (found !== null) return found;
    }
  }

  /** The text token as text, line ends as XML has them. */
  text(): string {
    if (this.isPlain) return this.#slice(this.textStart, this.textEnd);
    const text = this.bytes.toString('utf8', this.textStart, this.textEnd);
    const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
    return this.#isRaw ? lines : decodeEntities(lines);
  }

  /** Where the value of an attribute of the open tag starts in `bytes`, -1 without it. Ends at a quote. */
  attributeStart(code: number): number {
    for (let at = 0; at < this.#attributeCount; at += 4) {
      if (this.#attributes[at] === code) return this.#attributes[at + 2] ?? -1;
    }
    return -1;
  }

  /** The value of an attribute given its name code (with the prefix, if it has one), null without it. */
  attribute(code: number): string | null {
    for (let at = 0; at < this.#attributeCount; at += 4) {
      if (this.#attributes[at] === code) return this.#attributeValue(at);
    }
    return null;
  }

  /** The value of the first attribute that has this name under any prefix. */
  attributeByLocalName(local: string): string | null {
    for (let at = 0; at < this.#attributeCount; at += 4) {
      const nameEnd = this.#attributes[at + 1] ?? 0;
      const name = this.#slice(nameEnd - local.length - 1, nameEnd);
      if (name === `:${local}`) return this.#attributeValue(at);
    }
    return null;
  }

  #latinText(): string {
    this.#latin ??= this.bytes.toString('latin1');
    return this.#latin;
  }

  #slice(start: number, end: number): string {
    return this.#latinText().slice(start, end);
  }

  #attributeValue(at: number): string {
    const value = this.bytes.toString('utf8', this.#attributes[at + 2] ?? 0, this.#attributes[at + 3] ?? 0);
    return decodeEntities(value);
  }

  #more(start: number): TokenKind {
    if (this.#isLast) {
      if (start < this.#end || this.depth > 0 || !this.#hasRoot) throw damaged('an XML part is cut short');
    } else if (this.#end - start > textLimitBytes) {
      throw new FormatError({
        code: 'too_large',
        detail: 'one token of an XML part is longer than any cell',
      });
    }
    return Token.More;
  }

  #text(start: number): TokenKind {
    const { bytes } = this;
    const end = this.#end;
    let at = start;
    let seen = 0;
    let isPlain = true;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === 0x3c) break;
      seen |= byte;
      if (byte === 0x26 || byte === 0x0d) isPlain = false;
    }
    if (at >= end && !(this.#isLast && this.depth === 0)) return this.#more(start);
    if (this.depth === 0) {
      if (!isBlank(bytes, start, at)) throw damaged('an XML part has text outside its root');
      this.#position = at;
      return this.next();
    }
    this.#position = at;
    this.textStart = start;
    this.textEnd = at;
    this.isPlain = isPlain && seen < 0x80;
    this.#isRaw = false;
    this.isWholeText = at + 1 < end && bytes[at + 1] === 0x2f;
    return Token.Text;
  }

  #closeTag(start: number): TokenKind {
    const { bytes } = this;
    const end = this.#end;
    let code = 0;
    let at = start + 2;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === 0x3e) break;
      if (byte === 0x3a) code = 0;
      else if (byte > 0x20) code = (Math.imul(code, 31) + byte) | 0;
    }
    if (at >= end) return this.#more(start);
    if (this.depth === 0 || this.#open[this.depth - 1] !== code) {
      throw damaged('the tags of an XML part do not match');
    }
    this.depth -= 1;
    this.#position = at + 1;
    this.name = code;
    return Token.Close;
  }

  #openTag(start: number): TokenKind {
    const { bytes } = this;
    const attributes = this.#attributes;
    const end = this.#end;
    let code = 0;
    let at = start + 1;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte <= 0x20 || byte === 0x3e || byte === 0x2f) break;
      if (byte === 0x3a) code = 0;
      else code = (Math.imul(code, 31) + byte) | 0;
    }
    if (at === start + 1 && at < end) throw damaged('an XML part has a tag without a name');
    let count = 0;
    let isEmpty = false;
    for (; at < end; at += 1) {
      let byte = bytes[at] ?? 0;
      if (byte === 0x3e) break;
      if (byte <= 0x20) continue;
      if (byte === 0x2f) {
        isEmpty = true;
        continue;
      }
      if (isEmpty) throw damaged('an XML part has a broken tag');
      let attributeCode = 0;
      for (; at < end; at += 1) {
        byte = bytes[at] ?? 0;
        if (byte === 0x3d || byte <= 0x20) break;
        if (byte === 0x3e || byte === 0x3c || byte === 0x2f)
          throw damaged('an XML part has a broken attribute');
        attributeCode = (Math.imul(attributeCode, 31) + byte) | 0;
      }
      const nameEnd = at;
      while (at < end && (bytes[at] ?? 0) <= 0x20) at += 1;
      if (at < end && bytes[at] !== 0x3d) throw damaged('an XML part has a broken attribute');
      at += 1;
      while (at < end && (bytes[at] ?? 0) <= 0x20) at += 1;
      if (at >= end) return this.#more(start);
      const quote = bytes[at];
      if (quote !== 0x22 && quote !== 0x27) throw damaged('an XML part has a broken attribute');
      at += 1;
      const valueStart = at;
      while (at < end && bytes[at] !== quote) {
        if (bytes[at] === 0x3c) throw damaged('an XML part has a broken attribute');
        at += 1;
      }
      if (count >= attributes.length) throw damaged('an XML tag has too many attributes');
      attributes[count] = attributeCode;
      attributes[count + 1] = nameEnd;
      attributes[count + 2] = valueStart;
      attributes[count + 3] = at;
      count += 4;
    }
    if (at >= end) {
      if (end - start > XLSX_LIMITS.tagBytes)
        throw damaged('an XML tag is longer than any that Excel writes');
      return this.#more(start);
    }
    if (this.depth === 0 && this.#hasRoot) throw damaged('an XML part has two roots');
    this.#hasRoot = true;
    if (!isEmpty) {
      if (this.depth >= depthLimit) throw damaged('an XML part is nested deeper than any that Excel writes');
      this.#open[this.depth] = code;
      this.depth += 1;
    }
    this.#position = at + 1;
    this.#attributeCount = count;
    this.name = code;
    this.isEmpty = isEmpty;
    return Token.Open;
  }

  /** Comments and processing instructions are passed over (null), a CDATA section is text. */
  #special(start: number, mark: number): TokenKind | null {
    if (mark === 0x3f) return this.#skipTo(start, start + 2, '?>');
    const head = this.#slice(start, start + 9);
    if (head.startsWith('<!--')) return this.#skipTo(start, start + 4, '-->');
    if (head === '<![CDATA[') {
      const close = this.#latinText().indexOf(']]>', start + 9);
      if (close < 0) return this.#more(start);
      if (this.depth === 0) throw damaged('an XML part has text outside its root');
      this.#position = close + 3;
      this.textStart = start + 9;
      this.textEnd = close;
      this.isPlain = false;
      this.#isRaw = true;
      this.isWholeText = false;
      return Token.Text;
    }
    if ('<!DOCTYPE'.startsWith(head) || '<!--'.startsWith(head) || '<![CDATA['.startsWith(head)) {
      if (head.length < 9) return this.#more(start);
      throw damaged('an XML part has a document type, which no workbook has');
    }
    throw damaged('an XML part has an unknown declaration');
  }

  #skipTo(start: number, from: number, mark: string): TokenKind | null {
    const close = this.#latinText().indexOf(mark, from);
    if (close < 0) return this.#more(start);
    this.#position = close + mark.length;
    return null;
  }
}

const predefined = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]{0,32})(;?)/g, (_, name: string, close: string) => {
    const known = predefined.get(name);
    if (close === '') throw damaged('an XML part has a broken entity');
    if (known !== undefined) return known;
    const numeric = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    if (numeric === null) throw damaged('an XML part uses an entity of its own, which no workbook does');
    const point = numeric[1] === undefined ? Number(numeric[2]) : Number.parseInt(numeric[1], 16);
    if (point > 0x10ffff) throw damaged('an XML part has an impossible character');
    return String.fromCodePoint(point);
  });
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    // A byte order mark in front of the document is no text.
    if (byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return false;
  }
  return true;
}

function damaged(detail: string): FormatError {
  return new FormatError({ code: 'damaged', detail });
}
