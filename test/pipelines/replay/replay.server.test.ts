import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  replayRejects,
  type RejectSelection,
  type ReplayOptions,
  type ReplayReport,
  type ReplayTools,
} from '../../../pipelines/index.js';
import { typedByUser } from '../../../sql/index.js';
import { openImportBench, type ImportBench } from '../import-tools.js';

/** Rows that were refused, their cause mended, taken once more: loaded once, whatever happens in between. */
const folder = mkdtempSync(join(tmpdir(), 'wxlive-replay-'));
let bench: ImportBench;

beforeAll(async () => {
  bench = await openImportBench();
});
afterAll(async () => {
  await bench.stop();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const EVERYTHING: RejectSelection = { code: null, batch: null, adapter: null, from: null, to: null };

function replay(
  selection: Partial<RejectSelection>,
  options: Partial<ReplayOptions> = {},
  tools: ReplayTools = bench.tools,
): Promise<ReplayReport> {
  const defaults: ReplayOptions = {
    room: null,
    account: null,
    wallClockZone: null,
    amountUnit: null,
    exportedAt: null,
    acceptShrink: false,
    aliases: [],
    eventMap: {},
    dryRun: false,
    language: 'en',
    now: Date.now(),
  };
  return replayRejects({ ...EVERYTHING, ...selection }, { ...defaults, ...options }, tools);
}

const rows = (sql: string): Promise<Record<string, unknown>[]> =>
  bench.warehouse.query(typedByUser(sql), z.record(z.string(), z.unknown()));
async function number(sql: string): Promise<number> {
  const [row] = await rows(`SELECT toFloat64(n) AS n FROM (${sql})`);
  return Number(row?.['n']);
}
const rejected = (batch: string | null): Promise<number> =>
  number(
    `SELECT count() AS n FROM wxlive.rejects WHERE batch_id = '${String(batch)}' AND replayed_at IS NULL`,
  );

const event = (id: string, time: string): string =>
  JSON.stringify({ event_id: id, event: 'live_enter', time, user_id: `u${id}`, room_id: 'r1' });

describe('a replay', () => {
  let batch: string | null = null;
  beforeAll(async () => {
    const loaded = await bench.load(
      file('wall.ndjson', [
        event('w1', '2026-09-09 20:00:00'),
        event('w2', '2026-09-09 20:00:01'),
        event('w3', '2026-09-09T20:00:02+08:00'),
        '{"event":"live_enter","time":"2026-09-09 20:00:03","user_id":"u"}',
        'no json',
      ]),
    );
    batch = loaded.batch_id;
    expect(loaded).toMatchObject({ accepted: 1, rejected: 4 });
  });

  it('changes nothing on a dry run, and says what would load', async () => {
    const report = await replay({ batch }, { dryRun: true, wallClockZone: 'Asia/Shanghai' });
    expect(report).toMatchObject({ rows: 4, accepted: 2, rejected: 2, batches: [] });
    expect(await rejected(batch)).toBe(4);
  });

  it('takes what the selection names and nothing else', async () => {
    const now = Date.now();
    for (const selection of [
      { code: 'bad_amount' },
      { batch: '1' },
      { adapter: 'orders' as const },
      { to: now - 3_600_000 },
      { from: now + 3_600_000 },
    ]) {
      expect(await replay(selection, { wallClockZone: 'Asia/Shanghai' })).toMatchObject({
        rows: 0,
        batches: [],
      });
    }
  });

  it('that dies between loading and marking loads once all the same', async () => {
    const dying: ReplayTools = {
      ...bench.tools,
      warehouse: {
        ...bench.warehouse,
        command: (sql, parameters, options) =>
          sql.includes('replay loaded them')
            ? Promise.reject(new Error('killed'))
            : bench.warehouse.command(sql, parameters, options),
      },
    };
    await expect(replay({ batch }, { wallClockZone: 'Asia/Shanghai' }, dying)).rejects.toThrow('killed');
    expect(await number(`SELECT count() AS n FROM wxlive.events WHERE event_id IN ('w1', 'w2')`)).toBe(2);
    expect(await rejected(batch)).toBe(4);
    const again = await replay({ batch }, { wallClockZone: 'Asia/Shanghai' });
    expect(again).toMatchObject({ rows: 4, accepted: 0, duplicates: 2, rejected: 2 });
    expect(await number(`SELECT count() AS n FROM wxlive.events WHERE event_id IN ('w1', 'w2')`)).toBe(2);
  });

  it('keeps what is still bad, under the reason that holds now, once', async () => {
    expect(await rejected(batch)).toBe(2);
    const codes = await rows(
      `SELECT code, count() AS n FROM wxlive.rejects WHERE batch_id = '${String(batch)}' AND replayed_at IS NULL GROUP BY code ORDER BY code`,
    );
    expect(codes.map(({ code }) => code)).toEqual(['missing_event_id', 'not_json']);
    const again = await replay({ batch }, { wallClockZone: 'Asia/Shanghai' });
    expect(again).toMatchObject({ rows: 2, accepted: 0, duplicates: 0, rejected: 2, batches: [] });
    expect(again.rejects.map(({ where }) => where)).toEqual(['wall.ndjson:4', 'wall.ndjson:5']);
    expect(await rejected(batch)).toBe(2);
  });

  it('is known when the file comes again', async () => {
    const before = await number('SELECT count() AS n FROM wxlive.rejects');
    expect(await bench.load(join(folder, 'wall.ndjson'))).toMatchObject({ accepted: 0, rejected: 4 });
    expect(await number('SELECT count() AS n FROM wxlive.rejects')).toBe(before);
    expect(await rejected(batch)).toBe(2);
  });

  it('balances in the ledger', async () => {
    expect(
      await number(
        'SELECT count() AS n FROM wxlive.batches WHERE rows != accepted + duplicates + rejected + held',
      ),
    ).toBe(0);
  });
});

describe('a table', () => {
  it('loads by an alias that was missing', async () => {
    const path = file('members.csv', [
      'event_id,event,time,user_id,会员标识',
      'al1,live_enter,2026-09-09T20:00:00+08:00,,member one',
    ]);
    const loaded = await bench.load(path);
    expect(loaded.rejects).toMatchObject([{ code: 'missing_identity' }]);
    const aliases = [{ header: '会员标识', field: 'user_id' }];
    expect(await replay({ batch: loaded.batch_id })).toMatchObject({ rejected: 1 });
    expect(await replay({ batch: loaded.batch_id }, { aliases })).toMatchObject({ accepted: 1, rejected: 0 });
  });

  it('loads once its unit is told', async () => {
    const path = file('orders-unit.csv', [
      'order_id,金额,pay_time,status,openid',
      'ra1,12.50,2026-09-09 20:00:00,paid,oAAAAAAAAAAAAAAAAAAAAAAAAAAA1',
      'ra2,3.00,2026-09-09 21:00:00,paid,oAAAAAAAAAAAAAAAAAAAAAAAAAAA2',
    ]);
    const loaded = await bench.load(path, { adapter: 'orders' });
    expect(loaded.rejected).toBe(2);
    const report = await replay({ batch: loaded.batch_id }, { amountUnit: 'yuan' });
    expect(report).toMatchObject({ rows: 2, accepted: 2, rejected: 0 });
    expect(
      await rows(
        `SELECT order_id, toInt32(amount_fen) AS fen FROM wxlive.orders WHERE order_id LIKE 'ra%' ORDER BY order_id`,
      ),
    ).toEqual([
      { order_id: 'ra1', fen: 1250 },
      { order_id: 'ra2', fen: 300 },
    ]);
  });

  it('never overrides what a later file said of the same order', async () => {
    const early = file('orders-early.csv', [
      'order_id,金额,pay_time,status',
      'rb1,5.00,2026-09-09 20:00:00,paid',
    ]);
    const loaded = await bench.load(early, { adapter: 'orders' });
    expect(loaded.rejected).toBe(1);
    const late = file('orders-late.csv', [
      'order_id,amount_yuan,pay_time,status,refund_yuan',
      'rb1,5.00,2026-09-09 20:00:00,refunded,5.00',
    ]);
    expect(await bench.load(late, { adapter: 'orders' })).toMatchObject({ accepted: 1 });
    const report = await replay({ batch: loaded.batch_id }, { amountUnit: 'yuan' });
    expect(report).toMatchObject({ rows: 1, accepted: 0, duplicates: 1 });
    expect(await rows(`SELECT status FROM wxlive.orders WHERE order_id = 'rb1'`)).toEqual([
      { status: 'refunded' },
    ]);
  });
});

describe('a watch list', () => {
  const list = (title: string, lines: readonly string[]): string[] => [
    title,
    'userid,观看人,部门名称,观看时长,观众类型',
    ...lines,
  ];
  const watchers = (live: string): Promise<Record<string, unknown>[]> =>
    rows(
      `SELECT employee_id, toInt32(watch_seconds) AS seconds FROM wxlive.attendance WHERE live_id = '${live}' ORDER BY employee_id`,
    );

  it('is joined by its mended rows, and not replaced by them', async () => {
    const path = file(
      'list-1.csv',
      list('导出时间：2026-09-11 11:00:00', [
        's1,甲,一部,60,员工',
        's2,乙,一部,soon,员工',
        's3,丙,一部,90,员工',
      ]),
    );
    const loaded = await bench.load(path, { room: 'lvR1' });
    expect(loaded).toMatchObject({ accepted: 2, rejected: 1 });
    // What the row lacked cannot be mended by a setting: the stored original is.
    await mendOriginal(loaded.batch_id, 'soon', '120');
    expect(await replay({ batch: loaded.batch_id })).toMatchObject({ accepted: 1, rejected: 0 });
    expect(await watchers('lvR1')).toEqual([
      { employee_id: 's1', seconds: 60 },
      { employee_id: 's2', seconds: 120 },
      { employee_id: 's3', seconds: 90 },
    ]);
  });

  it('that was replaced by a newer one since stays replaced', async () => {
    const old = file(
      'list-2.csv',
      list('导出时间：2026-09-11 11:00:00', ['s1,甲,一部,60,员工', 's2,乙,一部,soon,员工']),
    );
    const loaded = await bench.load(old, { room: 'lvR2' });
    const newer = file(
      'list-3.csv',
      list('导出时间：2026-09-12 11:00:00', ['s1,甲,一部,61,员工', 's3,丙,一部,5,员工']),
    );
    await bench.load(newer, { room: 'lvR2' });
    await mendOriginal(loaded.batch_id, 'soon', '120');
    expect(await replay({ batch: loaded.batch_id })).toMatchObject({ accepted: 0, duplicates: 1 });
    expect((await watchers('lvR2')).map(({ employee_id }) => employee_id)).toEqual(['s1', 's3']);
  });

  it('of which every row was bad becomes the list, unless it would shrink what is there', async () => {
    const first = file(
      'list-4.csv',
      list('导出时间：2026-09-11 11:00:00', ['s1,甲,一部,1,员工', 's2,乙,一部,2,员工', 's3,丙,一部,3,员工']),
    );
    await bench.load(first, { room: 'lvR3' });
    const bad = file('list-5.csv', list('导出时间：2026-09-12 11:00:00', ['s9,壬,一部,soon,员工']));
    const loaded = await bench.load(bad, { room: 'lvR3' });
    expect(loaded).toMatchObject({ accepted: 0, rejected: 1 });
    await mendOriginal(loaded.batch_id, 'soon', '9');
    const held = await replay({ batch: loaded.batch_id });
    expect(held).toMatchObject({ accepted: 0, rejected: 1, rejects: [{ code: 'held' }] });
    expect(await watchers('lvR3')).toHaveLength(3);
    expect(await replay({ batch: loaded.batch_id }, { acceptShrink: true })).toMatchObject({ accepted: 1 });
    expect(await watchers('lvR3')).toEqual([{ employee_id: 's9', seconds: 9 }]);
  });
});

/** Seals the original of a batch's reject anew with a text in it replaced, as if its adapter could read it now. */
async function mendOriginal(batch: string | null, from: string, to: string): Promise<void> {
  const stored = await bench.warehouse.query(
    typedByUser(
      `SELECT toString(reject_id) AS id, sealed FROM wxlive_store.rejects_store FINAL WHERE batch_id = '${String(batch)}'`,
    ),
    z.object({ id: z.string(), sealed: z.string() }),
  );
  for (const { id, sealed } of stored) {
    const opened = bench.tools.seal.open(sealed, id);
    if (!opened.ok) throw new Error('the original cannot be opened');
    const again = bench.tools.seal.seal(opened.value.replace(from, to), id);
    await bench.warehouse.command(
      typedByUser(
        `INSERT INTO wxlive_store.rejects_store SELECT * REPLACE ('${again}' AS sealed, version + 1 AS version) FROM wxlive_store.rejects_store FINAL WHERE reject_id = '${id}'`,
      ),
    );
  }
}
