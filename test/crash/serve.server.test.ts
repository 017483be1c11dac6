import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../sql/engine/free-port.js';
import { openWarehouse, typedByUser } from '../../sql/index.js';
import { runWxlive, startWxlive } from '../cli/run-wxlive.js';
import { seededRandom } from '../seeded-random.js';
import { buildChildOnce, engineEnded } from '../servers/clickhouse.js';

/** `WXLIVE_CHAOS_SECONDS=600` for the long form; the short one takes ten on an idle machine. */
const CHAOS_MS = Number(process.env['WXLIVE_CHAOS_SECONDS'] ?? 5) * 1000;
/** On a busy machine it goes on until there were so many; the numbers, not the time, are the test. */
const LEAST = { kills: 3, imports: 2 } as const;
const SENDERS = 6;
const EVENTS_A_POST = 20;
const IMPORTED_A_FILE = 3_000;
const KEY = 'key-of-the-crash-test';
const env = { WXLIVE_PSEUDONYM_KEY: '33'.repeat(32), WXLIVE_WRITE_KEYS: `crash:${KEY}` };
const random = seededRandom(20261125);

let folder = '';
beforeAll(() => {
  buildChildOnce();
  folder = mkdtempSync(join(tmpdir(), 'wxlive-serve-crash-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function event(id: string): string {
  const person = `oAUTHORED${String(Number.parseInt(id.slice(1), 10) % 500).padStart(20, '0')}`;
  return JSON.stringify({
    event_id: id,
    event: 'live_enter',
    time: Date.now(),
    openid: person,
    room_id: '1003',
    query: `utm_source=s${id.length}`,
  });
}

it('serve, killed again and again while it is posted to and imports run beside it, keeps every acknowledged event exactly once', async () => {
  const dataDir = join(folder, 'data');
  const port = await freePort();
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  const tally = { kills: 0, resent: 0, imports: 0, refused: 0 };
  const endAt = performance.now() + CHAOS_MS;
  const over = (): boolean =>
    performance.now() > endAt && tally.kills >= LEAST.kills && tally.imports >= LEAST.imports;
  // Somebody who keeps the engine, as a dashboard would: this test kills serve.
  const holder = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  const serve: { child: ChildProcess | null } = { child: null };
  const stopped = { value: false };

  async function keepServing(): Promise<void> {
    while (!stopped.value) {
      const child = startWxlive(['serve', '--roles', 'collector', '--port', String(port)], { dataDir, env });
      serve.child = child;
      await new Promise((resolve) => child.once('exit', resolve));
    }
  }

  async function kill(): Promise<void> {
    await ready();
    while (!over()) {
      await sleep(300 + random.below(1_500));
      if (over()) return;
      if (serve.child?.kill('SIGKILL') === true) tally.kills++;
      await ready();
    }
  }

  async function ready(): Promise<void> {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok === true || stopped.value) return;
      await sleep(20);
    }
  }

  async function send(sender: number): Promise<void> {
    for (let post = 0; !over(); post++) {
      const ids = Array.from(
        { length: EVENTS_A_POST },
        (_, index) => `${sender}${post * EVENTS_A_POST + index}-s`,
      );
      const body = ids.map((id) => event(id)).join('\n');
      for (const id of ids) sent.add(id);
      // Sent until it is acknowledged, as an SDK does; the same bytes each time.
      for (let attempt = 0; ; attempt++) {
        const answer = await fetch(`http://127.0.0.1:${port}/v1/events?key=${KEY}`, {
          method: 'POST',
          body,
        }).catch(() => null);
        const text = await answer?.text().catch(() => null);
        if (answer?.status === 200 && text !== null && text !== undefined) {
          const counts = answerSchema.parse(JSON.parse(text));
          expect(counts.accepted + counts.duplicates).toBe(EVENTS_A_POST);
          for (const id of ids) acknowledged.add(id);
          if (attempt > 0) tally.resent++;
          break;
        }
        if (answer !== null) tally.refused++;
        if (stopped.value) return;
        await sleep(30);
      }
    }
  }

  async function importBeside(): Promise<void> {
    for (let file = 0; !over(); file++) {
      const path = join(folder, `beside-${file}.ndjson`);
      const ids = Array.from(
        { length: IMPORTED_A_FILE },
        (_, index) => `9${file * IMPORTED_A_FILE + index}-f`,
      );
      writeFileSync(path, ids.map((id) => event(id)).join('\n'));
      const result = await runWxlive(['import', '--json', path], { dataDir, env });
      expect(result.exit, result.stderr).toBe(0);
      for (const id of ids) {
        sent.add(id);
        acknowledged.add(id);
      }
      tally.imports++;
    }
  }

  const serving = keepServing();
  await Promise.all([
    kill(),
    importBeside(),
    ...Array.from({ length: SENDERS }, (_, sender) => send(sender + 1)),
  ]);
  stopped.value = true;
  serve.child?.kill('SIGTERM');
  await serving;
  // Whoever loads next makes good what the last kill left.
  const last = join(folder, 'last.ndjson');
  writeFileSync(last, event('1-l'));
  expect((await runWxlive(['import', last], { dataDir, env })).exit).toBe(0);
  try {
    const stored = await holder.query(
      typedByUser('SELECT event_id AS id, toUInt32(count()) AS times FROM wxlive.events GROUP BY id'),
      z.object({ id: z.string(), times: z.number() }),
    );
    const times = new Map(stored.map((row) => [row.id, row.times]));
    const lost = [...acknowledged].filter((id) => !times.has(id));
    const doubled = stored.filter((row) => row.times !== 1);
    const strange = stored.filter((row) => !sent.has(row.id) && row.id !== '1-l');
    console.info(`serve under fire: ${JSON.stringify({ ...tally, acknowledged: acknowledged.size })}`);
    expect({ lost, doubled, strange }).toEqual({ lost: [], doubled: [], strange: [] });
    const [sums] = await holder.query(
      typedByUser(
        `SELECT
          (SELECT sum(accepted) FROM wxlive.batches) = (SELECT count() FROM wxlive.events) AS accepted,
          (SELECT count() FROM wxlive.batches WHERE rows != accepted + duplicates + rejected + held) AS unbalanced,
          (SELECT count() FROM wxlive.batches WHERE state = 'loading') AS unfinished,
          (SELECT sum(viewers) FROM wxlive.live_daily) = (SELECT uniqExact(viewer) FROM wxlive.events) AS viewers`,
      ),
      z.object({
        accepted: z.number(),
        unbalanced: z.coerce.number(),
        unfinished: z.coerce.number(),
        viewers: z.number(),
      }),
    );
    expect(sums).toEqual({ accepted: 1, unbalanced: 0, unfinished: 0, viewers: 1 });
    expect(tally.resent).toBeGreaterThan(0);
  } finally {
    await holder.close();
    await engineEnded(dataDir);
  }
}, 900_000);

it('SIGTERM while it is posted to: every answer is a promise kept, and it ends within ten seconds', async () => {
  const dataDir = join(folder, 'term');
  const port = await freePort();
  const serve = startWxlive(['serve', '--roles', 'collector', '--port', String(port)], { dataDir, env });
  const holder = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
  const exit = new Promise<number | null>((resolve) => serve.once('exit', resolve));
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok === true) break;
    await sleep(30);
  }
  const acknowledged: string[] = [];
  const state = { running: true };
  const senders = Array.from({ length: 8 }, async (_, sender) => {
    for (let post = 0; state.running; post++) {
      const id = `${sender}${post}-t`;
      const answer = await fetch(`http://127.0.0.1:${port}/v1/events?key=${KEY}`, {
        method: 'POST',
        body: event(id),
      }).catch(() => null);
      if (answer?.status === 200) acknowledged.push(id);
      await answer?.body?.cancel();
      if (answer === null) return;
    }
  });
  await sleep(800);
  const asked = performance.now();
  serve.kill('SIGTERM');
  expect(await exit).toBe(0);
  expect(performance.now() - asked).toBeLessThan(10_000);
  state.running = false;
  await Promise.all(senders);
  const stored = await holder.query(
    typedByUser('SELECT event_id AS id FROM wxlive.events'),
    z.object({ id: z.string() }),
  );
  const ids = new Set(stored.map(({ id }) => id));
  expect(ids.size).toBe(stored.length);
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  const [batches] = await holder.query(
    typedByUser(`SELECT toUInt32(countIf(state != 'loaded')) AS open FROM wxlive.batches`),
    z.object({ open: z.number() }),
  );
  expect(batches).toEqual({ open: 0 });
  await holder.close();
  await engineEnded(dataDir);
}, 120_000);

const answerSchema = z.object({ accepted: z.number(), duplicates: z.number() });
