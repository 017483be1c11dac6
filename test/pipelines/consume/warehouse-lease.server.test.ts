import { join } from 'node:path';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  createPseudonymizer,
  erasePerson,
  openDirectBus,
  PseudonymKey,
  readBackup,
  restoreBackup,
  Seal,
  turnsOf,
  writeBackup,
  type Backup,
  type DirectBus,
} from '../../../pipelines/index.js';
import { acquireWarehouseLease, isFenced } from '../../../pipelines/consume/warehouse-lease.js';
import { migrate, typedByUser, writeLedger, type Warehouse } from '../../../sql/index.js';
import { parseImport, runWxlive } from '../../cli/run-wxlive.js';
import { makeDataDir } from '../../servers/clickhouse.js';
import { UnsteadyClickHouse } from '../../servers/unsteady-clickhouse.js';
import { events } from './kafka-bench.js';

/** Two machines and one ClickHouse: two data folders, so that nothing but the database can keep them apart. */
describe('the lease of a warehouse that several machines reach', () => {
  let server: UnsteadyClickHouse;
  let warehouses: Warehouse[] = [];
  const folders = [makeDataDir(), makeDataDir(), makeDataDir()];
  const files = mkdtempSync(join(tmpdir(), 'wxlive-lease-'));
  const snapshot = { exportedAt: 0, scopes: [], acceptShrink: false };
  const patience = AbortSignal.timeout(120_000);

  beforeAll(async () => {
    server = await UnsteadyClickHouse.open(folders[0] ?? '');
    warehouses = await Promise.all(folders.map((folder) => server.warehouse(folder)));
    await migrate(first(), { reportZone: 'Asia/Shanghai', channelGroups: {} });
  });
  afterAll(async () => {
    await Promise.all(warehouses.map((one) => one.close()));
    await server.stop();
    for (const folder of [...folders, files]) rmSync(folder, { recursive: true, force: true });
  });

  function first(): Warehouse {
    const [warehouse] = warehouses;
    if (warehouse === undefined) throw new Error('nothing is open');
    return warehouse;
  }

  /** Another machine's row in the lease. */
  async function passLease(epoch: string, state: 'claimed' | 'released'): Promise<void> {
    await first().command(
      typedByUser(
        `INSERT INTO wxlive_store.loader_lease_ledger (epoch, holder, host, process_id, state) SELECT ${epoch}, 'other', 'elsewhere', 1, '${state}' FROM wxlive_store.loader_lease_ledger`,
      ),
    );
  }

  async function counted(account: string): Promise<{ rows: number; ids: number }> {
    const [row] = await first().query(
      typedByUser(
        `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(event_id)) AS ids FROM wxlive.events WHERE account = '${account}'`,
      ),
      z.object({ rows: z.number(), ids: z.number() }),
    );
    return row ?? { rows: 0, ids: 0 };
  }

  it('makes buses take turns message by message: of the same events each is accepted once', async () => {
    const buses = await Promise.all(
      warehouses.slice(1).map(async (warehouse, at) => {
        const bus = await openDirectBus(warehouse, folders[at + 1] ?? '');
        let accepted = 0;
        for (let message = 0; message < 3; message++) {
          const records = events('turns', message * 400, 500);
          const batchSeq = bus.nextBatchSeq();
          const reply = await bus.publish({ batchSeq, records, snapshot });
          accepted += reply.accepted.reduce((sum, one) => sum + one, 0);
        }
        return { bus, accepted };
      }),
    );
    await Promise.all(buses.map(({ bus }) => bus.close()));
    expect(buses.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1_300);
    expect(await counted('turns')).toEqual({ rows: 1_300, ids: 1_300 });
  });

  it('is had one after the other in the order of asking, and nobody overtakes the queue', async () => {
    const holder = await acquireWarehouseLease(first(), { signal: patience, wants: false });
    expect(holder.wanted()).toBe(false);
    const order: string[] = [];
    const take = async (name: string, wants: boolean): Promise<void> => {
      const lease = await acquireWarehouseLease(first(), { signal: patience, wants });
      order.push(name);
      await sleep(50);
      await lease.release();
    };
    const standby = take('standby', false);
    await sleep(200);
    const early = take('early', true);
    while (!holder.wanted()) await sleep(50);
    const late = take('late', true);
    await sleep(400);
    await holder.release();
    await Promise.all([standby, early, late]);
    expect(order).toEqual(['early', 'late', 'standby']);
  });

  it('refuses what a sleeper writes after its turn, in words that ask for another try; the next try waits and goes in', async () => {
    const bus = await openDirectBus(first(), folders[0] ?? '');
    await bus.publish({ batchSeq: bus.nextBatchSeq(), records: events('sleeper', 0, 10), snapshot });
    // Silent for so long that another takes its place: the rows say so before the clock does.
    await passLease('max(epoch) + 1', 'claimed');
    const late = { batchSeq: bus.nextBatchSeq(), records: events('sleeper', 0, 20), snapshot };
    const refused: unknown = await bus.publish(late).catch((error: unknown) => error);
    expect(refused).toMatchObject({ transient: true });
    expect(isFenced((refused as Error).cause)).toBe(true);
    expect(await counted('sleeper')).toEqual({ rows: 10, ids: 10 });
    await passLease('max(epoch)', 'released');
    await bus.publish({ ...late, batchSeq: bus.nextBatchSeq() });
    await bus.close();
    expect(await counted('sleeper')).toEqual({ rows: 20, ids: 20 });
  });

  it('keeps two imports of two machines apart: every event once, and their figures add up', async () => {
    const line = (id: number): string =>
      JSON.stringify({
        event_id: `m${id}`,
        event: 'live_enter',
        time: 1_790_000_000_000 + id,
        openid: `o${id % 50}`,
        room_id: 'R1',
      });
    const paths = [0, 1].map((machine) =>
      [0, 1].map((file) => {
        const path = join(files, `${machine}-${file}.ndjson`);
        // Both machines have the same events in other files.
        const from = file * 2_000 + machine * 500;
        writeFileSync(path, Array.from({ length: 2_000 }, (_, at) => line(from + at)).join('\n'));
        return path;
      }),
    );
    const env = { ...server.environment, WXLIVE_PSEUDONYM_KEY: 'd'.repeat(64) };
    const results = await Promise.all(
      paths.map((own, machine) =>
        runWxlive(['import', '--json', ...own], { dataDir: folders[machine + 1] ?? '', env }),
      ),
    );
    expect(
      results.map(({ exit }) => exit),
      results.map(({ stderr }) => stderr).join('\n'),
    ).toEqual([0, 0]);
    const loaded = results.flatMap(parseImport).map((file) => ('accepted' in file ? file.accepted : 0));
    expect(loaded.reduce((sum, accepted) => sum + accepted, 0)).toBe(4_500);
    expect(await counted('default')).toEqual({ rows: 4_500, ids: 4_500 });
  });

  const key = PseudonymKey.parse('d'.repeat(64));
  if (!key.ok) throw new Error('the test has no key');
  const pseudonymizer = createPseudonymizer(key.value);
  const reader = { seal: new Seal(key.value), pseudonymizer, rawId: 'o7' };
  /** Events of that person. */
  async function ofPerson(): Promise<number> {
    const [row] = await first().query(
      typedByUser(
        'SELECT toUInt32(count()) AS rows FROM wxlive.events WHERE viewer IN {viewers:Array(UUID)}',
      ),
      z.object({ rows: z.number() }),
      { viewers: pseudonymizer.customersOfId('o7') },
    );
    return row?.rows ?? -1;
  }
  const members = pseudonymizer.customersOfId('o7');

  it('lets an erasure wait for whoever loads from another machine', async () => {
    expect(await ofPerson()).toBeGreaterThan(0);
    const holder = await acquireWarehouseLease(first(), { signal: patience, wants: false });
    const erasing = turnsOf(first(), folders[1] ?? '').take();
    while (!holder.wanted()) await sleep(50);
    await holder.release();
    const turn = await erasing;
    // It sleeps in the middle, and another has the right meanwhile: no certificate, and the next try makes it whole.
    let passed = false;
    const sleepy: Warehouse = {
      ...turn.warehouse,
      async command(statement, parameters) {
        if (!passed && statement.includes('DELETE FROM')) {
          passed = true;
          await passLease('max(epoch) + 1', 'claimed');
          await passLease('max(epoch)', 'released');
        }
        return turn.warehouse.command(statement, parameters);
      },
    };
    await expect(erasePerson(sleepy, members, reader)).rejects.toMatchObject({ transient: true });
    expect(passed).toBe(true);
    expect(await turn.stillHeld()).toBe(false);
    await turn.release();
    const again = await turnsOf(first(), folders[2] ?? '').take();
    expect(await again.stillHeld()).toBe(true);
    const erased = await erasePerson(again.warehouse, members, reader);
    await again.release();
    expect(erased.state).toBe('erased');
    expect(erased.removed['events_store']).toBeGreaterThan(0);
    expect(await ofPerson()).toBe(0);
  });

  describe('and its backup', () => {
    const progress = { update: () => undefined, end: () => undefined };
    const steps = { writing: '', checking: '' };
    const common = { outbox: join(files, 'outbox'), reportZone: 'Asia/Shanghai', progress };
    const render = { reportZone: 'Asia/Shanghai', channelGroups: {} };
    const target = makeDataDir();
    const elsewhere = makeDataDir();
    let other: UnsteadyClickHouse;
    let empty: Warehouse[] = [];
    let backup: Backup;
    beforeAll(async () => {
      other = await UnsteadyClickHouse.open(target);
      empty = await Promise.all([target, elsewhere].map((folder) => other.warehouse(folder)));
    });
    afterAll(async () => {
      await Promise.all(empty.map((one) => one.close()));
      await other.stop();
      for (const folder of [target, elsewhere]) rmSync(folder, { recursive: true, force: true });
    });

    it('is made while nobody loads from any machine, and not by one whose turn has passed', async () => {
      const loads = await openDirectBus(first(), folders[1] ?? '');
      await loads.publish({ batchSeq: loads.nextBatchSeq(), records: events('kept', 0, 50), snapshot });
      await loads.close();
      const turn = await turnsOf(first(), folders[1] ?? '').take();
      const asleep = { ...turn, stillHeld: () => Promise.resolve(false) };
      const parent = join(files, 'backups');
      await expect(writeBackup(first(), { ...common, parent, steps, turn: asleep })).rejects.toMatchObject({
        transient: true,
      });
      expect(readdirSync(parent)).toEqual([]);
      const holder = await acquireWarehouseLease(first(), { signal: patience, wants: false });
      const waiting = turnsOf(first(), folders[1] ?? '').take();
      while (!holder.wanted()) await sleep(50);
      await holder.release();
      backup = await writeBackup(first(), { ...common, parent, steps, turn: await waiting });
      expect(backup.manifest.tables.find(({ table }) => table === 'events_store')?.rows).toBeGreaterThan(0);
    });

    it('goes into a new server before anybody may load there, and leases go on where they stood', async () => {
      const [into, loading] = empty;
      if (into === undefined || loading === undefined) throw new Error('nothing is open');
      const checked = await readBackup(backup.folder);
      if (!checked.ok) throw new Error('the backup is refused');
      let stranger: Promise<DirectBus> | null = null;
      const watched: Warehouse = {
        ...into,
        command(statement, parameters) {
          // Another machine wants to load as soon as anything is there.
          if (statement.includes('{table:Identifier} SYNC')) stranger ??= openDirectBus(loading, elsewhere);
          return into.command(statement, parameters);
        },
      };
      const options = { ...common, render, key: key.value, step: '' };
      const turns = turnsOf(into, target);
      const restored = await restoreBackup(watched, checked.value, { ...options, turns });
      expect(restored).toMatchObject({ ok: true, value: { resumed: false } });
      const bus = await (stranger as Promise<DirectBus> | null);
      if (bus === null) throw new Error('nobody wanted to load');
      const reply = await bus.publish({
        batchSeq: bus.nextBatchSeq(),
        records: [...events('kept', 0, 50), ...events('fresh', 0, 7)],
        snapshot,
      });
      expect(reply.accepted.reduce((sum, one) => sum + one, 0)).toBe(7);
      await bus.close();
      const epochs = async (warehouse: Warehouse): Promise<number> => {
        const [row] = await warehouse.query(
          typedByUser('SELECT toUInt32(max(epoch)) AS epoch FROM wxlive_store.loader_lease_ledger'),
          z.object({ epoch: z.number() }),
        );
        return row?.epoch ?? 0;
      };
      expect(await epochs(into)).toBeGreaterThan(await epochs(first()));
      expect(await restoreBackup(into, checked.value, { ...options, turns })).toMatchObject({
        ok: false,
        failure: { code: 'not_empty' },
      });
      // A restore that lies half-way is nobody's to load into.
      await writeLedger(into, 'restore', 'begun again');
      await expect(openDirectBus(loading, elsewhere)).rejects.toThrow('was interrupted');
    });
  });
});
