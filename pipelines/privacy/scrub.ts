import {
  isIdCharacter,
  looksLikeWechatId,
  PLACEHOLDER_IDS,
  type IdentityDomain,
  type ViewerId,
} from '../../schemas/index.js';
import { domainOfName } from './id-names.js';
import type { ViewerIdMaker } from './viewer-id.js';

/** A raw id of the record at hand and its pseudonym. */
export interface OwnId {
  readonly raw: string;
  readonly viewer: ViewerId;
}

/** Shorter ids would hit words and figures that are no ids. */
export const SHORTEST_SCRUBBED = 4;
/** From here on an id is unmistakable, also in the middle of a word. */
const UNMISTAKABLE = 16;

/**
 * Replaces the ids in a text by their pseudonyms: those of the record itself whatever their shape, WeChat's by their
 * look, whatever stands under the name of an id (`openid=…`, `"openid":"…"`), mobile numbers, IP and mail addresses.
 */
export function scrubText(text: string, own: readonly OwnId[], viewerId: ViewerIdMaker): string {
  let clean = text;
  for (const id of own) if (id.raw.length <= text.length) clean = replaceOwn(clean, id);
  return isSuspicious(clean) ? scrubFound(clean, knowingItsOwn(own, viewerId)) : clean;
}

/** What was made a pseudonym in this text is not hashed again when it stands under the name of an id. */
function knowingItsOwn(own: readonly OwnId[], viewerId: ViewerIdMaker): ViewerIdMaker {
  const made = new Map<string, ViewerId>(own.map(({ viewer }) => [viewer, viewer]));
  return (domain, id) => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const viewer = viewerId(domain, id);
    made.set(viewer, viewer);
    return viewer;
  };
}

/** The value under the name of an id: all of it is one. */
export function scrubWhole(text: string, domain: IdentityDomain, viewerId: ViewerIdMaker): string {
  const id = text.trim();
  if (PLACEHOLDER_IDS.has(id)) return text;
  return viewerId(looksLikeWechatId(id) ? 'wx' : domain, id);
}

/** Whether a text could hold anything to replace; false for nearly all, after one pass over the characters. */
export function isSuspicious(text: string): boolean {
  const { length } = text;
  if (length < 7) return false;
  let run = 0;
  let digits = 0;
  let dots = 0;
  let colons = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (isIdCharacter(code)) {
      run += 1;
      if (run >= 28) return true;
      if (code >= 48 && code <= 57) {
        digits += 1;
        if (digits >= 11) return true;
      }
      continue;
    }
    run = 0;
    // `=` `@` `"` and escapes: parameters, mail, JSON.
    if (code === 61 || code === 64 || code === 34 || code === 37) return true;
    if (code === 46) {
      dots += 1;
      if (dots >= 3 && digits >= 4) return true;
    } else if (code === 58) {
      colons += 1;
      if (colons >= 3) return true;
    }
  }
  return false;
}

function replaceOwn(text: string, { raw, viewer }: OwnId): string {
  if (raw.length < SHORTEST_SCRUBBED) return text;
  let clean = text.includes(raw) ? replaceRaw(text, raw, viewer) : text;
  if (clean.includes('%')) {
    const encoded = encodeURIComponent(raw.toWellFormed());
    if (encoded !== raw && clean.includes(encoded)) clean = clean.replaceAll(encoded, viewer);
  }
  return clean;
}

function replaceRaw(text: string, raw: string, viewer: string): string {
  if (raw.length >= UNMISTAKABLE) return text.replaceAll(raw, viewer);
  let clean = '';
  let from = 0;
  for (let at = text.indexOf(raw); at !== -1; at = text.indexOf(raw, at + 1)) {
    if (at < from || !startsToken(text, at) || isWordCharacter(text.charCodeAt(at + raw.length))) continue;
    clean += text.slice(from, at) + viewer;
    from = at + raw.length;
  }
  return clean + text.slice(from);
}

