import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findAlerts } from '../../../reports/alerts/find.js';
import { lookForAlerts } from '../../../reports/alerts/look.js';
import { perMinute } from '../../../reports/delivery/rate-limit.js';
import { isSettled, newDelivery } from '../../../reports/ledger/delivery.js';
import { openSchedulerLease } from '../../../reports/ledger/lease.js';
import { openDeliveryLedger } from '../../../reports/ledger/ledger.js';
import { alertConditionSchema, alertDefinitionSchema } from '../../../schemas/index.js';
import { migrate, typedByUser, type Warehouse } from '../../../sql/index.js';
import { startTestRobot } from '../../servers/robot.js';
import { insertEvents, type ScratchEvent } from '../analyses/scratch-warehouse.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';

const NOW = Date.UTC(2026, 10, 12, 2);
const MINUTE_MS = 60_000;
const KEY = {
  report: 'brief',
  scheduledAt: NOW,
  issue: 0,
  recipient: '张经理',
  channel: 'smtp',
} as const;

describe('the ledger of deliveries in the warehouse', () => {
  let server: TestWarehouse;
  let warehouse: Warehouse;

  beforeAll(async () => {
    server = await startTestWarehouse();
    ({ warehouse } = server);
    await migrate(warehouse, { reportZone: 'Asia/Shanghai', channelGroups: {} });
  });
  afterAll(() => server.stop());

  const open = () => openDeliveryLedger(warehouse, { now: () => NOW });

  it('takes one of many writers of a state', async () => {
    let delivery = newDelivery(KEY);
    for (let version = 1; version <= 4; version++) {
      const written = await Promise.all(
        Array.from({ length: 5 }, (_, at) =>
          open().advance(delivery, { state: 'sending', detail: `writer ${String(at)}` }, at + 1),
        ),
      );
      const [winner, ...others] = written.filter((one) => one !== null);
      expect(others).toEqual([]);
      const [stored] = await open().deliveries(0);
      expect(stored).toEqual(winner);
      expect(stored?.version).toBe(version);
      if (winner !== undefined) delivery = winner;
    }
    // who read an older state writes nothing
    expect(await open().advance(newDelivery(KEY), { state: 'failed' }, 9)).toBeNull();
  });

  it('tells the states in the public views, and leaves out what is settled and old', async () => {
    const late = await open().advance(newDelivery({ ...KEY, recipient: '李总' }), { state: 'delivered' }, 1);
    expect(late === null ? false : isSettled(late)).toBe(true);
    const shown = await warehouse.query(
      typedByUser('SELECT recipient, state FROM wxlive.deliveries ORDER BY recipient'),
      z.object({ recipient: z.string(), state: z.string() }),
    );
    expect(shown).toEqual([
      { recipient: '张经理', state: 'sending' },
      { recipient: '李总', state: 'delivered' },
    ]);
    expect((await open().deliveries(NOW + 1)).map(({ recipient }) => recipient)).toEqual(['张经理']);
    expect(await open().deliveries(NOW)).toHaveLength(2);
  });

  it('remembers marks, the last one of each', async () => {
    await open().mark('planned:brief', 5);
    await openDeliveryLedger(warehouse, { now: () => NOW + 1 }).mark('planned:brief', 9);
    expect(await open().marks()).toEqual(new Map([['planned:brief', 9]]));
  });

  it('finds the days that changed in a stretch of time', async () => {
    const row = (day: string, changed_at: string, state = 'changed') =>
      JSON.stringify({
        day,
        platform: 'kandian',
        account: 'a',
        source: 'minutes',
        batch_seq: Date.parse(changed_at),
        state,
        changed_at: changed_at.replace('T', ' ').replace('Z', ''),
      });
    await warehouse.insert({
      table: 'wxlive_store.changed_days',
      columns: ['day', 'platform', 'account', 'source', 'batch_seq', 'state', 'changed_at'],
      format: 'JSONEachRow',
      body: Buffer.from(
        [
          row('2026-11-10', '2026-11-12T01:00:00.000Z'),
          row('2026-11-11', '2026-11-12T01:30:00.000Z'),
          row('2026-11-09', '2026-11-12T01:10:00.000Z', 'unchanged'),
        ].join('\n'),
      ),
    });
    const days = (await open().changedDays(Date.UTC(2026, 10, 12, 1), NOW)).map(({ day }) => day);
    expect(days).toEqual(['2026-11-11']);
    expect(await open().changedDays(0, NOW)).toHaveLength(2);
  });

  it('gives the lease to one scheduler, and to another when it lapsed or was given back', async () => {
    const leases = Array.from({ length: 4 }, () => openSchedulerLease(warehouse));
    const terms = await Promise.all(leases.map((lease) => lease.hold(NOW)));
    expect(terms.filter((term) => term !== null)).toHaveLength(1);
    const first = leases[terms.findIndex((term) => term !== null)];
    const other = leases[terms.findIndex((term) => term === null)];
    if (first === undefined || other === undefined) throw new Error('no lease');
    const term = await first.hold(NOW + 90_000);
    expect(term).toBe(terms.find((one) => one !== null));
    expect(await other.hold(NOW + 125_000)).toBeNull();
    const taken = await other.hold(NOW + 300_000);
    expect(taken).toBeGreaterThan(term ?? 0);
    expect(await first.hold(NOW + 301_000)).toBeNull();
    await other.release(NOW + 302_000);
    expect(await first.hold(NOW + 303_000)).toBeGreaterThan(taken ?? 0);
  });

  describe('alerts', () => {
    const find = (condition: unknown) =>
      findAlerts(
        { warehouse, deliveries: [], now: NOW, language: 'zh' },
        alertConditionSchema.parse(condition),
      );

    it('tell of a room whose online fell, not of one whose audience stayed or is small', async () => {
      const minute = (room_id: string, ago: number, online: number) =>
        JSON.stringify({
          platform: 'kandian',
          account: 'a',
          room_id,
          minute: new Date(NOW - ago * MINUTE_MS).toISOString().replace('T', ' ').replace('Z', ''),
          online,
          source: 'test',
          exported_at: new Date(NOW).toISOString().replace('T', ' ').replace('Z', ''),
        });
      await warehouse.insert({
        table: 'wxlive_store.minutes_store',
        columns: ['platform', 'account', 'room_id', 'minute', 'online', 'source', 'exported_at'],
        format: 'JSONEachRow',
        body: Buffer.from(
          [
            ...[9, 6, 3, 1].map((ago, at) => minute('falls', ago, [800, 900, 500, 300][at] ?? 0)),
            ...[9, 6, 3, 1].map((ago) => minute('stays', ago, 700)),
            ...[9, 1].map((ago, at) => minute('small', ago, [50, 1][at] ?? 0)),
            // nobody there makes no row
            ...[9, 7].map((ago) => minute('empties', ago, 400)),
          ].join('\n'),
        ),
      });
      const found = await find({ kind: 'online_drop', share: 0.5 });
      expect(found.map(({ key }) => key)).toEqual([
        'online_drop|kandian|a|empties',
        'online_drop|kandian|a|falls',
      ]);
      expect(found[1]?.text).toBe('看点直播 falls：在线人数在 10 分钟内下降 67%');
      expect(await find({ kind: 'online_drop', share: 0.9 })).toHaveLength(1);
      expect(await find({ kind: 'online_drop', share: 0.5, platforms: ['wecom'] })).toEqual([]);
    });

    it('tell of sources that are silent', async () => {
      // the minutes above were exported now
      expect(await find({ kind: 'source_silent', minutes: 60 })).toEqual([]);
      const later = { warehouse, deliveries: [], now: NOW + 2 * 3_600_000, language: 'zh' } as const;
      const found = await findAlerts(
        later,
        alertConditionSchema.parse({ kind: 'source_silent', minutes: 60 }),
      );
      expect(found.map(({ text }) => text)).toEqual(['看点直播 minutes：已有 2 小时没有新数据']);
    });

    it('tell of a room whose GMV fell, not of one that sold little before', async () => {
      const paid = (room_id: string, ago: number, amount_fen: number): ScratchEvent => ({
        event_id: `${room_id}-${String(ago)}`,
        person: ago,
        event: 'order_pay',
        time: NOW - ago * MINUTE_MS,
        room_id,
        amount_fen,
      });
      await insertEvents(warehouse, [
        ...[paid('sells', 50, 900_000), paid('sells', 40, 300_000), paid('sells', 10, 240_000)],
        ...[paid('steady', 45, 500_000), paid('steady', 5, 490_000)],
        ...[paid('little', 45, 90_000)],
      ]);
      const found = await find({ kind: 'gmv_drop', share: 0.5 });
      expect(found.map(({ text }) => text)).toEqual(['小程序直播 sells：成交金额在 30 分钟内下降 80%']);
      expect(await find({ kind: 'gmv_drop', share: 0.9 })).toEqual([]);
    });

    it('tell of late and of uncertain reports', async () => {
      const planned = newDelivery({ ...KEY, scheduledAt: NOW - 200 * MINUTE_MS });
      const deliveries = [planned, { ...planned, recipient: '李总', state: 'uncertain' as const }];
      const told = async (kind: string) =>
        (
          await findAlerts(
            { warehouse, deliveries, now: NOW, language: 'zh' },
            alertConditionSchema.parse({ kind }),
          )
        ).map(({ text }) => text);
      expect(await told('report_late')).toEqual(['报表 brief 逾期未送达（smtp，planned）']);
      expect((await told('report_uncertain')).join()).toContain('是否送达不明');
    });

    it('go to their robots: each finding once until it is repeated, nothing lost while the robot is down', async () => {
      const robot = await startTestRobot();
      let now = NOW;
      const errors: string[] = [];
      const planned = newDelivery({ ...KEY, report: 'weekly', scheduledAt: NOW - 5 * 60 * MINUTE_MS });
      await open().advance(planned, { state: 'uncertain' }, 1);
      const alert = alertDefinitionSchema.parse({
        name: 'live-watch',
        title: { zh: '直播告警', en: 'Live alert' },
        robots: [{ name: '运营群', webhook: { env: 'ROBOT' } }],
        repeat_after_minutes: 60,
        conditions: [
          { kind: 'online_drop', share: 0.5, within_minutes: 20 },
          { kind: 'gmv_drop', share: 0.5 },
          { kind: 'source_silent', minutes: 2 },
          { kind: 'report_uncertain' },
          { kind: 'report_late', minutes: 60 },
        ],
      });
      const look = () =>
        lookForAlerts({
          clock: { now: () => now },
          logger: {
            debug: () => undefined,
            info: () => undefined,
            warn: () => undefined,
            error: (message) => errors.push(message),
          },
          ledger: openDeliveryLedger(warehouse, { now: () => now }),
          warehouse,
          secrets: () => robot.webhook,
          limit: perMinute(20),
          language: 'zh',
          alerts: () => [alert],
        });
      const told = () => robot.group.map((message) => (message.type === 'markdown' ? message.text : ''));
      try {
        robot.fail({ at: 'send', kind: 'busy' });
        await look();
        expect(told()).toEqual([]);
        expect(errors).toEqual(['an alert was not delivered']);
        now += 5 * MINUTE_MS;
        await look();
        const [first = ''] = told();
        for (const line of [
          '**直播告警**',
          '小程序直播 sells：成交金额在 30 分钟内下降 80%',
          '报表 weekly 是否送达不明（smtp）',
        ])
          expect(first).toContain(line);
        expect(first).toMatch(/看点直播 (falls|empties)：在线人数在 20 分钟内下降/);
        // the same things are not told again before their time; a silence goes on growing and is the same thing
        now += 10 * MINUTE_MS;
        await look();
        expect(told()).toHaveLength(1);
        now += 60 * MINUTE_MS;
        await look();
        expect(told()).toHaveLength(2);
        expect(told()[1]).toContain('报表 weekly');
        // a looker that was killed after telling starts where the ledger stands
        await look();
        expect(told()).toHaveLength(2);
        const alerts = (await open().deliveries(NOW)).filter(({ report }) => report === 'alert:live-watch');
        expect(alerts.map(({ state }) => state)).toEqual(['failed', 'delivered', 'delivered']);
      } finally {
        await robot.close();
      }
    });
  });
});
