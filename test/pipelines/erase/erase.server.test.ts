import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPseudonymizer, erasePerson, PseudonymKey, Seal } from '../../../pipelines/index.js';
import { openWarehouse, typedByUser, type SqlText, type Warehouse } from '../../../sql/index.js';
import { parseImport, runWxlive } from '../../cli/run-wxlive.js';
import { engineEnded, makeDataDir } from '../../servers/clickhouse.js';

const KEY = 'ab12'.repeat(16);
const folder = mkdtempSync(join(tmpdir(), 'wxlive-erase-'));
const dataDir = makeDataDir();
const env = { WXLIVE_PSEUDONYM_KEY: KEY };
const id = (letter: string, name: string): string => `${letter}${name.padEnd(27, 'x4Qz')}`;
const [openidOfAnna, unionidOfAnna, openidOfBert, openidOfCara] = ['Anna1', 'Anna2', 'Bert1', 'Cara1'].map(
  (name) => id('o', name),
) as [string, string, string, string];
const external = `wm${'Dora5'.padEnd(30, 'Kd8t')}`;
const cut = Array.from({ length: 9 }, (_, at) => ({
  openid: id('o', `Cut${String(at)}a`),
  unionid: id('o', `Cut${String(at)}b`),
}));
const at = (minute: number): string => `2026-09-11T20:${String(minute).padStart(2, '0')}:00+08:00`;

const events = [
  { event_id: 'a1', event: 'live_enter', time: at(1), openid: openidOfAnna, room_id: '1003' },
  {
    event_id: 'a2',
    event: 'goods_click',
    time: at(2),
    openid: openidOfAnna,
    unionid: unionidOfAnna,
    room_id: '1003',
  },
  {
    event_id: 'a3',
    event: 'order_pay',
    time: at(3),
    unionid: unionidOfAnna,
    room_id: '1003',
    props: { order_id: 'A-1', amount_fen: 500 },
  },
  // A link that is refused: Anna's openid with another unionid, whose event it is.
  {
    event_id: 'a4',
    event: 'page_view',
    time: at(4),
    openid: openidOfAnna,
    unionid: id('o', 'Other'),
    room_id: '1003',
  },
  {
    event_id: 'b1',
    event: 'live_enter',
    time: at(5),
    openid: openidOfBert,
    room_id: '1003',
    props: { inviter_openid: openidOfAnna, tier: 'gold' },
  },
  {
    event_id: 'c1',
    event: 'order_pay',
    time: at(6),
    openid: openidOfCara,
    room_id: '1003',
    props: { order_id: 'C-1', amount_fen: 700 },
  },
  ...cut.flatMap(({ openid, unionid }, number) => [
    { event_id: `x${String(number)}`, event: 'live_enter', time: at(7), openid, unionid, room_id: '1004' },
    {
      event_id: `y${String(number)}`,
      event: 'order_pay',
      time: at(8),
      openid,
      room_id: '1004',
      props: { order_id: `X-${String(number)}`, amount_fen: 100 },
    },
  ]),
];
const bad = { event_id: 'a5', time: at(9), openid: openidOfAnna };
const ndjson = (rows: readonly unknown[]): string => rows.map((row) => JSON.stringify(row)).join('\n');
const paths = {
  events: join(folder, 'events.ndjson'),
  again: join(folder, 'again.ndjson'),
  orders: join(folder, 'orders.csv'),
  watch: join(folder, 'watch.csv'),
  signIn: join(folder, 'signin.xlsx'),
};
const { pseudonymizer, seal, viewers } = (() => {
  const key = PseudonymKey.parse(KEY);
  if (!key.ok) throw new Error('the test has no key');
  const made = createPseudonymizer(key.value);
  return {
    pseudonymizer: made,
    seal: new Seal(key.value),
    viewers: [openidOfAnna, unionidOfAnna, external].map((raw) => made.viewerOfId(raw)),
  };
})();
let owner: Warehouse;
let before: unknown;

const rows = async (sql: string, parameters = {}): Promise<Record<string, unknown>[]> =>
  owner.query(typedByUser(sql), z.record(z.string(), z.unknown()), parameters);

