import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  EngineError,
  openWarehouse,
  typedByUser,
  WarehouseError,
  type Warehouse,
} from '../../../sql/index.js';
import { readAddress } from '../../../sql/engine/address.js';
import { readCredentials } from '../../../sql/engine/credentials.js';
import { engineFolder } from '../../../sql/engine/folder.js';
import { tryOsLock } from '../../../sql/engine/os-lock.js';
import { times } from '../../long-form.js';
import { buildChildOnce, engineEnded, makeDataDir } from '../../servers/clickhouse.js';
import { endUsers, enginesOn, startUser } from './processes.js';

const counted = z.object({ answer: z.coerce.number() });
const one = typedByUser('SELECT 1 AS answer');

let dataDir: string;
const opened: Warehouse[] = [];
const servers: Server[] = [];

async function open(
  options: { warn?: (message: string) => void; shutdownWaitMs?: number } = {},
): Promise<Warehouse> {
  const ignore = () => undefined;
  const warehouse = await openWarehouse({
    dataDir,
    reportZone: 'Asia/Shanghai',
    logger: { debug: ignore, info: ignore, warn: options.warn ?? ignore, error: ignore },
    ...(options.shutdownWaitMs === undefined ? {} : { engine: { shutdownWaitMs: options.shutdownWaitMs } }),
  });
  opened.push(warehouse);
  return warehouse;
}

