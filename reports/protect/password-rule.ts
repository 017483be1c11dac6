import type { Language, Outcome } from '../../schemas/index.js';
import { fail, succeed } from '../../schemas/index.js';
import { effectiveLength } from './password-strength.js';

/** What a report is protected as; each has its own limits. */
export type ProtectedFormat = 'xlsx' | 'pdf';

const LEAST_CHARACTERS = 12;
const LEAST_WORDS = 4;
/** What is left when everything predictable counts once. */
const LEAST_EFFECTIVE = 8;
/** A PDF password is cut at 127 bytes, a spreadsheet asks for 255 characters at most. */
const MOST_CHARACTERS: Readonly<Record<ProtectedFormat, number>> = { xlsx: 255, pdf: 127 };

const REASONS = {
  missing: { zh: '没有密码', en: 'there is no password' },
  too_short: {
    zh: `少于 ${String(LEAST_CHARACTERS)} 个字符，也不是至少 ${String(LEAST_WORDS)} 个词的口令短语`,
    en: `fewer than ${String(LEAST_CHARACTERS)} characters, and no passphrase of at least ${String(LEAST_WORDS)} words`,
  },
  too_long: { zh: '超过文件格式允许的长度', en: 'longer than the file format allows' },
  guessable: {
    zh: '由常见词、连续或重复的字符组成，容易被猜到',
    en: 'made of common words, runs or repeats: easily guessed',
  },
  outer_blank: {
    zh: '首尾有空格，抄写时会丢失',
    en: 'begins or ends with a blank, which gets lost when copied',
  },
  unprintable: { zh: '含有无法键入的控制字符', en: 'holds control characters that cannot be typed' },
  not_ascii: {
    zh: 'PDF 密码只能用英文字母、数字和半角符号（阅读器会改写其他字符）',
    en: 'a PDF password may hold only letters, digits and signs of ASCII (readers rewrite others)',
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

export type PasswordReason = keyof typeof REASONS;

/** Why a password is refused; never holds the password. */
export interface PasswordRefusal {
  readonly code: 'password_weak';
  readonly reason: PasswordReason;
}

/** The reason in the reader's language. */
export function passwordReasonText(reason: PasswordReason, language: Language): string {
  return REASONS[reason][language];
}

/** Whether a password may protect a report in these formats; the value is the password itself. */
export function checkPassword(
  password: string | null | undefined,
  formats: readonly ProtectedFormat[],
): Outcome<string, PasswordRefusal> {
  if (password === null || password === undefined || password.trim() === '') return refuse('missing');
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(password)) return refuse('unprintable');
  if (formats.includes('pdf') && !/^[\x20-\x7e]+$/.test(password)) return refuse('not_ascii');
  if (password !== password.trim()) return refuse('outer_blank');
  if (formats.some((format) => password.length > MOST_CHARACTERS[format])) return refuse('too_long');
  if (Array.from(password).length < LEAST_CHARACTERS && wordCount(password) < LEAST_WORDS)
    return refuse('too_short');
  if (effectiveLength(password) < LEAST_EFFECTIVE) return refuse('guessable');
  return succeed(password);
}

function refuse(reason: PasswordReason): { readonly ok: false; readonly failure: PasswordRefusal } {
  return fail({ code: 'password_weak', reason });
}

/** Different words of at least two characters. */
function wordCount(password: string): number {
  return new Set(
    password
      .toLowerCase()
      .split(/[\s\-_.,]+/)
      .filter((word) => Array.from(word).length >= 2),
  ).size;
}
