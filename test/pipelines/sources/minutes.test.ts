import { describe, expect, it } from 'vitest';
import { findExportTime } from '../../../pipelines/import/file-time.js';
import { minutesSource, roomOfTitles } from '../../../pipelines/sources/minutes.js';
import type { CellValue } from '../../../formats/index.js';
import type { DraftMinute, DraftRecord } from '../../../schemas/index.js';
import { contextFor, isBuilt, readSample, RECEIVED_AT } from './read-sample.js';

const figures = (drafts: readonly DraftRecord[]) => {
  const rows = drafts.filter((draft): draft is DraftMinute => draft.kind === 'minute');
  const sum = (name: keyof DraftMinute) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0);
  return {
    n: rows.length,
    distinct: new Set(rows.map(({ minute }) => minute)).size,
    online: sum('online'),
    views: sum('views'),
    flux: Number(sum('flux_mb').toFixed(3)),
  };
};
const json = (value: unknown) => minutesSource.normalize({ from: 'json', value }, contextFor(minutesSource));
const expand = (record: unknown) => {
  const reader = minutesSource.records?.();
  if (reader === undefined) throw new Error('minutes has records');
  const rows = reader.expand(record);
  return rows.ok ? [...rows.value] : rows.failure;
};

describe('minute summaries: samples', () => {
  it('neutral JSON', async () => {
    const { drafts, rows, rejects } = await readSample(minutesSource, 'minutes-k1-day0.json');
    expect({ rows, rejects }).toEqual({ rows: 87, rejects: [] });
    expect(figures(drafts)).toMatchObject({ n: 87, distinct: 87 });
    expect(drafts[0]).toEqual({
      kind: 'minute',
      platform: 'kandian',
      account: null,
      room_id: 'kd-8544',
      source: 'kandian',
      minute: Date.UTC(2026, 8, 9, 11, 30),
      exported_at: Date.UTC(2026, 8, 9, 14, 5),
      online: 417,
      viewers: 180,
      views: 226,
      viewers_new: null,
      likes: 0,
      comments: 19,
      shares: 7,
      requests: 4587,
      flux_mb: 816.4,
      bandwidth_mbps: 109.652,
    });
  });

  it('CSS DataInfoList, Beijing text', async () => {
    const { drafts, rows, rejects } = await readSample(minutesSource, 'minutes-k2-day0-css.json');
    expect({ rows, rejects }).toEqual({ rows: 90, rejects: [] });
    expect(drafts[0]).toMatchObject({
      source: 'tencent-css',
      room_id: null,
      minute: Date.UTC(2026, 8, 9, 12, 0),
      online: 441,
      requests: 5292,
      flux_mb: 537.56,
      bandwidth_mbps: 113.551,
      views: null,
      exported_at: null,
    });
  });

  it('adds up to the totals of both rooms (JSON part)', async () => {
    const k2 = await readSample(minutesSource, 'minutes-k2-day0-css-restated.json');
    expect(k2.rows).toBe(25);
    const older = await readSample(minutesSource, 'minutes-k1-day0-older.json');
    expect(figures(older.drafts)).toMatchObject({ n: 10, views: 10 });
  });

  describe.skipIf(!isBuilt)('PDF', () => {
    it('Beijing text across midnight, repeated headers, 合计, thousands, --', async () => {
      const { drafts, rows, rejects, titles } = await readSample(minutesSource, 'minutes-k1-day1.pdf');
      expect({ rows, rejects }).toEqual({ rows: 71, rejects: [] });
      const sums: Record<string, number> = {};
      for (const draft of drafts) {
        for (const [name, value] of Object.entries(draft)) {
          if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value;
        }
      }
      expect(sums).toMatchObject({
        online: 83979,
        viewers: 41231,
        views: 51572,
        likes: 38638,
        comments: 2277,
      });
      expect(sums).toMatchObject({ shares: 296, requests: 865106 });
      expect(sums['flux_mb']).toBeCloseTo(135238.51, 3);
      expect(sums['bandwidth_mbps']).toBeCloseTo(20489.005, 3);
      expect(drafts[0]).toMatchObject({ room_id: 'kd-8544' });
      expect(findExportTime({ titles, fileName: '' })).toEqual({
        at: Date.UTC(2026, 8, 10, 16, 50),
        from: 'title',
      });
    });

    it.each([
      ['minutes-k1-day2.pdf', undefined, 100],
      ['minutes-k2-day1.pdf', undefined, 80],
      ['minutes-k2-day2-encrypted.pdf', 'Pd_ppUDCgnaGz', 65],
    ])('%s', async (file, password, rows) => {
      const sample = await readSample(minutesSource, file, password);
      expect(sample.rejects).toEqual([]);
      expect(sample.rows).toBe(rows);
      expect(figures(sample.drafts).distinct).toBe(rows);
    });

    it('adds up to minutes_by_room of expected.json', async () => {
      const latest = new Map<string, DraftMinute>();
      for (const [room, file, password] of [
        ['kd-8544', 'minutes-k1-day0.json'],
        ['kd-8544', 'minutes-k1-day0-restated.json'],
        ['kd-8544', 'minutes-k1-day1.pdf'],
        ['kd-8544', 'minutes-k1-day2.pdf'],
        ['kd-8545', 'minutes-k2-day0-css.json'],
        ['kd-8545', 'minutes-k2-day0-css-restated.json'],
        ['kd-8545', 'minutes-k2-day1.pdf'],
        ['kd-8545', 'minutes-k2-day2-encrypted.pdf', 'Pd_ppUDCgnaGz'],
      ] as const) {
        const { drafts } = await readSample(minutesSource, file, password);
        for (const draft of drafts) if (draft.kind === 'minute') latest.set(`${room} ${draft.minute}`, draft);
      }
      const of = (room: string) =>
        [...latest].filter(([key]) => key.startsWith(room)).map(([, draft]) => draft);
      expect(figures(of('kd-8544'))).toMatchObject({ n: 261, views: 190_436, online: 295_263 });
      expect(figures(of('kd-8545'))).toMatchObject({ n: 235, views: 166_035, online: 384_820 });
    });
  });
});

