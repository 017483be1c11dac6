import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { migrate, typedByUser, type Warehouse } from '../../../sql/index.js';
import type { ExpectedSource } from '../../../schemas/index.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';

/**
 * Every state of every platform, by what stands in the storage; days of a distant past, so that the date of the run does
 * not matter, and the days around it where it does.
 */
const ZONE = 'Asia/Shanghai';
let test: TestWarehouse;
let warehouse: Warehouse;

beforeAll(async () => {
  test = await startTestWarehouse({ reportZone: ZONE });
  warehouse = test.warehouse;
  await render([]);
});
afterAll(async () => {
  await test.stop();
});

async function render(expectedSources: readonly ExpectedSource[]): Promise<void> {
  await migrate(warehouse, { reportZone: ZONE, channelGroups: {}, expectedSources });
}

const stateRow = z.object({
  day: z.string(),
  source: z.string(),
  state: z.string(),
  reason: z.string(),
  reason_code: z.string(),
  reason_en: z.string(),
  expected: z.coerce.number().nullable(),
  received: z.coerce.number(),
});

/** `source day` → its row. */
async function states(platform: string, account: string): Promise<Map<string, z.infer<typeof stateRow>>> {
  const rows = await warehouse.query(
    typedByUser(
      `SELECT toString(day) AS day, source, state, reason, reason_code, reason_en, expected, received
      FROM wxlive.source_status WHERE platform = '${platform}' AND account = '${account}' ORDER BY day`,
    ),
    stateRow,
  );
  return new Map(rows.map((row) => [`${row.source} ${row.day}`, row]));
}

const run = (sql: string): Promise<void> => warehouse.command(typedByUser(sql));

const at = (text: string): string => `toDateTime64('${text}', 3, '${ZONE}')`;

async function event(account: string, time: string): Promise<void> {
  await run(
    `INSERT INTO wxlive_store.events_store (event_key, event_id, platform, account, viewer_key, viewer, event, event_time, stated_time, received_at, adapter, batch_seq)
    SELECT cityHash64('${account}${time}'), '${time}', 'miniprogram', '${account}', generateUUIDv4(), generateUUIDv4(), 'live_enter', ${at(time)}, ${at(time)}, ${at(time)}, 'events', 1`,
  );
}

/** Minutes with viewers from `from` for so many minutes, exported at `exported`. */
async function minutes(account: string, from: string, count: number, exported: string): Promise<void> {
  await run(
    `INSERT INTO wxlive_store.minutes_store (platform, account, room_id, source, minute, online, exported_at, revision, batch_seq)
    SELECT 'kandian', '${account}', 'k1', 'kandian', ${at(from)} + INTERVAL number MINUTE, 5, ${at(exported)}, 1, toUInt64(toUnixTimestamp(${at(exported)}))
    FROM numbers(${count})`,
  );
}

async function wecomLive(account: string, live: string, started: string): Promise<void> {
  await run(
    `INSERT INTO wxlive_store.lives_store (platform, account, room_id, live_id, told_by, started_at, ended_at, batch_seq)
    SELECT 'wecom', '${account}', '${live}', '${live}', 'info', ${at(started)}, ${at(started)} + INTERVAL 1 HOUR, 1`,
  );
}

async function list(account: string, live: string, exported: string): Promise<void> {
  await run(
    `INSERT INTO wxlive_store.attendance_heads_store (account, live_id, scope, snapshot, exported_at, batch_seq)
    SELECT '${account}', '${live}', 'staff', 1, ${at(exported)}, 1`,
  );
}

describe('events', () => {
  it('are complete once something later came, partial before, missing where nothing came', async () => {
    await event('mini', '2026-03-01 10:00:00');
    await event('mini', '2026-03-03 09:00:00');
    const found = await states('miniprogram', 'mini');
    expect(found.get('events 2026-03-01')).toMatchObject({ state: 'complete', reason_code: 'arrived' });
    // The watermark passed its end: nobody came that day.
    expect(found.get('events 2026-03-02')).toMatchObject({ state: 'complete', received: 0 });
    expect(found.get('events 2026-03-03')).toMatchObject({
      state: 'partial',
      reason_code: 'day_open',
      reason: '当日尚未结束或仍在到达',
      reason_en: 'the day is not over, or still arriving',
    });
    expect(found.get('events 2026-03-04')).toMatchObject({ state: 'missing', reason_code: 'nothing_came' });
  });

  it('change their day from partial to complete on a later import', async () => {
    await event('mini', '2026-03-04 00:00:01');
    const found = await states('miniprogram', 'mini');
    expect(found.get('events 2026-03-03')).toMatchObject({ state: 'complete' });
    expect(found.get('events 2026-03-04')).toMatchObject({ state: 'partial' });
  });

  it('are expected for 28 days after the last, and every day has its row', async () => {
    const found = await states('miniprogram', 'mini');
    expect(found.get('events 2026-04-01')).toMatchObject({ state: 'missing' });
    expect(found.get('events 2026-04-02')).toMatchObject({
      state: 'complete',
      reason_code: 'not_expected',
      expected: 0,
    });
    const days = [...found.keys()];
    expect(days.length).toBe(
      Math.round((Date.parse(days.at(-1)?.slice(7) ?? '') - Date.parse('2026-03-01')) / 86_400_000) + 1,
    );
  });
});

