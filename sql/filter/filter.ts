import {
  succeed,
  type AnalysisFailure,
  type CommonSpec,
  type Condition,
  type EventMatch,
  type Outcome,
  type TimeRange,
} from '../../schemas/index.js';
import type { SqlParameter, SqlParameters } from '../connection/warehouse.js';
import { resolveField, type Field } from '../fields.js';

import { createConditionWriter, numberIn, type ParameterType } from './condition.js';
import { fragment, type SqlFragment } from './fragment.js';

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

  const writer = createConditionWriter({ zone, bind, onPattern: (pattern) => patterns.push(pattern) });

  function all(conditions: readonly Condition[]): Outcome<SqlFragment, AnalysisFailure> {
    const parts: string[] = [];
    for (const one of conditions) {
      const found = field(one.field);
      if (!found.ok) return found;
      const part = writer.write(one, found.value);
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
        const where = all(match.where);
        if (!where.ok) return where;
        parts.push(`(event = ${bind(match.event, 'String')} AND ${where.value})`);
      }
      return succeed(fragment(`(${parts.join(' OR ')})`));
    },
    text(fieldName) {
      const found = field(fieldName);
      return found.ok ? succeed(fragment(writer.textOf(found.value))) : found;
    },
    number(fieldName) {
      const found = field(fieldName);
      if (!found.ok) return found;
      const text = writer.textOf(found.value);
      return succeed(
        fragment(found.value.kind === 'number' ? `toFloat64(${found.value.expression})` : numberIn(text)),
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
