import type { CellValue } from '../../formats/index.js';
import { cleanText, fail, succeed, type Outcome, type RejectFailure } from '../../schemas/index.js';

/**
 * Cells and JSON values of the platforms' exports: `-`, `--` and blank say nothing, numbers carry thousands
 * commas, ids may have become numbers. `field` names the column in a reject.
 */

/** Values that a JSON reply can put where a table has a cell. */
export function asCell(value: unknown): CellValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** Trimmed text, null where nothing stands: blank, `-`, `--`, `—`. */
export function textOf(value: unknown): string | null {
  const cell = asCell(value);
  if (cell === null) return null;
  const text = cleanText(String(cell)).trim();
  return /^[-–—－]*$/u.test(text) ? null : text;
}

/** An id as text; a number of 16 and more digits has lost some of them. */
export function idOf(value: unknown, field: string): Outcome<string | null, RejectFailure> {
  if (typeof value === 'number' && Math.abs(value) >= 1e15) return fail({ code: 'id_lost_precision', field });
  return succeed(textOf(value));
}

/** A figure ≥ 0: `1,126.66`, `1.2万`, full-width digits; null where nothing stands. */
export function measureOf(value: unknown, field: string): Outcome<number | null, RejectFailure> {
  const text = textOf(value);
  if (text === null) return succeed(null);
  if (typeof value === 'boolean') return fail({ code: 'bad_number', field });
  const folded = text
    .normalize('NFKC')
    .replace(/\s+/gu, '')
    .replace(/(?<=\d),(?=\d{3})/gu, '');
  const found = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)([万亿])?$/iu.exec(folded);
  if (found === null) return fail({ code: 'bad_number', field });
  const scale = found[2] === '万' ? 1e4 : found[2] === '亿' ? 1e8 : 1;
  // A product of decimals is off in the 16th digit: 1.2 × 10,000.
  const number = scale === 1 ? Number(found[1]) : Number((Number(found[1]) * scale).toFixed(6));
  return number > Number.MAX_SAFE_INTEGER ? fail({ code: 'bad_number', field }) : succeed(number);
}

/** A whole figure ≥ 0. */
export function countOf(value: unknown, field: string): Outcome<number | null, RejectFailure> {
  const measure = measureOf(value, field);
  if (measure.ok && measure.value !== null && !Number.isInteger(measure.value)) {
    return fail({ code: 'bad_number', field });
  }
  return measure;
}

const YES = new Set(['是', '有', '已', 'true', 'yes', 'y', '√', '✓', '✔', '已评论', '已连麦']);
const NO = new Set(['否', '无', '未', 'false', 'no', 'n', '×', '✗', '未评论', '未连麦']);

/** `是` / `否`, 1 / 0, a count (`3`, `3次`); null where nothing stands. */
export function flagOf(value: unknown, field: string): Outcome<boolean | null, RejectFailure> {
  if (typeof value === 'boolean') return succeed(value);
  const text = textOf(value);
  if (text === null) return succeed(null);
  const folded = text.normalize('NFKC').toLowerCase();
  if (YES.has(folded)) return succeed(true);
  if (NO.has(folded)) return succeed(false);
  const count = measureOf(folded.replace(/[次条]$/u, ''), field);
  return count.ok && count.value !== null ? succeed(count.value > 0) : fail({ code: 'bad_value', field });
}

/** The object with its keys trimmed (get_living_info prints `"status "`); an exact key wins. {} for anything else. */
export function trimKeys(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) return {};
  const keys = Object.keys(value);
  if (keys.every((key) => key === key.trim())) return value;
  const trimmed = Object.fromEntries(keys.map((key) => [key.trim(), value[key]]));
  return {
    ...trimmed,
    ...Object.fromEntries(keys.filter((key) => key === key.trim()).map((key) => [key, value[key]])),
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Its elements; a missing or null list has none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Takes the values of several readings and keeps the first failure among them. */
export class FieldReader {
  /** null while everything was readable. */
  failure: RejectFailure | null = null;

  /** The value read; null also when it was unreadable (then `failure` says so). */
  take<Value>(outcome: Outcome<Value | null, RejectFailure>): Value | null {
    if (outcome.ok) return outcome.value;
    this.failure ??= outcome.failure;
    return null;
  }

  /** The same for a field that must be there. */
  need<Value>(outcome: Outcome<Value | null, RejectFailure>, missing: RejectFailure, instead: Value): Value {
    const value = this.take(outcome);
    if (value === null) this.failure ??= missing;
    return value ?? instead;
  }
}
