import {
  cleanText,
  PLACEHOLDER_IDS,
  readFen,
  type PropValue,
  type RejectCode,
  type RejectFailure,
} from '../../schemas/index.js';

/** What all event sources read alike: ids, flat props, and the facts that props hold. */

/** From here on a spreadsheet's number has lost digits: 16 of them. */
export const SHEET_DIGITS_LOST = 1e15;
/** From here on a JSON number has. */
export const JSON_DIGITS_LOST = 2 ** 53;

/** An id as text, '' for none, null when its digits are lost. Placeholders are none. */
export function readId(value: unknown, digitsLostFrom: number): string | null {
  if (typeof value === 'string') {
    const text = cleanText(trimmed(value));
    return text.length < 10 && isPlaceholder(text) ? '' : text;
  }
  if (typeof value !== 'number') return '';
  if (!(Math.abs(value) < digitsLostFrom)) return null;
  return value === 0 ? '' : String(value);
}

function isPlaceholder(text: string): boolean {
  return PLACEHOLDER_IDS.has(text) || PLACEHOLDER_IDS.has(text.toLowerCase());
}

/** A name that is kept as it came (room, account, goods, order): text, '' for none, null when its digits are lost. */
export function readName(value: unknown, digitsLostFrom: number): string | null {
  if (typeof value === 'string') return cleanText(trimmed(value));
  if (typeof value !== 'number') return '';
  return Math.abs(value) < digitsLostFrom ? String(value) : null;
}

function trimmed(text: string): string {
  const last = text.length - 1;
  if (last < 0) return text;
  return isEdge(text.charCodeAt(0)) || isEdge(text.charCodeAt(last)) ? text.trim() : text;
}

/** Could be a blank: those of ASCII, and what lies beyond it. */
function isEdge(code: number): boolean {
  return code <= 32 || code >= 127;
}

/**
 * A scene code: number, numeric text, with the prefixes of Sensors and GrowingIO (`wx-1007`, `scn:1007`); null for
 * none, undefined when it is unreadable.
 */
export function readScene(value: unknown): number | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return isScene(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().replace(/^(?:wx-|scn:)/u, '');
  if (isPlaceholder(text) && text !== '0') return null;
  return /^\d{1,10}(?:\.0+)?$/u.test(text) && isScene(Number(text)) ? Number(text) : undefined;
}

/** Scenes are stored in 32 bits; new codes appear every year. */
const MOST_SCENE = 2 ** 32 - 1;

function isScene(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MOST_SCENE;
}

export type FlatProps = Readonly<Record<string, PropValue>>;

/** Props as flat values, the object itself where nothing needs mending. Nulls are left out. */
export function readProps(value: unknown): FlatProps | RejectCode {
  if (value === undefined || value === null) return NO_PROPS;
  if (typeof value !== 'object' || Array.isArray(value)) return 'nested_props';
  const found = inspectProps(value);
  if (found === 'clean') return isClean(value) ? value : NO_PROPS;
  return found === 'mend' ? mendProps(value) : found;
}

export const NO_PROPS: FlatProps = Object.freeze({});

/** inspectProps has looked at every value; this only tells the compiler. */
function isClean(value: object): value is FlatProps {
  return typeof value === 'object';
}

function inspectProps(props: object): 'clean' | 'mend' | RejectCode {
  let mend = false;
  for (const key in props) {
    const item: unknown = props[key as keyof typeof props];
    if (typeof item === 'string') {
      if (!item.isWellFormed() || item.includes('\0')) mend = true;
    } else if (typeof item === 'number') {
      if (!Number.isFinite(item)) return 'bad_number';
    } else if (item === null) {
      mend = true;
    } else if (typeof item === 'object') {
      if (!Array.isArray(item)) return 'nested_props';
      for (const entry of item as readonly unknown[]) {
        if (typeof entry !== 'string') return 'nested_props';
        if (!entry.isWellFormed() || entry.includes('\0')) mend = true;
      }
    }
    if (!key.isWellFormed() || key.includes('\0') || key === '__proto__') mend = true;
  }
  return mend ? 'mend' : 'clean';
}

function mendProps(props: object): FlatProps {
  const mended = new Map<string, PropValue>();
  for (const [key, item] of Object.entries(props) as [string, PropValue | null][]) {
    if (item === null) continue;
    const name = cleanText(key);
    if (typeof item === 'string') mended.set(name, cleanText(item));
    else mended.set(name, Array.isArray(item) ? item.map((entry: string) => cleanText(entry)) : item);
  }
  // fromEntries defines properties: `__proto__` becomes a key like any other.
  return Object.fromEntries(mended);
}

/** What props say of goods, money and time, in the columns of an event. */
export interface EventFacts {
  readonly goods_id: string;
  readonly order_id: string;
  readonly refund_id: string;
  readonly amount_fen: number | null;
  readonly watch_ms: number | null;
}

const NO_FACTS: EventFacts = { goods_id: '', order_id: '', refund_id: '', amount_fen: null, watch_ms: null };
/** A longer watch time is a clock, not a duration. */
const LONGEST_WATCH_MS = 31 * 86_400_000;

/** Reads `goods_id, order_id, refund_id, amount_fen, watch_seconds` or `watch_ms` out of props. */
export function readFacts(props: FlatProps, digitsLostFrom: number): EventFacts | RejectFailure {
  if (props === NO_PROPS) return NO_FACTS;
  const { goods_id: goods, order_id: order, refund_id: refund, amount_fen: amount } = props;
  const { watch_seconds: seconds, watch_ms: milliseconds } = props;
  if (
    goods === undefined &&
    order === undefined &&
    refund === undefined &&
    amount === undefined &&
    seconds === undefined &&
    milliseconds === undefined
  ) {
    return NO_FACTS;
  }
  const goodsId = readName(goods, digitsLostFrom);
  if (goodsId === null) return { code: 'id_lost_precision', field: 'props.goods_id' };
  const orderId = readName(order, digitsLostFrom);
  if (orderId === null) return { code: 'id_lost_precision', field: 'props.order_id' };
  const refundId = readName(refund, digitsLostFrom);
  if (refundId === null) return { code: 'id_lost_precision', field: 'props.refund_id' };
  const amountFen = isBlank(amount) ? null : readFen(amount);
  if (amountFen === 'bad_amount') return { code: 'bad_amount', field: 'props.amount_fen' };
  const watchMs = isBlank(milliseconds) ? readWatch(seconds, 1000) : readWatch(milliseconds, 1);
  if (watchMs === undefined) {
    return { code: 'bad_duration', field: isBlank(milliseconds) ? 'props.watch_seconds' : 'props.watch_ms' };
  }
  return {
    goods_id: goodsId,
    order_id: orderId,
    refund_id: refundId,
    amount_fen: amountFen,
    watch_ms: watchMs,
  };
}

export function isFailure(value: object): value is RejectFailure {
  return 'code' in value;
}

function isBlank(value: PropValue | undefined): value is undefined | string {
  return (
    value === undefined || (typeof value === 'string' && /^(?:-{0,2}|null|undefined)$/u.test(value.trim()))
  );
}

/** Milliseconds, null for none, undefined when unreadable. */
function readWatch(value: PropValue | undefined, unitMs: number): number | null | undefined {
  if (isBlank(value)) return null;
  const number = typeof value === 'string' && /^\s*\d+(?:\.\d+)?\s*$/u.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return undefined;
  const milliseconds = Math.round(number * unitMs);
  return milliseconds >= 0 && milliseconds <= LONGEST_WATCH_MS ? milliseconds : undefined;
}
