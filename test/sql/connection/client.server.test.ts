import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  openWarehouse,
  openAnalyst,
  typedByUser,
  WarehouseError,
  type SqlParameters,
} from '../../../sql/index.js';
import { openClient } from '../../../sql/connection/client.js';
import { readAddress } from '../../../sql/engine/address.js';
import { readCredentials } from '../../../sql/engine/credentials.js';
import { engineFolder } from '../../../sql/engine/folder.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';

let test: TestWarehouse;
const servers: Server[] = [];
beforeAll(async () => {
  test = await startTestWarehouse();
  await test.warehouse.command(typedByUser('CREATE DATABASE wxlive_store'));
  await test.warehouse.command(
    typedByUser('CREATE TABLE wxlive_store.rows (n UInt64, s String) ENGINE = MergeTree ORDER BY n'),
  );
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => test.stop());

const answer = <Type extends z.ZodType>(type: Type) => z.object({ answer: type });
const collect = async (stream: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};
const failure = async (work: Promise<unknown>): Promise<WarehouseError> => {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (caught: unknown) => caught,
  );
  if (!(error instanceof WarehouseError)) throw error;
  return error;
};

describe('parameters', () => {
  const awkward = [
    '',
    "a'b",
    'a\\b',
    'tab\tnewline\nreturn\rnull\0end',
    "\\'",
    '\\n',
    '直播间🎥',
    '{"a":1}',
    '%41+ &=?#',
    '\\N',
    'NULL',
    '--',
    '"',
    '`',
    '\u2028',
  ];

  it.each(awkward)('brings a text there and back: %j', async (text) => {
    const rows = await test.warehouse.query(
      typedByUser(
        'SELECT {t:String} AS t, {l:Array(String)} AS l, {m:Map(String, String)} AS m, hex({t:String}) AS h',
      ),
      z.object({ t: z.string(), l: z.array(z.string()), m: z.record(z.string(), z.string()), h: z.string() }),
      { t: text, l: [text, 'x', text], m: { [text]: text } },
    );
    const hex = Buffer.from(text).toString('hex').toUpperCase();
    expect(rows).toEqual([{ t: text, l: [text, 'x', text], m: { [text]: text }, h: hex }]);
  });

  it('brings the same there as a form, when they are long', async () => {
    const filler = 'f'.repeat(5_000);
    const rows = await test.warehouse.query(
      typedByUser('SELECT {l:Array(String)} AS l, {t:String} AS t, length({f:String}) AS f'),
      z.object({ l: z.array(z.string()), t: z.string(), f: z.coerce.number() }),
      { l: awkward, t: awkward.join(''), f: filler },
    );
    expect(rows).toEqual([{ l: awkward, t: awkward.join(''), f: 5_000 }]);
  });

  it('takes numbers, bigints, booleans and nulls', async () => {
    const rows = await test.warehouse.query(
      typedByUser(
        'SELECT {a:Int64} AS a, {b:UInt64} AS b, {c:Bool} AS c, {d:Nullable(String)} AS d, {e:Float64} AS e, {f:Array(Nullable(UInt64))} AS f, {g:Nullable(Float64)} AS g',
      ),
      z.unknown(),
      { a: -5, b: 18_446_744_073_709_551_615n, c: true, d: null, e: 0.1, f: [1n, null, 2], g: null },
    );
    expect(rows).toEqual([
      { a: '-5', b: '18446744073709551615', c: true, d: null, e: 0.1, f: ['1', null, '2'], g: null },
    ]);
  });

  it('takes a hundred thousand ids', async () => {
    const ids = Array.from(
      { length: 100_000 },
      (_, n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
    );
    const sql = typedByUser(
      'SELECT length({ids:Array(UUID)}) AS answer, toString({ids:Array(UUID)}[-1]) AS last',
    );
    const rows = await test.warehouse.query(sql, z.object({ answer: z.coerce.number(), last: z.string() }), {
      ids,
    });
    expect(rows).toEqual([{ answer: 100_000, last: ids.at(-1) }]);
    const streamed = await collect(
      test.warehouse.stream(typedByUser('SELECT length({ids:Array(UUID)})'), 'TabSeparated', { ids }),
    );
    expect(streamed.toString()).toBe('100000\n');
  });

  it.each<[string, SqlParameters | undefined, RegExp]>([
    ['SELECT {a:String} AS answer', undefined, /missing a/],
    ['SELECT {a:String} AS answer', { b: 'secret' }, /missing a; unknown b/],
    ['SELECT 1 AS answer', { b: 'secret' }, /unknown b/],
  ])('refuses before the call: %s %j', async (sql, parameters, message) => {
    const error: unknown = await test.warehouse
      .query(typedByUser(sql), z.unknown(), parameters)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain('secret');
  });
});

describe('answers', () => {
  it('gives 64-bit integers as text, and refuses rows of another shape', async () => {
    const sql = typedByUser('SELECT toUInt64(9007199254740993) AS answer');
    expect(await test.warehouse.query(sql, answer(z.string()))).toEqual([{ answer: '9007199254740993' }]);
    await expect(test.warehouse.query(sql, answer(z.number()))).rejects.toThrow();
  });

  it('streams any format, bytes unchanged', async () => {
    const bytes = await collect(
      test.warehouse.stream(typedByUser('SELECT toUInt32(number) FROM numbers(100000)'), 'RowBinary'),
    );
    expect(bytes.length).toBe(400_000);
    for (const n of [0, 1, 77, 65_535, 99_999]) expect(bytes.readUInt32LE(n * 4)).toBe(n);
  });

  it('keeps texts that look like its error trailer', async () => {
    const text = '\r\n__exception__\r\nabc\r\nCode: 1. DB::Exception: no\r\n5 abc\r\n__exception__\r\n';
    const bytes = await collect(
      test.warehouse.stream(typedByUser('SELECT {t:String}'), 'RawBLOB', { t: text }),
    );
    expect(bytes.toString()).toBe(text);
  });

  it.each(['RowBinary', 'Native', 'TabSeparated', 'CSV', 'JSONEachRow', 'Parquet'])(
    'fails loudly when the server fails after its 200: %s',
    async (format) => {
      const late = typedByUser(
        "SELECT number, repeat('x', 100), throwIf(number = 3000000, 'late failure') FROM numbers(4000000) SETTINGS max_block_size = 1000, max_threads = 1",
      );
      const error = await failure(collect(test.warehouse.stream(late, format)));
      expect(error.code).toBe(395);
      expect(error.transient).toBe(false);
    },
  );

  it('fails loudly in a query, too', async () => {
    const late = typedByUser(
      "SELECT number AS answer, throwIf(number = 3000000, 'late failure') FROM numbers(4000000) SETTINGS max_block_size = 1000",
    );
    expect((await failure(test.warehouse.query(late, z.unknown()))).code).toBe(395);
  });

  it('ends the query of a reader that stops early', async () => {
    const running = typedByUser(
      "SELECT count() AS answer FROM system.processes WHERE query LIKE '%stops-early%' AND query NOT LIKE '%processes%'",
    );
    for await (const chunk of test.warehouse.stream(
      typedByUser('SELECT number /* stops-early */ FROM system.numbers'),
      'RowBinary',
    )) {
      if (chunk.length > 0) break;
    }
    await expect
      .poll(() => test.warehouse.query(running, answer(z.coerce.number())), { timeout: 15_000 })
      .toEqual([{ answer: 0 }]);
    expect(
      await test.warehouse.query(typedByUser('SELECT 1 AS answer'), answer(z.coerce.number())),
    ).toHaveLength(1);
  });

  it('ends a query by its signal', async () => {
    const controller = new AbortController();
    const work = test.warehouse.query(
      typedByUser('SELECT sum(sleepEachRow(1)) AS answer FROM numbers(60) SETTINGS max_block_size = 1'),
      z.unknown(),
      {},
      { signal: controller.signal },
    );
    setTimeout(() => {
      controller.abort(new Error('enough'));
    }, 300);
    await expect(work).rejects.toThrow('enough');
  });
});

describe('inserts', () => {
  const rows = async () =>
    test.warehouse.query(
      typedByUser('SELECT n, s FROM wxlive_store.rows ORDER BY n'),
      z.object({ n: z.coerce.number(), s: z.string() }),
    );
  const into = { table: 'wxlive_store.rows', columns: ['s', 'n'] } as const;
  afterEach(() => test.warehouse.command(typedByUser('TRUNCATE TABLE wxlive_store.rows')));

  it('takes JSONEachRow, RowBinary and Native, as bytes and as a stream', async () => {
    await test.warehouse.insert({
      ...into,
      format: 'JSONEachRow',
      body: Buffer.from('{"n":1,"s":"eins"}\n'),
    });
    const binary = (n: bigint, s: string) => {
      const number = Buffer.alloc(8);
      number.writeBigUInt64LE(n);
      return Buffer.concat([Buffer.from([Buffer.byteLength(s)]), Buffer.from(s), number]);
    };
    async function* parts() {
      yield binary(2n, 'zwei').subarray(0, 3);
      await sleep(5);
      yield binary(2n, 'zwei').subarray(3);
      yield binary(3n, '三');
    }
    await test.warehouse.insert({ ...into, format: 'RowBinary', body: parts() });
    const native = await collect(
      test.warehouse.stream(typedByUser("SELECT 'vier' AS s, toUInt64(4) AS n"), 'Native'),
    );
    await test.warehouse.insert({ ...into, format: 'Native', body: native });
    expect(await rows()).toEqual([
      { n: 1, s: 'eins' },
      { n: 2, s: 'zwei' },
      { n: 3, s: '三' },
      { n: 4, s: 'vier' },
    ]);
  });

  it('is visible when it is acknowledged', async () => {
    for (let n = 0; n < 20; n += 1) {
      await test.warehouse.insert({
        ...into,
        format: 'JSONEachRow',
        body: Buffer.from(`{"n":${String(n)},"s":""}`),
      });
      expect(await rows()).toHaveLength(n + 1);
    }
  });

  it('keeps what was in a bad row out of the error', async () => {
    const error = await failure(
      test.warehouse.insert({
        ...into,
        format: 'JSONEachRow',
        body: Buffer.from('{"n":"oCANARY","s":"oCANARY"}\n'),
      }),
    );
    expect(error.code).not.toBeNull();
    expect(error.transient).toBe(false);
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain('oCANARY');
    expect(await rows()).toEqual([]);
  });

  it('passes the error of a body on, and stores nothing of it', async () => {
    async function* broken() {
      yield Buffer.from('{"n":1,"s":""}\n');
      await sleep(5);
      throw new Error('the source broke');
    }
    await expect(test.warehouse.insert({ ...into, format: 'JSONEachRow', body: broken() })).rejects.toThrow(
      'the source broke',
    );
    await sleep(200);
    expect(await rows()).toEqual([]);
  });

  it('refuses names that are not plain', async () => {
    const body = Buffer.from('');
    await expect(
      test.warehouse.insert({ ...into, table: 'a; DROP', format: 'Native', body }),
    ).rejects.toThrow(TypeError);
    await expect(test.warehouse.insert({ ...into, columns: [], format: 'Native', body })).rejects.toThrow(
      TypeError,
    );
  });
});

describe('sessions', () => {
  it('keep a temporary table from statement to statement, and from nobody else’s sight', async () => {
    const seen = await test.warehouse.session(async (session) => {
      await session.command(typedByUser('CREATE TEMPORARY TABLE mine (n UInt64)'));
      await session.insert({
        table: 'mine',
        columns: ['n'],
        format: 'JSONEachRow',
        body: Buffer.from('{"n":5}'),
      });
      await expect(
        test.warehouse.query(typedByUser('SELECT n AS answer FROM mine'), answer(z.string())),
      ).rejects.toMatchObject({ code: 60 });
      const streamed = await collect(session.stream(typedByUser('SELECT n FROM mine'), 'TabSeparated'));
      return [
        streamed.toString(),
        await session.query(typedByUser('SELECT n AS answer FROM mine'), answer(z.string())),
      ];
    });
    expect(seen).toEqual(['5\n', [{ answer: '5' }]]);
  });

  it('run statements asked for at once one after the other', async () => {
    const rows = await test.warehouse.session((session) =>
      Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          session.query(typedByUser(`SELECT ${String(n)} AS answer, sleep(0.02)`), answer(z.coerce.number())),
        ),
      ),
    );
    expect(rows.flat().map((row) => row.answer)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('end with the work, also when it fails', async () => {
    await expect(
      test.warehouse.session(async (session) => {
        await session.command(typedByUser('CREATE TEMPORARY TABLE mine (n UInt64)'));
        throw new Error('work failed');
      }),
    ).rejects.toThrow('work failed');
  });
});

describe('a server of the user’s own', () => {
  const server = () => {
    const folder = engineFolder(test.dataDir);
    const url = `http://127.0.0.1:${String(readAddress(folder)?.httpPort)}`;
    return { url, user: 'wxlive', password: readCredentials(folder)?.ownerPassword ?? '' };
  };

  it('runs the same code', async () => {
    const clickhouse = server();
    const settings = { clickhouse, dataDir: '/nowhere/at/all', reportZone: 'Asia/Tokyo' };
    const warehouse = await openWarehouse(settings);
    expect(warehouse.mode).toBe('server');
    expect(await warehouse.query(typedByUser('SELECT currentUser() AS answer'), answer(z.string()))).toEqual([
      { answer: 'wxlive' },
    ]);
    const analyst = await openAnalyst(settings);
    const zone = typedByUser("SELECT concat(timezone(), ' ', toString(getSetting('readonly'))) AS answer");
    expect(await analyst.query(zone, answer(z.string()))).toEqual([{ answer: 'Asia/Tokyo 2' }]);
    expect((await failure(analyst.command(typedByUser('CREATE DATABASE nope')))).code).toBe(164);
    const own = {
      user: 'analyst',
      password: readCredentials(engineFolder(test.dataDir))?.analystPassword ?? '',
    };
    const restricted = await openAnalyst({ ...settings, clickhouse: { ...clickhouse, analyst: own } });
    expect(await restricted.query(typedByUser('SELECT currentUser() AS answer'), answer(z.string()))).toEqual(
      [{ answer: 'analyst' }],
    );
    await Promise.all([warehouse.close(), analyst.close(), restricted.close()]);
  });

  it('names a wrong password without it', async () => {
    const warehouse = openClient({ ...server(), mode: 'server', password: 'oWRONG' });
    const error = await failure(warehouse.ping());
    expect(error.code).toBe(516);
    expect(String(error)).not.toContain('oWRONG');
    await warehouse.close();
  });

  it('says that nobody is there', async () => {
    const warehouse = openClient({
      mode: 'server',
      url: 'http://127.0.0.1:9',
      user: 'a',
      password: 'oSECRET',
    });
    const error = await failure(warehouse.ping());
    expect(error).toMatchObject({ code: null, transient: true, unreached: true });
    expect(String(error)).toContain('http://127.0.0.1:9');
    expect(String(error)).not.toContain('oSECRET');
    await warehouse.close();
  });

  const listen = async (handler: Parameters<typeof createServer>[1]) => {
    const fake = createServer(handler ?? (() => undefined)).listen(0, '127.0.0.1');
    servers.push(fake);
    await new Promise((resolve) => fake.once('listening', resolve));
    const address = fake.address();
    return openClient({
      mode: 'server',
      url: `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : 0)}`,
      user: 'a',
      password: 'b',
    });
  };

  it('notices an answer that is cut off', async () => {
    const warehouse = await listen((_request, response) => {
      response.writeHead(200, { 'Transfer-Encoding': 'chunked' });
      response.write('{"answer":1}\n', () => response.destroy());
    });
    const error = await failure(warehouse.query(typedByUser('SELECT 1 AS answer'), z.unknown()));
    expect(error).toMatchObject({ transient: true, unreached: false });
  });

  it('notices an older server’s error at the end', async () => {
    const warehouse = await listen((_request, response) => {
      response.end(
        '1\n2\n__exception__\r\nCode: 241. DB::Exception: (total) memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)\n',
      );
    });
    const error = await failure(collect(warehouse.stream(typedByUser('SELECT 1'), 'TabSeparated')));
    expect(error).toMatchObject({ code: 241, transient: true });
  });

  it('does not take a proxy’s page for an answer', async () => {
    const warehouse = await listen((_request, response) => {
      response.writeHead(502).end('<html>Bad gateway</html>');
    });
    const error = await failure(warehouse.ping());
    expect(error).toMatchObject({ code: null, transient: true });
    expect(String(error)).toContain('502');
  });
});