describe('minutes', () => {
  it('are complete when exported 30 minutes after the last live, partial when earlier, missing without any', async () => {
    await minutes('kan', '2026-03-01 20:00:00', 60, '2026-03-01 21:30:00');
    await minutes('kan', '2026-03-02 20:00:00', 60, '2026-03-02 21:29:59');
    const found = await states('kandian', 'kan');
    expect(found.get('minutes 2026-03-01')).toMatchObject({ state: 'complete', received: 60 });
    expect(found.get('minutes 2026-03-02')).toMatchObject({
      state: 'partial',
      reason_code: 'export_too_early',
    });
    expect(found.get('minutes 2026-03-03')).toMatchObject({ state: 'missing' });
  });

  it('change their day from partial to complete by a later export', async () => {
    await minutes('kan', '2026-03-02 20:00:00', 60, '2026-03-02 22:00:00');
    expect((await states('kandian', 'kan')).get('minutes 2026-03-02')).toMatchObject({ state: 'complete' });
  });

  it('of a live over midnight keep both its days open until it has ended', async () => {
    await minutes('night', '2026-03-01 23:00:00', 90, '2026-03-02 00:35:00');
    const early = await states('kandian', 'night');
    expect(early.get('minutes 2026-03-01')).toMatchObject({ state: 'partial' });
    expect(early.get('minutes 2026-03-02')).toMatchObject({ state: 'partial' });
    await minutes('night', '2026-03-01 23:00:00', 90, '2026-03-02 01:00:00');
    const late = await states('kandian', 'night');
    expect(late.get('minutes 2026-03-01')).toMatchObject({ state: 'complete' });
    expect(late.get('minutes 2026-03-02')).toMatchObject({ state: 'complete' });
  });
});

describe('WeCom', () => {
  it('notices a live without its list: missing, partial, complete', async () => {
    await wecomLive('corp', 'lv1', '2026-03-01 20:00:00');
    await wecomLive('corp', 'lv2', '2026-03-01 21:30:00');
    const missing = await states('wecom', 'corp');
    expect(missing.get('wecom-watch 2026-03-01')).toMatchObject({
      state: 'missing',
      expected: 2,
      received: 0,
      reason: '有 2 场直播没有观看名单',
      reason_en: '2 lives without their watch list',
      reason_code: 'list_missing',
    });
    await list('corp', 'lv1', '2026-03-02 11:00:00');
    expect((await states('wecom', 'corp')).get('wecom-watch 2026-03-01')).toMatchObject({
      state: 'partial',
      received: 1,
    });
    await list('corp', 'lv2', '2026-03-02 11:00:00');
    expect((await states('wecom', 'corp')).get('wecom-watch 2026-03-01')).toMatchObject({
      state: 'complete',
    });
  });

  it('has a row for a day without a live, and expects nothing of it', async () => {
    expect((await states('wecom', 'corp')).get('wecom-watch 2026-03-02')).toMatchObject({
      state: 'complete',
      expected: 0,
      reason_code: 'not_expected',
    });
  });
});

describe('expected_sources of the settings', () => {
  it('decide for their platform and account, also about a source that never came, and for no other', async () => {
    await render([
      { platform: 'miniprogram', account: 'mini', source: 'minutes' },
      { platform: 'kandian', account: 'newcomer', source: 'minutes', since: '2026-05-01' },
    ]);
    const mini = await states('miniprogram', 'mini');
    expect(mini.get('minutes 2026-03-02')).toMatchObject({ state: 'missing', reason_code: 'nothing_came' });
    // Its events still show what came, but are waited for no longer.
    expect(mini.get('events 2026-03-04')).toMatchObject({ state: 'partial' });
    expect(mini.get('events 2026-03-05')).toMatchObject({ reason_code: 'not_expected' });
    const newcomer = await states('kandian', 'newcomer');
    expect([...newcomer.keys()][0]).toBe('minutes 2026-05-01');
    expect(newcomer.get('minutes 2026-05-01')).toMatchObject({ state: 'missing' });
    expect((await states('kandian', 'kan')).get('minutes 2026-03-03')).toMatchObject({ state: 'missing' });
    await render([]);
    expect((await states('miniprogram', 'mini')).has('minutes 2026-03-02')).toBe(false);
  });
});
