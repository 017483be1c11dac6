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
  const masked = maskRuns(maskNamed(text.slice(0, LONGEST_READ)));
  return Array.from(masked.toWellFormed().replace(/[\p{Cc}\s]+/gu, ' '))
    .slice(0, LONGEST_PREVIEW)
    .join('')
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
    domainOfName(name.replace(/^props\./u, '')) === null ? all : `${quote}${name}${between}***`,
  );
}

/** Words of small letters, times and short figures say what is wrong and nobody's name. */
const HARMLESS = /^(?:[a-z_$-]{1,40}|\d{1,5}|1\d{12}|1\d{9}|\d{4}-\d{2}-\d{2}(?:T\d{2})?)$/u;

function maskRuns(text: string): string {
  return text
    .replace(/[^\s@,;:"'{}[\]<>()&=]+@[^\s,;:"'{}[\]<>()&=]+/gu, '***')
    .replace(/(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)/gu, '***')
    .replace(/(?:\d{1,3}\.){3}\d{1,3}/gu, '***')
    .replace(/[\w$-]+/gu, (run) => (HARMLESS.test(run) ? run : `${run.slice(0, 1)}***`))
    .replace(/[^\p{ASCII}]+/gu, '**');
}