/** Nothing of a word before it, or an escape (`%3D`, `%253D`). */
function startsToken(text: string, at: number): boolean {
  if (at === 0 || !isWordCharacter(text.charCodeAt(at - 1))) return true;
  return /%(?:25)*[0-9a-f]{2}$/iu.test(text.slice(Math.max(0, at - 9), at));
}

function isWordCharacter(code: number): boolean {
  return isIdCharacter(code) && code !== 95 && code !== 45;
}

function scrubFound(text: string, viewerId: ViewerIdMaker): string {
  const first = text.trimStart().charCodeAt(0);
  if (first === 123 || first === 91) {
    const json = scrubJson(text, viewerId);
    if (json !== null) return json;
  }
  return scrubPatterns(scrubNamed(text, viewerId), viewerId);
}

/** JSON text with everything under the name of an id replaced; null when it is no JSON. */
function scrubJson(text: string, viewerId: ViewerIdMaker): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  try {
    const clean = scrubValue(value, null, viewerId);
    return JSON.stringify(clean);
  } catch {
    // Deeper than the stack: read as plain text.
    return null;
  }
}

function scrubValue(value: unknown, domain: IdentityDomain | null, viewerId: ViewerIdMaker): unknown {
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value);
    if (domain !== null) return scrubWhole(text, domain, viewerId);
    const clean = scrubText(text, [], viewerId);
    return clean === text ? value : clean;
  }
  if (Array.isArray(value)) return value.map((item) => scrubValue(item, domain, viewerId));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      scrubText(name, [], viewerId),
      scrubValue(item, domainOfName(name) ?? domain, viewerId),
    ]),
  );
}

