import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  connectionInfo,
  typedByUser,
  WarehouseError,
  type ConnectionInfo,
  type Warehouse,
} from '../../../sql/index.js';
import { engineFolder } from '../../../sql/engine/folder.js';
import { startTestWarehouse, type TestWarehouse } from '../../servers/clickhouse.js';

const ACCESS_DENIED = 497;
const CONSTRAINT = 452;
const anything = z.record(z.string(), z.unknown());

let test: TestWarehouse;
let analyst: Warehouse;
let info: ConnectionInfo;
let release: () => void;

beforeAll(async () => {
  test = await startTestWarehouse();
  for (const statement of [
    'CREATE DATABASE wxlive_store',
    'CREATE DATABASE wxlive',
    'CREATE TABLE wxlive_store.events_store (n UInt64, secret String) ENGINE = MergeTree ORDER BY n',
    'CREATE VIEW wxlive.events SQL SECURITY DEFINER AS SELECT n FROM wxlive_store.events_store',
    'CREATE DICTIONARY wxlive_store.secret_lookup (n UInt64, secret String) PRIMARY KEY n SOURCE(NULL()) LAYOUT(FLAT()) LIFETIME(0)',
  ]) {
    await test.warehouse.command(typedByUser(statement));
  }
  await test.warehouse.insert({
    table: 'wxlive_store.events_store',
    columns: ['n', 'secret'],
    format: 'JSONEachRow',
    body: Buffer.from('{"n":7,"secret":"hidden"}'),
  });
  analyst = await test.analyst();
  const connection = await connectionInfo(test.settings);
  info = connection.info;
  release = () => {
    connection.hold.close();
  };
});
afterAll(async () => {
  release();
  await test.stop();
});

const ask = (sql: string, settings: Record<string, string | number> = {}) =>
  analyst.query(typedByUser(sql), anything, {}, { settings });
const codeOf = async (sql: string, settings: Record<string, string | number> = {}) => {
  try {
    await ask(sql, settings);
    return 'allowed';
  } catch (error) {
    return error instanceof WarehouseError ? error.code : String(error);
  }
};
/** As any HTTP client would, with whatever credentials. */
const http = async (user: string, password: string, sql: string) => {
  const response = await fetch(`http://127.0.0.1:${String(info.http.port)}/`, {
    method: 'POST',
    body: sql,
    headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password },
  });
  return { status: response.status, text: await response.text() };
};

describe('names without a database', () => {
  it('are looked up among the public views', async () => {
    const [row] = await analyst.query(
      typedByUser('SELECT currentDatabase() AS database'),
      z.object({ database: z.string() }),
    );
    expect(row).toEqual({ database: 'wxlive' });
  });
});

describe('what the analyst may', () => {
  it('reads the public views, in the report zone', async () => {
    expect(await ask('SELECT * FROM wxlive.events')).toEqual([{ n: '7' }]);
    expect(await ask('SELECT timezone() AS zone')).toEqual([{ zone: 'Asia/Shanghai' }]);
    const over = await http('analyst', info.password ?? '', 'SELECT timezone()');
    expect(over.text.trim()).toBe('Asia/Shanghai');
  });

  it('sees the columns of the views only, as tools list them', async () => {
    expect(await ask('SELECT DISTINCT database, table, name FROM system.columns')).toEqual([
      { database: 'wxlive', table: 'events', name: 'n' },
    ]);
  });

  it('sets what drivers set', async () => {
    expect(
      await codeOf('SELECT 1', {
        max_block_size: 1000,
        max_execution_time: 5,
        max_memory_usage: 100_000_000,
      }),
    ).toBe('allowed');
  });
});

