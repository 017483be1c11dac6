import { percentDecode } from './percent-decode.js';

/** Percent-decoding is done at most so often in all, whatever is nested in what. */
const MOST_DECODES = 2;

/** A text and how it may still be decoded. */
export interface EncodedText {
  readonly text: string;
  /** Decodes left. */
  readonly decodes: number;
  /** `+` is a space: only in a text as received. */
  readonly plus: boolean;
}

/** What a query or URL holds. Names are decoded; of a repeated one the first that has a value. */
export interface QueryReading {
  readonly parameters: ReadonlyMap<string, EncodedText>;
  /** Two `?`, or none before the parameters. */
  readonly malformed: boolean;
  /** `/a/b` of a URL, as received; '' for a query. */
  readonly path: string;
}

/** A query string as received, with or without a path and `?` before it. */
export function readQuery(text: string): QueryReading {
  return readQueryText({ text, decodes: MOST_DECODES, plus: true });
}

/** A URL or a page path as received. */
export function readUrl(text: string): QueryReading {
  return readUrlText({ text, decodes: MOST_DECODES, plus: true });
}

/** The value of a parameter: decoded while it changes and may, trimmed. */
export function decodeText(value: EncodedText): string {
  let { text } = value;
  if (value.plus && text.includes('+')) text = text.replaceAll('+', ' ');
  for (let left = value.decodes; left > 0; left -= 1) {
    const decoded = percentDecode(text);
    if (decoded === text) break;
    text = decoded;
  }
  return text.trim();
}

/** The same after one decode at most, to be read further by its own structure. */
export function decodeOnce(value: EncodedText): EncodedText {
  const text = value.plus ? value.text.replaceAll('+', ' ') : value.text;
  const decoded = value.decodes > 0 ? percentDecode(text) : text;
  return { text: decoded.trim(), decodes: decoded === text ? value.decodes : value.decodes - 1, plus: false };
}

/** A query within something else (`scene=c%3DCODE`). */
export function readQueryText(query: EncodedText): QueryReading {
  const whole = decodeWhole(query);
  const collector = new Collector(whole);
  const [main, fragment] = cutFragment(whole.text);
  let rest = main;
  // A path stands before the first `?`, a parameter does not.
  const mark = rest.indexOf('?');
  if (mark !== -1 && !rest.slice(0, mark).includes('=')) rest = rest.slice(mark + 1);
  collector.addAll(rest);
  collector.addAll(fragmentQuery(fragment));
  return collector.reading('');
}

/** A URL within something else (`q=https%3A%2F%2F…`). */
export function readUrlText(url: EncodedText): QueryReading {
  const whole = decodeWhole(url);
  const [main, fragment] = cutFragment(whole.text);
  const mark = main.indexOf('?');
  const before = mark === -1 ? main : main.slice(0, mark);
  const unmarked = mark === -1 || before.includes('&') ? queryWithoutMark(before) : '';
  const query = `${unmarked}&${mark === -1 ? '' : main.slice(mark + 1)}`;
  const inner = decodeWhole({ ...whole, text: query });
  const collector = new Collector(inner);
  collector.malformed ||= unmarked !== '';
  collector.addAll(inner.text);
  collector.addAll(fragmentQuery(fragment));
  return collector.reading(pathOf(before));
}

/** `…/page&utm_source=a`, `…/utm_source=a`: parameters whose `?` is missing; '' where there are none. */
function queryWithoutMark(before: string): string {
  const ampersand = before.indexOf('&');
  const segment = before.slice(before.lastIndexOf('/', ampersand === -1 ? undefined : ampersand) + 1);
  return segment.includes('=') ? segment : '';
}

/** What was encoded as a whole has no `=` of its own and is decoded once before it is split. */
function decodeWhole(value: EncodedText): EncodedText {
  const { text, decodes } = value;
  if (decodes === 0 || text.includes('=') || !/%3d/iu.test(text)) return value;
  return {
    text: percentDecode(value.plus ? text.replaceAll('+', ' ') : text),
    decodes: decodes - 1,
    plus: false,
  };
}

function cutFragment(text: string): readonly [main: string, fragment: string] {
  const hash = text.indexOf('#');
  return hash === -1 ? [text, ''] : [text.slice(0, hash), text.slice(hash + 1)];
}

/** `#/live/room?utm_source=…` */
function fragmentQuery(fragment: string): string {
  const mark = fragment.indexOf('?');
  return mark === -1 ? '' : fragment.slice(mark + 1);
}

function pathOf(before: string): string {
  const scheme = before.indexOf('://');
  if (scheme === -1) return before;
  const slash = before.indexOf('/', scheme + 3);
  return slash === -1 ? '' : before.slice(slash);
}

class Collector {
  readonly #parameters = new Map<string, EncodedText>();
  readonly #decodes: number;
  readonly #plus: boolean;
  malformed = false;

  constructor(origin: EncodedText) {
    this.#decodes = origin.decodes;
    this.#plus = origin.plus;
  }

  addAll(query: string): void {
    let rest = query.startsWith('?') ? query.slice(1) : query;
    while (rest !== '') {
      const end = rest.indexOf('&');
      this.#addPiece(end === -1 ? rest : rest.slice(0, end));
      rest = end === -1 ? '' : rest.slice(end + 1);
    }
  }

  reading(path: string): QueryReading {
    return { parameters: this.#parameters, malformed: this.malformed, path };
  }

  /** `id=5?utm_source=a` is two parameters with a `?` where `&` belongs. */
  #addPiece(piece: string): void {
    let rest = piece;
    for (let mark = rest.indexOf('?'); mark !== -1; mark = rest.indexOf('?')) {
      if (!rest.slice(mark + 1).includes('=')) break;
      this.malformed = true;
      this.#addParameter(rest.slice(0, mark));
      rest = rest.slice(mark + 1);
    }
    this.#addParameter(rest);
  }

  #addParameter(piece: string): void {
    const equals = piece.indexOf('=');
    if (equals < 1) return;
    const value = this.#text(piece.slice(equals + 1));
    if (value.text === '' || decodeText(value) === '') return;
    let name = piece.slice(0, equals);
    if (name.startsWith('amp;')) name = name.slice(4);
    name = decodeText(this.#text(name));
    if (!this.#parameters.has(name)) this.#parameters.set(name, value);
  }

  #text(text: string): EncodedText {
    return { text, decodes: this.#decodes, plus: this.#plus };
  }
}
