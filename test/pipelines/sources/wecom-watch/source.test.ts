import { describe, expect, it } from 'vitest';
import type { CellValue } from '../../../../formats/index.js';
import { watchPages } from '../../../../pipelines/sources/wecom-watch/pages.js';
import { wecomWatchSource } from '../../../../pipelines/sources/wecom-watch/source.js';
import type { DraftAttendance, DraftRecord } from '../../../../schemas/index.js';
import { contextFor, isBuilt, readSample } from '../read-sample.js';

const attendance = (drafts: readonly DraftRecord[]): DraftAttendance[] =>
  drafts.filter((draft) => draft.kind === 'attendance');
const figures = (drafts: readonly DraftRecord[]) => {
  const rows = attendance(drafts);
  return {
    rows: rows.length,
    viewers: new Set(rows.map((row) => row.employee_id ?? row.external_id ?? row.name)).size,
    seconds: rows.reduce((sum, row) => sum + (row.watch_seconds ?? 0), 0),
    staff: rows.filter(({ scope }) => scope === 'staff').length,
  };
};

function cells(row: Record<string, CellValue>, headers: Record<string, string> = {}) {
  const outcome = wecomWatchSource.normalize(
    { from: 'table', cells: row, headers, others: {} },
    contextFor(wecomWatchSource),
  );
  const first = outcome.ok ? outcome.value[0] : undefined;
  return first?.kind === 'attendance' ? first : outcome.ok ? null : outcome.failure;
}

describe('watch details: samples', () => {
  it('fractional minutesSource, GB18030, title lines, 合计 (total row)', async () => {
    const { drafts, rows, rejects, titles } = await readSample(wecomWatchSource, 'watch-l2-gb18030.csv');
    expect({ rows, rejects }).toEqual({ rows: 20, rejects: [] });
    // 746.00 minutes by the file's own 合计.
    expect(figures(drafts)).toEqual({ rows: 20, viewers: 20, seconds: 746 * 60, staff: 12 });
    expect(titles).toContain('导出时间：2026-09-11 11:00:00');
    const [first] = attendance(drafts);
    expect(first).toMatchObject({
      employee_id: 'emp_1000',
      external_id: null,
      department: '销售部',
      viewer_type: 'staff',
      watch_seconds: 2835,
      commented: null,
      mic: false,
      first_enter_at: Date.UTC(2026, 8, 10, 7, 9, 34),
    });
  });

  it('emoji nicknames, outsiders only', async () => {
    const { drafts, rejects } = await readSample(wecomWatchSource, 'watch-l3-outsiders.csv');
    expect(rejects).toEqual([]);
    expect(figures(drafts)).toMatchObject({ rows: 7, staff: 0 });
    expect(attendance(drafts)[1]).toMatchObject({
      name: '北方云朵☁️',
      employee_id: null,
      external_id: 'wm8Eg8qrzphY0WKILc4OS9Y11Ze5rx97',
      viewer_type: 'outsider',
      watch_seconds: 3679,
    });
  });

  it('the shrunk list', async () => {
    const { drafts } = await readSample(wecomWatchSource, 'watch-l2-shrunk.csv');
    expect(figures(drafts)).toEqual({ rows: 8, viewers: 8, seconds: 18_960, staff: 5 });
  });

  it('get_watch_stat pages, empty and missing lists (missing arrays)', async () => {
    const { drafts, rows, rejects, failure } = await readSample(wecomWatchSource, 'watch-l3-pages.json');
    expect({ rows, rejects, failure }).toEqual({ rows: 19, rejects: [], failure: null });
    const listed = attendance(drafts);
    expect(figures(drafts)).toMatchObject({ rows: 19, viewers: 19, staff: 11 });
    // The later list of outsiders replaces these: 49,221 = this staff + those outsiders.
    const outsiders = await readSample(wecomWatchSource, 'watch-l3-outsiders.csv');
    const staff = listed.filter(({ scope }) => scope === 'staff');
    expect(figures(staff).seconds + figures(outsiders.drafts).seconds).toBe(49_221);
    expect(listed.filter(({ viewer_type }) => viewer_type === 'wecom')).toHaveLength(3);
    expect(listed.find(({ name }) => name?.startsWith('北方'))?.inviter_employee_id).toBe('emp_1051');
  });

  it('errcode≠0 with empty list', async () => {
    const { drafts, failure } = await readSample(wecomWatchSource, 'watch-l3-error.json');
    expect(drafts).toEqual([]);
    expect(failure).toEqual({ code: 'source_error', detail: 'errcode 60020' });
  });

  it('pages missing', async () => {
    const { failure } = await readSample(wecomWatchSource, 'hostile/incomplete-pages.json');
    expect(failure?.code).toBe('incomplete');
  });

  describe.skipIf(!isBuilt)('workbooks', () => {
    it.each([
      ['watch-l1-encrypted.xlsx', 'Kai播#WmX10kW7c', { rows: 19, viewers: 19, seconds: 55_185 }],
      ['watch-l1-restated.xlsx', undefined, { rows: 17, viewers: 17, seconds: 49_141 }],
      ['watch-l2-restated-encrypted.xlsx', 'Lo-3FeCU7X1Ac', { rows: 18, viewers: 18, seconds: 40_215 }],
    ])('%s', async (file, password, expected) => {
      const { drafts, rejects } = await readSample(wecomWatchSource, file, password);
      expect(rejects).toEqual([]);
      expect(figures(drafts)).toMatchObject(expected);
    });
  });
});

