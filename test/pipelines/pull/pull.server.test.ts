import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runPull, type PullOptions, type PullReport, type PullTarget } from '../../../pipelines/index.js';
import { typedByUser } from '../../../sql/index.js';
import { startTestPlatform, type TestPlatform } from '../../servers/platform-api.js';
import { openImportBench, type ImportBench } from '../import-tools.js';
import { cssTarget, NOTHING_MORE, roomsTarget, testManner, testTime, wecomTarget } from './pull-bench.js';

const SAMPLES = join(import.meta.dirname, '../../fixtures/samples');
const LIVE = 'lvWORLDT3x9cCziPGVg6CmwhZ';
const HOUR_MS = 3_600_000;
const anyRow = z.record(z.string(), z.unknown());

let bench: ImportBench;
let platform: TestPlatform;
let folder: string;
let time = testTime();

beforeAll(async () => {
  bench = await openImportBench();
  platform = await startTestPlatform();
  platform.now = () => time.now();
  folder = mkdtempSync(join(tmpdir(), 'wxlive-pull-'));
});
afterAll(async () => {
  await platform.close();
  await bench.stop();
  rmSync(folder, { recursive: true, force: true });
});

const pull = (target: PullTarget, options: Partial<PullOptions> = {}): Promise<PullReport> =>
  runPull(target, { ...NOTHING_MORE, ...options }, testManner(time), bench.tools, folder);

const query = (sql: string): Promise<readonly Record<string, unknown>[]> =>
  bench.warehouse.query(typedByUser(sql), anyRow);

const sample = (name: string): unknown => JSON.parse(readFileSync(join(SAMPLES, name), 'utf8'));
const attendance = (account: string): Promise<readonly Record<string, unknown>[]> =>
  query(
    `SELECT * EXCEPT (account) REPLACE (toString(viewer) AS viewer) FROM wxlive.attendance WHERE account = '${account}' ORDER BY live_id, viewer`,
  );
const endedLive = (id: string, endedHoursAgo: number, seconds = 3_600): unknown => ({
  errcode: 0,
  errmsg: 'ok',
  living_info: {
    theme: id,
    living_start: Math.floor((time.now() - endedHoursAgo * HOUR_MS) / 1000) - seconds,
    living_duration: seconds,
    // The documentation prints this key with a blank behind it.
    'status ': 2,
    anchor_userid: 'emp_1',
  },
});
const viewers = (ids: readonly string[], seconds = 60): unknown => ({
  stat_info: {
    users: ids.map((userid) => ({ userid, watch_time: seconds, is_comment: 0, is_mic: 0 })),
    external_users: [],
  },
});

