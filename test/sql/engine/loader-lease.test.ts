import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireLoaderLease, WarehouseError } from '../../../sql/index.js';
import { buildChildOnce, makeDataDir } from '../../servers/clickhouse.js';
import { endUsers, startUser } from './processes.js';

let dataDir: string;
beforeAll(buildChildOnce);
beforeEach(() => {
  dataDir = makeDataDir();
});
afterEach(() => {
  endUsers();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the loader lease', () => {
  it('counts up, and is free again after release', async () => {
    for (const epoch of [1, 2, 3]) {
      const lease = await acquireLoaderLease(dataDir, { waitMs: 0 });
      expect(lease.epoch).toBe(epoch);
      lease.release();
      lease.release();
    }
  });

  it('has one holder, within a process too, and tells who it is', async () => {
    const lease = await acquireLoaderLease(dataDir, { waitMs: 0 });
    const error: unknown = await acquireLoaderLease(dataDir, { waitMs: 0 }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(WarehouseError);
    expect(error).toMatchObject({ transient: true });
    expect(String(error)).toContain(String(process.pid));
    lease.release();
  });

  it('is waited for, and the wait is reported', async () => {
    const holder = startUser('lease', dataDir, '0');
    expect(await holder.line()).toBe('lease 1');
    const reports: (number | null)[] = [];
    const waiting = acquireLoaderLease(dataDir, {
      waitMs: 20_000,
      onWait: (_waitedMs, holderProcessId) => {
        reports.push(holderProcessId);
        holder.child.stdin?.end();
      },
    });
    const lease = await waiting;
    expect(lease.epoch).toBe(2);
    expect(reports[0]).toBe(holder.child.pid);
    lease.release();
  });

  it('is gone with a holder that was killed', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const holder = startUser('lease', dataDir, '0');
      expect(await holder.line()).toBe(`lease ${String(round)}`);
      await holder.kill();
    }
    const lease = await acquireLoaderLease(dataDir, { waitMs: 0 });
    expect(lease.epoch).toBe(6);
    lease.release();
  });

  it('goes to one after the other of ten that ask at once', async () => {
    const holders = Array.from({ length: 10 }, () => startUser('lease', dataDir, '30000'));
    const waiting = new Map(
      holders.map((holder) => [holder, holder.line().then((line) => ({ holder, line }))]),
    );
    const lines: string[] = [];
    while (waiting.size > 0) {
      const { holder, line } = await Promise.race(waiting.values());
      waiting.delete(holder);
      lines.push(line);
      await holder.kill();
    }
    expect(lines).toEqual(Array.from({ length: 10 }, (_, index) => `lease ${String(index + 1)}`));
  });

  it('never counts down, also after its record was torn', async () => {
    writeFileSync(join(dataDir, 'loader.lock'), '{"epoch":41,"proc');
    const first = await acquireLoaderLease(dataDir, { waitMs: 0 });
    expect(first.epoch).toBeGreaterThan(41);
    first.release();
    const second = await acquireLoaderLease(dataDir, { waitMs: 0 });
    expect(second.epoch).toBe(first.epoch + 1);
    second.release();
  });

  it('can be given up on', async () => {
    const lease = await acquireLoaderLease(dataDir, { waitMs: 0 });
    const controller = new AbortController();
    const waiting = acquireLoaderLease(dataDir, { waitMs: 60_000, signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
    lease.release();
  });
});
