import {
  fail,
  punishEventSchema,
  succeed,
  type DraftViolation,
  type Outcome,
  type RejectFailure,
} from '../../schemas/index.js';
import { jsonText } from '../json-text.js';
import type { Source } from '../source.js';
import { countOf, FieldReader, idOf, isObject, textOf, trimKeys } from './export-cell.js';
import { apiTime, pastTime } from './platform-time.js';

/** `wxa_punish_event`: what the platform punished a mini-program for. */
export const violationsSource: Source = {
  name: 'violations',
  loads: 'whole',
  table: null,
  recognize: (record) => (trimKeys(record)['Event'] === 'wxa_punish_event' ? 1 : 0),
  records: null,
  normalize(row, context) {
    if (row.from === 'table' || !isObject(row.value)) return fail({ code: 'not_json' });
    return normalizePunishment(row.value, context.receivedAt);
  },
};

function normalizePunishment(
  record: unknown,
  receivedAt: number,
): Outcome<readonly DraftViolation[], RejectFailure> {
  const parsed = punishEventSchema.safeParse(trimKeys(record));
  if (!parsed.success) {
    return fail({ code: 'bad_value', field: String(parsed.error.issues[0]?.path[0] ?? 'Event') });
  }
  const fields = parsed.data;
  const detail = detailOf(fields.detail);
  const reader = new FieldReader();
  const draft: DraftViolation = {
    kind: 'violation',
    account: textOf(fields.appid),
    punish_id: reader.need(
      idOf(fields.punish_id, 'punish_id'),
      { code: 'missing_key', field: 'punish_id' },
      '',
    ),
    event_type: reader.need(
      countOf(fields.event_type, 'event_type'),
      { code: 'missing_key', field: 'event_type' },
      0,
    ),
    punished_at: reader.need(
      pastTime(fields.punish_time, receivedAt, 'punish_time'),
      { code: 'time_unreadable', field: 'punish_time' },
      0,
    ),
    reason: textOf(fields.illegal_reason) ?? '',
    rule_name: textOf(fields.rule_name) ?? '',
    rule_url: textOf(fields.rule_url) ?? '',
    deadline: isObject(detail) ? reader.take(apiTime(detail['rectify_deadline'], 'rectify_deadline')) : null,
    detail: detail === null ? '' : jsonText(detail),
  };
  return reader.failure === null ? succeed([draft]) : fail(reader.failure);
}

/** JSON in a text; a text that is none is kept as a JSON text, an object that came unwrapped as it is. */
function detailOf(stated: unknown): unknown {
  if (typeof stated !== 'string') return stated ?? null;
  if (stated.trim() === '') return null;
  try {
    return JSON.parse(stated);
  } catch {
    return stated;
  }
}
