import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDeliveryLedger } from '../../reports/ledger/ledger.js';
import { openSchedulerLease } from '../../reports/ledger/lease.js';
import { DAY_MS } from '../../schemas/index.js';
import { openWarehouse, type Warehouse } from '../../sql/index.js';
import { lacksProgram } from '../external-tool.js';
import { SAMPLES } from '../reports/analyses/expected-figures.js';
import { seededRandom } from '../seeded-random.js';
import { engineEnded, makeDataDir } from '../servers/clickhouse.js';
import { startTestSmtp, type TestSmtp } from '../servers/smtp.js';
import { readExpectedSamples, samplesEnvironment } from '../suites/expected-samples.js';
import { runWxlive, startWxlive, type RunResult } from './run-wxlive.js';
import { times } from '../long-form.js';

/** A scheduler that was down for two days, a mail server that goes silent, a kill, and a person who sends again. */
const folder = mkdtempSync(join(tmpdir(), 'wxlive-delivery-'));
const dataDir = makeDataDir();
const sink = join(folder, 'sink');
const deliveriesSchema = z.array(
  z.object({
    report: z.string(),
    scheduled_at: z.string(),
    issue: z.number(),
    recipient: z.string(),
    channel: z.string(),
    state: z.string(),
    message_id: z.string(),
    detail: z.string(),
  }),
);

const definition = (cron: string): string => `
name: morning
title: { zh: 晨报, en: Morning }
subtitle: { zh: 测试, en: Test }
period: yesterday
formats: [pdf]
schedule: { cron: '${cron}', time_zone: Asia/Shanghai }
password: { env: MORNING }
delivery: { folder: { path: ${JSON.stringify(sink)} } }
lateness: { max_wait_minutes: 0 }
recipients:
  - { name: 张经理, channels: [folder, smtp], email: zhang@example.com }
highlights: { query: reports/highlights, tell_from: 0.2, figures: [{ metric: viewers, kind: integer }] }
sections:
  - { id: channels, title: { zh: 渠道, en: Channels }, analysis: channels, spec: { channel: channel } }
`;

