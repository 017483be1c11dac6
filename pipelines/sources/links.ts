import {
  fail,
  isLinkKind,
  isPlatform,
  succeed,
  type DraftLink,
  type DraftRecord,
  type Outcome,
  type RejectFailure,
} from '../../schemas/index.js';
import type { Source, SourceColumn } from '../source.js';
import { FieldReader, idOf, isObject, textOf } from './export-cell.js';
import { namedFields, type NamedFields } from './named-fields.js';
import { platformTime } from './platform-time.js';

const COLUMNS: readonly SourceColumn[] = [
  { name: 'code', aliases: ['链接编码', '渠道码', '短码', 'link_code'] },
  { name: 'kind', aliases: ['类型', '链接类型'] },
  { name: 'utm_source', aliases: ['来源', '渠道来源'] },
  { name: 'utm_medium', aliases: ['媒介'] },
  { name: 'utm_campaign', aliases: ['活动', '活动名称'] },
  { name: 'utm_content', aliases: ['内容', '素材'] },
  { name: 'utm_term', aliases: ['关键词'] },
  { name: 'platform', aliases: ['平台'] },
  { name: 'account', aliases: ['账户', 'appid'] },
  { name: 'room_id', aliases: ['直播间ID', '房间号'] },
  { name: 'target_url', aliases: ['目标链接', '落地页'] },
  { name: 'owner', aliases: ['负责人'] },
  { name: 'created_at', aliases: ['创建时间'] },
  { name: 'expires_at', aliases: ['过期时间', '到期时间'] },
  { name: 'note', aliases: ['备注'] },
];
const LONGEST_CODE = 128;
const readFields = namedFields(COLUMNS);

/** The registry of tagged links: what a code stands for. Only the code is required. */
export const linksSource: Source = {
  name: 'links',
  loads: 'whole',
  table: {
    columns: COLUMNS,
    required: [
      ['code'],
      ['kind', 'utm_source', 'utm_medium', 'utm_campaign', 'target_url', 'room_id', 'note'],
    ],
    open: null,
    everyTable: false,
  },
  recognize: (record) =>
    isObject(record) && 'code' in record && ('utm_source' in record || 'kind' in record) ? 0.8 : 0,
  records: null,
  normalize(row) {
    const fields = readFields(row);
    return fields === null ? fail({ code: 'not_json' }) : normalizeFields(fields);
  },
};

function normalizeFields(fields: NamedFields): Outcome<readonly DraftRecord[], RejectFailure> {
  const reader = new FieldReader();
  const text = (name: string): string => textOf(fields[name]) ?? '';
  const code = reader.need(idOf(fields['code'], 'code'), { code: 'missing_key', field: 'code' }, '');
  const kind = text('kind') === '' ? 'other' : text('kind').toLowerCase();
  const platform = text('platform');
  const draft: DraftLink = {
    kind: 'link',
    code,
    link_kind: kind,
    // As they are read from queries, so that a code and the link written out meet.
    utm_source: text('utm_source').toLowerCase(),
    utm_medium: text('utm_medium').toLowerCase(),
    utm_campaign: text('utm_campaign'),
    utm_content: text('utm_content'),
    utm_term: text('utm_term'),
    platform,
    account: reader.take(idOf(fields['account'], 'account')),
    room_id: reader.take(idOf(fields['room_id'], 'room_id')) ?? '',
    target_url: text('target_url'),
    owner: reader.take(idOf(fields['owner'], 'owner')) ?? '',
    created_at: reader.take(platformTime(fields['created_at'], 'created_at')),
    expires_at: reader.take(platformTime(fields['expires_at'], 'expires_at')),
    note: text('note'),
  };
  if (reader.failure !== null) return fail(reader.failure);
  if (Array.from(code).length > LONGEST_CODE) return fail({ code: 'too_long', field: 'code' });
  if (!isLinkKind(kind)) return fail({ code: 'bad_value', field: 'kind' });
  if (platform !== '' && !isPlatform(platform)) return fail({ code: 'unknown_platform', field: 'platform' });
  return succeed([draft]);
}
