import {
  fail,
  isPlatform,
  minuteSummarySchema,
  succeed,
  type DraftMinute,
  type Outcome,
  type Platform,
  type RejectFailure,
} from '../../schemas/index.js';
import type { Source, SourceContext, SourceRow } from '../source.js';
import { countOf, FieldReader, isObject, measureOf, textOf, trimKeys } from './export-cell.js';
import { pastTime, platformTime } from './platform-time.js';
import { minuteRecords } from './tencent-css/minute-records.js';

/**
 * Minute summaries of a room: neutral JSON, Tencent Cloud CSS replies (unpacked by tencent-css/minute-records.ts
 * into neutral rows) and the tables of PDF, CSV and XLSX exports.
 */
export const minutesSource: Source = {
  name: 'minutes',
  loads: 'whole',
  table: {
    columns: [
      { name: 'minute', aliases: ['时间', '分钟', '统计时间', '时间点', '数据时间', 'time', '日期时间'] },
      { name: 'online', aliases: ['在线人数', '同时在线人数', '实时在线人数', '当前在线人数', '在线'] },
      { name: 'viewers', aliases: ['观看人数', 'uv', '观众人数', '观看人数(uv)', '观看uv'] },
      { name: 'views', aliases: ['观看次数', 'pv', '观看次数(pv)', '观看pv'] },
      { name: 'viewers_new', aliases: ['新增观看人数', '新增人数', '新进人数', '新增观众', 'new_viewers'] },
      { name: 'likes', aliases: ['点赞数', '点赞次数', '点赞', '点赞量'] },
      { name: 'comments', aliases: ['评论数', '评论次数', '评论条数', '评论', '评论量'] },
      { name: 'shares', aliases: ['分享数', '分享次数', '分享', '转发数', '分享量'] },
      { name: 'requests', aliases: ['请求数', '请求次数', '请求', 'request'] },
      { name: 'flux_mb', aliases: ['流量(MB)', '流量MB', '流量', 'flux'] },
      { name: 'bandwidth_mbps', aliases: ['带宽(Mbps)', '带宽Mbps', '带宽', 'bandwidth'] },
      {
        name: 'room_id',
        aliases: [
          '直播间',
          '直播间ID',
          '直播间号',
          '房间号',
          '房间ID',
          '流名称',
          '流名',
          'room',
          'StreamName',
        ],
      },
      { name: 'source', aliases: ['来源', '数据来源'] },
      { name: 'platform', aliases: ['平台'] },
      { name: 'account', aliases: [] },
      { name: 'exported_at', aliases: ['导出时间', '生成时间'] },
    ],
    required: [
      ['minute'],
      [
        'online',
        'viewers',
        'views',
        'viewers_new',
        'likes',
        'comments',
        'requests',
        'flux_mb',
        'bandwidth_mbps',
      ],
    ],
    open: null,
    everyTable: false,
  },
  recognize(record) {
    if (!isObject(record)) return 0;
    if (isObject(record['Response'])) {
      const { DataInfoList, Error: error } = record['Response'];
      return Array.isArray(DataInfoList) || isObject(error) ? 1 : 0;
    }
    if (Array.isArray(record['DataInfoList'])) return 1;
    const hasFigure = FIGURES.some((name) => name in record);
    return 'minute' in record && hasFigure ? ('event' in record ? 0.3 : 1) : 0;
  },
  records: minuteRecords,
  normalize(row, context) {
    const fields = row.from === 'table' ? row.cells : trimKeys(row.value);
    if (row.from === 'json' && !minuteSummarySchema.safeParse(fields).success) {
      return fail(isObject(row.value) ? badField(fields) : { code: 'not_json' });
    }
    return normalizeMinute(fields, context, row);
  },
};

const FIGURES = ['online', 'viewers', 'uv', 'views', 'pv', 'likes', 'comments', 'requests', 'flux_mb'];
const MINUTE_MS = 60_000;

function normalizeMinute(
  fields: Readonly<Record<string, unknown>>,
  context: SourceContext,
  row: SourceRow,
): Outcome<readonly DraftMinute[], RejectFailure> {
  const reader = new FieldReader();
  const count = (name: string, otherName = name): number | null =>
    reader.take(countOf(fields[name] ?? fields[otherName], name));
  const minute = reader.need(
    pastTime(fields['minute'], context.receivedAt, 'minute'),
    { code: 'time_unreadable', field: 'minute' },
    0,
  );
  const stated = textOf(fields['platform']) ?? 'kandian';
  const platform: Platform | null = isPlatform(stated) ? stated : null;
  const draft = {
    kind: 'minute',
    account: textOf(fields['account']),
    room_id: textOf(fields['room_id']) ?? (row.from === 'table' ? roomOfTitles(context.titles) : null),
    source: textOf(fields['source']) ?? 'kandian',
    minute: Math.floor(minute / MINUTE_MS) * MINUTE_MS,
    exported_at: reader.take(platformTime(fields['exported_at'], 'exported_at')),
    online: count('online'),
    viewers: count('viewers', 'uv'),
    views: count('views', 'pv'),
    viewers_new: count('viewers_new'),
    likes: count('likes'),
    comments: count('comments'),
    shares: count('shares'),
    requests: count('requests'),
    flux_mb: reader.take(measureOf(fields['flux_mb'], 'flux_mb')),
    bandwidth_mbps: reader.take(measureOf(fields['bandwidth_mbps'], 'bandwidth_mbps')),
  } as const;
  if (reader.failure !== null) return fail(reader.failure);
  if (platform === null) return fail({ code: 'unknown_platform', field: 'platform' });
  return succeed([{ ...draft, platform }]);
}

/** `直播间：kd-8544 统计时间：…`: an id, not a Chinese name of the room. */
export function roomOfTitles(titles: readonly string[]): string | null {
  for (const title of titles) {
    const found =
      /(?:直播间|房间)(?:\s*(?:ID|号|编号))?\s*[：:]\s*([A-Za-z0-9][\w.-]*)(?=$|[\s,，;；|)）])/iu.exec(
        title,
      );
    if (found?.[1] !== undefined) return found[1];
  }
  return null;
}

/** Which field has a type that no export gives it. */
function badField(fields: Readonly<Record<string, unknown>>): RejectFailure {
  const issue = minuteSummarySchema.safeParse(fields).error?.issues[0];
  const field = String(issue?.path[0] ?? 'minute');
  if (field === 'minute' || field === 'exported_at') return { code: 'time_unreadable', field };
  return FIGURES.includes(field) ? { code: 'bad_number', field } : { code: 'bad_value', field };
}
