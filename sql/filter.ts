import { z } from 'zod';

import {
  DIRECT,
  NOT_SET,
  NO_TOUCH,
  fail,
  isDay,
  resolveTimeRange,
  shownName,
  succeed,
  type AnalysisFailure,
  type ChannelColumn,
  type CommonSpec,
  type Condition,
  type EventMatch,
  type Outcome,
  type Scalar,
  type TimeRange,
} from '../schemas/index.js';
import type { SqlParameter, SqlParameters, SqlText, Warehouse } from './connection/warehouse.js';
import { WarehouseError } from './connection/warehouse.js';
import { resolveField, type Field } from './fields.js';
import { loadSql } from './query-file.js';

/** A piece of a statement made here; every value in it is a bound parameter of its filter. */
export type SqlFragment = string & { readonly __fragment: unique symbol };

/** The only generator of SQL text: conditions of users become fragments with bound values. */
export interface Filter {
  /** `from`, `to`, platforms, accounts, rooms of a spec; system scenes never pass. `events` narrows to these names. */
  scope(spec: CommonSpec, range: TimeRange, events?: readonly string[]): SqlFragment;
  /** All conditions hold; `1` for none. */
  all(conditions: readonly Condition[]): Outcome<SqlFragment, AnalysisFailure>;
  /** One of the matches: its event name and its conditions. */
  anyMatch(matches: readonly EventMatch[]): Outcome<SqlFragment, AnalysisFailure>;
  /** The value of a field as text, `''` where there is none. */
  text(fieldName: string): Outcome<SqlFragment, AnalysisFailure>;
  /** The value of a field as Nullable(Float64). */
  number(fieldName: string): Outcome<SqlFragment, AnalysisFailure>;
  /** A bound value: `{p7:Int64}`. */
  bind(value: SqlParameter, type: ParameterType): SqlFragment;
  /** The statement looks at the touch of its events whatever the conditions say. */
  needTouch(): void;
  /** Whether anything so far looks at the touch of an event. */
  readonly usesTouch: boolean;
  /** The values of everything made so far. */
  readonly parameters: SqlParameters;
  /** The regular expressions among the conditions, to be checked before the statement runs. */
  readonly patterns: readonly string[];
}

export type ParameterType = 'String' | 'Float64' | 'Int64' | 'Array(String)';

/** The one place where generated text becomes a fragment; for this module alone. */
export const fragment = (text: string): SqlFragment => text as SqlFragment;