describe('watch details: cells', () => {
  it.each([
    [{ viewer_type: '内部' }, 'staff', 'staff'],
    [{ viewer_type: '企业成员' }, 'staff', 'staff'],
    [{ viewer_type: '外部联系人' }, 'outsiders', 'outsider'],
    [{ viewer_type: '微信用户' }, 'outsiders', 'wechat'],
    [{ viewer_type: '企业微信用户' }, 'outsiders', 'wecom'],
    [{}, 'staff', 'staff'],
    [{ name: '阿May@微信' }, 'outsiders', 'outsider'],
    [{ employee_id: 'wmAUTHORED0000000000000000000001', viewer_type: '内部' }, 'outsiders', 'outsider'],
    [{ employee_id: 'wmAUTHORED0000000000000000000001', viewer_type: '微信用户' }, 'outsiders', 'wechat'],
    [{ employee_id: 'oAUTHORED-authored_AUTHORED01', viewer_type: '内部' }, 'outsiders', 'outsider'],
    [{ employee_id: null }, 'outsiders', 'outsider'],
  ])('%j is %s / %s', (row, scope, viewerType) => {
    const draft = cells({ employee_id: 'emp_1', name: '甲', watch_seconds: 60, ...row });
    expect(draft).toMatchObject({ scope, viewer_type: viewerType });
    const expected = scope === 'staff' ? 'emp_1' : null;
    expect(draft).toMatchObject({ employee_id: expected });
  });

  it('@微信 suffix is no part of the name', () => {
    expect(cells({ name: '昵称@微信', watch_seconds: 1 })).toMatchObject({
      name: '昵称',
      scope: 'outsiders',
    });
    expect(cells({ name: 'a@b', watch_seconds: 1 })).toMatchObject({ name: 'a@b' });
  });

  it('durations by the unit of header or cell', () => {
    const header = { watch_seconds: '观看时长（分钟）', replay_seconds: '回放时长(秒)' };
    const row = { employee_id: 'e', watch_seconds: '47.25', replay_seconds: '90' };
    expect(cells(row, header)).toMatchObject({ watch_seconds: 2835, replay_seconds: 90 });
    expect(cells({ employee_id: 'e', watch_seconds: '--' })).toMatchObject({
      watch_seconds: null,
      replay_seconds: null,
    });
    expect(cells({ employee_id: 'e', watch_seconds: '很久' })).toEqual({
      code: 'bad_duration',
      field: 'watch_seconds',
    });
  });

  it('flags and counts', () => {
    const row = { employee_id: 'e', watch_seconds: 1 };
    expect(cells({ ...row, commented: '是' })).toMatchObject({ commented: true, mic: null });
    expect(cells({ ...row, comment_count: '1,003' })).toMatchObject({ commented: true });
    expect(cells({ ...row, comment_count: 0, mic: 2 })).toMatchObject({ commented: false, mic: true });
    expect(cells({ ...row, commented: '否', comment_count: 3 })).toMatchObject({ commented: false });
    expect(cells({ ...row, commented: '也许' })).toEqual({ code: 'bad_value', field: 'commented' });
  });

  it('rejects by name', () => {
    expect(cells({ watch_seconds: 1 })).toEqual({ code: 'missing_key', field: 'employee_id' });
    expect(cells({ name: '甲', viewer_type: '内部', watch_seconds: 1 })).toEqual({
      code: 'missing_key',
      field: 'employee_id',
    });
    expect(cells({ employee_id: 'e', viewer_type: '机器人', watch_seconds: 1 })).toMatchObject({
      field: 'viewer_type',
    });
    expect(cells({ employee_id: 1_234_567_890_123_456, watch_seconds: 1 })).toMatchObject({
      code: 'id_lost_precision',
    });
    expect(cells({ employee_id: 'e', watch_seconds: 1, first_enter_at: '下午' })).toMatchObject({
      code: 'time_unreadable',
      field: 'first_enter_at',
    });
  });

  it('keeps an inviter by name apart from ids', () => {
    const row = { employee_id: 'e', watch_seconds: 1 };
    expect(cells({ ...row, inviter: '刘娜' })).toMatchObject({
      inviter_name: '刘娜',
      inviter_employee_id: null,
    });
    expect(cells({ ...row, inviter_id: 'emp_2' })).toMatchObject({
      inviter_name: null,
      inviter_employee_id: 'emp_2',
    });
    expect(cells({ ...row, inviter: 'wmAUTHORED0000000000000000000001' })).toMatchObject({
      inviter_name: null,
      inviter_external_id: 'wmAUTHORED0000000000000000000001',
    });
  });

  it('duplicate names stay two viewers', () => {
    const first = cells({ employee_id: 'emp_1', name: '王明', watch_seconds: 1 });
    const second = cells({ employee_id: 'emp_2', name: '王明', watch_seconds: 1 });
    expect(first).not.toEqual(second);
  });
});

