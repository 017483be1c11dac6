import { looksLikeWechatId } from '../../schemas/index.js';
import {
  decodeOnce,
  decodeText,
  readQuery,
  readQueryText,
  readUrl,
  readUrlText,
  type EncodedText,
  type QueryReading,
} from './decode-query.js';

export const UTM_NAMES = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'] as const;
export type UtmName = (typeof UTM_NAMES)[number];
export type UtmSet = Partial<Record<UtmName, string>>;

/** What one place, the query or the URL, says of where the viewer came from. '' is absent. */
export interface PlaceReading {
  /** null when no utm value stands there. */
  readonly utm: UtmSet | null;
  readonly chanId: string;
  readonly linkCode: string;
  /** Raw id of the person who shared the link. */
  readonly referrerId: string;
  readonly malformed: boolean;
}

/** Eight times what the platforms let through. */
const LONGEST_PLACE = 16_384;

const NOTHING: PlaceReading = { utm: null, chanId: '', linkCode: '', referrerId: '', malformed: false };

/** Reads a query or URL with all that may be nested in it: `scene`, `cq`, `q`, `state`, `custom_params`, share ids. */
export function readPlace(text: string | null, kind: 'query' | 'url'): PlaceReading {
  if (text === null || (kind === 'url' && !/[=?#%]/u.test(text))) return NOTHING;
  const read = text.length > LONGEST_PLACE ? text.slice(0, LONGEST_PLACE) : text;
  const outer = kind === 'query' ? readQuery(read) : readUrl(read);
  if (outer.parameters.size === 0) return outer.malformed ? { ...NOTHING, malformed: true } : NOTHING;
  const nested = readNested(outer);
  const all = [outer, ...nested.readings];
  return {
    utm: firstFound(all.map(utmOf)) ?? nested.custom.utm,
    chanId: firstFound(all.map((reading) => valueOf(reading, 'chan_id') || null)) ?? '',
    linkCode: valueOf(outer, 'c') || nested.linkCode || nested.custom.linkCode,
    referrerId: sharerOf(outer) || nested.sharer,
    malformed: outer.malformed || nested.custom.cut,
  };
}

interface Nested {
  readonly readings: readonly QueryReading[];
  readonly linkCode: string;
  readonly sharer: string;
  readonly custom: CustomParams;
}

function readNested(outer: QueryReading): Nested {
  const readings: QueryReading[] = [];
  let linkCode = '';
  let sharer = '';
  // In the order of PRODUCT §5; `state` is read after the URL in `q`.
  for (const name of ['scene', 'cq', 'q', 'state'] as const) {
    const value = outer.parameters.get(name);
    if (value === undefined) continue;
    if (name === 'q') {
      const reading = readUrlText(unwrap(value, /:\/\/|\?/u));
      readings.push(reading);
      linkCode ||= valueOf(reading, 'c') || codeOfPath(reading);
      continue;
    }
    const inner = unwrap(value, /=/u);
    if (inner.text.includes('=')) {
      const reading = readQueryText(inner);
      readings.push(reading);
      linkCode ||= valueOf(reading, 'c');
      continue;
    }
    const bare = decodeText(value);
    if (looksLikeWechatId(bare)) sharer ||= bare;
    else if (isBareCode(bare)) linkCode ||= bare;
  }
  const custom = outer.parameters.get('custom_params');
  return {
    readings,
    linkCode,
    sharer,
    custom: custom === undefined ? NO_CUSTOM : readCustomParams(decodeText(custom)),
  };
}

/** Decoded until its structure shows, so that what is nested keeps the decodes that are left. */
function unwrap(value: EncodedText, structure: RegExp): EncodedText {
  if (structure.test(value.text)) return { ...value, text: value.text.trim() };
  const once = decodeOnce(value);
  return structure.test(once.text) ? once : decodeOnce(once);
}

function utmOf(reading: QueryReading): UtmSet | null {
  let found: UtmSet | null = null;
  for (const name of UTM_NAMES) {
    const value = valueOf(reading, name);
    if (value !== '') (found ??= {})[name] = value;
  }
  return found;
}

function valueOf(reading: QueryReading, name: string): string {
  const value = reading.parameters.get(name);
  return value === undefined ? '' : decodeText(value);
}

function firstFound<Value>(values: readonly (Value | null)[]): Value | null {
  return values.find((value) => value !== null) ?? null;
}

/** `/l/CODE`: the redirect address of an H5 link. */
function codeOfPath(reading: QueryReading): string {
  const code = /(?:^|\/)l\/([^/]+)\/?$/u.exec(reading.path)?.[1];
  return code === undefined ? '' : decodeText({ text: code, decodes: 1, plus: false });
}

/** Codes are of one word; a placeholder is none. */
function isBareCode(text: string): boolean {
  return /^[\w.~-]{1,64}$/u.test(text) && text !== 'undefined' && text !== 'null';
}

const SHARER_NAMES = ['share_openid', 'share_unionid', 'share_distinct_id'] as const;

function sharerOf(reading: QueryReading): string {
  for (const name of SHARER_NAMES) {
    const id = valueOf(reading, name);
    if (id !== '') return id;
  }
  // Sensors: {"d": depth, "p": path, "i": distinct_id, "m": method}
  return jsonText(valueOf(reading, 'sampshare'), 'i').value;
}

interface CustomParams {
  readonly utm: UtmSet | null;
  readonly linkCode: string;
  /** The platform cut it at 600 characters. */
  readonly cut: boolean;
}
const NO_CUSTOM: CustomParams = { utm: null, linkCode: '', cut: false };

function readCustomParams(json: string): CustomParams {
  const code = jsonText(json, 'c');
  let utm: UtmSet | null = null;
  for (const name of UTM_NAMES) {
    const { value } = jsonText(json, name);
    if (value !== '') (utm ??= {})[name] = value;
  }
  return { utm, linkCode: code.value, cut: code.cut };
}

/** Platforms cut at 600 characters. */
const LONGEST_JSON = 4_096;

/** A text or number of a JSON object, also of one that was cut off: then what stands before the cut counts. */
function jsonText(text: string, name: string): { readonly value: string; readonly cut: boolean } {
  const json = text.slice(0, LONGEST_JSON);
  if (!json.startsWith('{')) return { value: '', cut: json !== '' };
  try {
    const object: unknown = JSON.parse(json);
    const value: unknown = Object.entries(object ?? {}).find(([key]) => key === name)?.[1];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    return { value: text, cut: false };
  } catch {
    return { value: cutJsonText(json, name), cut: true };
  }
}

const CUT_PAIR = /[{,]\s*"((?:[^"\\]|\\.)*)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)(?=\s*[,}]))/gu;

function cutJsonText(json: string, name: string): string {
  for (const [, key, text, number] of json.matchAll(CUT_PAIR)) {
    if (key !== name) continue;
    if (number !== undefined) return number;
    try {
      const value: unknown = JSON.parse(`"${text ?? ''}"`);
      return typeof value === 'string' ? value.trim() : '';
    } catch {
      return '';
    }
  }
  return '';
}