/** `resolve` finds the fields that conditions may name; default those of events and their touches. */
export function createFilter(zone: string, resolve = resolveField): Filter {
  const parameters: Record<string, SqlParameter> = {};
  const patterns: string[] = [];
  let usesTouch = false;

  function bind(value: SqlParameter, type: ParameterType): SqlFragment {
    const name = `p${Object.keys(parameters).length + 1}`;
    parameters[name] = value;
    return fragment(`{${name}:${type}}`);
  }

  function field(name: string): Outcome<Field, AnalysisFailure> {
    const found = resolve(name);
    if (found.ok && found.value.ofTouch) usesTouch = true;
    return found;
  }

  function textOf({ kind, expression, propertyKey }: Field): string {
    if (propertyKey !== null) return `props[${bind(propertyKey, 'String')}]`;
    return kind === 'text' ? expression : `ifNull(toString(${expression}), '')`;
  }

  function condition(one: Condition): Outcome<string, AnalysisFailure> {
    const found = field(one.field);
    if (!found.ok) return found;
    const text = textOf(found.value);
    const { op, value } = one;
    if (op === 'is_set') return succeed(`${text} != ''`);
    if (op === 'is_not_set') return succeed(`${text} = ''`);
    if (op === 'in' || op === 'not_in') {
      return membership(found.value, text, Array.isArray(value) ? value : [], one);
    }
    if (value === undefined || Array.isArray(value)) return fail(badValue(one, 'one value', '一个值'));
    if (op === 'contains' || op === 'not_contains' || op === 'starts_with' || op === 'regex') {
      if (found.value.kind === 'instant') {
        return fail(badValue(one, 'another operator: it is an instant', '其他运算符：这是时间'));
      }
      return succeed(within(found.value, text, op, String(value)));
    }
    return compare(found.value, text, op, value, one);
  }

  /** A list of texts is one bound list; anything else is a chain of comparisons. */
  function membership(
    found: Field,
    text: string,
    values: readonly Scalar[],
    one: Condition,
  ): Outcome<string, AnalysisFailure> {
    const isIn = one.op === 'in';
    const asTexts =
      found.kind === 'text' ||
      (found.kind === 'property' && values.every((value) => typeof value !== 'number'));
    if (asTexts) {
      const list = bind(values.map(String), 'Array(String)');
      return succeed(
        isIn ? `(${text} != '' AND ${text} IN ${list})` : `(${text} = '' OR ${text} NOT IN ${list})`,
      );
    }
    const parts: string[] = [];
    for (const value of values) {
      const part = compare(found, text, 'eq', value, one);
      if (!part.ok) return part;
      parts.push(part.value);
    }
    const any = parts.length === 0 ? '0' : `(${parts.join(' OR ')})`;
    return succeed(isIn ? any : `NOT ${any}`);
  }

  function within(
    { kind }: Field,
    text: string,
    op: 'contains' | 'not_contains' | 'starts_with' | 'regex',
    value: string,
  ): string {
    const bound = bind(value, 'String');
    if (op === 'regex') {
      patterns.push(value);
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
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number))
        return fail(badValue(one, 'a number', '数字'));
      const actual = found.kind === 'number' ? found.expression : `toFloat64OrNull(${text})`;
      return succeed(`ifNull(${actual} ${SIGNS[op]} ${bind(number, 'Float64')}, ${op === 'ne' ? 1 : 0})`);
    }
    const bound = bind(String(value), 'String');
    if (op === 'ne') return succeed(`(${text} = '' OR ${text} != ${bound})`);
    return succeed(`(${text} != '' AND ${text} ${SIGNS[op]} ${bound})`);
  }

  /** A bare date is that whole day: `gt` is after its end, `lte` before its end. */
  function compareInstant(
    { expression }: Field,
    op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte',
    value: Scalar,
    one: Condition,
  ): Outcome<string, AnalysisFailure> {
    if (typeof value === 'boolean') return fail(badValue(one, 'an instant', '时间'));
    const whole = typeof value === 'string' && isDay(value);
    const start = resolveTimeRange({ from: value, to: null }, zone);
    const end = resolveTimeRange({ from: null, to: value }, zone);
    if (!start.ok || !end.ok || start.value.fromMs === null || end.value.toMs === null) {
      return fail(
        badValue(
          one,
          'an instant with an offset, or a date such as 2026-11-11',
          '带时区的时间，或 2026-11-11 这样的日期',
        ),
      );
    }
    const from = start.value.fromMs;
    const to = whole ? end.value.toMs : from + 1;
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

  function all(conditions: readonly Condition[]): Outcome<SqlFragment, AnalysisFailure> {
    const parts: string[] = [];
    for (const one of conditions) {
      const part = condition(one);
      if (!part.ok) return part;
      parts.push(part.value);
    }
    return succeed(fragment(parts.length === 0 ? '1' : parts.join(' AND ')));
  }

  return {
    bind,
    all,
    scope(spec, { fromMs, toMs }, events) {
      const parts = ['NOT is_system'];
      if (events !== undefined) parts.push(`event IN ${bind([...new Set(events)], 'Array(String)')}`);
      if (fromMs !== null) parts.push(`event_time >= fromUnixTimestamp64Milli(${bind(fromMs, 'Int64')})`);
      if (toMs !== null) parts.push(`event_time < fromUnixTimestamp64Milli(${bind(toMs, 'Int64')})`);
      if (spec.platforms.length > 0) parts.push(`platform IN ${bind(spec.platforms, 'Array(String)')}`);
      if (spec.accounts.length > 0) parts.push(`account IN ${bind(spec.accounts, 'Array(String)')}`);
      if (spec.rooms.length > 0) {
        const rooms = bind(spec.rooms, 'Array(String)');
        parts.push(`(room_id != '' AND (room_id IN ${rooms} OR concat(account, ':', room_id) IN ${rooms}))`);
      }
      return fragment(parts.join(' AND '));
    },
    anyMatch(matches) {
      const parts: string[] = [];
      for (const match of matches) {
        const conditions = all(match.where);
        if (!conditions.ok) return conditions;
        parts.push(`(event = ${bind(match.event, 'String')} AND ${conditions.value})`);
      }
      return succeed(fragment(`(${parts.join(' OR ')})`));
    },
    text(fieldName) {
      const found = field(fieldName);
      return found.ok ? succeed(fragment(textOf(found.value))) : found;
    },
    number(fieldName) {
      const found = field(fieldName);
      if (!found.ok) return found;
      const text = textOf(found.value);
      return succeed(
        fragment(
          found.value.kind === 'number' ? `toFloat64(${found.value.expression})` : `toFloat64OrNull(${text})`,
        ),
      );
    },
    needTouch() {
      usesTouch = true;
    },
    get usesTouch() {
      return usesTouch;
    },
    get parameters() {
      return parameters;
    },
    get patterns() {
      return patterns;
    },
  };
}

