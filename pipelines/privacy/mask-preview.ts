import { domainOfName } from './id-names.js';

const LONGEST_PREVIEW = 200;
/** Only so much of a row is looked at; what is cut later was masked before. */
const LONGEST_READ = 2_000;

/**
 * What of a bad row may be read in `rejects`: at most 200 characters, without anything that could be an id, a name or
 * a number of a person. For a row that was read into columns give the columns: a name says which value is an id.
 */
export function maskPreview(row: string | Readonly<Record<string, unknown>>): string {
  const text = typeof row === 'string' ? row : columnsText(row);
  // Nothing but ASCII is left by now: no character can be cut in two.
  return maskRuns(maskNamed(text.slice(0, LONGEST_READ)))
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .slice(0, LONGEST_PREVIEW)
    .trim();
}

function columnsText(row: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(row);
  } catch {
    return '';
  }
}

const NAMED = /("?)([\w$\u4e00-\u9fff.-]{2,40})(\1\s*(?:[:=]|%3d)\s*)("(?:[^"\\]|\\.)*"?|[^,;&\s}\]"]+)/giu;

/** Everything that stands under the name of an id goes, whatever it looks like. */
function maskNamed(text: string): string {
  return text.replace(NAMED, (all: string, quote: string, name: string, between: string) =>
    namesPerson(name) ? `${quote}${name}${between}***` : all,
  );
}

/** Answers by name: the bad rows of a file have the same ones. */
const answers = new Map<string, boolean>();
const MOST_ANSWERS = 10_000;

function namesPerson(name: string): boolean {
  const known = answers.get(name);
  if (known !== undefined) return known;
  const answer = domainOfName(name.replace(/^props\./u, '')) !== null;
  if (answers.size >= MOST_ANSWERS) answers.clear();
  answers.set(name, answer);
  return answer;
}

const HARMLESS_FIGURE = /^(?:\d{1,5}|1\d{12}|1\d{9}|\d{4}-\d{2}-\d{2}(?:T\d{2})?)$/u;
const LONGEST_WORD = 40;

/** Words of small letters, times and short figures say what is wrong and nobody's name. */
function isHarmless(run: string): boolean {
  const first = run.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39) return HARMLESS_FIGURE.test(run);
  if (run.length > LONGEST_WORD) return false;
  for (let at = 0; at < run.length; at++) if (!isWordCharacter(run.charCodeAt(at))) return false;
  return true;
}

/** a–z, `_`, `$`, `-`: a loop is five times faster than an expression for each run. */
function isWordCharacter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || code === 0x5f || code === 0x24 || code === 0x2d;
}

function maskRuns(text: string): string {
  // Looking for the mark first: the expression tries every character as the start of an address.
  const withoutMail = text.includes('@')
    ? text.replace(/[^\s@,;:"'{}[\]<>()&=]+@[^\s,;:"'{}[\]<>()&=]+/gu, '***')
    : text;
  return withoutMail
    .replace(/(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)/gu, '***')
    .replace(/(?:\d{1,3}\.){3}\d{1,3}/gu, '***')
    .replace(/[\w$-]+/gu, (run) => (isHarmless(run) ? run : `${run.slice(0, 1)}***`))
    .replace(/[^\p{ASCII}]+/gu, '**');
}
