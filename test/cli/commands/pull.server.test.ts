import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { engineEnded, makeDataDir } from '../../servers/clickhouse.js';
import { CORP, startTestPlatform, type TestPlatform } from '../../servers/platform-api.js';
import { LONG } from '../../long-form.js';
import { runWxlive, startWxlive, type RunResult } from '../run-wxlive.js';

const LIVES = 6;
const PAGES = 3;

let platform: TestPlatform;
let dataDir: string;
let env: Record<string, string>;

beforeAll(async () => {
  platform = await startTestPlatform();
  dataDir = makeDataDir();
  env = {
    WXLIVE_WECOM_CORP_ID: CORP.id,
    WXLIVE_WECOM_SECRET: CORP.secret,
    WXLIVE_WECOM_API_URL: platform.url,
    WXLIVE_WECOM_ANCHORS: 'emp_1, emp_2',
    WXLIVE_PULL_REQUESTS_PER_SECOND: '500',
  };
  const ids = Array.from({ length: LIVES }, (_, at) => `lvCli${String(at)}`);
  for (const [at, id] of ids.entries()) {
    const living_info = {
      theme: id,
      living_start: 1_789_053_600 + at * 86_400,
      living_duration: 4_800,
      status: 2,
      anchor_userid: 'emp_1',
    };
    const pages = Array.from({ length: PAGES }, (_, page) => ({
      stat_info: {
        users: [{ userid: `emp_${String(page)}`, watch_time: 60, is_comment: 0, is_mic: 0 }],
        external_users: [
          {
            external_userid: `wmCANARY${String(at)}${String(page)}`.padEnd(32, 'x'),
            type: 1,
            name: '金丝雀昵称',
            watch_time: 30,
            is_comment: 1,
            is_mic: 0,
          },
        ],
      },
    }));
    platform.lives.set(id, { info: { errcode: 0, errmsg: 'ok', living_info }, pages });
  }
  platform.anchors.set('emp_1', ids.slice(0, 4));
  platform.anchors.set('emp_2', ids.slice(3));
});
afterAll(async () => {
  await platform.close();
  await engineEnded(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

const wxlive = (...args: string[]): Promise<RunResult> => runWxlive(args, { dataDir, env });
const reportSchema = z.object({
  pulled: z.number(),
  skipped: z.number(),
  failures: z.array(z.object({ unit: z.string(), code: z.string() })),
  files: z.array(
    z.object({ file: z.string(), rows: z.number(), accepted: z.number(), duplicates: z.number() }),
  ),
});

describe('wxlive pull', () => {
  it('says what is not set, in both languages, before anything starts', async () => {
    const chinese = await runWxlive(['pull', 'rooms'], { dataDir, env: {} });
    expect([chinese.exit, chinese.stdout]).toEqual([2, '']);
    expect(chinese.stderr).toContain('还需要设置：miniprogram_app_id、WXLIVE_MINIPROGRAM_SECRET');
    const english = await runWxlive(['pull', 'css', '--lang', 'en'], { dataDir, env: {} });
    expect(english.stderr).toContain('pull css needs: WXLIVE_CSS_SECRET_ID, WXLIVE_CSS_SECRET_KEY');
    const remote = await runWxlive(['pull', 'wecom'], {
      dataDir,
      env: { ...env, WXLIVE_WECOM_API_URL: 'http://example.com' },
    });
    expect([remote.exit, remote.stderr.includes('wecom_api_url')]).toEqual([2, true]);
  });

  it('killed again and again it lands where one that was not would', async () => {
    let kills = 0;
    const moments = LONG ? [5, 8, 11] : [8];
    for (const afterCalls of moments) {
      const before = platform.calls.length;
      const child = startWxlive(['pull', 'wecom', '--json'], { dataDir, env });
      const ended = new Promise<void>((resolve) =>
        child.once('close', () => {
          resolve();
        }),
      );
      platform.onCall = () => {
        if (platform.calls.length - before === afterCalls && child.kill('SIGKILL')) kills++;
      };
      await ended;
    }
    platform.onCall = () => undefined;
    expect(kills).toBe(moments.length);
    const done = await wxlive('pull', 'wecom', '--json');
    expect([done.exit, done.stderr]).toEqual([0, '']);
    const report = reportSchema.parse(JSON.parse(done.stdout));
    expect(report.failures).toEqual([]);
    // What an earlier run stored whole is not asked for again: the lives are long over.
    expect(report.pulled + report.skipped).toBe(LIVES);
    expect(report.skipped).toBeGreaterThan(0);
    const rows = await wxlive(
      'sql',
      'SELECT live_id, count() AS n, uniqExact(viewer) AS v, sum(watch_seconds) AS s FROM wxlive.attendance GROUP BY live_id ORDER BY live_id',
      '--format',
      'JSONEachRow',
    );
    const found = rows.stdout
      .trim()
      .split('\n')
      .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
    expect(found.map(({ live_id, n, v, s }) => [live_id, Number(n), Number(v), Number(s)])).toEqual(
      Array.from({ length: LIVES }, (_, at) => [`lvCli${String(at)}`, 2 * PAGES, 2 * PAGES, PAGES * 90]),
    );
    const again = reportSchema.parse(JSON.parse((await wxlive('pull', 'wecom', '--json')).stdout));
    expect(again).toMatchObject({ pulled: 0, skipped: LIVES, files: [] });
  }, 180_000);

  it('serve pulls by its cron, never while another process pulls, and nobody tells a secret', async () => {
    const scheduled = { ...env, WXLIVE_PULL_WECOM_CRON: '* * * * * *', WXLIVE_SERVE_PORT: '0' };
    const child = startWxlive(['serve', '--roles', 'scheduler'], { dataDir, env: scheduled });
    const lines: string[] = [];
    child.stderr?.on('data', (part: Buffer) => lines.push(part.toString('utf8')));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    /** How many pulls `/metrics` counts as done. */
    const pulls = async (): Promise<number> => {
      const address = /http:\/\/[\d.:]+/u.exec(lines.join(''))?.[0];
      if (address === undefined) return 0;
      const metrics = await (await fetch(`${address}/metrics`)).text();
      return Number(/wxlive_pulls_total\{source="wecom",outcome="done"\} (\d+)/u.exec(metrics)?.[1] ?? 0);
    };
    const pulledAgain = async (): Promise<void> => {
      const deadline = performance.now() + 60_000;
      for (const before = await pulls(); (await pulls()) < before + 2;) {
        if (performance.now() > deadline) throw new Error(`serve pulls no more: ${lines.join('')}`);
        await sleep(100);
      }
    };
    let apis: string[];
    let forced: RunResult;
    let doctor: RunResult;
    try {
      await pulledAgain();
      const from = platform.calls.length;
      // With --from what is settled is asked for again: lives first, whose lists serve has no reason to ask for.
      forced = await wxlive('pull', 'wecom', '--from', '2020-01-01', '--lang', 'en');
      apis = platform.calls.slice(from).map(({ api }) => api);
      await pulledAgain();
      doctor = await wxlive('doctor', '--lang', 'en');
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
    expect([forced.exit, forced.stdout]).toEqual([
      0,
      expect.stringContaining('6 pulled, 0 skipped, 0 failed'),
    ]);
    // Asked for again and unchanged: nothing new.
    expect(forced.stdout).toContain('0 accepted, 6 duplicates');
    const lists = apis.slice(apis.indexOf('get_living_info'), apis.lastIndexOf('get_watch_stat'));
    expect(lists.length).toBeGreaterThanOrEqual(LIVES * (PAGES + 1) - 1);
    expect(new Set(lists)).toEqual(new Set(['get_living_info', 'get_watch_stat']));
    expect(doctor.stdout).toMatch(/✓ pull wecom {2}wwTESTcorp {2}set/u);
    expect(doctor.stdout).toMatch(/✓ pull css {2}not used/u);
    expect(lines.join('') + forced.stdout + forced.stderr).not.toMatch(/CANARY|金丝雀/u);
    expect(readFileSync(join(dataDir, 'api-tokens.json'), 'utf8')).not.toContain('CANARY');
  }, 180_000);
});
