import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { csvLine, type CellValue } from '../../formats/index.js';
import { typedByUser } from '../../sql/index.js';
import { openImportBench, type ImportBench } from '../pipelines/import-tools.js';

/**
 * Files long enough for every buffer on the way to grow, and grow again, whose every value is told from every other:
 * one that lands in another row, or is lost, is seen. Then the same file again.
 */
const EVENTS = 24_000;
const OTHER_ROWS = 5_000;
const MINUTE_MS = 60_000;
const FIRST = Date.UTC(2026, 8, 10, 4);

const folder = mkdtempSync(join(tmpdir(), 'wxlive-large-'));
let bench: ImportBench;
beforeAll(async () => {
  bench = await openImportBench();
});
afterAll(async () => {
  await bench.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface LargeFile {
  readonly adapter: string;
  readonly name: string;
  readonly text: () => string;
  readonly room?: string;
  readonly rows: number;
  /** Gives what `wanted` tells of each row, in the order of the numbers. */
  readonly sql: string;
  readonly wanted: (number: number) => readonly unknown[];
}

const numbersBelow = (rows: number): number[] => Array.from({ length: rows }, (_, number) => number);
const csv = (header: readonly string[], row: (number: number) => readonly CellValue[]): string =>
  [header, ...numbersBelow(OTHER_ROWS).map(row)]
    .map((cells) => csvLine(cells, { formulaGuard: false }))
    .join('');
/** Beijing wall clock of a minute. */
const minuteOf = (number: number): string =>
  new Date(FIRST + (number % 1_000) * MINUTE_MS + 8 * 60 * MINUTE_MS)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ');

const files: readonly LargeFile[] = [
  {
    adapter: 'events',
    name: 'events.ndjson',
    rows: EVENTS,
    text: () =>
      numbersBelow(EVENTS)
        .map(
          (number) =>
            `${JSON.stringify({
              event_id: `e${number}`,
              event: `custom_${number}`,
              time: FIRST + number,
              user_id: `member ${number}`,
              room_id: `room${number}`,
              query: `utm_source=s${number}&utm_content=c${number}`,
              props: { note: `第${number}条`, amount_fen: number },
            })}\n`,
        )
        .join(''),
    sql: `SELECT event, room_id, utm_source, utm_content, props['note'] AS note, toUnixTimestamp64Milli(event_time) AS ms
          FROM wxlive.events WHERE adapter = 'events' ORDER BY toUInt32(substring(event_id, 2))`,
    wanted: (number) => [
      `custom_${number}`,
      `room${number}`,
      `s${number}`,
      `c${number}`,
      `第${number}条`,
      String(FIRST + number),
    ],
  },
  {
    adapter: 'orders',
    name: 'orders.csv',
    rows: OTHER_ROWS,
    text: () =>
      csv(['订单号', '直播间ID', 'openid', '实付金额(元)', '支付时间', '订单状态'], (number) => [
        `O${number}`,
        `room${number}`,
        `o${String(number).padStart(27, 'x')}`,
        `${number}.25`,
        `${minuteOf(number)}:07`,
        '已支付',
      ]),
    sql: `SELECT room_id, toString(amount_fen) AS fen FROM wxlive.orders ORDER BY toUInt32(substring(order_id, 2))`,
    wanted: (number) => [`room${number}`, String(number * 100 + 25)],
  },
  {
    adapter: 'links',
    name: 'links.csv',
    rows: OTHER_ROWS,
    text: () =>
      csv(['code', 'kind', 'utm_source', 'utm_content', 'note'], (number) => [
        `C${number}`,
        'h5',
        `s${number}`,
        `c${number}`,
        `备注${number}`,
      ]),
    sql: `SELECT utm_source, utm_content, note FROM wxlive.links ORDER BY toUInt32(substring(code, 2))`,
    wanted: (number) => [`s${number}`, `c${number}`, `备注${number}`],
  },
  {
    adapter: 'minutes',
    name: 'minutes.csv',
    rows: OTHER_ROWS,
    text: () =>
      csv(['直播间ID', '时间', '在线人数', '观看次数', '导出时间'], (number) => [
        `kd${Math.floor(number / 1_000)}`,
        minuteOf(number),
        number,
        2 * number,
        '2026-09-12 10:00:00',
      ]),
    sql: `SELECT room_id, formatDateTime(minute, '%Y-%m-%d %H:%i', 'Asia/Shanghai') AS at, toString(views) AS views
          FROM wxlive.minutes ORDER BY online`,
    wanted: (number) => [`kd${Math.floor(number / 1_000)}`, minuteOf(number), String(2 * number)],
  },
  {
    adapter: 'employees',
    name: 'roster.csv',
    rows: OTHER_ROWS,
    text: () =>
      csv(['账号', '姓名', '部门', '状态', '生效日期'], (number) => [
        `emp${number}`,
        `员工${number}`,
        `部门${number}`,
        '在职',
        '2026-09-01',
      ]),
    sql: `SELECT name, department FROM wxlive.employees ORDER BY toUInt32(substring(employee_id, 4))`,
    wanted: (number) => [`员工${number}`, `部门${number}`],
  },
  {
    adapter: 'wecom-watch',
    name: 'watch.csv',
    rows: OTHER_ROWS,
    room: 'lvLARGEAAAAAAAAAAAAAAAAAAA',
    text: () =>
      csv(
        ['观看人', 'userid', '部门名称', '观众类型', '观看时长（分钟）', '进入时间', '离开时间'],
        (number) => [
          `员工${number}`,
          `emp${number}`,
          `部门${number}`,
          '企业成员',
          number,
          '2026-09-10 10:00:00',
          '2026-09-10 11:00:00',
        ],
      ),
    sql: `SELECT employee_id, toString(watch_seconds) AS seconds FROM wxlive.attendance ORDER BY toUInt32(substring(employee_id, 4))`,
    wanted: (number) => [`emp${number}`, String(60 * number)],
  },
];

it.each(files)(
  '$adapter: every value of $rows rows stays in its row, and the file again changes nothing',
  async (file) => {
    const path = join(folder, file.name);
    writeFileSync(path, file.text());
    const options = { room: file.room ?? null };
    const first = await bench.load(path, options);
    expect(first).toMatchObject({ adapter: file.adapter, rows: file.rows, accepted: file.rows });
    const stored = async (): Promise<unknown[][]> =>
      (await bench.warehouse.query(typedByUser(file.sql), z.record(z.string(), z.unknown()))).map(
        Object.values,
      );
    const before = await stored();
    expect(before.length).toBe(file.rows);
    const wrong = numbersBelow(file.rows).filter(
      (number) => String(before[number]) !== String(file.wanted(number)),
    );
    expect(wrong.slice(0, 5).map((number) => [before[number], file.wanted(number)])).toEqual([]);
    expect(await bench.load(path, options)).toMatchObject({
      rows: file.rows,
      accepted: 0,
      duplicates: file.rows,
    });
    expect((await stored()).length).toBe(file.rows);
  },
);
