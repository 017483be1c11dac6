import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { closeInterruptedBatches } from '../../../pipelines/load/interrupted-batches.js';
import type { LoadedFile } from '../../../pipelines/index.js';
import { loadSql, typedByUser } from '../../../sql/index.js';
import { openImportBench, type ImportBench } from '../import-tools.js';

/** What a batch says of how it met what was there, and which past days it says it changed. */
const folder = mkdtempSync(join(tmpdir(), 'wxlive-restated-'));
let bench: ImportBench;

beforeAll(async () => {
  bench = await openImportBench();
});
afterAll(async () => {
  await bench.stop();
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;
async function load(
  extension: string,
  lines: readonly string[],
  options: Parameters<ImportBench['load']>[1] = {},
): Promise<LoadedFile> {
  const path = join(folder, `file-${files++}.${extension}`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return bench.load(path, options);
}

const rows = (sql: string): Promise<Record<string, unknown>[]> =>
  bench.warehouse.query(typedByUser(sql), z.record(z.string(), z.unknown()));

async function outcomes({ batch_id }: LoadedFile): Promise<unknown[][]> {
  const found = await bench.warehouse.query(
    loadSql('operate/restatements'),
    z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    { batch: batch_id ?? '' },
  );
  return found.map((row) => [
    row['scope'],
    row['outcome'],
    row['rows_before'],
    row['changed'],
    row['vanished'],
  ]);
}

/** `source day` of each mark of a batch; 0: marks without one. */
async function marks(batch: string | null): Promise<string[]> {
  const found = await rows(
    `SELECT concat(source, ' ', toString(day)) AS mark FROM wxlive.changed_days WHERE batch_id = '${String(batch)}' ORDER BY mark`,
  );
  return found.map(({ mark }) => String(mark));
}

describe('a watch list', () => {
  const HEAD = 'userid,观看人,部门名称,观看时长,观众类型,进入时间';
  const staff = (id: string, seconds: number): string =>
    `${id},名${id},一部,${seconds},员工,2026-09-10 20:00:00`;
  const list = (day: number, lines: readonly string[]): string[] => [
    `导出时间：2026-09-${day} 11:00:00`,
    HEAD,
    ...lines,
  ];
  const room = 'lvS1';
  const three = [staff('s1', 10), staff('s2', 20), staff('s3', 30)];

  it('is the first, equal, newer, older, and marks the day of its live only where it changed', async () => {
    const first = await load('csv', list(11, three), { room });
    expect(await outcomes(first)).toEqual([['staff', 'first', 0, 3, 0]]);
    expect(await marks(first.batch_id)).toEqual(['wecom-watch 2026-09-10']);

    const equal = await load('csv', list(12, three), { room });
    expect(await outcomes(equal)).toEqual([['staff', 'equal', 3, 0, 0]]);
    expect(await marks(equal.batch_id)).toEqual([]);

    const newer = await load('csv', list(14, [...three.slice(0, 2), staff('s3', 31), staff('s4', 1)]), {
      room,
    });
    expect(await outcomes(newer)).toEqual([['staff', 'newer', 3, 2, 0]]);
    expect(await marks(newer.batch_id)).toEqual(['wecom-watch 2026-09-10']);

    const older = await load('csv', list(13, three.slice(0, 2)), { room });
    expect(await outcomes(older)).toEqual([['staff', 'older', 4, 0, 0]]);
    expect(await marks(older.batch_id)).toEqual([]);
  });

  it('from which people only vanish changes the day all the same', async () => {
    const lines = [staff('s1', 10), staff('s2', 20), staff('s3', 31)];
    const newer = await load('csv', list(15, lines), { room });
    expect(newer).toMatchObject({ accepted: 0, duplicates: 3 });
    expect(await outcomes(newer)).toEqual([['staff', 'newer', 4, 0, 1]]);
    expect(await marks(newer.batch_id)).toEqual(['wecom-watch 2026-09-10']);
  });

  it('much shorter is held, and shrunk once that is accepted', async () => {
    const held = await load('csv', list(16, [staff('s1', 10)]), { room });
    expect(held).toMatchObject({ held: 1 });
    expect(await outcomes(held)).toEqual([['staff', 'held', 3, 0, 0]]);
    expect(await marks(held.batch_id)).toEqual([]);
    const shrunk = await load('csv', list(16, [staff('s1', 10)]), { room, acceptShrink: true });
    expect(await outcomes(shrunk)).toEqual([['staff', 'shrunk', 3, 0, 2]]);
  });

  it('naming a viewer twice keeps the first of them, and a watch time it does not give is null', async () => {
    const twice = [
      ...list(11, [staff('t1', 10), staff('t2', 20), staff('t1', 99), staff('t2', 20)]),
      't3,名t3,一部,--,员工,',
    ];
    const first = await load('csv', twice, { room: 'lvTwice' });
    expect(first).toMatchObject({ rows: 5, accepted: 3, duplicates: 2, conflicts: 1, dropped_keys: 0 });
    const seen = await rows(
      "SELECT employee_id, watch_seconds, watch_ratio FROM wxlive.attendance WHERE live_id = 'lvTwice' ORDER BY employee_id",
    );
    expect(seen.map((row) => row['watch_seconds'])).toEqual(['10', '20', null]);
    expect(await load('csv', twice, { room: 'lvTwice' })).toMatchObject({ accepted: 0, duplicates: 5 });
  });

  it('of outsiders alone leaves the list of staff as it was, and says so', async () => {
    const outsiders = await load(
      'csv',
      list(17, ['wmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,外,,5,微信,2026-09-10 20:00:00']),
      { room, scope: 'outsiders' },
    );
    expect(await outcomes(outsiders)).toEqual([['outsiders', 'first', 0, 1, 0]]);
    const [kept] = await rows(
      `SELECT kept_scope FROM wxlive.restatements WHERE batch_id = '${String(outsiders.batch_id)}'`,
    );
    expect(kept).toEqual({ kept_scope: 'staff' });
    const [{ n } = { n: 0 }] = await rows(
      `SELECT toUInt32(count()) AS n FROM wxlive.attendance WHERE live_id = '${room}'`,
    );
    expect(n).toBe(2);
  });

  it('with nobody left is held, and empties the list once that is accepted', async () => {
    const watching = (): Promise<unknown> =>
      rows(`SELECT employee_id FROM wxlive.attendance WHERE live_id = '${room}' ORDER BY employee_id`);
    const before = await watching();
    const page = ['{"errcode":0,"errmsg":"ok","ending":1,"next_key":"","stat_info":{"users":[]}}'];
    for (const [extension, lines] of [
      ['json', page],
      ['csv', list(18, [])],
    ] as const) {
      const held = await load(extension, lines, { room });
      expect(held).toMatchObject({ rows: 0, accepted: 0, held: 0, state: 'held' });
      expect(await outcomes(held)).toEqual([
        ['outsiders', 'held', 1, 0, 0],
        ['staff', 'held', 1, 0, 0],
      ]);
      expect(await watching()).toEqual(before);
    }
    const staffOnly = await load('csv', list(18, []), { room, scope: 'staff', acceptShrink: true });
    expect(staffOnly).toMatchObject({ rows: 0, state: 'loaded' });
    expect(await outcomes(staffOnly)).toEqual([['staff', 'shrunk', 1, 0, 1]]);
    expect(await marks(staffOnly.batch_id)).toEqual(['wecom-watch 2026-09-10']);
    expect(await watching()).toEqual([{ employee_id: null }]);
    const everybody = await load('json', page, { room, acceptShrink: true });
    expect(await outcomes(everybody)).toEqual([
      ['outsiders', 'shrunk', 1, 0, 1],
      ['staff', 'equal', 0, 0, 0],
    ]);
    expect(await watching()).toEqual([]);
    // A live where nobody ever was has its list, too; whose it is must be said.
    expect(await load('csv', list(18, []), { room: 'lvNobody' })).toMatchObject({ rows: 0, state: 'loaded' });
    await expect(load('csv', list(18, []))).rejects.toThrow('room_missing');
  });
});

describe('minutes of a room', () => {
  const minutes = (exported: string, online: number): string[] => [
    'room_id,minute,online,exported_at',
    ...[0, 1].map((at) => `k1,2026-09-09 20:0${at}:00,${online + at},${exported}`),
  ];

  it.each([
    ['first', '2026-09-09 22:00:00', 5, 2, ['minutes 2026-09-09']],
    ['equal', '2026-09-09 23:00:00', 5, 0, []],
    ['newer', '2026-09-10 07:00:00', 6, 2, ['minutes 2026-09-09']],
    ['older', '2026-09-09 21:00:00', 7, 0, []],
  ])('%s', async (outcome, exported, online, changed, marked) => {
    const loaded = await load('csv', minutes(exported, online));
    expect((await outcomes(loaded)).map(([, ...rest]) => rest)).toEqual([
      [outcome, outcome === 'first' ? 0 : 2, changed, 0],
    ]);
    expect(await marks(loaded.batch_id)).toEqual(marked);
  });
});

const event = (id: string, time: string, more: object = {}): string =>
  JSON.stringify({ event_id: id, event: 'live_enter', time, user_id: `u${id}`, room_id: 'r1', ...more });

describe('a past day', () => {
  it('is marked by late events, not by what was there already, nor today by its own', async () => {
    const lines = [
      event('d1', '2026-09-09T23:59:59+08:00'),
      event('d2', '2026-09-10T00:00:00+08:00'),
      event('d3', new Date().toISOString()),
    ];
    const late = await load('ndjson', lines);
    expect(await marks(late.batch_id)).toEqual(['events 2026-09-09', 'events 2026-09-10']);
    const again = await load('ndjson', lines);
    expect(await marks(again.batch_id)).toEqual([]);
  });

  it('is marked where an order left it and where it went', async () => {
    const order = (paid: string): string[] => [
      'order_id,amount_yuan,pay_time,status',
      `md1,5.00,${paid},paid`,
    ];
    const first = await load('csv', order('2026-09-11 20:00:00'));
    expect(await marks(first.batch_id)).toEqual(['orders 2026-09-11']);
    const moved = await load('csv', order('2026-09-12 20:00:00'));
    expect(await marks(moved.batch_id)).toEqual(['orders 2026-09-11', 'orders 2026-09-12']);
  });

  it('is marked by a link row that came after its events', async () => {
    await load('ndjson', [event('l1', '2026-09-13T12:00:00+08:00', { query: 'c=late99' })]);
    const link = await load('csv', ['code,kind,utm_source', 'late99,h5,poster']);
    expect(await marks(link.batch_id)).toEqual(['links 2026-09-13']);
  });

  it('is marked when two of its people turn out to be one', async () => {
    await load('ndjson', [
      event('i1', '2026-09-14T12:00:00+08:00', { user_id: 'one' }),
      event('i2', '2026-09-14T12:00:01+08:00', {
        user_id: undefined,
        openid: 'oBBBBBBBBBBBBBBBBBBBBBBBBBBB',
      }),
    ]);
    expect(await marks('0')).toEqual([]);
    await load('ndjson', [
      event('i3', new Date().toISOString(), { user_id: 'one', openid: 'oBBBBBBBBBBBBBBBBBBBBBBBBBBB' }),
    ]);
    expect(await marks('0')).toEqual(['identities 2026-09-14']);
  });

  it('is marked for a batch that was killed before it could say so', async () => {
    const killed = await load('ndjson', [event('k1', '2026-09-15T12:00:00+08:00')]);
    const batch = String(killed.batch_id);
    await bench.warehouse.command(
      typedByUser(`DELETE FROM wxlive_store.changed_days WHERE batch_seq = ${batch}`),
    );
    await bench.warehouse.command(
      typedByUser(
        `INSERT INTO wxlive_store.batches_ledger
        SELECT * REPLACE ('loading' AS state, now64(3, 'UTC') AS written_at) FROM wxlive_store.batches_ledger FINAL WHERE batch_seq = ${batch}`,
      ),
    );
    expect(await marks(batch)).toEqual([]);
    await closeInterruptedBatches(bench.warehouse);
    expect(await marks(batch)).toEqual(['events 2026-09-15']);
  });

  it('names the reports that had used it', async () => {
    await bench.warehouse.command(
      typedByUser(
        `INSERT INTO wxlive_store.report_runs_ledger (run_id, report, period_from, period_to, state, data_as_of, started_at)
        SELECT number, ['brief', 'brief', 'later'][number + 1], toDateTime64('2026-09-16', 3, 'Asia/Shanghai') + INTERVAL [0, 1, 0][number + 1] DAY AS starts, starts + INTERVAL 1 DAY, 'complete',
          now64(3) + INTERVAL [0, 0, 1][number + 1] HOUR, now64(3) FROM numbers(3)`,
      ),
    );
    const late = await load('ndjson', [event('r1', '2026-09-16T12:00:00+08:00')]);
    const marked = await bench.warehouse.query(
      loadSql('operate/marked-reports'),
      z.object({ report: z.string(), days: z.array(z.string()) }),
      { batch: late.batch_id ?? '' },
    );
    expect(marked).toEqual([{ report: 'brief', days: ['2026-09-16'] }]);
  });
});