describe.skipIf(lacksProgram('openssl'))('scheduled delivery by the command line', () => {
  let smtp: TestSmtp;
  let owner: Warehouse;
  let env: Record<string, string>;
  const wxlive = (...args: readonly string[]): Promise<RunResult> =>
    runWxlive(args, { dataDir, env, cwd: folder });
  const listed = async (key: string, ...args: readonly string[]) => {
    const run = await wxlive(...args, '--json');
    expect(run.exit, run.stderr).toBe(0);
    return deliveriesSchema.parse(z.record(z.string(), z.unknown()).parse(JSON.parse(run.stdout))[key]);
  };

  beforeAll(async () => {
    smtp = await startTestSmtp();
    const own = join(folder, 'reports');
    mkdirSync(own);
    writeFileSync(join(own, 'morning.yaml'), definition('0 9 * * *'));
    writeFileSync(join(folder, 'ca.pem'), smtp.settings.authority);
    env = {
      ...samplesEnvironment(readExpectedSamples()),
      MORNING: 'Kettle-Moss-41-Ferry',
      WXLIVE_REPORTS_DIR: own,
      WXLIVE_SMTP_HOST: 'localhost',
      WXLIVE_SMTP_PORT: String(smtp.settings.port),
      WXLIVE_SMTP_USER: smtp.settings.user,
      WXLIVE_SMTP_PASSWORD: smtp.settings.password,
      WXLIVE_SMTP_FROM: 'reports@example.com',
      WXLIVE_SMTP_CA_FILE: join(folder, 'ca.pem'),
    };
    owner = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
    const imported = await wxlive('import', join(SAMPLES, 'links.csv'), join(SAMPLES, 'events-01.ndjson'));
    expect([0, 3]).toContain(imported.exit);
  });

  afterAll(async () => {
    await smtp.close();
    await owner.close();
    await engineEnded(dataDir);
    for (const path of [dataDir, folder]) rmSync(path, { recursive: true, force: true });
  });

  it('shows when reports are due, and what would keep one from going out', async () => {
    const run = await wxlive('report', 'schedule', 'morning', '--json');
    expect(run.exit, run.stderr).toBe(0);
    const { schedules } = z
      .object({
        schedules: z.array(
          z.object({
            next: z.array(z.string()),
            recipients: z.array(z.object({ problem: z.string().nullable() })),
          }),
        ),
      })
      .parse(JSON.parse(run.stdout));
    expect(schedules[0]?.next[0]).toMatch(/T09:00:00\.000\+08:00$/);
    expect(schedules[0]?.recipients[0]?.problem).toBeNull();
    const without = { ...env, MORNING: '' };
    const missing = await runWxlive(['report', 'schedule', 'morning'], {
      dataDir,
      env: without,
      cwd: folder,
    });
    expect(missing.stdout).toContain('找不到密码');
  });

  it('names the file, line and key of a wrong schedule', async () => {
    const own = join(folder, 'wrong');
    mkdirSync(own);
    writeFileSync(join(own, 'mine.yaml'), definition('0 25 * * *'));
    const run = await runWxlive(['report', 'schedule'], {
      dataDir,
      env: { ...env, WXLIVE_REPORTS_DIR: own },
      cwd: folder,
    });
    expect(run.exit).toBe(2);
    expect(run.stderr).toMatch(/mine\.yaml:7: schedule\.cron: /);
  });

  it('catches up two days in order, once each; a server that went silent is uncertain, not sent again', async () => {
    const ledger = openDeliveryLedger(owner, { now: () => Date.now() });
    await ledger.mark('planned:morning', Date.now() - 2 * DAY_MS);
    smtp.fail({ kind: 'silent_accept' });
    const [open] = await listed('due', 'report', 'due', '--run');
    expect(open).toMatchObject({ channel: 'smtp', state: 'uncertain' });
    expect(await listed('due', 'report', 'due', '--run')).toHaveLength(1);
    const all = await listed('deliveries', 'report', 'history', 'morning');
    expect(all.map(({ channel, state }) => `${channel} ${state}`).sort()).toEqual([
      'folder delivered',
      'folder delivered',
      'smtp delivered',
      'smtp uncertain',
    ]);
    // the older day went first, and met the fault
    expect(open?.scheduled_at).toBe(all.map(({ scheduled_at }) => scheduled_at).sort()[0]);
    expect(smtp.messages).toHaveLength(2);
    expect(readdirSync(sink)).toHaveLength(2);
  });

  it('sends again by a person’s word, under the same Message-ID, and only what is open', async () => {
    const [resent] = await listed('resent', 'report', 'resend', 'morning');
    expect(resent?.state).toBe('delivered');
    const ids = await Promise.all(
      smtp.messages.map(async (message) => (await simpleParser(message)).messageId),
    );
    expect(ids.filter((id) => id === resent?.message_id)).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    expect((await wxlive('report', 'resend', 'morning')).exit).toBe(2);
    expect(await listed('due', 'report', 'due')).toEqual([]);
  });

  it('is killed between the last byte and the answer: uncertain from then on', async () => {
    const ledger = openDeliveryLedger(owner, { now: () => Date.now() });
    const before = smtp.messages.length;
    // a third day, planned as a scheduler would have
    await ledger.mark('planned:morning', Date.now() - 3 * DAY_MS);
    smtp.fail({ kind: 'hang' });
    const child = startWxlive(['report', 'due', '--run'], { dataDir, env, cwd: folder });
    while (smtp.messages.length === before) await sleep(20);
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    const killed = await wxlive('report', 'due', '--run');
    expect(killed.exit).toBe(1);
    expect(killed.stderr).toContain('另一个调度程序');
    // its term runs out
    const later = openSchedulerLease(owner);
    expect(await later.hold(Date.now() + 200_000)).not.toBeNull();
    await later.release(Date.now());
    const open = await listed('due', 'report', 'due', '--run');
    expect(open.map(({ channel, state }) => [channel, state])).toEqual([['smtp', 'uncertain']]);
    expect(smtp.messages).toHaveLength(before + 1);
    expect(readdirSync(sink)).toHaveLength(3);
  });

  it('is killed again and again at any moment: each of three days arrives once, or says that nobody knows', async () => {
    const random = seededRandom(Number(process.env['WXLIVE_TEST_SEED'] ?? '11'));
    const history = () => listed('deliveries', 'report', 'history', 'morning');
    const old = new Set((await history()).map(({ scheduled_at }) => scheduled_at));
    const mailed = smtp.messages.length;
    await openDeliveryLedger(owner, { now: () => Date.now() }).mark(
      'planned:morning',
      Date.now() - (old.size + 3) * DAY_MS,
    );
    // what a run leaves behind, one thing after the other: frozen issues, files, mails
    const progress = (): number =>
      readdirSync(sink).length + smtp.messages.length + listFiles(join(dataDir, 'outbox')).length;
    const MOST_KILLS = times(1, 8);
    let kills = 0;
    for (;;) {
      const child = startWxlive(['report', 'due', '--run'], { dataDir, env, cwd: folder });
      const said: string[] = [];
      child.stderr?.on('data', (part: Buffer) => said.push(part.toString('utf8')));
      child.stdout?.resume();
      const end = new Promise<number | null>((resolve) => child.once('close', resolve));
      const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
      const from = progress();
      const steps = 1 + random.below(3);
      while (isRunning() && (kills >= MOST_KILLS || progress() < from + steps)) await sleep(5);
      await sleep(random.below(30));
      if (isRunning()) {
        child.kill('SIGKILL');
        kills += 1;
      }
      const exit = await end;
      if (exit !== null) {
        expect(exit, said.join('')).toBe(0);
        break;
      }
      // its term runs out
      const later = openSchedulerLease(owner);
      expect(await later.hold(Date.now() + 200_000)).not.toBeNull();
      await later.release(Date.now());
    }
    expect(kills).toBeGreaterThanOrEqual(MOST_KILLS / 2);
    const fresh = (await history()).filter(({ scheduled_at }) => !old.has(scheduled_at));
    expect(fresh).toHaveLength(2 * 3);
    const mails = smtp.messages.slice(mailed).map((message) => message.toString('latin1'));
    for (const { channel, state, message_id } of fresh) {
      const copies = mails.filter((mail) => mail.includes(message_id)).length;
      if (channel === 'folder') expect(state).toBe('delivered');
      else if (state === 'uncertain') expect(copies).toBeLessThanOrEqual(1);
      else expect([state, copies]).toEqual(['delivered', 1]);
    }
    expect(readdirSync(sink)).toHaveLength(old.size + 3);
    // nothing half-written, nothing plain
    for (const path of listFiles(sink)) {
      expect(path).toMatch(/\.pdf$/);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
  }, 180_000);
});

function listFiles(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
