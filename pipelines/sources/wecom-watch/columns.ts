import type { SourceColumn } from '../../source.js';

/** `观看时长`, `观看时长(秒)`, `观看时长（分钟）` …; duration.ts reads the unit from the header as it stood. */
function withUnits(names: readonly string[]): string[] {
  const units = ['', '(秒)', '(分钟)', '(分)', '(小时)', '(时)', '(s)', '(min)', '(h)', '(毫秒)', '(ms)'];
  return names.flatMap((name) => units.map((unit) => name + unit));
}

/** No public sample of the console's export is known: headers by their synonyms (DOMAIN §1.6). */
export const WATCH_COLUMNS: readonly SourceColumn[] = [
  {
    name: 'employee_id',
    aliases: [
      '账号',
      '帐号',
      'userid',
      '成员账号',
      '成员帐号',
      '成员userid',
      '工号',
      'external_userid',
      '外部联系人ID',
    ],
  },
  {
    name: 'name',
    aliases: [
      '姓名',
      '成员',
      '成员名称',
      '成员姓名',
      '昵称',
      '用户名称',
      '用户昵称',
      '观看人',
      '观众',
      '观众昵称',
    ],
  },
  { name: 'department', aliases: ['部门', '所在部门', '部门名称', '所属部门'] },
  {
    name: 'viewer_type',
    aliases: ['类型', '用户类型', '观众类型', '成员类型', '身份', '用户身份', '用户来源', '来源', 'type'],
  },
  {
    name: 'watch_seconds',
    aliases: [
      ...withUnits(['观看时长', '参与时长', '累计观看时长', '观看总时长', '直播观看时长', '总观看时长']),
      'watch_time',
    ],
  },
  {
    name: 'replay_seconds',
    aliases: withUnits(['观看回放时长', '回放观看时长', '回放时长', '累计观看回放时长']),
  },
  {
    name: 'first_enter_at',
    aliases: ['首次进入时间', '进入时间', '首次进入直播时间', '首次观看时间', 'enter_time'],
  },
  { name: 'last_leave_at', aliases: ['最后离开时间', '离开时间', '最后观看时间', 'leave_time'] },
  // Recomputed from the seconds and the live's length: known here, so that the header is understood.
  { name: 'watch_ratio', aliases: ['观看时长占比(%)', '观看时长占比', '观看进度', '观看完成率'] },
  { name: 'commented', aliases: ['是否评论', 'is_comment'] },
  { name: 'comment_count', aliases: ['评论次数', '评论数', '评论条数'] },
  { name: 'mic', aliases: ['是否连麦', '连麦', '连麦次数', 'is_mic'] },
  // Sign-ins come from the sign-in workbook, round by round.
  { name: 'sign_count', aliases: ['签到次数'] },
  { name: 'signed_at', aliases: ['签到时间'] },
  { name: 'inviter', aliases: ['邀请人', '邀请人名称', '邀请人姓名'] },
  { name: 'inviter_id', aliases: ['邀请人账号', '邀请人帐号', '邀请人ID', 'invitor_userid'] },
  { name: 'inviter_external_id', aliases: ['邀请人外部联系人ID', 'invitor_external_userid'] },
  { name: 'live_id', aliases: ['直播ID', 'livingid', '直播编号'] },
  { name: 'corpid', aliases: ['企业ID', 'account'] },
];
