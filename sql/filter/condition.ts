import {
  EARLIEST_INSTANT_MS,
  fail,
  isDay,
  LATEST_INSTANT_MS,
  resolveTimeRange,
  shownName,
  succeed,
  type AnalysisFailure,
  type Condition,
  type Outcome,
  type Scalar,
} from '../../schemas/index.js';
import type { SqlParameter } from '../connection/warehouse.js';
import type { Field } from '../fields.js';

import type { SqlFragment } from './fragment.js';

export type ParameterType =
  'String' | 'Float64' | 'Int64' | 'Array(String)' | 'Array(Float64)' | 'Array(Int64)';

/** What turns conditions into text: how their values are bound, and what is noted about them. */
export interface ConditionWriter {
  /** The value of a field as text, `''` where there is none. */
  textOf(field: Field): string;
  /** The condition on its field. */
  write(condition: Condition, field: Field): Outcome<string, AnalysisFailure>;
}

interface ConditionSettings {
  /** Bare dates are days of this zone. */
  readonly zone: string;
  readonly bind: (value: SqlParameter, type: ParameterType) => SqlFragment;
  /** Hears of every regular expression. */
  readonly onPattern: (pattern: string) => void;
}

export function createConditionWriter({ zone, bind, onPattern }: ConditionSettings): ConditionWriter {
  function textOf({ kind, expression, propertyKey }: Field): string {
    if (propertyKey !== null) {
      // An empty list is an empty value, as an empty text is.
      const property = `props[${bind(propertyKey, 'String')}]`;
      return `if(${property} = '[]', '', ${property})`;
    }
    return kind === 'text' ? expression : `ifNull(toString(${expression}), '')`;
  }

  function write(one: Condition, found: Field): Outcome<string, AnalysisFailure> {
    const text = textOf(found);
    const { op, value } = one;
    if (op === 'is_set') return succeed(`${text} != ''`);
    if (op === 'is_not_set') return succeed(`${text} = ''`);
    if (op === 'in' || op === 'not_in') {
      return membership(found, text, Array.isArray(value) ? value : [], one);
    }
    if (value === undefined || Array.isArray(value)) return fail(badValue(one, 'one value', '一个值'));
    if (op === 'contains' || op === 'not_contains' || op === 'starts_with' || op === 'regex') {
      if (found.kind === 'instant') {
        return fail(badValue(one, 'another operator: it is an instant', '其他运算符：这是时间'));
      }
      return succeed(within(found, text, op, String(value)));
    }
    return compare(found, text, op, value, one);
  }

  /** However many values there are, they travel as one list of texts and one of numbers. */
  function membership(
    found: Field,
    text: string,
    values: readonly Scalar[],
    one: Condition,
  ): Outcome<string, AnalysisFailure> {
    if (found.kind === 'instant') return amongInstants(found, values, one);
    const texts: string[] = [];
    const numbers: number[] = [];
    for (const value of values) {
      if (found.kind === 'text' || (found.kind === 'property' && typeof value !== 'number')) {
        texts.push(String(value));
        continue;
      }
      const number = numberOf(value, one);
      if (!number.ok) return number;
      numbers.push(number.value);
    }
    const parts: string[] = [];
    if (texts.length > 0) parts.push(`(${text} != '' AND ${text} IN ${bind(texts, 'Array(String)')})`);
    if (numbers.length > 0) {
      const actual = found.kind === 'number' ? `toFloat64(${found.expression})` : numberIn(text);
      // A set tells -0 from 0; a sum does not.
      parts.push(`ifNull(${actual} + 0 IN ${bind(numbers, 'Array(Float64)')}, 0)`);
    }
    return succeed(either(parts, one));
  }

  function amongInstants(
    found: Field,
    values: readonly Scalar[],
    one: Condition,
  ): Outcome<string, AnalysisFailure> {
    const starts: number[] = [];
    const ends: number[] = [];
    for (const value of values) {
      const span = spanOf(value, one);
      if (!span.ok) return span;
      starts.push(span.value.from);
      ends.push(span.value.to);
    }
    if (starts.length === 0) return succeed(either([], one));
    const time = `toUnixTimestamp64Milli(${found.expression})`;
    const within = `arrayExists((since, until) -> ${time} >= since AND ${time} < until, ${bind(starts, 'Array(Int64)')}, ${bind(ends, 'Array(Int64)')})`;
    return succeed(either([`ifNull(${within}, 0)`], one));
  }

  function either(parts: readonly string[], { op }: Condition): string {
    const any = parts.length === 0 ? '0' : `(${parts.join(' OR ')})`;
    return op === 'in' ? any : `NOT ${any}`;
  }

  function within(
    { kind }: Field,
    text: string,
    op: 'contains' | 'not_contains' | 'starts_with' | 'regex',
    value: string,
  ): string {
    const bound = bind(value, 'String');
    if (op === 'regex') {
      onPattern(value);
      return `(${text} != '' AND match(${text}, ${bound}))`;
    }
    if (op === 'starts_with') return `(${text} != '' AND startsWith(${text}, ${bound}))`;
    const inText = `position(${text}, ${bound}) > 0`;
    // A list stands in props as JSON text; any element of it may be the value.
    const isList = `startsWith(${text}, '[') AND JSONType(${text}) = 'Array'`;
    const found =
      kind === 'property'
        ? `if(${isList}, has(JSONExtract(${text}, 'Array(String)'), ${bound}), ${inText})`
        : inText;
    return op === 'contains' ? `(${text} != '' AND ${found})` : `(${text} = '' OR NOT (${found}))`;
  }

  function compare(
    found: Field,
    text: string,
    op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte',
    value: Scalar,
    one: Condition,
  ): Outcome<string, AnalysisFailure> {
    const ordering = op !== 'eq' && op !== 'ne';
    if (found.kind === 'instant') return compareInstant(found, op, value, one);
    if (found.kind === 'number' || (typeof value === 'number' && (found.kind === 'property' || ordering))) {
      const number = numberOf(value, one);
      if (!number.ok) return number;
      const actual = found.kind === 'number' ? found.expression : numberIn(text);
      return succeed(
        `ifNull(${actual} ${SIGNS[op]} ${bind(number.value, 'Float64')}, ${op === 'ne' ? 1 : 0})`,
      );
    }
    const bound = bind(String(value), 'String');
    if (op === 'ne') return succeed(`(${text} = '' OR ${text} != ${bound})`);
    return succeed(`(${text} != '' AND ${text} ${SIGNS[op]} ${bound})`);
  }

  /** The milliseconds that a value names: a bare date is that whole day. */
  function spanOf(value: Scalar, one: Condition): Outcome<{ from: number; to: number }, AnalysisFailure> {
    if (typeof value === 'boolean') return fail(badValue(one, 'an instant', '时间'));
    const whole = typeof value === 'string' && isDay(value);
    const start = resolveTimeRange({ from: value, to: null }, zone);
    const end = resolveTimeRange({ from: null, to: value }, zone);
    if (!start.ok || !end.ok) {
      return fail(
        badValue(
          one,
          'an instant with an offset, or a date such as 2026-11-11',
          '带时区的时间，或 2026-11-11 这样的日期',
        ),
      );
    }
    const from = start.value.fromMs ?? EARLIEST_INSTANT_MS;
    return succeed({ from, to: whole ? (end.value.toMs ?? LATEST_INSTANT_MS) : from + 1 });
  }

  /** `gt` is after the end of a day, `lte` before its end. */
  function compareInstant(
    { expression }: Field,
    op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte',
    value: Scalar,
    one: Condition,
  ): Outcome<string, AnalysisFailure> {
    const span = spanOf(value, one);
    if (!span.ok) return span;
    const { from, to } = span.value;
    const time = `toUnixTimestamp64Milli(${expression})`;
    const before = (bound: number): string => `${time} < ${bind(bound, 'Int64')}`;
    const since = (bound: number): string => `${time} >= ${bind(bound, 'Int64')}`;
    switch (op) {
      case 'eq':
        return succeed(`ifNull(${since(from)} AND ${before(to)}, 0)`);
      case 'ne':
        return succeed(`ifNull(${before(from)} OR ${since(to)}, 1)`);
      case 'gt':
        return succeed(`ifNull(${since(to)}, 0)`);
      case 'gte':
        return succeed(`ifNull(${since(from)}, 0)`);
      case 'lt':
        return succeed(`ifNull(${before(from)}, 0)`);
      case 'lte':
        return succeed(`ifNull(${before(to)}, 0)`);
    }
  }

  return { textOf, write };
}

/** The number that a text is, NULL where it is none: `inf` and `nan` are words. */
export function numberIn(text: string): string {
  return `if(isFinite(toFloat64OrNull(${text})), toFloat64OrNull(${text}), NULL)`;
}

const SIGNS = { eq: '=', ne: '!=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function numberOf(value: Scalar, one: Condition): Outcome<number, AnalysisFailure> {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number)
    ? succeed(number)
    : fail(badValue(one, 'a number', '数字'));
}

/** What was typed is not repeated: it may be somebody's id. */
function badValue({ field, op }: Condition, wanted: string, wantedZh: string): AnalysisFailure {
  const shown = shownName(field);
  return {
    code: 'bad_value',
    message: `the condition on ${shown} (op ${op}) needs ${wanted}`,
    zh: `${shown} 的条件（op ${op}）需要${wantedZh}`,
  };
}
