import {
  fail,
  liveRoomSchema,
  succeed,
  type DraftLive,
  type DraftRoom,
  type Outcome,
  type RejectFailure,
} from '../../schemas/index.js';
import type { RecordReader, Source } from '../source.js';
import { FieldReader, idOf, isObject, listOf, textOf, trimKeys } from './export-cell.js';
import { apiTime } from './platform-time.js';
import { checkReply } from './wechat-reply.js';

/** `getliveinfo`: the rooms of a mini-program, and of those that have ended the live. */
export const miniprogramRoomsSource: Source = {
  name: 'miniprogram-rooms',
  loads: 'whole',
  table: null,
  recognize(record) {
    const reply = trimKeys(record);
    if (Array.isArray(reply['room_info'])) return 1;
    // `get_replay` answers with replays only: nothing to load, and no error.
    if (Array.isArray(reply['live_replay'])) return 0.9;
    return EMPTY_CODES.includes(Number(reply['errcode'])) && 'errmsg' in reply ? 0.6 : 0;
  },
  records: roomRecords,
  normalize(row) {
    if (row.from === 'table' || !isObject(row.value)) return fail({ code: 'not_json' });
    return normalizeRoom(row.value);
  },
};

/** No room made yet; the list is empty (DOMAIN §2.1): both are answers. */
export const EMPTY_CODES: readonly number[] = [1, 9_410_000];
const ENDED = '103';

function roomRecords(): RecordReader {
  return {
    expand(record) {
      const reply = checkReply(record, EMPTY_CODES);
      if (!reply.ok) return reply;
      if (reply.value === 'empty') return succeed([]);
      const rooms = listOf(trimKeys(record)['room_info']);
      return succeed(rooms.map((room, index) => ({ place: `.room_info[${index}]`, value: room })));
    },
    finish: () => succeed({}),
  };
}

function normalizeRoom(record: unknown): Outcome<readonly (DraftRoom | DraftLive)[], RejectFailure> {
  const parsed = liveRoomSchema.safeParse(trimKeys(record));
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? 'roomid');
    return fail({ code: field === 'roomid' ? 'missing_key' : 'bad_value', field });
  }
  const fields = parsed.data;
  const reader = new FieldReader();
  const roomId = reader.need(idOf(fields.roomid, 'roomid'), { code: 'missing_key', field: 'roomid' }, '');
  const start = reader.take(apiTime(fields.start_time, 'start_time'));
  const end = reader.take(apiTime(fields.end_time, 'end_time'));
  if (reader.failure !== null) return fail(reader.failure);
  const status = textOf(fields.live_status) ?? '';
  const title = textOf(fields.name) ?? '';
  const room: DraftRoom = {
    kind: 'room',
    platform: 'miniprogram',
    account: null,
    room_id: roomId,
    title,
    anchor: textOf(fields.anchor_name) ?? '',
    start_at: start,
    end_at: end,
    status,
  };
  if (status !== ENDED) return succeed([room]);
  const live: DraftLive = {
    kind: 'live',
    platform: 'miniprogram',
    account: null,
    room_id: roomId,
    live_id: null,
    told_by: 'info',
    title,
    anchor_employee_id: null,
    planned_start: start,
    planned_end: end,
    started_at: start,
    ended_at: end,
    status,
    viewer_count: null,
    comment_count: null,
  };
  return succeed([room, live]);
}
