import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { typedByUser, WarehouseError, type Warehouse } from '../../../sql/index.js';
import { openRetrying } from '../../../sql/connection/retrying.js';

const transient = () => new WarehouseError('away', null, true);
const refused = () => new WarehouseError('refused', null, true, { unreached: true });
const permanent = () => new WarehouseError('no', 62, false);
const sql = typedByUser('SELECT 1');

/** A warehouse whose every call takes the next of `outcomes`: an error, or null for success. */
function setUp(outcomes: (Error | null)[], reopen: boolean) {
  const calls: string[] = [];
  const warnings: string[] = [];
  let opened = 0;
  let closed = 0;
  const next = (call: string) => {
    calls.push(call);
    const outcome = outcomes.shift() ?? null;
    return outcome === null ? Promise.resolve() : Promise.reject(outcome);
  };
  const inner: Warehouse = {
    mode: 'embedded',
    query: async () => {
      await next('query');
      return [];
    },
    async *stream() {
      yield Buffer.from('first');
      await next('stream');
    },
    insert: () => next('insert'),
    command: () => next('command'),
    session: async (work) => work(inner),
    ping: () => next('ping'),
    close: () => Promise.resolve(),
  };
  const ignore = () => undefined;
  const warehouse = openRetrying({
    mode: 'embedded',
    reopen,
    logger: { debug: ignore, info: ignore, error: ignore, warn: (message) => warnings.push(message) },
    open: () => {
      opened += 1;
      return Promise.resolve({
        warehouse: inner,
        close: () => {
          closed += 1;
          return Promise.resolve();
        },
      });
    },
  });
  return { warehouse, calls, warnings, counts: () => ({ opened, closed }) };
}

const insert = { table: 'a.b', columns: ['c'], format: 'Native', body: Buffer.from('') } as const;

describe('trying again', () => {
  it('repeats a read after a transient failure, loudly, on a new connection', async () => {
    const { warehouse, calls, warnings, counts } = setUp([transient(), transient(), null], true);
    expect(await warehouse.query(sql, z.unknown())).toEqual([]);
    expect(calls).toEqual(['query', 'query', 'query']);
    expect(warnings).toHaveLength(2);
    expect(counts()).toEqual({ opened: 3, closed: 2 });
  });

  it('asks the same server again', async () => {
    const { warehouse, counts } = setUp([transient(), null], false);
    await warehouse.query(sql, z.unknown());
    expect(counts()).toEqual({ opened: 1, closed: 0 });
  });

  it('gives up after five', async () => {
    const { warehouse, calls } = setUp(Array.from({ length: 9 }, transient), true);
    await expect(warehouse.query(sql, z.unknown())).rejects.toThrow('away');
    expect(calls).toHaveLength(5);
  });

  it('does not repeat what will not get better', async () => {
    const { warehouse, calls } = setUp([permanent()], true);
    await expect(warehouse.query(sql, z.unknown())).rejects.toThrow('no');
    expect(calls).toHaveLength(1);
  });

  it('repeats a write only when it cannot have arrived', async () => {
    const arrived = setUp([transient(), null], true);
    await expect(arrived.warehouse.insert(insert)).rejects.toThrow('away');
    await expect(arrived.warehouse.command(sql)).resolves.toBeUndefined();
    expect(arrived.calls).toEqual(['insert', 'command']);
    expect(arrived.counts().opened).toBe(2);
    const away = setUp([refused(), null, refused(), null], true);
    await away.warehouse.insert(insert);
    await away.warehouse.command(sql);
    expect(away.calls).toEqual(['insert', 'insert', 'command', 'command']);
  });

  it('repeats no stream of rows, whose beginning is gone', async () => {
    const { warehouse, calls } = setUp([refused(), null], true);
    async function* body() {
      yield await Promise.resolve(Buffer.from('x'));
    }
    await expect(warehouse.insert({ ...insert, body: body() })).rejects.toThrow('refused');
    expect(calls).toEqual(['insert']);
  });

  it('does not begin a stream again after its first byte', async () => {
    const { warehouse, calls } = setUp([transient(), null], true);
    const seen: string[] = [];
    const read = async () => {
      for await (const chunk of warehouse.stream(sql, 'Native')) seen.push(Buffer.from(chunk).toString());
    };
    await expect(read()).rejects.toThrow('away');
    expect([seen, calls]).toEqual([['first'], ['stream']]);
  });

  it('repeats nothing inside a session', async () => {
    const { warehouse, calls } = setUp([null, transient(), null], true);
    await expect(warehouse.session((session) => session.query(sql, z.unknown()))).rejects.toThrow('away');
    expect(calls).toEqual(['ping', 'query']);
  });

  it('refuses work after its close', async () => {
    const { warehouse } = setUp([], true);
    await warehouse.close();
    await expect(warehouse.ping()).rejects.toThrow('closed');
  });
});