describe('what the analyst may not', () => {
  it.each([
    'SELECT * FROM wxlive_store.events_store',
    "SELECT * FROM merge('wxlive_store', '.*')",
    'SELECT * FROM view(SELECT * FROM wxlive_store.events_store)',
    "SELECT * FROM mergeTreeIndex('wxlive_store', 'events_store')",
    'SELECT * FROM loop(wxlive_store.events_store)',
    'SELECT * FROM wxlive_store.secret_lookup',
    "SELECT dictGet('wxlive_store.secret_lookup', 'secret', 7)",
    'DESCRIBE wxlive_store.events_store',
    'SHOW CREATE TABLE wxlive_store.events_store',
    'INSERT INTO wxlive_store.events_store VALUES (1, 1)',
    'INSERT INTO wxlive.events VALUES (1)',
    'ALTER TABLE wxlive_store.events_store DELETE WHERE 1',
    'DELETE FROM wxlive_store.events_store WHERE 1',
    'OPTIMIZE TABLE wxlive_store.events_store',
    'TRUNCATE TABLE wxlive_store.events_store',
    'DROP TABLE wxlive.events',
    'CREATE TABLE wxlive.mine (n UInt8) ENGINE = Memory',
    'CREATE TEMPORARY TABLE mine (n UInt8)',
    'CREATE VIEW wxlive.mine AS SELECT 1',
    'CREATE FUNCTION mine AS x -> x',
    'CREATE DATABASE mine',
    'CREATE USER mine',
    'GRANT SELECT ON wxlive_store.* TO analyst',
    'KILL QUERY WHERE 1',
    'SYSTEM SHUTDOWN',
    'SYSTEM STOP MERGES wxlive_store.events_store',
    'SYSTEM START LISTEN HTTP',
    "BACKUP DATABASE wxlive TO File('/tmp/wxlive-test-backup')",
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "INSERT INTO FUNCTION file('/tmp/wxlive-test-written', 'CSV', 'n UInt8') VALUES (1)",
    "SELECT * FROM filesystem('/tmp')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1', wxlive_store.events_store)",
    "SELECT * FROM s3('http://bucket.s3.amazonaws.com/file.csv', 'CSV', 'a String')",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM sqlite('/tmp/file', 't')",
    "SELECT * FROM executable('id', 'TSV', 'a String')",
    'SELECT * FROM system.processes',
    'SELECT * FROM system.parts',
    'SELECT * FROM system.users',
    'SELECT * FROM system.grants',
    'SELECT * FROM system.events',
    'SELECT addressToSymbol(1)',
  ])('%s', async (sql) => {
    expect([ACCESS_DENIED, 636, 36]).toContain(await codeOf(sql));
    expect(await http('analyst', info.password ?? '', sql)).not.toMatchObject({ status: 200 });
  });

  it('writes no file by INTO OUTFILE', async () => {
    const target = join(tmpdir(), 'wxlive-test-outfile');
    expect(await codeOf(`SELECT 1 INTO OUTFILE '${target}'`)).toBe(358);
    expect(existsSync(target)).toBe(false);
  });

  it.each([
    ["SELECT file('PATH')"],
    ["SELECT file('PATH', 'default')"],
    ["SELECT FILE('PATH')"],
    ["SELECT arrayMap(file, ['PATH'])"],
    ["SELECT arrayMap(x -> file(x), ['PATH'])"],
    ["SELECT * APPLY file FROM values('x String', 'PATH')"],
    ["SELECT * REPLACE(file(x) AS x) FROM values('x String', 'PATH')"],
    ["SELECT (SELECT file('PATH'))"],
    ["WITH 'PATH' AS p, file(p) AS f SELECT f"],
    ["SELECT * FROM values('x String', file('PATH'))"],
    ["SELECT * FROM format('LineAsString', file('PATH'))"],
    ["SELECT 'PATH' AS x ORDER BY file(x)"],
    ["SELECT * FROM viewExplain('EXPLAIN', '', (SELECT file('PATH')))"],
    ["SELECT 1 AS a FORMAT Template SETTINGS format_template_resultset = 'PATH'"],
    ["SELECT 1 AS a FORMAT Template SETTINGS format_template_row = 'PATH'"],
    ["SELECT 1 AS a FORMAT Protobuf SETTINGS format_schema = 'PATH:Message'"],
  ])('reads no file of the engine: %s', async (template) => {
    const { credentials } = engineFolder(test.dataDir);
    const secrets = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(credentials, 'utf8')));
    for (const analyzer of [0, 1]) {
      for (const [user, password] of [
        ['analyst', info.password ?? ''],
        ['default', ''],
      ] as const) {
        const settings = template.includes('SETTINGS') ? ', ' : ' SETTINGS ';
        const sql = `${template.replace('PATH', credentials)}${settings}enable_analyzer = ${String(analyzer)}`;
        const { status, text } = await http(user, password, sql);
        expect([sql, status, text.slice(0, 300)]).not.toContain(200);
        for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
      }
    }
  });

  it('writes no file by a schema or an error log', async () => {
    const target = join(tmpdir(), 'wxlive-test-written');
    rmSync(target, { force: true });
    expect(await codeOf('SELECT 1', { output_format_schema: target })).toBe(CONSTRAINT);
    expect(await codeOf('SELECT 1', { input_format_record_errors_file_path: target })).toBe(CONSTRAINT);
    expect(existsSync(target)).toBe(false);
  });

  it.each([
    ['max_memory_usage', 0],
    ['max_memory_usage', 1e15],
    ['max_memory_usage_for_user', 0],
    ['max_execution_time', 0],
    ['max_execution_time', 100_000],
    ['max_concurrent_queries_for_user', 0],
    ['max_concurrent_queries_for_user', 10_000],
    ['max_temporary_data_on_disk_size_for_user', 0],
    ['max_untracked_memory', 1e12],
    ['timeout_overflow_mode', 'break'],
  ])('goes beyond no limit: %s = %s', async (name, value) => {
    expect(await codeOf('SELECT 1', { [name]: value })).toBe(CONSTRAINT);
    expect(
      await codeOf(`SELECT 1 SETTINGS ${name} = ${typeof value === 'number' ? String(value) : `'${value}'`}`),
    ).toBe(CONSTRAINT);
  });

  it('leaves readonly', async () => {
    expect(await codeOf('SELECT 1', { readonly: 0 })).toBe(164);
    expect(await codeOf('SELECT 1 SETTINGS readonly = 0')).toBe(164);
  });
});