beforeAll(buildChildOnce);
beforeEach(() => {
  dataDir = makeDataDir();
});
afterEach(async () => {
  endUsers();
  await Promise.all(opened.splice(0).map((warehouse) => warehouse.close()));
  for (const server of servers.splice(0)) server.close();
  await engineEnded(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

describe('finding and starting', () => {
  it('starts one engine for the first command and gives it to the second', async () => {
    const [first, second] = [startUser('hold', dataDir), startUser('hold', dataDir)];
    expect([await first.line(), await second.line()]).toEqual(['ready', 'ready']);
    expect(enginesOn(dataDir)).toHaveLength(1);
    await first.kill();
    expect(await startUser('query', dataDir, 'SELECT 7 AS answer').line()).toBe('answer 7');
    expect(enginesOn(dataDir)).toHaveLength(1);
  });

  it('starts one engine for ten commands at once', async () => {
    const users = Array.from({ length: 10 }, () => startUser('hold', dataDir));
    expect(await Promise.all(users.map((user) => user.line()))).toEqual(users.map(() => 'ready'));
    expect(enginesOn(dataDir)).toHaveLength(1);
  });

  it('starts one engine for ten callers in one process', async () => {
    const warehouses = await Promise.all(Array.from({ length: 10 }, () => open()));
    await Promise.all(warehouses.map((warehouse) => warehouse.query(one, counted)));
    expect(enginesOn(dataDir)).toHaveLength(1);
  });

  it('goes on when the command that was starting it is killed', async () => {
    for (const delayMs of [60, 120, 200, 300, 400]) {
      const starter = startUser('hold', dataDir);
      await sleep(delayMs);
      await starter.kill();
      expect(await startUser('query', dataDir, 'SELECT 7 AS answer').line()).toBe('answer 7');
      expect(enginesOn(dataDir).length).toBeLessThanOrEqual(1);
    }
  });

  it('is private: files of mode 0600 in a folder of mode 0700, and no environment', async () => {
    await open();
    const folder = engineFolder(dataDir);
    expect(statSync(folder.root).mode & 0o777).toBe(0o700);
    for (const file of [
      folder.address,
      folder.credentials,
      folder.users,
      folder.config,
      folder.alivePipe,
      folder.log,
    ]) {
      expect([file, statSync(file).mode & 0o777]).toEqual([file, 0o600]);
    }
    const pid = enginesOn(dataDir)[0];
    if (existsSync('/proc/self/environ'))
      expect(readFileSync(`/proc/${String(pid)}/environ`, 'utf8')).toBe('TZ=UTC\0');
  });

  it('keeps queries out of its log, also those that fail', async () => {
    const warehouse = await open();
    await expect(
      warehouse.query(typedByUser("SELECT 'oCANARY1' AS answer, nothing_there"), counted),
    ).rejects.toThrow();
    await expect(
      warehouse.query(typedByUser("SELECT throwIf(1, 'oCANARY2') AS answer"), counted),
    ).rejects.toThrow();
    expect(readFileSync(engineFolder(dataDir).log, 'utf8')).toBe('');
    expect(() => execFileSync('grep', ['-r', 'oCANARY', engineFolder(dataDir).root])).toThrow();
  });
});

describe('ports', () => {
  it('reuses the ports while they are free, and the password always', async () => {
    await (await open()).close();
    const before = readAddress(engineFolder(dataDir));
    const password = readFileSync(engineFolder(dataDir).credentials, 'utf8');
    await engineEnded(dataDir);
    await open();
    const after = readAddress(engineFolder(dataDir));
    expect([after?.httpPort, after?.nativePort]).toEqual([before?.httpPort, before?.nativePort]);
    expect(after?.processId).not.toBe(before?.processId);
    expect(readFileSync(engineFolder(dataDir).credentials, 'utf8')).toBe(password);
  });

  it.each(['httpPort', 'nativePort'] as const)(
    'chooses others when one was taken meanwhile: %s',
    async (port) => {
      await (await open()).close();
      const before = readAddress(engineFolder(dataDir));
      await engineEnded(dataDir);
      const server = createServer().listen({ host: '127.0.0.1', port: before?.[port] ?? 0 });
      servers.push(server);
      const warehouse = await open();
      expect(await warehouse.query(one, counted)).toEqual([{ answer: 1 }]);
      expect(readAddress(engineFolder(dataDir))?.[port]).not.toBe(before?.[port]);
    },
  );

  it('does not take another folder’s engine on the same port for its own', async () => {
    await open();
    const address = readFileSync(engineFolder(dataDir).address, 'utf8');
    const other = dataDir;
    dataDir = makeDataDir();
    try {
      await (await open()).close();
      await engineEnded(dataDir);
      writeFileSync(engineFolder(dataDir).address, address);
      const warehouse = await open();
      expect(await warehouse.query(one, counted)).toEqual([{ answer: 1 }]);
      expect(enginesOn(dataDir)).toHaveLength(1);
      await warehouse.close();
      await engineEnded(dataDir);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
      dataDir = other;
    }
  });
});

describe('ending', () => {
  it('ends with its last user, not before', async () => {
    const [first, second] = [startUser('hold', dataDir), startUser('hold', dataDir)];
    await Promise.all([first.line(), second.line()]);
    first.child.stdin?.end();
    expect(await first.ended).toBe(0);
    expect(enginesOn(dataDir)).toHaveLength(1);
    second.child.stdin?.end();
    expect(await second.ended).toBe(0);
    await engineEnded(dataDir);
    expect(enginesOn(dataDir)).toEqual([]);
  });

  it('ends when its last user was killed', async () => {
    const user = startUser('hold', dataDir);
    await user.line();
    await user.kill();
    await engineEnded(dataDir);
    expect(enginesOn(dataDir)).toEqual([]);
  });

  it('ends when the command that was starting it is killed and nobody else comes', async () => {
    const starter = startUser('hold', dataDir);
    await expect.poll(() => enginesOn(dataDir), { interval: 5, timeout: 15_000 }).toHaveLength(1);
    await starter.kill();
    // Not by joining its pipe, which would be somebody coming.
    await expect.poll(() => enginesOn(dataDir), { timeout: 15_000 }).toEqual([]);
  });

  it('ends when its last user was killed with a query running', async () => {
    const user = startUser('busy', dataDir);
    await user.line();
    await sleep(300);
    await user.kill();
    await engineEnded(dataDir);
    expect(enginesOn(dataDir)).toEqual([]);
  });

  it('lets a new command wait for an engine that is shutting down', async () => {
    const user = startUser('busy', dataDir);
    await user.line();
    await sleep(300);
    await user.kill();
    expect(await startUser('query', dataDir, 'SELECT 7 AS answer').line()).toBe('answer 7');
    expect(enginesOn(dataDir).length).toBeLessThanOrEqual(1);
  });

  it('says so when the engine neither answers nor ends', async () => {
    const user = startUser('hold', dataDir);
    await user.line();
    const [engine] = enginesOn(dataDir);
    if (engine === undefined) throw new Error('no engine');
    process.kill(engine, 'SIGSTOP');
    try {
      const error: unknown = await open({ shutdownWaitMs: 100 }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(EngineError);
      expect(error).toMatchObject({ reason: 'engine_stuck' });
      expect(String(error)).toContain(String(engine));
    } finally {
      process.kill(engine, 'SIGCONT');
    }
  });
});

describe('a killed engine', () => {
  it('comes back for the next call of the same process, loudly', async () => {
    const warnings: string[] = [];
    const warehouse = await open({ warn: (message) => warnings.push(message) });
    const [engine] = enginesOn(dataDir);
    if (engine === undefined) throw new Error('no engine');
    process.kill(engine, 'SIGKILL');
    expect(await warehouse.query(one, counted)).toEqual([{ answer: 1 }]);
    expect(warnings.length).toBeGreaterThan(0);
    expect(enginesOn(dataDir)).toHaveLength(1);
    expect(enginesOn(dataDir)).not.toEqual([engine]);
  });

  it('comes back under a running query, which is repeated', async () => {
    const warehouse = await open();
    const running = warehouse.query(
      typedByUser('SELECT sum(sleepEachRow(0.2)) + 5 AS answer FROM numbers(10)'),
      counted,
    );
    await sleep(400);
    const [engine] = enginesOn(dataDir);
    if (engine === undefined) throw new Error('no engine');
    process.kill(engine, 'SIGKILL');
    expect(await running).toEqual([{ answer: 5 }]);
  });

  it('does not repeat a write that may have arrived, and starts again for the next one', async () => {
    const warehouse = await open();
    const slow = warehouse.command(
      typedByUser('CREATE DATABASE slow_write ENGINE = Memory COMMENT toString(sleep(2))'),
    );
    const write = warehouse.command(typedByUser('SYSTEM FLUSH LOGS')).catch(() => undefined);
    await Promise.allSettled([slow, write]);
    await warehouse.command(typedByUser('CREATE DATABASE IF NOT EXISTS wxlive_store'));
    await warehouse.command(
      typedByUser(
        'CREATE TABLE wxlive_store.slow (n UInt64 MATERIALIZED sleep(2), m UInt64) ENGINE = MergeTree ORDER BY m',
      ),
    );
    const insert = warehouse
      .insert({
        table: 'wxlive_store.slow',
        columns: ['m'],
        format: 'JSONEachRow',
        body: Buffer.from('{"m":1}'),
      })
      .then(
        () => null,
        (error: unknown) => error,
      );
    await sleep(500);
    const [engine] = enginesOn(dataDir);
    if (engine === undefined) throw new Error('no engine');
    process.kill(engine, 'SIGKILL');
    const error = await insert;
    expect(error).toBeInstanceOf(WarehouseError);
    expect(error).toMatchObject({ transient: true, unreached: false });
    await warehouse.insert({
      table: 'wxlive_store.slow',
      columns: ['m'],
      format: 'JSONEachRow',
      body: Buffer.from('{"m":2}'),
    });
    expect(
      await warehouse.query(typedByUser('SELECT count() AS answer FROM wxlive_store.slow'), counted),
    ).toEqual([{ answer: 1 }]);
  });

  it('loses nothing that was acknowledged: kill -9 of the engine and of its users, again and again', async () => {
    const warehouse = await open();
    await warehouse.command(typedByUser('CREATE DATABASE wxlive_store'));
    await warehouse.command(
      typedByUser(
        'CREATE TABLE wxlive_store.acknowledged (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1, fsync_part_directory = 1',
      ),
    );
    const stored: number[] = [];
    const kills = times(6, 20);
    for (let round = 0; round < kills; round += 1) {
      const user = startUser('insert', dataDir, String(round * 1_000_000));
      for (let lines = 0; lines < 20; lines += 1) {
        const [word, n] = (await user.line()).split(' ');
        if (word === 'stored') stored.push(Number(n));
      }
      if (round % 2 === 0) await user.kill();
      const [engine] = enginesOn(dataDir);
      if (round % 2 === 1 && engine !== undefined) process.kill(engine, 'SIGKILL');
      await user.kill();
    }
    expect(stored.length).toBe(20 * kills);
    const rows = await warehouse.query(
      typedByUser(
        'SELECT count() AS answer FROM wxlive_store.acknowledged WHERE n IN {stored:Array(UInt64)}',
      ),
      counted,
      { stored },
    );
    expect(rows).toEqual([{ answer: 20 * kills }]);
  });
});

describe('folders that cannot be used', () => {
  const root = process.getuid?.() === 0;
  if (!root) console.warn('SKIPPED: a folder of another uid needs root to be tried');

  it.skipIf(!root)('names a folder that belongs to somebody else', async () => {
    chmodSync(dataDir, 0o755);
    const user = startUser('query', dataDir, 'SELECT 7 AS answer', { uid: 65534 });
    expect(await user.line()).toMatch(/^failed folder_not_writable the data folder cannot be written/);
  });

  it.skipIf(!root)('names an engine folder that belongs to somebody else', async () => {
    await (await open()).close();
    await engineEnded(dataDir);
    chmodSync(dataDir, 0o755);
    const user = startUser('query', dataDir, 'SELECT 7 AS answer', { uid: 65534 });
    expect(await user.line()).toMatch(/^failed folder_not_writable the data folder cannot be written/);
  });

  it('refuses a file in the place of the folder', async () => {
    rmSync(dataDir, { recursive: true });
    writeFileSync(dataDir, '');
    await expect(open()).rejects.toMatchObject({ reason: 'folder_not_writable' });
    rmSync(dataDir);
    dataDir = makeDataDir();
  });

  const prlimit = existsSync('/usr/bin/prlimit');
  if (!prlimit) console.warn('SKIPPED: prlimit is missing, a full disk cannot be tried');

  it.skipIf(!prlimit)('says that the disk is full, and keeps what was acknowledged', async () => {
    const warehouse = await open();
    await warehouse.command(typedByUser('CREATE DATABASE wxlive_store'));
    await warehouse.command(
      typedByUser(
        "CREATE TABLE wxlive_store.full (s String CODEC(NONE)) ENGINE = MergeTree ORDER BY tuple() SETTINGS min_bytes_for_wide_part = '1G'",
      ),
    );
    const insert = (text: string) =>
      warehouse.insert({
        table: 'wxlive_store.full',
        columns: ['s'],
        format: 'JSONEachRow',
        body: Buffer.from(JSON.stringify({ s: text })),
      });
    await insert('small');
    const [engine] = enginesOn(dataDir);
    execFileSync('prlimit', ['--pid', String(engine), '--fsize=100000:100000']);
    const error: unknown = await insert('x'.repeat(1_000_000)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WarehouseError);
    expect(error).toMatchObject({ transient: true });
    expect(error).toMatchObject({ reason: 'folder_full' });
    expect(String(error)).not.toContain('xxxx');
    // The engine that lost a write is gone; the next one has the limit no more.
    const rows = typedByUser('SELECT count() AS answer FROM wxlive_store.full WHERE NOT ignore(s)');
    expect(await warehouse.query(rows, counted)).toEqual([{ answer: 1 }]);
    expect(enginesOn(dataDir)).not.toContain(engine);
    await insert('x'.repeat(1_000_000));
    expect(await warehouse.query(rows, counted)).toEqual([{ answer: 2 }]);
  });

  it.skipIf(!prlimit)(
    'ends an engine whose merge could not be written, and keeps the parts it was made of',
    async () => {
      const warehouse = await open();
      await warehouse.command(typedByUser('CREATE DATABASE wxlive_store'));
      await warehouse.command(
        typedByUser(
          'CREATE TABLE wxlive_store.merged (s String CODEC(NONE)) ENGINE = MergeTree ORDER BY tuple()',
        ),
      );
      await warehouse.command(typedByUser('SYSTEM STOP MERGES wxlive_store.merged'));
      for (let part = 0; part < 4; part += 1) {
        await warehouse.insert({
          table: 'wxlive_store.merged',
          columns: ['s'],
          format: 'JSONEachRow',
          body: Buffer.from(JSON.stringify({ s: String(part).repeat(60_000) })),
        });
      }
      const [engine] = enginesOn(dataDir);
      execFileSync('prlimit', ['--pid', String(engine), '--fsize=100000:100000']);
      // As another client would: without the check after the statement.
      const address = readAddress(engineFolder(dataDir));
      const password = readCredentials(engineFolder(dataDir))?.ownerPassword ?? '';
      for (const body of [
        'SYSTEM START MERGES wxlive_store.merged',
        'OPTIMIZE TABLE wxlive_store.merged FINAL',
      ]) {
        await fetch(`http://127.0.0.1:${String(address?.httpPort)}/`, {
          method: 'POST',
          headers: { 'X-ClickHouse-User': 'wxlive', 'X-ClickHouse-Key': password },
          body,
        }).catch(() => undefined);
      }
      await expect.poll(() => enginesOn(dataDir), { timeout: 15_000 }).not.toContain(engine);
      expect(
        await warehouse.query(
          typedByUser(
            'SELECT sum(length(s)) AS answer FROM wxlive_store.merged WHERE s = repeat(substring(s, 1, 1), 60000)',
          ),
          counted,
        ),
      ).toEqual([{ answer: 240_000 }]);
    },
  );

  it.skipIf(!prlimit)('says so when the engine cannot even write its folder', async () => {
    const user = startUser('query', dataDir, 'SELECT 7 AS answer', {
      before: ['prlimit', '--fsize=500:500'],
    });
    expect(await user.line()).toMatch(/^failed folder_full the disk of the data folder is full/);
    expect(await startUser('query', dataDir, 'SELECT 7 AS answer').line()).toBe('answer 7');
  });

  it('refuses a folder that a newer engine has opened', async () => {
    await (await open()).close();
    await engineEnded(dataDir);
    writeFileSync(
      engineFolder(dataDir).version,
      JSON.stringify({ package: '99.1.1-stable.1', server: '99.1.1.1' }),
    );
    const error: unknown = await open().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ reason: 'engine_older' });
    expect(String(error)).toContain('99.1.1');
  });

  it('waits for somebody who is starting, and gives up with a reason', async () => {
    await (await open()).close();
    await engineEnded(dataDir);
    const lock = tryOsLock(engineFolder(dataDir).startLock);
    const waiting = startUser('query', dataDir, 'SELECT 7 AS answer');
    await sleep(500);
    expect(enginesOn(dataDir)).toEqual([]);
    lock?.release();
    expect(await waiting.line()).toBe('answer 7');
  });
});
