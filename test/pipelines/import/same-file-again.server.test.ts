import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { ImportOptions } from '../../../pipelines/index.js';
import { typedByUser } from '../../../sql/index.js';
import { SAMPLES } from '../../reports/analyses/expected-figures.js';
import { openImportBench, type ImportBench } from '../import-tools.js';

let bench: ImportBench;

beforeAll(async () => {
  bench = await openImportBench();
});

afterAll(async () => {
  await bench.stop();
});

const minutes = (): Promise<unknown> =>
  bench.warehouse.query(
    typedByUser(
      'SELECT toString(tuple(*)) AS row FROM wxlive.minutes ORDER BY platform, account, room_id, minute',
    ),
    z.object({ row: z.string() }),
  );

it('a file that states no time is as old as its first import: once more, it takes back nothing', async () => {
  const file = (name: string): string => join(SAMPLES, `minutes-k2-day0-css${name}.json`);
  const options = { room: 'kd-2', account: 'live.example.com' };
  expect(await bench.load(file(''), options)).toMatchObject({ accepted: 90 });
  const first = await minutes();
  expect(await bench.load(file('-restated'), options)).toMatchObject({ accepted: 25 });
  const restated = await minutes();
  expect(restated).not.toEqual(first);
  for (const [name, rows] of [
    ['', 90],
    ['-restated', 25],
    ['', 90],
  ] as const) {
    expect(await bench.load(file(name), options)).toMatchObject({ accepted: 0, duplicates: rows });
    expect(await minutes()).toEqual(restated);
  }
  // Whoever means it says so.
  const now = await bench.load(file(''), { ...options, exportedAt: Date.now() });
  expect(now.accepted).toBe(25);
});

const KEYED: readonly (readonly [
  source: string,
  sql: string,
  first: string,
  corrected: string,
  rows: number,
])[] = [
  [
    'costs',
    "SELECT toString(tuple(day, channel, amount_fen)) AS row FROM wxlive.costs WHERE channel LIKE 'again%' ORDER BY row",
    'day,channel,amount_fen\n2026-09-09,again-a,100\n2026-09-09,again-b,7\n',
    'day,channel,amount_fen\n2026-09-09,again-a,250\n',
    2,
  ],
  [
    'links',
    "SELECT toString(tuple(code, utm_source)) AS row FROM wxlive.links WHERE code LIKE 'again%' ORDER BY row",
    'code,kind,utm_source\nagain1,h5,poster\nagain2,h5,sms\n',
    'code,kind,utm_source\nagain1,h5,wechat_group\n',
    2,
  ],
  [
    'targets',
    "SELECT toString(tuple(period, target)) AS row FROM wxlive.targets WHERE metric = 'gmv_fen' ORDER BY row",
    'metric,period,platform,room,channel,target\ngmv_fen,2026-10,,,,500\n',
    'metric,period,platform,room,channel,target\ngmv_fen,2026-10,,,,900\n',
    1,
  ],
  [
    'orders',
    "SELECT toString(tuple(order_id, amount_fen, refund_fen)) AS row FROM wxlive.orders WHERE order_id LIKE 'again%' ORDER BY row",
    'order_id,room_id,openid,amount_fen,pay_time,status\nagain-1,1181,oAUTHORED0000000000000000001,100,2026-09-09T20:36:15+08:00,paid\nagain-2,1181,oAUTHORED0000000000000000001,300,2026-09-09T20:36:15+08:00,paid\n',
    'order_id,room_id,openid,amount_fen,pay_time,status\nagain-1,1181,oAUTHORED0000000000000000001,250,2026-09-09T20:36:15+08:00,paid\n',
    2,
  ],
];

it.each(KEYED)(
  '%s: what a later file said stands when the earlier one comes again',
  async (source, sql, first, corrected, rows) => {
    const folder = mkdtempSync(join(tmpdir(), 'wxlive-again-'));
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const found = (): Promise<unknown> =>
      bench.warehouse.query(typedByUser(sql), z.object({ row: z.string() }));
    try {
      const [one, other] = [write('first.csv', first), write('corrected.csv', corrected)];
      expect(await bench.load(one)).toMatchObject({ adapter: source, accepted: rows });
      const before = await found();
      expect(await bench.load(other)).toMatchObject({ accepted: 1 });
      const after = await found();
      expect(after).not.toEqual(before);
      for (const path of [one, other, one, one]) {
        expect((await bench.load(path)).accepted).toBe(0);
        expect(await found()).toEqual(after);
      }
      // Whoever means it says so.
      expect((await bench.load(one, { exportedAt: Date.now() })).accepted).toBe(1);
      expect(await found()).toEqual(before);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

/** One key twice in one file, told differently; what stands is the last. */
const TWICE: readonly (readonly [source: string, text: string, options: Partial<ImportOptions>])[] = [
  [
    'orders',
    'order_id,room_id,openid,amount_fen,pay_time,status\n' +
      ['100', '300', '250']
        .map(
          (amount) => `twice-1,1181,oAUTHORED0000000000000000001,${amount},2026-09-09T20:36:15+08:00,paid\n`,
        )
        .join(''),
    {},
  ],
  ['costs', 'day,channel,amount_fen\n2026-09-09,twice,100\n2026-09-09,twice,250\n', {}],
  ['links', 'code,kind,utm_source\ntwice1,h5,poster\ntwice1,h5,sms\n', {}],
  [
    'targets',
    'metric,period,platform,room,channel,target\ngmv_fen,2026-11,,,,500\ngmv_fen,2026-11,,,,900\n',
    {},
  ],
  ['employees', '账号,姓名,部门,生效日期\ntwice,甲,销售部,2026-09-01\ntwice,甲,市场部,2026-09-01\n', {}],
  ['minutes', '时间,在线人数\n2026-09-09 20:00,3\n2026-09-09 20:00,4\n', { room: 'kd-twice' }],
  [
    'wecom-watch',
    '姓名,账号,观看时长\n甲,twice,60\n甲,twice,90\n路人,,30\n路人,,40\n',
    { room: 'lvTWICE000000000000000000001' },
  ],
];

it.each(TWICE)(
  '%s: what one file says twice is all duplicates when it comes again',
  async (source, text, options) => {
    const folder = mkdtempSync(join(tmpdir(), 'wxlive-again-'));
    try {
      const path = join(folder, 'twice.csv');
      writeFileSync(path, text);
      const first = await bench.load(path, options);
      expect(first.adapter).toBe(source);
      expect(first.accepted).toBeGreaterThan(0);
      for (let times = 0; times < 2; times += 1) {
        const again = await bench.load(path, options);
        expect(again).toMatchObject({ accepted: 0, duplicates: first.rows, rejected: 0, held: 0 });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it('a file that was read with the wrong unit is mended by reading it with the right one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-again-'));
  try {
    const path = join(folder, 'orders.csv');
    writeFileSync(
      path,
      'order_id,room_id,openid,amount,pay_time,status\nunit-1,1181,oAUTHORED0000000000000000001,100,2026-09-09T20:36:15+08:00,paid\n',
    );
    for (const [amountUnit, amount] of [
      ['fen', '100'],
      ['yuan', '10000'],
      ['fen', '100'],
    ] as const) {
      expect(await bench.load(path, { amountUnit, adapter: 'orders' })).toMatchObject({ accepted: 1 });
      expect(
        await bench.warehouse.query(
          typedByUser("SELECT toString(amount_fen) AS row FROM wxlive.orders WHERE order_id = 'unit-1'"),
          z.object({ row: z.string() }),
        ),
      ).toEqual([{ row: amount }]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
