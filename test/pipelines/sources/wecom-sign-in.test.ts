import { describe, expect, it } from 'vitest';
import {
  checkSignInCount,
  signInSummary,
  wecomSignInSource,
} from '../../../pipelines/sources/wecom-sign-in.js';
import { contextFor, isBuilt, readSample } from './read-sample.js';

const TITLES = ['签到统计', '签到发起时间 已签到人数', '2026.9.9 10:20 12', '签到明细'];
const row = (name: string | null, department: string | null = '-', tableIndex = 0) =>
  wecomSignInSource.normalize(
    { from: 'table', cells: { name, department }, headers: {}, others: {} },
    contextFor(wecomSignInSource, { titles: TITLES, tableIndex }),
  );

describe('sign-in workbook', () => {
  it.skipIf(!isBuilt)('one sheet a round, header below, count checked', async () => {
    const { drafts, rows, rejects, failure } = await readSample(wecomSignInSource, 'signin-l1.xlsx');
    expect({ rows, rejects, failure }).toEqual({ rows: 23, rejects: [], failure: null });
    const rounds = drafts.flatMap((draft) => (draft.kind === 'sign_in' ? [draft.round] : []));
    expect([1, 2, 3].map((round) => rounds.filter((one) => one === round).length)).toEqual([12, 6, 5]);
    expect(drafts[0]).toMatchObject({ name: '爱吃糖的鱼', outsider: true, department: null });
    expect(drafts[2]).toMatchObject({ name: '刘娜', outsider: false, department: '市场部' });
    expect(drafts[0]).toMatchObject({ started_at: Date.UTC(2026, 8, 9, 2, 20) });
  });

  it('@微信 suffix, rounds in sheet order, blank names', () => {
    expect(row('昵称@微信', '-', 2)).toMatchObject({ value: [{ round: 3, name: '昵称', outsider: true }] });
    expect(row('刘娜', '市场部')).toMatchObject({
      value: [{ round: 1, outsider: false, department: '市场部' }],
    });
    expect(row(null)).toEqual({ ok: true, value: [] });
  });

  it.each([
    [TITLES],
    [['签到统计', '签到发起时间\t已签到人数', '2026.9.9 10:20\t12']],
    [['签到统计', '签到发起时间', '已签到人数', '2026.9.9 10:20', '12']],
    [['2026.9.9 10:20 | 12']],
  ])('2025.3.26 dates in the summary of %j', (titles) => {
    expect(signInSummary(titles)).toEqual({ startedAt: '2026.9.9 10:20', signed: 12 });
  });

  it('refuses a list shorter than the sheet states', () => {
    expect(checkSignInCount({ table: '第一次签到', titles: TITLES }, 12)).toEqual({ ok: true, value: null });
    expect(checkSignInCount({ table: '第一次签到', titles: TITLES }, 13)).toEqual({ ok: true, value: null });
    expect(checkSignInCount({ table: '第一次签到', titles: TITLES }, 11)).toEqual({
      ok: false,
      failure: { code: 'incomplete', detail: '第一次签到: 11 / 12' },
    });
    expect(checkSignInCount({ table: 's', titles: [] }, 0)).toEqual({ ok: true, value: null });
    expect(signInSummary(['签到发起时间：2026-09-09 10:20:30'])).toEqual({
      startedAt: '2026-09-09 10:20:30',
      signed: null,
    });
  });
});