describe('minute summaries: rows', () => {
  const row = (cells: Record<string, CellValue>, titles: string[] = []) =>
    minutesSource.normalize(
      { from: 'table', cells, headers: {}, others: {} },
      contextFor(minutesSource, { titles }),
    );

  it('thousands commas, --, 万, full width', () => {
    const cells = {
      minute: '2026-09-10 23:00',
      online: '1,036',
      views: '--',
      likes: '1.2万',
      flux_mb: '１,５２４.49',
    };
    expect(row(cells)).toMatchObject({
      value: [{ online: 1036, views: null, likes: 12_000, flux_mb: 1524.49, viewers: null }],
    });
  });

  it('rejects by name', () => {
    expect(row({ online: 1 })).toMatchObject({ failure: { code: 'time_unreadable', field: 'minute' } });
    expect(row({ minute: '2026-09-10 23:00', online: '1.5' })).toMatchObject({
      failure: { code: 'bad_number' },
    });
    expect(row({ minute: '2026-09-10 23:00', online: -1 })).toMatchObject({
      failure: { code: 'bad_number' },
    });
    expect(row({ minute: '2026-09-10 23:00', likes: '很多' })).toMatchObject({
      failure: { code: 'bad_number', field: 'likes' },
    });
    expect(row({ minute: '2027-09-10 23:00', online: 1 })).toMatchObject({
      failure: { code: 'time_out_of_range' },
    });
    expect(json({ minute: {}, online: 1 })).toMatchObject({ failure: { code: 'time_unreadable' } });
    expect(json({ minute: '2026-09-10 23:00', uv: [] })).toMatchObject({ failure: { code: 'bad_number' } });
    expect(json({ minute: '2026-09-10 23:00', online: 1, platform: 'x' })).toMatchObject({
      failure: { code: 'unknown_platform' },
    });
    expect(json(3)).toMatchObject({ failure: { code: 'not_json' } });
  });

  it('epoch s vs ms vs text, to the start of the minute', () => {
    const expected = Date.UTC(2026, 8, 9, 11, 30);
    for (const minute of [
      expected / 1000,
      expected + 59_999,
      String(expected),
      '2026-09-09 19:30:41',
      '2026-09-09T11:30Z',
    ]) {
      expect(json({ minute, online: 1 })).toMatchObject({ value: [{ minute: expected }] });
    }
  });

  it('takes the room from a title line, an id only', () => {
    expect(roomOfTitles(['看点直播', '直播间：kd-8544 统计时间：2026-09-10 23:00'])).toBe('kd-8544');
    expect(roomOfTitles(['直播间ID: 1181'])).toBe('1181');
    expect(roomOfTitles(['直播间：秋季新品首发'])).toBeNull();
    expect(row({ minute: '2026-09-10 23:00', online: 1 }, ['直播间：kd-1'])).toMatchObject({
      value: [{ room_id: 'kd-1' }],
    });
    expect(row({ minute: '2026-09-10 23:00', online: 1, room_id: 'kd-2' }, ['直播间：kd-1'])).toMatchObject({
      value: [{ room_id: 'kd-2' }],
    });
  });
});

