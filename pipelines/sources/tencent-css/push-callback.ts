import {
  cssCallbackSchema,
  fail,
  succeed,
  type DraftLive,
  type Outcome,
  type RejectFailure,
} from '../../../schemas/index.js';
import type { Source, SourceContext } from '../../source.js';
import { FieldReader, isObject, textOf, trimKeys } from '../export-cell.js';
import { pastTime } from '../platform-time.js';

/**
 * Push start and stop of Tencent Cloud CSS: when a broadcast really began and ended. `errcode` is the reason of a
 * stop here, no error of the call. `user_ip` and `stream_param` (the signed push URL) are never read.
 */
export const cssCallbackSource: Source = {
  name: 'css-callback',
  loads: 'whole',
  table: null,
  recognize(record) {
    const fields = trimKeys(record);
    if (!('event_type' in fields) || !('stream_id' in fields || 'channel_id' in fields)) return 0;
    return 'event_time' in fields || 'sequence' in fields ? 1 : 0.5;
  },
  records: null,
  normalize(row, context) {
    if (row.from === 'table' || !isObject(row.value)) return fail({ code: 'not_json' });
    return normalizeCallback(row.value, context);
  },
};

const STARTED = 1;
const STOPPED = 0;

function normalizeCallback(
  record: unknown,
  context: SourceContext,
): Outcome<readonly DraftLive[], RejectFailure> {
  const parsed = cssCallbackSchema.safeParse(trimKeys(record));
  if (!parsed.success) {
    return fail({ code: 'bad_value', field: String(parsed.error.issues[0]?.path[0] ?? 'event_type') });
  }
  const fields = parsed.data;
  const type = Number(fields.event_type);
  // Recordings and screenshots say nothing of the broadcast.
  if (type !== STARTED && type !== STOPPED) return succeed([]);
  const reader = new FieldReader();
  const time = reader.need(
    pastTime(fields.event_time, context.receivedAt, 'event_time'),
    { code: 'time_unreadable', field: 'event_time' },
    0,
  );
  const room = textOf(fields.stream_id) ?? textOf(fields.channel_id);
  if (room === null) return fail({ code: 'missing_key', field: 'stream_id' });
  if (reader.failure !== null) return fail(reader.failure);
  return succeed([
    {
      kind: 'live',
      platform: 'kandian',
      account: null,
      room_id: room,
      // One push session is one broadcast: `sequence` pairs its start with its stop and names a repeated call.
      live_id: textOf(fields.sequence),
      told_by: 'callback',
      title: '',
      anchor_employee_id: null,
      planned_start: null,
      planned_end: null,
      started_at: type === STARTED ? time : null,
      ended_at: type === STOPPED ? time : null,
      status: type === STARTED ? 'started' : 'stopped',
      viewer_count: null,
      comment_count: null,
    },
  ]);
}
