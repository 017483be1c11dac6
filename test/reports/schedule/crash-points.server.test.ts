import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReporting, runTick, type Delivery } from '../../../reports/index.js';
import { openOutbox } from '../../../reports/ledger/outbox.js';
import type { SchedulerTools } from '../../../reports/schedule/scheduler-tools.js';
import { DAY_MS, type ReportDefinition } from '../../../schemas/index.js';
import { migrate, type Warehouse } from '../../../sql/index.js';
import { lacksProgram } from '../../external-tool.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';
import { startTestSmtp, type TestSmtp } from '../../servers/smtp.js';
import {
  mortalChannels,
  mortalOutbox,
  mortalWarehouse,
  type DeathPoint,
  type MortalProcess,
} from './mortal-process.js';
import { tinyCompute, tinyDefinition } from './tiny-report.js';
import { times } from '../../long-form.js';

/**
 * A scheduler that dies at one point of its look, and another that takes over, day after day, the point a little later
 * each day until the look comes to its end: what the folder and the mailbox hold is the oracle. `WXLIVE_CRASH_STRIDE=1`
 * dies at every point.
 */
const STRIDE = Number(process.env['WXLIVE_CRASH_STRIDE'] ?? times(13, 1));
const OFFSET = Number(process.env['WXLIVE_TEST_SEED'] ?? '7') % STRIDE;
const ZONE = 'Asia/Shanghai';
const FIRST_DUE = Date.UTC(2026, 10, 1, 1);
/** A term of the scheduler's lease, and a little. */
const LEASE_MS = 130_000;

describe.skipIf(lacksProgram('openssl'))('a scheduler that dies at any point of a look', () => {
  let server: TestWarehouse;
  let warehouse: Warehouse;
  let smtp: TestSmtp;
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-points-'));
  const sink = join(folder, 'sink');
  let definitions: readonly ReportDefinition[] = [];
  let now = FIRST_DUE - DAY_MS;

  beforeAll(async () => {
    server = await startTestWarehouse();
    ({ warehouse } = server);
    await migrate(warehouse, { reportZone: ZONE, channelGroups: {} });
    smtp = await startTestSmtp();
    definitions = [
      tinyDefinition({
        name: 'points',
        formats: ['pdf'],
        watermark: false,
        schedule: { cron: '0 9 * * *', time_zone: ZONE },
        delivery: { folder: { path: sink } },
        lateness: { max_wait_minutes: 0 },
        recipients: [
          {
            name: '张经理',
            channels: ['folder', 'smtp'],
            email: 'zhang@example.com',
            password: { env: 'A' },
          },
        ],
      }),
    ];
  });
  afterAll(async () => {
    await Promise.all([server.stop(), smtp.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  async function openScheduler(process: MortalProcess): Promise<SchedulerTools> {
    const silent = (): void => undefined;
    const outboxFolder = join(folder, 'outbox');
    const { scheduler } = await openReporting({
      warehouse: mortalWarehouse(process, warehouse),
      clock: { now: () => now },
      logger: { debug: silent, info: silent, warn: silent, error: silent },
      outboxFolder,
      outbox: mortalOutbox(process, openOutbox(outboxFolder)),
      secrets: () => 'Kettle-Moss-41-Ferry',
      language: 'zh',
      timeZone: ZONE,
      mailServer: smtp.settings,
      storage: null,
      definitions: () => ({ definitions, complete: true }),
      alerts: () => [],
      compute: tinyCompute(ZONE, () => ({ viewers: 1_234, complete: true })),
    });
    return { ...scheduler, channels: mortalChannels(process, scheduler.channels) };
  }

  const immortal = (): MortalProcess => ({ dead: false, dies: () => false });
  /** Dies at the n-th point it comes to; `points` are those it came to. */
  const dyingAt = (last: number): MortalProcess & { readonly points: DeathPoint[] } => {
    const points: DeathPoint[] = [];
    return { dead: false, points, dies: (point) => points.push(point) === last };
  };

  const mailsOf = ({ messageId }: Delivery): number =>
    smtp.messages.filter((message) => message.includes(`Message-ID: ${messageId}\r\n`)).length;

  it(
    'leaves nothing missed and nothing doubled, and is uncertain only between the claim and the answer',
    async () => {
      await runTick(await openScheduler(immortal()));
      const uncertainAt: number[] = [];
      let died = 0;
      for (let point = 1 + OFFSET, day = 0; ; point += STRIDE, day += 1) {
        now = FIRST_DUE + day * DAY_MS + 1_000;
        const process = dyingAt(point);
        const mortals = await openScheduler(process);
        await runTick(mortals).catch((error: unknown) => {
          if (!process.dead) throw error;
        });
        if (process.dead) died += 1;
        now += LEASE_MS;
        await runTick(await openScheduler(immortal()));

        const told = `died at point ${String(point)}: ${process.points.slice(-3).join(', ')}`;
        const own = await deliveries();
        const today = own.filter(({ scheduledAt }) => scheduledAt === FIRST_DUE + day * DAY_MS);
        expect(today.map(({ channel }) => channel).sort(), told).toEqual(['folder', 'smtp']);
        for (const delivery of today) {
          if (delivery.channel === 'folder') {
            expect(delivery.state, told).toBe('delivered');
            continue;
          }
          const mails = mailsOf(delivery);
          if (delivery.state === 'uncertain') {
            uncertainAt.push(point);
            expect(mails, told).toBeLessThanOrEqual(1);
          } else {
            expect([delivery.state, mails], told).toEqual(['delivered', 1]);
          }
        }
        expect(readdirSync(sink), told).toHaveLength(day + 1);
        if (!process.dead) break;
      }
      expect(died).toBeGreaterThanOrEqual(8);
      // near each other at the end of the look (where folder and mail run beside each other), not here and there
      expect((uncertainAt.at(-1) ?? 0) - (uncertainAt[0] ?? 0)).toBeLessThan(40);
      expect(uncertainAt.length).toBeLessThan(died / 2);
      console.info(
        `dead at ${String(died)} points; uncertain after ${uncertainAt.map(String).join(', ') || 'none'}`,
      );
    },
    840_000 / STRIDE,
  );

  async function deliveries(): Promise<readonly Delivery[]> {
    return (await openScheduler(immortal())).ledger.deliveries(0);
  }
});