const SIGNS = { eq: '=', ne: '!=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** What was typed is not repeated: it may be somebody's id. */
function badValue({ field, op }: Condition, wanted: string, wantedZh: string): AnalysisFailure {
  const shown = shownName(field);
  return {
    code: 'bad_value',
    message: `the condition on ${shown} (op ${op}) needs ${wanted}`,
    zh: `${shown} 的条件（op ${op}）需要${wantedZh}`,
  };
}

/** What a touch is called: `direct` whatever the dimension, else its columns, `(not set)` for what it lacks. */
export function touchLabel(columns: readonly ChannelColumn[], source: 'touches' | 'event'): SqlFragment {
  const prefix = source === 'event' ? 'touch_' : '';
  const parts = columns.map(
    (column) => `if(ifNull(${prefix}${column}, '') = '', '${NOT_SET}', toString(${prefix}${column}))`,
  );
  const joined = parts.length === 1 ? (parts[0] ?? '') : `concat(${parts.join(`, '/', `)})`;
  const known = `if(${prefix}channel = '${DIRECT}', '${DIRECT}', assumeNotNull(${joined}))`;
  return fragment(source === 'event' ? `if(has_touch, ${known}, '${NO_TOUCH}')` : known);
}

/** One column of a touch as it stands, `''` where the touch lacks it. */
export function touchColumn(column: ChannelColumn): SqlFragment {
  return fragment(`ifNull(toString(${column}), '')`);
}

/** Touches of a campaign (null: of any) in a range, half open, that have a variant, one of those named where any is. */
export function campaignTouches(
  filter: Filter,
  campaign: string | null,
  variant: ChannelColumn,
  variants: readonly string[],
  { fromMs, toMs }: TimeRange,
): SqlFragment {
  const column = touchColumn(variant);
  const parts: string[] = [
    campaign === null ? 'utm_campaign IS NOT NULL' : `utm_campaign = ${filter.bind(campaign, 'String')}`,
    `${column} != ''`,
    touchRange(filter, fromMs, toMs === null ? null : toMs - 1),
  ];
  if (variants.length > 0) parts.push(`${column} IN ${filter.bind([...variants], 'Array(String)')}`);
  return fragment(parts.join(' AND '));
}

/** What a cost is booked under: costs know a channel (the source where there is one) and a campaign, nothing else. */
export function costLabel(columns: readonly ChannelColumn[]): SqlFragment {
  const parts = columns.map((column) => {
    const known =
      column === 'utm_campaign'
        ? 'utm_campaign'
        : column === 'channel' || column === 'utm_source'
          ? 'channel'
          : "''";
    return `if(ifNull(${known}, '') = '', '${NOT_SET}', assumeNotNull(${known}))`;
  });
  return fragment(parts.length === 1 ? (parts[0] ?? '') : `concat(${parts.join(`, '/', `)})`);
}

/** The viewer has an event before an instant; never without one. */
export function seenBefore(filter: Filter, instantMs: number | null): SqlFragment {
  if (instantMs === null) return fragment('0');
  const before = filter.bind(instantMs, 'Int64');
  return fragment(
    `viewer IN (SELECT viewer FROM wxlive.events WHERE NOT is_system AND event_time < fromUnixTimestamp64Milli(${before}))`,
  );
}

/** Touches whose time lies within these bounds, both inside; null is no bound. */
export function touchRange(filter: Filter, firstMs: number | null, lastMs: number | null): SqlFragment {
  const parts: string[] = [];
  if (firstMs !== null)
    parts.push(`touch_time >= fromUnixTimestamp64Milli(${filter.bind(firstMs, 'Int64')})`);
  if (lastMs !== null) parts.push(`touch_time <= fromUnixTimestamp64Milli(${filter.bind(lastMs, 'Int64')})`);
  return fragment(parts.length === 0 ? '1' : parts.join(' AND '));
}

/** A constant of our own code as a fragment; never text of a user. */
export function fixed(text: '' | '0' | 'viewer,'): SqlFragment {
  return fragment(text);
}

/** The columns, and the packed number, that carry values beside the marks of an event. */
export interface PackedValues {
  readonly values: SqlFragment;
  readonly packed: SqlFragment;
}

/**
 * Packs an instant with marks and up to two values in one number that sorts by time: 64 bits for the instant and its
 * marks, then 64 for the hash of the correlated value, then 64 for that of the breakdown's; 0 where there is none.
 */
export function packValues(correlated: SqlFragment | null, brokenDown: SqlFragment | null): PackedValues {
  const first =
    correlated === null
      ? ''
      : `, toString(${correlated}) AS correlated_text, ${HASH('correlated_text')} AS correlated`;
  const second =
    brokenDown === null
      ? ''
      : `, toString(${brokenDown}) AS breakdown_text, ${HASH('breakdown_text')} AS broken_down`;
  const beside = [
    ...(correlated === null ? [] : ['correlated']),
    ...(brokenDown === null ? [] : ['broken_down']),
  ];
  const width = { 0: 'UInt64', 1: 'UInt128', 2: 'UInt256' }[beside.length] ?? 'UInt256';
  const packed = ['instant + marks', ...beside].map(
    (part, index, parts) => `bitShiftLeft(to${width}(${part}), ${64 * (parts.length - 1 - index)})`,
  );
  return { values: fragment(`${first}${second}`), packed: fragment(packed.join(' + ')) };
}

const HASH = (text: string): string => `if(${text} = '', toUInt64(0), cityHash64(${text}))`;

/** Columns that say what the breakdown hashes of a viewer stand for: their upper 53 bits, and the texts. */
export function textsOf(brokenDown: SqlFragment | null): SqlFragment {
  if (brokenDown === null) return fragment('');
  const texts = 'groupUniqArray(breakdown_text)';
  return fragment(
    `, arrayMap(one -> bitShiftRight(cityHash64(one), 11), ${texts}) AS codes, ${texts} AS texts`,
  );
}

/** A number with the k-th bit set where the k-th condition holds (UInt64). */
export function bitMask(conditions: readonly SqlFragment[]): SqlFragment {
  const parts = conditions.map((condition, bit) => `bitShiftLeft(toUInt64(${condition}), ${bit})`);
  return fragment(parts.length === 0 ? 'toUInt64(0)' : `(${parts.join(' + ')})`);
}

/** The rows an analysis looks at: events, with the touch of each where the filter needs it. */
export function scopeRows(filter: Filter, scope: SqlFragment): SqlFragment {
  const rows = filter.usesTouch ? 'scope/events-with-touch' : 'scope/events';
  return fragment(`(\n${fillSlots(loadSql(rows), { scope })}\n)`);
}

/** Rows of a scope that stand in a room, each with its live (as in wxlive.live_daily): `live_id`, `live_code`, `live_started_at`. */
export function withLives(rows: SqlFragment, zone: string, filter: Filter): SqlFragment {
  const slots = { rows, zone: filter.bind(zone, 'String') };
  return fragment(`(\n${fillSlots(loadSql('scope/events-with-live'), slots)}\n)`);
}

/** The day of an event in a zone, or where there is none the code of its live: a number for each period. */
export function periodCode(filter: Filter, zone: string | null): SqlFragment {
  return fragment(zone === null ? 'live_code' : `toDate(event_time, ${filter.bind(zone, 'String')})`);
}

/** Puts fragments into the slots `{{name}}` of a query file; throws on a slot left open and on one it has not. */
export function fillSlots(sql: SqlText, slots: Readonly<Record<string, SqlFragment>>): SqlText {
  const used = new Set<string>();
  const filled = sql.replaceAll(/\{\{(\w+)\}\}/g, (_slot, name: string) => {
    const text = slots[name];
    if (text === undefined) throw new TypeError(`nothing fills the slot {{${name}}}`);
    used.add(name);
    return text;
  });
  const unused = Object.keys(slots).filter((name) => !used.has(name));
  if (unused.length > 0) throw new TypeError(`the statement has no slot {{${unused.join('}}, {{')}}}`);
  // A statement of ours with fragments of ours is a statement of ours.
  return filled as SqlText;
}

/** ClickHouse: the regular expression does not compile. */
const CANNOT_COMPILE_REGEXP = 427;

/** Has the engine compile every pattern before it meets data; RE2 never runs away. */
export async function checkPatterns(
  warehouse: Warehouse,
  filter: Filter,
): Promise<Outcome<null, AnalysisFailure>> {
  for (const pattern of new Set(filter.patterns)) {
    try {
      await warehouse.query(loadSql('scope/check-pattern'), z.object({ matched: z.number() }), { pattern });
    } catch (error) {
      if (!(error instanceof WarehouseError) || error.code !== CANNOT_COMPILE_REGEXP) throw error;
      return fail({
        code: 'bad_regex',
        message: 'a pattern of op regex is no regular expression of RE2, or too large a one',
        zh: 'op regex 的表达式不是有效的 RE2 正则表达式，或过大',
      });
    }
  }
  return succeed(null);
}