/** The first packet of a native client. */
function hello(user: string, password: string, database: string): Buffer {
  const text = (value: string) => Buffer.from([value.length, ...Buffer.from(value)]);
  const versions = Buffer.from([24, 8, 0xb6, 0xa9, 0x03]); // revision 54454
  return Buffer.concat([
    Buffer.from([0]),
    text('test'),
    versions,
    text(database),
    text(user),
    text(password),
  ]);
}

async function firstAnswer(port: number, bytes: Buffer): Promise<{ packet: number; code: number } | null> {
  const socket = connect({ host: '127.0.0.1', port });
  const answer = Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [null])]);
  socket.write(bytes);
  const [data] = (await answer) as [Buffer | null];
  socket.destroy();
  return data === null ? null : { packet: data.readUInt8(0), code: data.readInt32LE(1) };
}

describe('who is let in', () => {
  it.each([
    ['analyst', 'wrong'],
    ['analyst', ''],
    ['wxlive', ''],
    ['wxlive', 'wrong'],
    ['nobody', ''],
  ])('not %s with password "%s"', async (user, password) => {
    const { status, text } = await http(user, password, 'SELECT 1');
    expect([401, 403]).toContain(status);
    expect(text).toMatch(/AUTHENTICATION_FAILED|Authentication failed/);
  });

  // The engine itself aborts at the native connection after one that it refused: the door before it refuses.
  it('not over the native port with a wrong password, and the engine stays up', async () => {
    const port = info.native?.port ?? 0;
    const password = info.password ?? '';
    for (let round = 0; round < 3; round++) {
      expect(await firstAnswer(port, hello('analyst', 'wrong', 'wxlive'))).toMatchObject({
        packet: 2,
        code: 516,
      });
      expect(await firstAnswer(port, hello('default', '', ''))).toMatchObject({ packet: 2, code: 516 });
      expect(await firstAnswer(port, hello('analyst', password, 'nope'))).toMatchObject({ code: 81 });
      expect(await firstAnswer(port, Buffer.from('GET / HTTP/1.0\r\n\r\n'))).toBeNull();
      expect(await firstAnswer(port, hello('analyst', password, 'wxlive'))).toMatchObject({ packet: 0 });
    }
    expect((await http('analyst', password, 'SELECT 1')).status).toBe(200);
  });

  it('not the user of the start-up, beyond constants', async () => {
    for (const sql of [
      'SELECT 1 SETTINGS max_concurrent_queries_for_user = 0',
      'SELECT 1 SETTINGS max_memory_usage = 0',
      'SELECT * FROM wxlive.events',
      'SHOW PROCESSLIST',
      'KILL QUERY WHERE 1',
      'SELECT number FROM numbers(1)',
      'SYSTEM START LISTEN HTTP',
      'SYSTEM STOP LISTEN HTTP',
      "SELECT * FROM file('/etc/passwd', 'LineAsString')",
      'CREATE TEMPORARY TABLE mine (n UInt8)',
      'SELECT name FROM system.tables',
    ]) {
      const { status, text } = await http('default', '', sql);
      expect([sql, status]).not.toEqual([sql, 200]);
      expect(text).toMatch(
        /QUOTA_EXCEEDED|ACCESS_DENIED|TOO_MANY_SIMULTANEOUS_QUERIES|SETTING_CONSTRAINT_VIOLATION/,
      );
    }
  });

  it('has no page but queries and the ping', async () => {
    const get = async (path: string) =>
      (
        await fetch(`http://127.0.0.1:${String(info.http.port)}${path}`).then((answer) => answer.text())
      ).slice(0, 200);
    expect(await get('/ping')).toBe('Ok.\n');
    for (const page of [
      '/play',
      '/dashboard',
      '/merges',
      '/binary',
      '/webterminal',
      '/jemalloc',
      '/js/uplot.js',
    ]) {
      expect(await get(page)).not.toMatch(/<html|<!DOCTYPE|function/i);
    }
  });
});