describe('Tencent Cloud CSS replies', () => {
  it('an error reply refuses the file', () => {
    const reply = {
      Response: { Error: { Code: 'AuthFailure.SecretIdNotFound', Message: 'AKID…' }, RequestId: 'x' },
    };
    expect(expand(reply)).toEqual({ code: 'source_error', detail: 'AuthFailure.SecretIdNotFound' });
    expect(minutesSource.recognize(reply)).toBe(1);
  });

  it('sums the streams of DescribeAllStreamPlayInfoList', () => {
    const part = (StreamName: string, Online: number, Bandwidth: number) => ({
      PlayDomain: 'play.example.com',
      StreamName,
      Rate: 0,
      Protocol: 'Flv',
      Bandwidth,
      Online,
      Request: 1,
    });
    const list = [part('kd-1', 3, 0.1), part('kd-2', 5, 1), part('kd-1', 4, 0.2)];
    const rows = expand({
      Response: { QueryTime: '2026-09-09 20:00:00', DataInfoList: list, RequestId: 'x' },
    });
    if (!Array.isArray(rows)) throw new Error('rows expected');
    expect(rows.map(({ place }) => place)).toEqual([
      '.Response.DataInfoList[0]',
      '.Response.DataInfoList[1]',
    ]);
    expect(json(rows[0]?.value)).toMatchObject({
      value: [
        { room_id: 'kd-1', online: 7, bandwidth_mbps: 0.3, requests: 2, minute: Date.UTC(2026, 8, 9, 12) },
      ],
    });
  });

  it('missing arrays and minute gaps', () => {
    expect(expand({ Response: { DataInfoList: null, RequestId: 'x' } })).toEqual([]);
    expect(expand({ DataInfoList: [] })).toEqual([]);
    expect(minutesSource.recognize({ Response: { StreamInfo: [] } })).toBe(0);
  });

  it('recognises its own', () => {
    expect(minutesSource.recognize({ minute: '2026-09-09T19:30:00+08:00', online: 1, room_id: 'k' })).toBe(1);
    expect(minutesSource.recognize({ event: 'x', minute: 1, likes: 1 })).toBeLessThan(0.5);
    expect(minutesSource.recognize({ event_id: '1', event: 'live_enter', time: 1 })).toBe(0);
    expect(RECEIVED_AT).toBeGreaterThan(0);
  });
});