describe('pull wecom', () => {
  it('gives what the same replies give as files', async () => {
    platform.lives.set(LIVE, {
      info: sample('live-l3-info.json'),
      pages: z.array(z.unknown()).parse(sample('watch-l3-pages.json')),
    });
    platform.anchors.set('emp_1000', [LIVE]);
    const report = await pull(wecomTarget(platform, 'pulled', ['emp_1000']));
    expect(report).toMatchObject({ pulled: 1, skipped: 0, failures: [] });
    expect(report.files).toMatchObject([
      { adapter: 'wecom-live', rows: 1, accepted: 1 },
      { adapter: 'wecom-watch', rows: 19, accepted: 19, rejected: 0 },
    ]);
    for (const name of ['live-l3-info.json', 'watch-l3-pages.json']) {
      await bench.load(join(SAMPLES, name), { room: LIVE, account: 'filed' });
    }
    const pulled = await attendance('pulled');
    expect(pulled.length).toBeGreaterThan(10);
    expect(pulled).toEqual(await attendance('filed'));
    const lives = (account: string) =>
      query(`SELECT * EXCEPT (account) FROM wxlive.lives WHERE account = '${account}' ORDER BY live_id`);
    expect(await lives('pulled')).toEqual(await lives('filed'));
    const batches = await query(
      "SELECT file, rows, state, newer_by FROM wxlive.batches WHERE account = 'pulled' ORDER BY batch_id",
    );
    expect(batches).toEqual([
      { file: `get_living_info-${LIVE}.json`, rows: '1', state: 'loaded', newer_by: 'option' },
      { file: `get_watch_stat-${LIVE}.json`, rows: '19', state: 'loaded', newer_by: 'option' },
    ]);
  });

  it('keeps neither names, nor ids of outsiders, nor secrets, and the token for the next run', async () => {
    const stored = JSON.stringify(
      await query(
        'SELECT * FROM wxlive_store.attendance_store UNION ALL SELECT * FROM wxlive_store.attendance_store LIMIT 1000',
      ),
    );
    const texts = stored + JSON.stringify(await query('SELECT * FROM wxlive_store.batches_ledger'));
    for (const word of ['行者', 'wmRAQgD0jtWU8S10vgfwoSdp7XqJtc71', 'CANARY'])
      expect(texts).not.toContain(word);
    const path = join(folder, 'api-tokens.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain('CANARY');
    const asked = platform.count('gettoken');
    await pull(wecomTarget(platform, 'pulled', ['emp_1000']), { lives: [LIVE] });
    expect(platform.count('gettoken')).toBe(asked);
    // A file that somebody damaged is a file without tokens.
    writeFileSync(path, '{"half":');
    const report = await pull(wecomTarget(platform, 'pulled', ['emp_1000']), { lives: [LIVE] });
    expect(report.failures).toEqual([]);
    expect(platform.count('gettoken')).toBe(asked + 1);
  });

  it('gets a new token once when one expires in the middle of a list', async () => {
    const asked = platform.count('gettoken');
    let pages = 0;
    platform.onCall = ({ api }) => {
      if (api === 'get_watch_stat' && ++pages === 2) platform.expireTokens();
    };
    const report = await pull(wecomTarget(platform, 'expiring', ['emp_1000']));
    platform.onCall = () => undefined;
    expect(report.failures).toEqual([]);
    expect(platform.count('gettoken')).toBe(asked + 1);
    expect(await attendance('expiring')).toEqual(await attendance('filed'));
  });

  it('takes no error for an empty list, and loads nothing of a list with a page missing', async () => {
    platform.lives.set('lvFault', {
      info: endedLive('lvFault', 1),
      pages: [viewers(['emp_1', 'emp_2']), viewers(['emp_3'])],
    });
    platform.anchors.set('emp_9', ['lvFault']);
    const target = wecomTarget(platform, 'faulty', ['emp_9']);
    expect((await pull(target)).failures).toEqual([]);
    const before = await attendance('faulty');
    expect(before).toHaveLength(3);
    const empty = { stat_info: { users: [], external_users: [] } };
    const refused = {
      answer: { errcode: 60_020, errmsg: 'not allow to access from your ip, from ip: 1.2.3.4', ...empty },
    };
    platform.fail('get_watch_stat', refused);
    expect((await pull(target)).failures).toMatchObject([
      { unit: 'lvFault', code: 'source_error', message: expect.stringContaining('errcode 60020') as string },
    ]);
    // A page that is not the last, and none after it.
    for (const next_key of ['', '0']) {
      platform.fail('get_watch_stat', { answer: { errcode: 0, ending: 0, next_key, ...empty } });
      expect((await pull(target)).failures).toMatchObject([{ unit: 'lvFault', code: 'incomplete' }]);
    }
    expect(await attendance('faulty')).toEqual(before);
    // The same page under another key: nobody counts twice.
    platform.fail('get_watch_stat', {
      answer: { errcode: 0, ending: 0, next_key: 'k0', ...(viewers(['emp_1', 'emp_2']) as object) },
    });
    expect((await pull(target)).failures).toEqual([]);
    expect(await attendance('faulty')).toEqual(before);
  });

  it('waits out the minute of a limit, and ends where waiting does not help', async () => {
    time.slept.length = 0;
    const limited = { answer: { errcode: 45_009, errmsg: 'api freq out of limit' } };
    const target = wecomTarget(platform, 'limited', ['emp_1000']);
    platform.fail('get_living_info', limited, { answer: { errcode: -1, errmsg: 'system busy' } });
    expect((await pull(target)).failures).toEqual([]);
    expect(time.slept[0]).toBeGreaterThanOrEqual(60_000);
    platform.fail('get_user_all_livingid', limited, limited, limited);
    expect(await pull(target, { from: 0 })).toMatchObject({
      failures: [{ code: 'rate_limited', message: expect.stringContaining('errcode 45009') as string }],
    });
  });

  it('says so when id or secret are wrong, with one question', async () => {
    const asked = platform.calls.length;
    const report = await pull(wecomTarget(platform, 'stranger', ['emp_1000'], 'wrong-CANARY'));
    expect(report).toMatchObject({
      requests: 1,
      files: [],
      failures: [{ code: 'bad_credentials', fix: 'check the secret' }],
    });
    expect(platform.calls).toHaveLength(asked + 1);
    expect(JSON.stringify(report)).not.toContain('CANARY');
  });

  it('replaces a list that the platform restates, holds one that shrank, and leaves a live alone at last', async () => {
    const live = { info: endedLive('lvAgain', 1), pages: [viewers(['emp_1', 'emp_2', 'emp_3', 'emp_4'])] };
    platform.lives.set('lvAgain', live);
    platform.anchors.set('emp_5', ['lvAgain', 'lvAgain']);
    const target = wecomTarget(platform, 'restated', ['emp_5']);
    const sum = () =>
      query("SELECT count() AS n, sum(watch_seconds) AS s FROM wxlive.attendance WHERE account = 'restated'");
    expect(await pull(target)).toMatchObject({ pulled: 1 });
    expect(await sum()).toEqual([{ n: '4', s: '240' }]);
    time.pass(HOUR_MS);
    live.pages = [viewers(['emp_1', 'emp_2', 'emp_3', 'emp_6'], 90)];
    expect(await pull(target)).toMatchObject({ files: [{ duplicates: 1 }, { accepted: 4 }] });
    expect(await sum()).toEqual([{ n: '4', s: '360' }]);
    time.pass(HOUR_MS);
    live.pages = [viewers(['emp_1'])];
    expect(await pull(target)).toMatchObject({ files: [{}, { held: 1, accepted: 0 }] });
    expect(await sum()).toEqual([{ n: '4', s: '360' }]);
    expect(await pull(target, { acceptShrink: true, dryRun: true })).toMatchObject({ pulled: 1 });
    expect(await sum()).toEqual([{ n: '4', s: '360' }]);
    expect(await pull(target, { acceptShrink: true })).toMatchObject({
      files: [{}, { held: 0, accepted: 1 }],
    });
    expect(await sum()).toEqual([{ n: '1', s: '60' }]);
    time.pass(80 * HOUR_MS);
    expect(await pull(target)).toMatchObject({ pulled: 1 });
    expect(await pull(target)).toMatchObject({ pulled: 0, skipped: 1, files: [] });
    live.pages = [viewers(['emp_1', 'emp_7'])];
    time.pass(HOUR_MS);
    expect(await pull(target, { lives: ['lvAgain'] })).toMatchObject({ pulled: 1 });
    expect(await sum()).toEqual([{ n: '2', s: '120' }]);
    // Of the time asked for alone.
    expect(await pull(target, { to: time.now() - 200 * HOUR_MS })).toMatchObject({ pulled: 0, skipped: 1 });
  });

  it('leaves lists of lives that go on, and of nobody, to what they are', async () => {
    const info = endedLive('lvOn', 1) as { living_info: Record<string, unknown> };
    const running = { ...info, living_info: { ...info.living_info, 'status ': 1 } };
    platform.lives.set('lvOn', { info: running, pages: [viewers(['emp_1'])] });
    platform.lives.set('lvNobody', { info: endedLive('lvNobody', 2), pages: [viewers([])] });
    platform.anchors.set('emp_8', ['lvOn', 'lvNobody', 'lvGone']);
    const target = wecomTarget(platform, 'nobody', ['emp_8']);
    const report = await pull(target);
    // One live that the platform does not know keeps nobody from the others.
    expect(report).toMatchObject({ pulled: 2, failures: [{ unit: 'lvGone', code: 'source_error' }] });
    expect(await attendance('nobody')).toEqual([]);
    // Of both days, when the test runs at an hour at which they are not of one.
    const status = () =>
      query(
        "SELECT sum(expected) AS expected, sum(received) AS received FROM wxlive.source_status WHERE account = 'nobody'",
      );
    // Two were begun; the list of the one that has ended is there, and empty.
    expect(await status()).toEqual([{ expected: '2', received: '1' }]);
    platform.lives.set('lvOn', { info: endedLive('lvOn', 0), pages: [viewers(['emp_1'])] });
    time.pass(1_000);
    await pull(target);
    expect(await status()).toEqual([{ expected: '2', received: '2' }]);
  });

  it('goes on after it was broken off, with nothing missing and nothing twice', async () => {
    const ids = Array.from({ length: 4 }, (_, at) => `lvPart${String(at)}`);
    ids.forEach((id, at) => {
      platform.lives.set(id, {
        info: endedLive(id, 100),
        pages: [viewers([`emp_${String(at)}`]), viewers(['emp_x'])],
      });
    });
    platform.anchors.set('emp_7', ids);
    const target = wecomTarget(platform, 'broken', ['emp_7']);
    let lists = 0;
    platform.onCall = ({ api }) => {
      // Away in the middle of the third list.
      if (api === 'get_watch_stat' && ++lists === 6)
        platform.fail('get_watch_stat', ...Array.from({ length: 5 }, () => ({ cut: 'middle' }) as const));
    };
    expect(await pull(target)).toMatchObject({
      pulled: 2,
      failures: [{ unit: 'lvPart2', code: 'unreachable' }],
    });
    platform.onCall = () => undefined;
    expect(await pull(target)).toMatchObject({ pulled: 2, skipped: 2, failures: [] });
    expect(
      await query(
        "SELECT count() AS n, uniqExact(live_id) AS l FROM wxlive.attendance WHERE account = 'broken'",
      ),
    ).toEqual([{ n: '8', l: '4' }]);
  });

  it('looks for lives of everyone in the roster when no anchors are named', async () => {
    await bench.load(join(SAMPLES, 'roster-1.csv'), { account: 'rostered' });
    const report = await pull(wecomTarget(platform, 'rostered', []));
    expect(platform.count('get_user_all_livingid')).toBeGreaterThan(10);
    // emp_1000 is in it; those whom WeCom does not know are no failure.
    expect(report).toMatchObject({ pulled: 1, failures: [] });
  });
});

describe('pull rooms', () => {
  it('gives what the same reply gives as a file', async () => {
    const { room_info } = z.object({ room_info: z.array(z.unknown()) }).parse(sample('rooms.json'));
    platform.rooms = room_info;
    expect(await pull(roomsTarget(platform, 'pulled'))).toMatchObject({
      pulled: 1,
      failures: [],
      files: [{ adapter: 'miniprogram-rooms', rows: 3, accepted: 3 }],
    });
    await bench.load(join(SAMPLES, 'rooms.json'), { account: 'filed' });
    for (const view of ['rooms', 'lives']) {
      const rows = (account: string) =>
        query(
          `SELECT * EXCEPT (account) FROM wxlive.${view} WHERE account = '${account}' AND platform = 'miniprogram' ORDER BY room_id`,
        );
      expect(await rows('pulled')).toEqual(await rows('filed'));
    }
    expect(await pull(roomsTarget(platform, 'pulled'))).toMatchObject({ files: [{ duplicates: 3 }] });
  });

  it('misses no room of a list that changes while it is read', async () => {
    const room = (roomid: number) => ({
      roomid,
      name: `room ${String(roomid)}`,
      live_status: 102,
      start_time: 1_789_000_000,
      end_time: 1_789_003_600,
    });
    platform.rooms = Array.from({ length: 250 }, (_, at) => room(at + 1));
    let calls = 0;
    platform.onCall = ({ api }) => {
      if (api !== 'getliveinfo') return;
      calls++;
      // One is removed after the first page: the first of the second page moves to the first and is not seen.
      if (calls === 2) platform.rooms = platform.rooms.slice(1);
    };
    const report = await pull(roomsTarget(platform, 'moving'));
    platform.onCall = () => undefined;
    expect(report.failures).toEqual([]);
    expect(
      await query(
        "SELECT count() AS n, max(toUInt32(room_id)) AS m FROM wxlive.rooms WHERE account = 'moving'",
      ),
    ).toEqual([{ n: '249', m: 250 }]);
  });

  it('an app without rooms is no failure; one without the right to ask is', async () => {
    platform.rooms = [];
    expect(await pull(roomsTarget(platform, 'roomless'))).toMatchObject({
      files: [{ rows: 0 }],
      failures: [],
    });
    platform.fail('getliveinfo', { answer: { errcode: 48_001, errmsg: 'api unauthorized', room_info: [] } });
    expect(await pull(roomsTarget(platform, 'roomless'))).toMatchObject({
      files: [],
      failures: [{ code: 'source_error' }],
    });
  });
});

describe('pull css', () => {
  beforeEach(() => {
    // Minutes of the future would be refused.
    time = testTime();
    platform.streams.clear();
  });
  const beijing = (at: number): string =>
    new Date(at + 8 * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
  const minutesFrom = (start: number, count: number, online: number) =>
    Array.from({ length: count }, (_, at) => ({
      Time: beijing(start + at * 60_000),
      Bandwidth: 1.5,
      Flux: 10.25,
      Request: 7,
      Online: online,
    }));
  const totals = (account: string) =>
    query(
      `SELECT room_id, count() AS n, sum(online) AS o, max(revision) AS r FROM wxlive.minutes WHERE account = '${account}' GROUP BY room_id ORDER BY room_id`,
    );

  it('gives what the same reply gives as a file', async () => {
    const reply = z
      .object({ Response: z.object({ DataInfoList: z.array(z.looseObject({ Time: z.string() })) }) })
      .parse(sample('minutes-k2-day0-css.json'));
    // As if the live had been yesterday: the API looks back a month only.
    const shift =
      Math.floor((time.now() - Date.parse('2026-09-09T20:00:00+08:00')) / 86_400_000) * 86_400_000 -
      86_400_000;
    const list = reply.Response.DataInfoList.map((minute) => ({
      ...minute,
      Time: beijing(Date.parse(`${minute.Time.replace(' ', 'T')}+08:00`) + shift),
    }));
    platform.streams.set('kd-8545', list);
    const report = await pull(cssTarget(platform, 'pulled'));
    expect(report).toMatchObject({ failures: [], files: [{ adapter: 'minutes', rows: 90, accepted: 90 }] });
    const path = join(folder, 'css.json');
    writeFileSync(path, JSON.stringify({ Response: { DataInfoList: list, RequestId: 'x' } }));
    await bench.load(path, { account: 'filed', room: 'kd-8545' });
    const rows = (account: string) =>
      query(
        `SELECT * EXCEPT (account, exported_at) FROM wxlive.minutes WHERE account = '${account}' ORDER BY minute`,
      );
    expect(await rows('pulled')).toEqual(await rows('filed'));
  });

  it('takes every stream by day, restated figures once more, and days that are settled no more', async () => {
    const start = time.now() - 30 * HOUR_MS;
    platform.streams.set('one', minutesFrom(start, 3, 10));
    platform.streams.set('two', minutesFrom(time.now() - 3 * HOUR_MS, 5, 1));
    const target = cssTarget(platform, 'days');
    expect((await pull(target)).failures).toEqual([]);
    expect(await totals('days')).toEqual([
      { room_id: 'one', n: '3', o: '30', r: 1 },
      { room_id: 'two', n: '5', o: '5', r: 1 },
    ]);
    // Yesterday is asked for once more when nothing of it changes any longer, the days before no more.
    platform.streams.set('one', minutesFrom(start, 3, 11));
    time.pass(5 * HOUR_MS);
    await pull(target);
    time.pass(100 * HOUR_MS);
    const asked = platform.count('DescribeStreamPlayInfoList');
    const later = await pull(target);
    expect(later.skipped).toBeGreaterThan(20);
    expect(platform.count('DescribeStreamPlayInfoList') - asked).toBeLessThan(6);
    expect(await totals('days')).toMatchObject([{ o: '33', r: 2 }, { o: '5' }]);
    const again = await pull(target);
    expect(again.files).toEqual([]);
  });

  it('asks for the streams of the settings alone, by days of at most 24 hours', async () => {
    platform.streams.set('mine', minutesFrom(time.now() - 50 * HOUR_MS, 48 * 60, 1));
    platform.streams.set('other', minutesFrom(time.now() - 5 * HOUR_MS, 3, 1));
    const events = platform.count('DescribeLiveStreamEventList');
    const from = time.now() - 60 * HOUR_MS;
    const report = await pull(cssTarget(platform, 'named', ['mine']), { from });
    expect(report.failures).toEqual([]);
    expect(platform.count('DescribeLiveStreamEventList')).toBe(events);
    expect(await totals('named')).toMatchObject([{ room_id: 'mine', n: String(48 * 60) }]);
  });

  it('waits when it is too fast, and says so when the key is wrong', async () => {
    const failure = (Code: string) => ({
      answer: { Response: { Error: { Code, Message: 'm' }, RequestId: 'r' } },
    });
    platform.fail(
      'DescribeStreamPlayInfoList',
      failure('RequestLimitExceeded'),
      failure('InternalError.Timeout'),
    );
    platform.streams.set('other', minutesFrom(time.now() - 5 * HOUR_MS, 3, 1));
    const from = time.now() - 10 * HOUR_MS;
    const report = await pull(cssTarget(platform, 'fast', ['other']), { from });
    expect([report.retries, report.failures]).toEqual([2, []]);
    expect(await totals('fast')).toMatchObject([{ n: '3' }]);
    const wrong = { ...cssTarget(platform, 'wrong', ['other']), secretKey: 'CANARY-wrong' } as PullTarget;
    const refused = await pull(wrong, { from });
    expect(refused).toMatchObject({
      requests: 1,
      failures: [
        {
          code: 'bad_credentials',
          message: expect.stringContaining('AuthFailure.SignatureFailure') as string,
        },
      ],
    });
    expect(JSON.stringify(refused)).not.toContain('CANARY');
  });
});