describe('a client that is not ours', () => {
  const present = (module: string) => {
    try {
      execFileSync('python3', ['-c', `import ${module}`], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const needed = (module: string, name: string) => {
    if (present(module)) return true;
    if (process.env['CI'] === 'true') throw new Error(`python3 has no ${name}: pip install ${name}`);
    console.warn(`SKIPPED: python3 has no ${name} (pip install ${name})`);
    return false;
  };
  const python = (script: string) => execFileSync('python3', ['-c', script], { encoding: 'utf8' }).trim();

  it.skipIf(!needed('clickhouse_connect', 'clickhouse-connect'))(
    'reads over HTTP and is refused the rest',
    () => {
      const script = `
import clickhouse_connect
def client(password):
    return clickhouse_connect.get_client(host='127.0.0.1', port=${String(info.http.port)}, username='analyst', password=password, database='wxlive')
c = client('${info.password ?? ''}')
print(c.query('SELECT n FROM events').result_rows, c.server_tz)
for sql in ('SELECT * FROM wxlive_store.events_store', 'INSERT INTO wxlive.events VALUES (1)'):
    try:
        c.command(sql); print('allowed')
    except Exception as e:
        print('refused' if '497' in str(e) or 'ACCESS_DENIED' in str(e) or 'Not enough privileges' in str(e) else e)
try:
    client('wrong'); print('allowed')
except Exception as e:
    print('refused' if 'uthentication' in str(e) else e)
`;
      expect(python(script).split('\n')).toEqual([
        expect.stringMatching(/^\[\(7,\)\]/),
        'refused',
        'refused',
        'refused',
      ]);
    },
  );

  it.skipIf(!needed('clickhouse_driver', 'clickhouse-driver'))(
    'reads over native TCP and is refused the rest',
    () => {
      const script = `
from clickhouse_driver import Client
def client(password):
    return Client(host='127.0.0.1', port=${String(info.native?.port)}, user='analyst', password=password, database='wxlive')
c = client('${info.password ?? ''}')
print(c.execute('SELECT n, timezone() FROM events'))
for sql in ('SELECT * FROM wxlive_store.events_store', 'DROP TABLE wxlive.events', "SELECT file('/etc/hostname')"):
    try:
        c.execute(sql); print('allowed')
    except Exception as e:
        print('refused')
try:
    client('wrong').execute('SELECT 1'); print('allowed')
except Exception as e:
    print('refused')
`;
      expect(python(script).split('\n')).toEqual([
        "[(7, 'Asia/Shanghai')]",
        'refused',
        'refused',
        'refused',
        'refused',
      ]);
    },
  );
});
