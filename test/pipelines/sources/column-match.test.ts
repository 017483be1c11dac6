import { describe, expect, it } from 'vitest';
import {
  describeMissing,
  foldHeader,
  headerMatcher,
  matchSource,
  matchTable,
} from '../../../pipelines/sources/column-match.js';
import { employeesSource } from '../../../pipelines/sources/employees.js';
import { minutesSource } from '../../../pipelines/sources/minutes.js';
import type { Source } from '../../../pipelines/source.js';
import { wecomSignInSource } from '../../../pipelines/sources/wecom-sign-in.js';
import { wecomWatchSource } from '../../../pipelines/sources/wecom-watch/source.js';

const SOURCES = [employeesSource, minutesSource, wecomWatchSource, wecomSignInSource];
const WATCH = [
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

describe('column match', () => {
  it.each([
    ['wecom-watch', WATCH],
    [
      'wecom-watch',
      [
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
      ],
    ],
    ['wecom-watch', ['工号', '姓名', '部门', '类型', '累计观看时长', '评论次数', '连麦']],
    ['wecom-watch', ['昵称', '成员账号', '部门', '身份', '参与时长', '是否评论']],
    ['employees', ['账号', '姓名', '部门', '状态', '生效日期']],
    [
      'minutes',
      [
        '时间',
        '在线人数',
        '观看人数',
        '观看次数',
        '点赞数',
        '评论数',
        '分享数',
        '请求数',
        '流量(MB)',
        '带宽(Mbps)',
      ],
    ],
    ['wecom-signin', ['已签到成员', '所在部门']],
  ])('%s %j', (name, header) => {
    const match = matchTable(header, SOURCES);
    expect(match?.source.name).toBe(name);
    expect(match?.missing).toEqual([]);
    expect(match?.columns.filter((column) => column === null)).toEqual([]);
  });

  it('compares trimmed, case-folded, full-width folded, without blanks', () => {
    expect(foldHeader(' 流 量（ＭＢ）\u200b')).toBe(foldHeader('流量(mb)'));
    expect(matchTable(['　ＵserID ', '观看 时长 （ 秒 ）'], SOURCES)?.columns).toEqual([
      'employee_id',
      'watch_seconds',
    ]);
    expect(foldHeader('*姓名：')).toBe('姓名');
  });

  it('gives a column one header: the better alias, of equal ones the first', () => {
    expect(matchSource(['工号', '账号', '观看时长'], wecomWatchSource)?.columns).toEqual([
      null,
      'employee_id',
      'watch_seconds',
    ]);
    expect(matchSource(['账号', '账号', '观看时长'], wecomWatchSource)?.columns).toEqual([
      'employee_id',
      null,
      'watch_seconds',
    ]);
  });

  it('names the nearest source and what it lacks', () => {
    const match = matchTable(['姓名', '部门', '观众类型', '看了多久'], SOURCES);
    expect(match?.source.name).toBe('wecom-watch');
    expect(match?.missing).toEqual([['watch_seconds']]);
    expect(match === null ? '' : describeMissing(match)).toBe('wecom-watch: watch_seconds（观看时长）');
    expect(matchTable(['苹果', '梨'], SOURCES)).toBeNull();
    expect(matchTable([1, null, true], SOURCES)).toBeNull();
  });

  it('takes the aliases of the user first', () => {
    const aliases = [
      { header: '看了 多久', field: 'watch_seconds' },
      { header: '无关', field: 'no_such_column' },
    ];
    const match = matchTable(['姓名', '看了多久', '观看时长', '无关'], SOURCES, aliases);
    expect(match?.columns).toEqual(['name', 'watch_seconds', null, null]);
    expect(match?.missing).toEqual([]);
    expect(headerMatcher(wecomWatchSource, aliases)('看了多久')).toBe('watch_seconds');
    expect(headerMatcher(wecomWatchSource)('看了多久')).toBeNull();
  });

  it('counts the open headers of a source as known', () => {
    const open: Source = {
      ...employeesSource,
      table: {
        columns: [{ name: 'event', aliases: [] }],
        required: [['event']],
        open: /^props\./u,
        everyTable: false,
      },
    };
    expect(matchSource(['event', 'props.a', 'props.b', 'x', ''], open)).toMatchObject({
      known: 3,
      unknown: 1,
    });
  });

  it('has no alias that two columns of a source claim', () => {
    for (const { name, table } of SOURCES) {
      const owners = new Map<string, string>();
      for (const column of table?.columns ?? []) {
        for (const alias of [column.name, ...column.aliases]) {
          const owner = owners.get(foldHeader(alias));
          expect(owner ?? column.name, `${name}: ${alias}`).toBe(column.name);
          owners.set(foldHeader(alias), column.name);
        }
      }
    }
  });
});