/** `openid=…`, `openid%3D…`, and `"openid":"…"` of JSON that was cut; a value may hold escaped letters (`%E5%B0%8F`). */
const NAMED =
  /([\w$\u4e00-\u9fff-]{2,40})((?:=|%(?:25)*3d|"\s*:\s*"?|%(?:25)*22%(?:25)*3a(?:%(?:25)*22)?))((?:[^&#\s"',;}%]|%(?:25)*(?:20|[89a-f][0-9a-f]))+)/giu;
/** Sensors' share chain: a JSON with the sharer's id in `i`. */
const SHARE_CHAIN = /(sampshare(?:=|%(?:25)*3d))([^&#\s]+)/giu;

function scrubNamed(text: string, viewerId: ViewerIdMaker): string {
  return text
    .replace(SHARE_CHAIN, (_, name: string, chain: string) => name + scrubShareChain(chain, viewerId))
    .replace(NAMED, (all: string, name: string, equals: string, value: string) => {
      const domain = domainOfName(lastName(name));
      return domain === null ? all : name + equals + scrubWhole(decodeSafely(value), domain, viewerId);
    });
}

/** `%26openid` arrives as `26openid` when the escape before it was cut off by the pattern. */
function lastName(name: string): string {
  return name.replace(/^(?:2[6-9a-f]|3[0-9a-f])(?=[a-z$])/iu, '');
}

function scrubShareChain(chain: string, viewerId: ViewerIdMaker): string {
  const id = /"i"\s*:\s*"([^"]*)/u.exec(decodeSafely(chain))?.[1];
  return id === undefined || PLACEHOLDER_IDS.has(id) ? '' : viewerId(domainOfLook(id), id);
}

function decodeSafely(text: string): string {
  let decoded = text;
  for (let left = 2; left > 0 && decoded.includes('%'); left -= 1) {
    try {
      decoded = decodeURIComponent(decoded);
    } catch {
      return decoded;
    }
  }
  return decoded;
}

/** For an id of which only the look is known: WeChat's, a device's (`13641436799042-nQGpGzUt`, a UUID), else a member's. */
export function domainOfLook(id: string): IdentityDomain {
  if (looksLikeWechatId(id)) return 'wx';
  return /^\d{9,}-[\w-]+$/u.test(id) || /^[0-9a-f]{6,}(?:-[0-9a-f]+){3,}$/iu.test(id) ? 'anon' : 'user';
}

const MAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/gu;
const IPV4 = /(?<!\d\.?)(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)/gu;
const IPV6 =
  /(?<![\w:])(?:[0-9a-f]{1,4}:){5,7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){2,6}(?::[0-9a-f]{1,4}){1,5}(?![\w:])/giu;
/** 11 digits, also with the country's code and in groups. */
const MOBILE = /(?:(?:\+|00)?86[- ]?)?1[3-9]\d(?:\d{8}|([- ])\d{4}\1\d{4})/gu;
const WECHAT_RUN = /[\w-]{28,}/gu;

function scrubPatterns(text: string, viewerId: ViewerIdMaker): string {
  return text
    .replace(WECHAT_RUN, (run: string, at: number) => scrubRun(run, startsAfterEscape(text, at), viewerId))
    .replace(MAIL, (mail) => viewerId('user', mail.toLowerCase()))
    .replace(MOBILE, (found: string, _group: string | undefined, at: number, whole: string) => {
      if (!standsAlone(whole, at, found.length)) return found;
      return viewerId('user', found.replace(/\D/gu, '').slice(-11));
    })
    .replace(IPV4, (ip) => (ip.split('.').every((part) => Number(part) <= 255) ? viewerId('anon', ip) : ip))
    .replace(IPV6, (ip) => viewerId('anon', ip.toLowerCase()));
}

function startsAfterEscape(text: string, at: number): boolean {
  return at > 0 && text.charCodeAt(at - 1) === 37;
}

/** An id within a longer run stands after `_`, `-` or the hex digits of an escape, and ends the run or before `_`, `-`. */
function scrubRun(run: string, afterEscape: boolean, viewerId: ViewerIdMaker): string {
  if (looksLikeWechatId(run)) return viewerId('wx', run);
  const escape = afterEscape ? (/^(?:25)*[0-9a-f]{2}/iu.exec(run)?.[0].length ?? 0) : 0;
  let clean = '';
  let from = 0;
  for (let at = 0; at < run.length; at += 1) {
    const code = run.charCodeAt(at);
    if (
      (code !== 111 && code !== 119) ||
      (at !== 0 && at !== escape && isWordCharacter(run.charCodeAt(at - 1)))
    ) {
      continue;
    }
    const end = endOfId(run, at);
    if (end === -1) continue;
    clean += run.slice(from, at) + viewerId('wx', run.slice(at, end));
    from = end;
    at = end - 1;
  }
  return clean + run.slice(from);
}

/** Where the longest id that begins here ends; -1 when none does. */
function endOfId(run: string, start: number): number {
  for (let end = Math.min(start + 34, run.length); end >= start + 28; end -= 1) {
    const inWord = end < run.length && isWordCharacter(run.charCodeAt(end));
    if (!inWord && looksLikeWechatId(run.slice(start, end))) return end;
  }
  return -1;
}

/** Not within a longer number, a long hexadecimal or a UUID; letters and escapes may touch it. */
function standsAlone(text: string, at: number, length: number): boolean {
  let start = at;
  while (start > 0 && isIdCharacter(text.charCodeAt(start - 1))) start -= 1;
  let end = at + length;
  while (end < text.length && isIdCharacter(text.charCodeAt(end))) end += 1;
  if (isDigit(text.charCodeAt(at + length))) return false;
  const before = text.slice(start, at);
  if (start > 0 && text.charCodeAt(start - 1) === 37 && /^(?:25)*[0-9a-f]{2}$/iu.test(before)) return true;
  if (isDigit(text.charCodeAt(at - 1))) return false;
  return end - start < 16 + 11 || !/^[0-9a-f-]+$/iu.test(text.slice(start, end));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