describe('get_watch_stat pages', () => {
  const read = (...pages: unknown[]) => {
    const reader = watchPages();
    const places: string[] = [];
    const drafts: DraftRecord[] = [];
    for (const page of pages) {
      const rows = reader.expand(page);
      if (!rows.ok) return { failure: rows.failure };
      for (const { place, value } of rows.value) {
        places.push(place);
        const outcome = wecomWatchSource.normalize({ from: 'json', value }, contextFor(wecomWatchSource));
        if (outcome.ok) drafts.push(...outcome.value);
        else places.push(outcome.failure.code);
      }
    }
    const end = reader.finish();
    return end.ok ? { places, drafts, scopes: end.value.scopes } : { failure: end.failure };
  };

  it('stands for staff and outsiders also when a list is empty', () => {
    const page = { errcode: 0, ending: 1, stat_info: { users: [], external_users: [] } };
    expect(read(page)).toEqual({ places: [], drafts: [], scopes: ['staff', 'outsiders'] });
    expect(read({ errcode: 0, ending: 1, next_key: 'x', stat_info: {} })).toMatchObject({ drafts: [] });
  });

  it('ending vs has_more', () => {
    const stat_info = { students: [{ student_userid: 'stu1', watch_time: 30 }] };
    expect(read({ errcode: 0, has_more: 1, stat_info })).toMatchObject({ failure: { code: 'incomplete' } });
    expect(read({ errcode: 0, has_more: 0, stat_info })).toMatchObject({ drafts: [{ external_id: 'stu1' }] });
    expect(
      read({ errcode: 0, ending: 1, stat_info: {} }, { errcode: 0, ending: 0, stat_info: {} }),
    ).toMatchObject({
      failure: { code: 'incomplete' },
    });
    expect(read({ errcode: 0, next_key: '', stat_info: {} })).toMatchObject({
      failure: { code: 'incomplete' },
    });
  });

  it('refuses an error page in the middle', () => {
    const good = { errcode: 0, ending: 0, stat_info: { users: [{ userid: 'e', watch_time: 1 }] } };
    const bad = { errcode: 45009, errmsg: 'api freq out of limit', ending: 1, stat_info: {} };
    expect(read(good, bad)).toEqual({ failure: { code: 'source_error', detail: 'errcode 45009' } });
  });

  it('trailing-space key', () => {
    const page = {
      'errcode ': 0,
      'ending ': 1,
      'stat_info ': { 'users ': [{ 'userid ': 'e', 'watch_time ': 5 }] },
    };
    expect(read(page)).toMatchObject({ drafts: [{ employee_id: 'e', watch_seconds: 5 }] });
  });

  it('school variant stat_infoes with visitors', () => {
    const page = {
      errcode: 0,
      ending: 1,
      stat_infoes: {
        students: [
          { student_userid: 's', watch_time: 60, enter_time: 1_788_919_200, leave_time: 1_788_919_260 },
        ],
        visitors: [{ nickname: '路人', watch_time: 3, is_comment: 1 }],
      },
    };
    expect(read(page)).toMatchObject({
      places: ['.stat_infoes.students[0]', '.stat_infoes.visitors[0]'],
      drafts: [
        { scope: 'outsiders', external_id: 's', first_enter_at: 1_788_919_200_000 },
        { scope: 'outsiders', external_id: null, name: '路人', commented: true },
      ],
    });
  });

  it('rejects entries by name, the others load', () => {
    const users = [
      { userid: 'e' },
      { watch_time: 3 },
      7,
      { userid: 'f', watch_time: -1 },
      { userid: 'g', watch_time: 1 },
    ];
    const result = read({ errcode: 0, ending: 1, stat_info: { users } });
    expect(result).toMatchObject({ drafts: [{ employee_id: 'g' }] });
    expect(result.places?.filter((place) => !place.startsWith('.'))).toEqual([
      'bad_duration',
      'missing_key',
      'not_json',
      'bad_duration',
    ]);
  });

  it('recognises pages and bare error replies', () => {
    expect(wecomWatchSource.recognize({ errcode: 0, ending: 1, stat_info: {} })).toBe(1);
    expect(wecomWatchSource.recognize({ errcode: 42001, errmsg: 'access_token expired' })).toBeGreaterThan(0);
    expect(wecomWatchSource.recognize({ event: 'live_enter' })).toBe(0);
    expect(wecomWatchSource.recognize(null)).toBe(0);
  });
});