/** Table → rows in which one of the pseudonyms stands in any column. */
async function holders(pseudonyms: readonly string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const tables = await rows(
    "SELECT name FROM system.tables WHERE database = 'wxlive_store' AND engine LIKE '%MergeTree'",
  );
  expect(tables.length).toBeGreaterThan(15);
  for (const { name } of tables) {
    const [row] = await rows(
      `SELECT count() AS count FROM wxlive_store.${String(name)} WHERE multiSearchAny(toString(tuple(*)), {pseudonyms:Array(String)})`,
      { pseudonyms },
    );
    if (Number(row?.['count']) > 0) found[String(name)] = Number(row?.['count']);
  }
  return found;
}

/** What is stored of everybody else. */
async function others(): Promise<unknown> {
  const everyone = { viewers };
  return {
    events: await rows(
      `SELECT event_id, event, viewer, event_time, amount_fen, room_id, mapFilter((name, value) -> name = 'tier', props) AS tier
       FROM wxlive.events WHERE viewer NOT IN {viewers:Array(UUID)} AND adapter = 'events' ORDER BY event_id`,
      everyone,
    ),
    orders: await rows("SELECT * FROM wxlive.orders WHERE order_id != 'A-1' ORDER BY order_id"),
    attendance: await rows(
      'SELECT * FROM wxlive.attendance WHERE viewer NOT IN {viewers:Array(UUID)} ORDER BY viewer',
      everyone,
    ),
    identities: await rows(
      'SELECT viewer, member FROM wxlive.identities WHERE viewer NOT IN {viewers:Array(UUID)} ORDER BY member',
      everyone,
    ),
  };
}

async function importAll(...names: (keyof typeof paths)[]): Promise<ReturnType<typeof parseImport>> {
  const plain = names.filter((name) => name !== 'watch' && name !== 'signIn').map((name) => paths[name]);
  const ofLive = names.filter((name) => name === 'watch' || name === 'signIn').map((name) => paths[name]);
  const answers: ReturnType<typeof parseImport>[number][] = [];
  if (plain.length > 0) {
    answers.push(...parseImport(await runWxlive(['import', '--json', ...plain], { dataDir, env })));
  }
  if (ofLive.length > 0) {
    answers.push(
      ...parseImport(await runWxlive(['import', '--json', ...ofLive, '--room', 'live1'], { dataDir, env })),
    );
  }
  return answers;
}

beforeAll(async () => {
  owner = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  writeFileSync(paths.events, ndjson([...events, bad]));
  writeFileSync(
    paths.again,
    ndjson(events.map((event) => ({ ...event, event_id: `again-${event.event_id}` })).slice(0, 3)),
  );
  writeFileSync(
    paths.orders,
    'order_id,room_id,amount_fen,pay_time,status,refund_fen\nA-1,1003,500,2026-09-11T20:03:00+08:00,paid,\nC-1,1003,700,2026-09-11T20:06:00+08:00,paid,\n',
  );
  writeFileSync(
    paths.watch,
    `昵称,账号,身份,参与时长,是否评论,连麦\n朵拉,${external},外部联系人,00:14:18,否,否\n艾米,wm${'Emmi6'.padEnd(30, 'Kd8t')},外部联系人,00:10:00,否,否\n`,
  );
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('签到');
  for (const line of [
    ['签到统计'],
    ['签到发起时间', '已签到人数'],
    ['2026.9.11 10:20', 2],
    [],
    ['签到明细'],
    ['已签到成员', '所在部门'],
    ['朵拉@微信', ''],
    ['艾米@微信', ''],
  ]) {
    sheet.addRow(line);
  }
  await book.xlsx.writeFile(paths.signIn);
  const answers = await importAll('events', 'orders', 'watch', 'signIn');
  expect(answers.filter((answer) => 'error' in answer)).toEqual([]);
  before = await others();
}, 60_000);

afterAll(async () => {
  await owner.close();
  await engineEnded(dataDir);
  for (const path of [folder, dataDir]) rmSync(path, { recursive: true, force: true });
});

