import type { Language } from '../ports.js';

/** Why an analysis was not run or not answered; the only list of these codes. */
export const ANALYSIS_FAILURE_CODES = [
  'unknown_key',
  'bad_spec',
  'bad_range',
  'unknown_field',
  'unknown_operator',
  'bad_value',
  'bad_regex',
  'not_supported',
  'too_large',
  'not_answered',
] as const;
export type AnalysisFailureCode = (typeof ANALYSIS_FAILURE_CODES)[number];

export interface AnalysisFailure {
  readonly code: AnalysisFailureCode;
  /** What is wrong, where in the spec, and what to write instead; in English. */
  readonly message: string;
  /** The same in Chinese. */
  readonly zh: string;
}

/** A failure as it is answered: in the language of whoever asks. */
export type AnsweredFailure = Pick<AnalysisFailure, 'code' | 'message'>;

/** The names most like a mistyped one, best first; none when nothing is near. */
export function nearestNames(wrong: string, known: readonly string[], most = 3): string[] {
  // Of one or two letters, two changes leave nothing.
  const limit = wrong.length < 3 ? wrong.length - 1 : Math.max(2, Math.ceil(wrong.length / 3));
  return known
    .map((name) => ({ name, distance: editDistance(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= limit || (wrong.length > 2 && name.includes(wrong)))
    .sort((left, right) => left.distance - right.distance || (left.name < right.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** ` (did you mean a, b?)`, or nothing. */
export function didYouMean(wrong: string, known: readonly string[], language: Language = 'en'): string {
  const nearest = nearestNames(wrong, known);
  if (nearest.length === 0) return '';
  return language === 'zh' ? `（是否指 ${nearest.join('、')}）` : ` (did you mean ${nearest.join(', ')}?)`;
}

/** A name a user typed, as a message shows it: short, and never something that may be somebody's id. */
export function shownName(typed: string): string {
  const masked = typed.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/[\w-]*\d{7,}[\w-]*|[\w-]{25,}/g, '…');
  return masked.length > 60 ? `${masked.slice(0, 60)}…` : masked;
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitute = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitute, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
