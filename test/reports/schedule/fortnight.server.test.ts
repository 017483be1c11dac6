import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openReporting, runTick, type Delivery } from '../../../reports/index.js';
import { openOutbox } from '../../../reports/ledger/outbox.js';
import type { SchedulerTools } from '../../../reports/schedule/scheduler-tools.js';
import { DAY_MS, dayOf, instantOfWallTime, type ReportDefinition } from '../../../schemas/index.js';
import { migrate, typedByUser, type Warehouse } from '../../../sql/index.js';
import { lacksProgram } from '../../external-tool.js';
import { seededRandom } from '../../seeded-random.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';
import { startTestSmtp, type TestSmtp } from '../../servers/smtp.js';
import {
  mortal,
  mortalChannels,
  mortalOutbox,
  mortalWarehouse,
  type DeathPoint,
  type MortalProcess,
} from './mortal-process.js';
import { tinyCompute, tinyDefinition } from './tiny-report.js';

/**
 * Two weeks of two schedulers that crash at random points over one warehouse, with data that come late or change, in a
 * zone whose clocks change on the way. The ledger, the folder and the mailbox must tell the same: each copy once.
 */
const SEED = Number(process.env['WXLIVE_TEST_SEED'] ?? '7');
const HOUR_MS = 3_600_000;
/** Before and after each thing a process does, each file it writes, each statement. */
const CRASH_CHANCES = { work: 0.03, outbox: 0.03, warehouse: 0.001 } as const;
const NO_CRASH = { work: 0, outbox: 0, warehouse: 0 } as const;
const ZONE = 'Asia/Shanghai';
// clocks in Berlin go back on 25 October 2026
const START = Date.UTC(2026, 9, 15, 0, 30);
const END = START + 14 * DAY_MS;

/** A process and what it works with. */
interface SimulatedProcess extends MortalProcess {
  readonly tools: SchedulerTools;
}