describe('erasing a person', () => {
  it('leaves no row of theirs in any column of any table', async () => {
    expect(Object.keys(await holders(viewers)).sort()).toEqual([
      'attendance_store',
      'events_store',
      'identities_store',
      'identity_conflicts_store',
      'order_facts_store',
    ]);
    const result = await runWxlive(['erase', '-', '--json'], {
      dataDir,
      env,
      input: `${openidOfAnna}\n${external}\n`,
    });
    expect(result.exit, result.stderr).toBe(0);
    const { erasures } = z
      .object({
        erasures: z.array(
          z.object({
            state: z.string(),
            removed: z.record(z.string(), z.number()),
            blanked: z.record(z.string(), z.number()),
          }),
        ),
      })
      .parse(JSON.parse(result.stdout));
    expect(erasures).toMatchObject([
      {
        state: 'erased',
        removed: { events_store: 2, order_facts_store: 4, identity_conflicts_store: 1 },
        blanked: { events_store: 1, rejects_store: 1 },
      },
      { state: 'erased', removed: { attendance_store: 1, sign_ins_store: 1 }, blanked: {} },
    ]);
    expect(result.stdout).not.toContain(openidOfAnna);
    for (const viewer of viewers) expect(result.stdout).not.toContain(viewer);
    expect(await holders(viewers)).toEqual({});
    expect(await rows("SELECT order_id FROM wxlive_store.order_facts_store WHERE order_id = 'A-1'")).toEqual(
      [],
    );
    expect(await rows('SELECT sealed, preview FROM wxlive_store.rejects_store')).toEqual([
      { sealed: '', preview: '' },
    ]);
    expect(await rows("SELECT action FROM wxlive.access_log WHERE action = 'erase'")).toHaveLength(2);
    expect(
      await rows(
        "SELECT DISTINCT day, source FROM wxlive.changed_days WHERE batch_id = '0' OR source = 'events'",
      ),
    ).not.toEqual([]);
  });

  it('leaves everybody else as they were', async () => {
    expect(await others()).toEqual(before);
  });

  it('brings nobody back when the same files and older records come again', async () => {
    const answers = await importAll('events', 'again', 'orders', 'watch', 'signIn');
    expect(answers.map((answer) => ('error' in answer ? answer.error.code : answer.accepted))).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(await holders(viewers)).toEqual({});
    expect(await rows("SELECT order_id FROM wxlive.orders WHERE order_id = 'A-1'")).toEqual([]);
    expect(await others()).toEqual(before);
    expect(await rows('SELECT count() AS count FROM wxlive_store.sign_ins_store FINAL')).toEqual([
      { count: '1' },
    ]);
  });

  it('takes what happens later for somebody new', async () => {
    const path = join(folder, 'later.ndjson');
    const linking = { ...events[3], event_id: 'again-a4' };
    const later = {
      event_id: 'later',
      event: 'live_enter',
      time: Date.now() + 60_000,
      openid: openidOfAnna,
      room_id: '1003',
    };
    writeFileSync(path, ndjson([linking, later]));
    const [answer] = parseImport(await runWxlive(['import', '--json', path], { dataDir, env }));
    expect(answer).toMatchObject({ accepted: 2 });
    expect(await holders(viewers)).toEqual({ events_store: 1 });
  });

  it('finishes when it was killed before any of its statements', async () => {
    for (const [number, { openid, unionid }] of cut.entries()) {
      const given = pseudonymizer.customersOfId(openid);
      const pseudonyms = [pseudonymizer.viewerOfId(openid), pseudonymizer.viewerOfId(unionid)];
      const reader = { seal, pseudonymizer, rawId: openid };
      await expect(erasePerson(dyingAt(owner, number), given, reader)).rejects.toThrow('killed');
      const erasure = await erasePerson(owner, given, reader);
      expect(erasure.removed, `killed before statement ${String(number)}`).toEqual({
        events_store: 1,
        order_facts_store: 1,
        identities_store: 2,
      });
      expect(await holders(pseudonyms)).toEqual({});
    }
    expect(await rows("SELECT state FROM wxlive_store.erasures_ledger FINAL WHERE state != 'done'")).toEqual(
      [],
    );
  }, 60_000);
});

/** The warehouse of a process that is killed before its command number `left`. */
function dyingAt(warehouse: Warehouse, left: number): Warehouse {
  let next = 0;
  return {
    ...warehouse,
    command(sql: SqlText, parameters, options) {
      if (next++ >= left) return Promise.reject(new Error('killed'));
      return warehouse.command(sql, parameters, options);
    },
  };
}
