import { csvLine, type CellValue } from '../formats/index.js';
import { beijingText, beijingTime, type WecomPlan } from './company.js';
import { encodeGb18030 } from './gb18030-encoder.js';
import type { Attendee, SignInRound } from './wecom-audience.js';
import type { Employee } from './viewers.js';
import type { SampleSheet } from './workbook.js';

/** `get_living_info` of a live that has ended. */
export function livingInfo(
  firstDay: string,
  live: WecomPlan,
  anchor: Employee,
  attendees: readonly Attendee[],
): string {
  const start = beijingTime(firstDay, live.day, live.start) / 1000;
  const living_info = {
    theme: live.title,
    living_start: start,
    living_duration: live.minutes * 60,
    // The key as the platform's own sample prints it.
    'status ': 2,
    reserve_start: start - 600,
    reserve_living_duration: 3600,
    description: '',
    anchor_userid: anchor.id,
    main_department: 1,
    viewer_num: attendees.length,
    comment_num: attendees.reduce((sum, { comments }) => sum + comments, 0),
    mic_num: attendees.filter(({ mic }) => mic).length,
    open_replay: 1,
    replay_status: 0,
    type: live.type,
    online_count: 0,
    subscribe_count: Math.round(attendees.length * 0.6),
  };
  return `${JSON.stringify({ errcode: 0, errmsg: 'ok', living_info })}\n`;
}

/** The console's workbook of watch details: seconds, 内部 / 外部, outsiders by nickname alone. */
export function watchSheet(attendees: readonly Attendee[], exportedAt: number): SampleSheet {
  const rows: CellValue[][] = attendees.map(
    ({ staff, outsider, seconds, enteredAt, leftAt, comments, mic, inviter }) => [
      staff?.name ?? outsider?.name ?? null,
      staff?.id ?? null,
      staff?.department ?? '-',
      staff === null ? '外部' : '内部',
      seconds,
      beijingText(enteredAt),
      beijingText(leftAt),
      comments > 0 ? '是' : '否',
      mic ? '是' : '否',
      inviter?.name ?? null,
    ],
  );
  const header = [
    '成员名称',
    '账号',
    '所在部门',
    '用户类型',
    '观看时长(秒)',
    '首次进入时间',
    '最后离开时间',
    '是否评论',
    '是否连麦',
    '邀请人',
  ];
  return {
    name: '观看明细',
    rows: [['直播观看明细'], [`导出时间：${beijingText(exportedAt)}`], header, ...rows],
    headerRow: 2,
  };
}

/** Another of its layouts: GB18030 CSV, title lines, fractional minutes, 合计. */
export function watchCsv(attendees: readonly Attendee[], exportedAt: number): Uint8Array {
  const header = [
    '观看人',
    'userid',
    '部门名称',
    '观众类型',
    '观看时长（分钟）',
    '进入时间',
    '离开时间',
    '评论数',
    '是否连麦',
  ];
  const rows = attendees.map(({ staff, outsider, seconds, enteredAt, leftAt, comments, mic }) =>
    csvLine(
      [
        staff?.name ?? outsider?.name ?? null,
        staff?.id ?? outsider?.externalUserid ?? null,
        staff?.department ?? '-',
        staff === null ? '外部联系人' : '企业成员',
        seconds / 60,
        beijingText(enteredAt),
        beijingText(leftAt),
        comments > 0 ? comments : '--',
        mic ? '是' : '否',
      ],
      { formulaGuard: false },
    ),
  );
  const minutes = attendees.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const titles = `企业微信直播观看明细\r\n导出时间：${beijingText(exportedAt)}\r\n\r\n`;
  const total = csvLine(['合计', null, null, null, minutes, null, null, null, null]);
  return encodeGb18030(`${titles}${csvLine(header)}${rows.join('')}${total}`);
}

/** Seconds that are whole quarters of a minute: what such an export can say exactly. */
export function inQuarterMinutes(attendees: readonly Attendee[]): Attendee[] {
  return attendees.map((attendee) => ({ ...attendee, seconds: Math.round(attendee.seconds / 15) * 15 }));
}

const PAGE_SIZE = 50;

/** `get_watch_stat`, page after page. */
export function watchPages(attendees: readonly Attendee[]): string {
  const pages: unknown[] = [];
  for (let from = 0; from < attendees.length || from === 0; from += PAGE_SIZE) {
    const page = attendees.slice(from, from + PAGE_SIZE);
    const isLast = from + PAGE_SIZE >= attendees.length;
    const common = ({ seconds, comments, mic, inviter }: Attendee): Record<string, unknown> => ({
      watch_time: seconds,
      is_comment: comments > 0 ? 1 : 0,
      is_mic: mic ? 1 : 0,
      ...(inviter === null ? {} : { invitor_userid: inviter.id }),
    });
    const users = page.flatMap((one) =>
      one.staff === null ? [] : [{ userid: one.staff.id, ...common(one) }],
    );
    const external_users = page.flatMap((one) => {
      if (one.outsider === null) return [];
      const { externalUserid, type, name } = one.outsider;
      return [{ external_userid: externalUserid, type, name, ...common(one) }];
    });
    const next_key = isLast ? '' : `key${from + PAGE_SIZE}`;
    pages.push({
      errcode: 0,
      errmsg: 'ok',
      ending: isLast ? 1 : 0,
      next_key,
      stat_info: { users, external_users },
    });
  }
  return `${JSON.stringify(pages)}\n`;
}

const ROUND_NAMES = ['第一次签到', '第二次签到', '第三次签到', '第四次签到'];

/** One sheet a round: the summary above, the list below, names only. */
export function signInSheets(rounds: readonly SignInRound[]): SampleSheet[] {
  return rounds.map(({ calledAt, names }, round) => {
    const list = names.map(({ name, department }) => [
      department === null ? `${name}@微信` : name,
      department ?? '-',
    ]);
    const summary = [['签到统计'], ['签到发起时间', '已签到人数'], [textDate(calledAt), names.length], []];
    return {
      name: ROUND_NAMES[round] ?? `第${round + 1}次签到`,
      rows: [...summary, ['签到明细'], ['已签到成员', '所在部门'], ...list],
      headerRow: 5,
    };
  });
}

/** `2026.11.9 10:22`: dots, no zeros in front. */
function textDate(instant: number): string {
  const [day = '', time = ''] = beijingText(instant).split(' ');
  return `${day.split('-').map(Number).join('.')} ${time.slice(0, 5)}`;
}