describe.skipIf(lacksProgram('openssl'))(`a fortnight with crashes (seed ${String(SEED)})`, () => {
  let server: TestWarehouse;
  let warehouse: Warehouse;
  let smtp: TestSmtp;
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-fortnight-'));
  const sink = join(folder, 'sink');
  const outboxFolder = join(folder, 'outbox');
  const random = seededRandom(SEED);
  const viewers = new Map<string, number>();
  /** Days whose data come later than the report waits. */
  const lateDays = new Set(['2026-10-18', '2026-10-24']);
  let definitions: readonly ReportDefinition[] = [];
  let now = START;
  let lastChange = 0;
  const crashes: DeathPoint[] = [];
  /** Message-IDs whose sender died between the last byte and the answer. */
  const lost = new Set<string>();
  const errors: string[] = [];

  const complete = (day: string): boolean =>
    !lateDays.has(day) || now > instantOfWallTime(Date.parse(`${day}T00:00:00Z`), ZONE) + 70 * HOUR_MS;
  const figureOf = (day: string): number => viewers.get(day) ?? 1_000 + Number(day.slice(-2)) * 10;

  beforeAll(async () => {
    server = await startTestWarehouse();
    ({ warehouse } = server);
    await migrate(warehouse, { reportZone: ZONE, channelGroups: {} });
    smtp = await startTestSmtp();
    definitions = [
      tinyDefinition({
        name: 'brief',
        // a workbook stretches its password for four times as long
        formats: ['pdf'],
        schedule: { cron: '0 9 * * *', time_zone: ZONE },
        delivery: { folder: { path: sink } },
        lateness: { max_wait_minutes: 180 },
        recipients: [
          {
            name: '张经理',
            channels: ['folder', 'smtp'],
            email: 'zhang@example.com',
            password: { env: 'A' },
          },
          { name: '李总', channels: ['smtp'], email: 'li@example.com', password: { env: 'B' } },
        ],
      }),
      tinyDefinition({
        name: 'berlin',
        formats: ['pdf'],
        watermark: false,
        schedule: { cron: '30 2 * * *', time_zone: 'Europe/Berlin' },
        delivery: { folder: { path: sink } },
        recipients: [{ name: 'Berlin', channels: ['folder'], password: { env: 'C' } }],
      }),
    ];
    await simulate();
  });

  afterAll(async () => {
    await Promise.all([server.stop(), smtp.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  async function openProcess(chances: Readonly<Record<DeathPoint, number>>): Promise<SimulatedProcess> {
    const process: MortalProcess = {
      dead: false,
      dies(point) {
        const dies = random.chance(chances[point]);
        if (dies) crashes.push(point);
        return dies;
      },
    };
    const { scheduler } = await openReporting({
      warehouse: mortalWarehouse(process, warehouse),
      clock: { now: () => now },
      logger: {
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: (message) => errors.push(message),
      },
      outboxFolder,
      outbox: mortalOutbox(process, openOutbox(outboxFolder)),
      secrets: (source) => ('env' in source ? passwordOf(source.env) : null),
      language: 'zh',
      timeZone: ZONE,
      mailServer: smtp.settings,
      storage: null,
      definitions: () => ({ definitions, complete: true }),
      alerts: () => [],
      compute: tinyCompute(ZONE, (from) => {
        const day = dayOf(from, ZONE);
        return { viewers: figureOf(day), complete: complete(day) };
      }),
    });
    const channels = mortalChannels(process, scheduler.channels);
    const mails = channels.get('smtp');
    if (mails === undefined) throw new Error('no mail channel');
    return Object.assign(process, {
      tools: {
        ...scheduler,
        missing: mortal(process, 'work', (_definition: ReportDefinition, run: { scheduledAt: number }) => {
          const day = dayOf(run.scheduledAt - DAY_MS, ZONE);
          return Promise.resolve(complete(day) ? [] : [`kandian minutes ${day}`]);
        }),
        issue: mortal(process, 'work', (request: Parameters<typeof scheduler.issue>[0]) =>
          scheduler.issue(request),
        ),
        channels: new Map(channels).set('smtp', {
          ...mails,
          async send(shipment) {
            const taken = smtp.messages.length;
            try {
              return await mails.send(shipment);
            } finally {
              if (smtp.messages.length > taken && process.dead) lost.add(shipment.messageId);
            }
          },
        }),
      } satisfies SchedulerTools,
    });
  }

  async function look(process: SimulatedProcess): Promise<void> {
    try {
      await runTick(process.tools);
    } catch (error) {
      if (!process.dead) throw error;
    }
  }

  async function simulate(): Promise<void> {
    // a report is due from the first look on: that one does not crash
    await look(await openProcess(NO_CRASH));
    now += HOUR_MS;
    const alive = [await openProcess(CRASH_CHANCES), await openProcess(CRASH_CHANCES)];
    let until = START;
    let silenced = false;
    while (now < END) {
      // nobody runs for two days
      now +=
        now > START + 5 * DAY_MS && now < START + 5.3 * DAY_MS ? 2 * DAY_MS : (2 + random.below(6)) * HOUR_MS;
      for (const [at, process] of alive.entries())
        if (process.dead) alive[at] = await openProcess(CRASH_CHANCES);
      if (now - until > 3 * DAY_MS) {
        until = now;
        await changePastDay();
      }
      if (!silenced && now > START + 8 * DAY_MS) {
        silenced = true;
        smtp.fail({ kind: 'silent_accept' });
      }
      // both at once, or one after the other
      if (random.chance(0.5)) await Promise.all(alive.map(look));
      else for (const process of alive) await look(process);
    }
    // the crashes end: what was begun is brought to its end
    const last = await openProcess(NO_CRASH);
    for (let at = 0; at < 4; at++) {
      now += 2 * HOUR_MS;
      await look(last);
    }
  }

  /** New figures of a day two days ago, as an import would leave them. */
  async function changePastDay(): Promise<void> {
    const day = dayOf(now - 2 * DAY_MS, ZONE);
    viewers.set(day, figureOf(day) * 2);
    lastChange = now - 2 * 60_000;
    await warehouse.insert({
      table: 'wxlive_store.changed_days',
      columns: ['day', 'platform', 'account', 'source', 'batch_seq', 'state', 'changed_at'],
      format: 'JSONEachRow',
      body: Buffer.from(
        JSON.stringify({
          day,
          platform: 'miniprogram',
          account: 'a',
          source: 'events',
          batch_seq: lastChange,
          state: 'changed',
          changed_at: new Date(lastChange).toISOString().replace('T', ' ').replace('Z', ''),
        }),
      ),
    });
  }

  const all = async (): Promise<readonly Delivery[]> =>
    (await openProcess(NO_CRASH)).tools.ledger.deliveries(START - DAY_MS);

  it('crashed often enough to tell', () => {
    expect(crashes.length).toBeGreaterThan(15);
    expect(new Set(crashes)).toEqual(new Set(['work', 'outbox', 'warehouse']));
  });

  it('plans every due time of each zone once, the day the clocks change included', async () => {
    const first = (await all()).filter(({ issue }) => issue === 0);
    // told by hand: Shanghai is at UTC+8; Berlin at UTC+2 until it shows 02:30 for the second time on the 25th
    const shanghai = Array.from({ length: 14 }, (_, day) => Date.UTC(2026, 9, 15 + day, 1));
    const berlin = Array.from({ length: 14 }, (_, day) =>
      Date.UTC(2026, 9, 16 + day, 16 + day <= 25 ? 0 : 1, 30),
    );
    for (const [report, due, copies] of [
      ['brief', shanghai, 3],
      ['berlin', berlin, 1],
    ] as const) {
      const expected = due.filter((at) => at > START && at <= END);
      const found = first.filter((one) => one.report === report && one.scheduledAt <= END);
      expect([...new Set(found.map(({ scheduledAt }) => scheduledAt))]).toEqual(expected);
      expect(found).toHaveLength(expected.length * copies);
    }
  });

  it('freezes the issues of a report in the order they were due, after two days down too', async () => {
    const frozen = (await all()).filter(({ channel, issue }) => channel === 'folder' && issue === 0);
    for (const report of ['brief', 'berlin']) {
      const own = frozen.filter((one) => one.report === report);
      const times = await Promise.all(
        own.map(async (one) => (await openOutbox(outboxFolder).find(one, one.recipient))?.frozenAt),
      );
      expect(times).toEqual([...times].sort((one, other) => Number(one) - Number(other)));
    }
  });

  it('brings every delivery to its end; uncertain only where nobody can know', async () => {
    const open = (await all()).filter(({ state, channel }) => state !== 'delivered' && channel !== 'smtp');
    expect(open).toEqual([]);
    const mails = (await all()).filter(({ channel }) => channel === 'smtp');
    const uncertain = mails.filter(({ state }) => state !== 'delivered');
    expect(uncertain.every(({ state }) => state === 'uncertain')).toBe(true);
    expect(uncertain.length).toBeLessThan(mails.length / 2);
    // it happens, and somebody is told
    expect(uncertain.length).toBeGreaterThan(0);
    expect(errors.join()).toContain('nobody knows');
  });

  it('puts each mail into the mailbox once, and no uncertain one twice', async () => {
    const ids = new Map<string, number>();
    for (const message of smtp.messages) {
      const { messageId = '' } = await simpleParser(message, { skipHtmlToText: true, skipTextToHtml: true });
      ids.set(messageId, (ids.get(messageId) ?? 0) + 1);
    }
    const mails = (await all()).filter(({ channel }) => channel === 'smtp');
    for (const { state, messageId } of mails) {
      if (state === 'delivered') expect(ids.get(messageId)).toBe(1);
      else expect(ids.get(messageId) ?? 0).toBeLessThanOrEqual(1);
      ids.delete(messageId);
    }
    expect([...ids]).toEqual([]);
    // every message whose sender died before the answer is uncertain, not forgotten
    const uncertain = new Set(
      mails.filter(({ state }) => state === 'uncertain').map(({ messageId }) => messageId),
    );
    for (const id of lost) expect(uncertain).toContain(id);
  });

  it('puts each copy into the folder once, and it is what was frozen', async () => {
    const outbox = openOutbox(outboxFolder);
    const copies = (await all()).filter(({ channel }) => channel === 'folder');
    const expected = new Map<string, string>();
    for (const copy of copies) {
      const frozen = await outbox.find(copy, copy.recipient);
      for (const { name, sha256 } of frozen?.files ?? []) expected.set(name, sha256);
    }
    const found = readdirSync(sink).map((name) => [name, sha256Of(join(sink, name))] as const);
    expect(new Map(found)).toEqual(expected);
    expect(found).toHaveLength(copies.length);
  });

  it.skipIf(lacksProgram('pdftotext'))(
    'shows each reader with his own password the figure of the day, the corrected one last',
    async () => {
      const copies = (await all()).filter(({ channel }) => channel === 'folder');
      const texts = new Map(
        readdirSync(sink).map((name) => {
          const berlin = name.includes('Berlin');
          const read = (password: string) =>
            execFileSync('pdftotext', ['-upw', password, join(sink, name), '-'], {
              encoding: 'utf8',
              stdio: ['ignore', 'pipe', 'ignore'],
            });
          expect(() => read(passwordOf(berlin ? 'A' : 'C'))).toThrow();
          return [name, read(passwordOf(berlin ? 'C' : 'A'))];
        }),
      );
      const days = new Map<string, Delivery[]>();
      for (const copy of copies) {
        const key = `${copy.report} ${dayOf(copy.scheduledAt - DAY_MS, ZONE)}`;
        days.set(key, [...(days.get(key) ?? []), copy]);
      }
      for (const [key, issues] of days) {
        const day = key.slice(-10);
        const last = issues.toSorted((one, other) => one.issue - other.issue).at(-1);
        if (last === undefined) throw new Error('no issue');
        const stamp = last.issue === 0 ? day : `${day}_更正${String(last.issue)}`;
        const who = last.report === 'berlin' ? 'Berlin' : '张经理';
        const text = texts.get(`直播简报_${stamp}_${who}.pdf`) ?? '';
        expect(text, key).toContain(figureOf(day).toLocaleString('en'));
      }
    },
  );

  it('sends what did not come in time as provisional, and corrects what moved', async () => {
    const runs = await warehouse.query(
      typedByUser(
        'SELECT report, toString(toDate(period_from)) AS day, issue, state FROM wxlive.report_runs ORDER BY report, day, issue',
      ),
      z.object({ report: z.string(), day: z.string(), issue: z.number(), state: z.string() }),
    );
    const brief = runs.filter(({ report }) => report === 'brief');
    for (const { day, state, issue } of brief)
      if (issue === 0) expect([day, state]).toEqual([day, lateDays.has(day) ? state : 'complete']);
    expect(brief.some(({ state }) => state === 'provisional')).toBe(true);
    const corrected = brief.filter(({ issue }) => issue === 1).map(({ day }) => day);
    expect(corrected.length).toBeGreaterThan(1);
    for (const day of corrected) expect(viewers.has(day)).toBe(true);
    const mails = await Promise.all(smtp.messages.map((message) => simpleParser(message)));
    expect(mails.some(({ subject }) => subject?.includes('更正 1') === true)).toBe(true);
  });

  it('leaves nothing readable: files of mode 0600, no plain workbook, no figure in words', () => {
    const paths = execFileSync('find', [outboxFolder, sink, '-type', 'f'], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const bytes = readFileSync(path);
      expect(bytes.subarray(0, 2).toString('latin1')).not.toBe('PK');
      expect(bytes.includes('秋季新品首发')).toBe(false);
    }
  });

  it('logs an access for each copy that left', async () => {
    const delivered = (await all()).filter(({ state }) => state === 'delivered' || state === 'uncertain');
    const [row] = await warehouse.query(
      typedByUser(
        "SELECT count() AS n, countIf(rows > 0) AS with_rows FROM wxlive.access_log WHERE action = 'report'",
      ),
      z.object({ n: z.coerce.number(), with_rows: z.coerce.number() }),
    );
    expect(row).toEqual({ n: delivered.length, with_rows: delivered.length });
  });
});

/** The password of the variable a recipient names. */
function passwordOf(variable: string): string {
  return `Kettle-Moss-41-Ferry-${variable}`;
}

function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
