import {
  fail,
  livingInfoSchema,
  succeed,
  type DraftLive,
  type Outcome,
  type RejectFailure,
} from '../../schemas/index.js';
import type { RecordReader, Source } from '../source.js';
import { countOf, FieldReader, isObject, textOf, trimKeys } from './export-cell.js';
import { apiTime, pastTime } from './platform-time.js';
import { checkReply } from './wechat-reply.js';

/**
 * The platform's own word on a WeCom live: `get_living_info`, and `living_status_change` as it is pushed. Of the push URL
 * nothing is read: it is a secret.
 */
export const wecomLiveSource: Source = {
  name: 'wecom-live',
  loads: 'whole',
  table: null,
  recognize(record) {
    const fields = trimKeys(record);
    return isObject(fields['living_info']) || fields['Event'] === STATUS_CHANGE ? 1 : 0;
  },
  records: livingInfoRecords,
  normalize(row, context) {
    if (row.from === 'table' || !isObject(row.value)) return fail({ code: 'not_json' });
    const change = trimKeys(row.value);
    return change['Event'] === STATUS_CHANGE
      ? normalizeStatusChange(change, context.receivedAt)
      : normalizeLivingInfo(row.value);
  },
};

function livingInfoRecords(): RecordReader {
  return {
    expand(record) {
      const reply = checkReply(record);
      return reply.ok ? succeed([{ place: '', value: record }]) : reply;
    },
    finish: () => succeed({}),
  };
}

const STATUS_CHANGE = 'living_status_change';
const LIVE = 1;
const ENDED = 2;

function normalizeLivingInfo(record: unknown): Outcome<readonly DraftLive[], RejectFailure> {
  const document = trimKeys(record);
  const parsed = livingInfoSchema.safeParse(trimKeys(document['living_info']));
  if (!parsed.success) {
    return fail({ code: 'bad_value', field: String(parsed.error.issues[0]?.path[0] ?? 'living_info') });
  }
  const info = parsed.data;
  const reader = new FieldReader();
  const start = reader.take(apiTime(info.living_start, 'living_start'));
  const seconds = reader.take(countOf(info.living_duration, 'living_duration'));
  const plannedStart = reader.take(apiTime(info.reserve_start, 'reserve_start'));
  const plannedSeconds = reader.take(countOf(info.reserve_living_duration, 'reserve_living_duration'));
  const status = textOf(info.status);
  // Before the start living_start repeats the plan; a live without a word on its status but with a length has been.
  const ended = status === null ? (seconds ?? 0) > 0 : Number(status) === ENDED;
  const begun = ended || Number(status ?? -1) === LIVE;
  const liveId = textOf(document['livingid']) ?? textOf(trimKeys(document['living_info'])['livingid']);
  const draft: DraftLive = {
    kind: 'live',
    platform: 'wecom',
    account: textOf(document['corpid']),
    room_id: liveId,
    live_id: liveId,
    told_by: 'info',
    title: textOf(info.theme) ?? '',
    anchor_employee_id: textOf(info.anchor_userid),
    planned_start: plannedStart,
    planned_end: after(plannedStart, plannedSeconds),
    started_at: begun ? start : null,
    ended_at: ended ? after(start, seconds) : null,
    status: status ?? '',
    viewer_count: reader.take(countOf(info.viewer_num, 'viewer_num')),
    comment_count: reader.take(countOf(info.comment_num, 'comment_num')),
  };
  return reader.failure === null ? succeed([draft]) : fail(reader.failure);
}

function after(start: number | null, seconds: number | null): number | null {
  return start === null || seconds === null ? null : start + seconds * 1000;
}

/** Only starts and ends bound a live; `FromUserName` is a person and never read. */
function normalizeStatusChange(
  change: Readonly<Record<string, unknown>>,
  receivedAt: number,
): Outcome<readonly DraftLive[], RejectFailure> {
  const status = Number(textOf(change['Status']) ?? Number.NaN);
  if (!Number.isInteger(status)) return fail({ code: 'bad_value', field: 'Status' });
  const liveId = textOf(change['LivingId']);
  if (liveId === null) return fail({ code: 'missing_key', field: 'LivingId' });
  if (status !== LIVE && status !== ENDED) return succeed([]);
  const reader = new FieldReader();
  const at = reader.need(
    pastTime(change['CreateTime'], receivedAt, 'CreateTime'),
    { code: 'time_unreadable', field: 'CreateTime' },
    0,
  );
  if (reader.failure !== null) return fail(reader.failure);
  return succeed([
    {
      kind: 'live',
      platform: 'wecom',
      account: textOf(change['ToUserName']),
      room_id: liveId,
      live_id: liveId,
      told_by: 'callback',
      title: '',
      anchor_employee_id: null,
      planned_start: null,
      planned_end: null,
      started_at: status === LIVE ? at : null,
      ended_at: status === ENDED ? at : null,
      status: String(status),
      viewer_count: null,
      comment_count: null,
    },
  ]);
}
