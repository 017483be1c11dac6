import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { erasePerson } from '../../pipelines/index.js';
import { ANALYSES } from '../../reports/index.js';
import { connectionSettings, hasKeeper } from '../../sql/cluster/cluster-settings.js';
import { renderForCluster } from '../../sql/cluster/render-cluster.js';
import { openClient } from '../../sql/connection/client.js';
import {
  fenceInserts,
  loadSql,
  migrate,
  openWarehouse,
  typedByUser,
  type Warehouse,
} from '../../sql/index.js';
import { readSqlFolder, renderStatements } from '../../sql/render.js';
import { importBenchOver, openImportBench, type ImportBench } from '../pipelines/import-tools.js';
import { readExpected, SAMPLES } from '../reports/analyses/expected-figures.js';
import { readExpectedSamples } from '../suites/expected-samples.js';
import { runWxlive } from '../cli/run-wxlive.js';
import { startTestCluster, type TestCluster } from '../servers/cluster.js';
import { sourceQueries } from './cluster/source-queries.js';

/**
 * Two private engines as the shards of a cluster, without Keeper, beside a warehouse of one node that took the same
 * files: everything public must be the same. Replicas need a full server: what is rendered for them is only read by the
 * engine's parser.
 */
const RENDER = { reportZone: 'Asia/Shanghai', channelGroups: {} };
const row = z.record(z.string(), z.unknown());
type Row = z.infer<typeof row>;
const expected = readExpectedSamples();
const folder = mkdtempSync(join(tmpdir(), 'wxlive-cluster-'));
/** Slow to read, and no other kinds of rows than the other files hold. */
const SLOW = /\.pdf$|-encrypted\./u;

let cluster: TestCluster;
let spread: ImportBench;
let single: ImportBench;
const answers: { readonly file: string; readonly spread: unknown; readonly single: unknown }[] = [];

const ask = (warehouse: Warehouse, sql: string): Promise<Row[]> => warehouse.query(typedByUser(sql), row);
/** One number of each shard. */
const pieces = async (sql: string): Promise<number[]> => {
  const counts = cluster.nodes.map((node) => ask(node, sql));
  return (await Promise.all(counts)).map(([one]) => Number(Object.values(one ?? {})[0]));
};

/** The file into both warehouses; what each said of it, without the number of its batch and the time it took. */
async function loadBoth(path: string, options: Parameters<ImportBench['load']>[1] = {}): Promise<void> {
  const said = [spread, single].map(async (bench) => {
    const loaded = await bench.load(path, options);
    return { ...loaded, batch_id: null, seconds: 0 };
  });
  answers.push({ file: path, spread: await said[0], single: await said[1] });
}

beforeAll(async () => {
  cluster = await startTestCluster();
  const warehouse = await openWarehouse(cluster.settings);
  spread = await importBenchOver(warehouse, cluster.settings.dataDir, async () => {
    await warehouse.close();
    await cluster.stop();
  });
  single = await openImportBench();
  for (const call of expected.imports) {
    if (!['A', 'B'].includes(call.phase)) continue;
    const password = call.password === null ? [] : [expected.passwords[call.password] ?? ''];
    for (const file of call.files) {
      if (SLOW.test(file) || call.fails?.includes(file) === true) continue;
      await loadBoth(join(SAMPLES, file), { room: call.room, passwords: password });
    }
  }
}, 240_000);
afterAll(async () => {
  await Promise.all([spread.stop(), single.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('migrations of a cluster', () => {
  it('stand on every node, and run again change nothing', async () => {
    const tables = await Promise.all(
      cluster.nodes.map((node) =>
        ask(
          node,
          "SELECT database, name, engine FROM system.tables WHERE database LIKE 'wxlive%' ORDER BY ALL",
        ),
      ),
    );
    expect(tables[0]?.length).toBeGreaterThan(80);
    expect(tables[1]).toEqual(tables[0]);
    expect(await migrate(spread.warehouse, RENDER)).toEqual({ applied: [], viewsRendered: false });
  });

  it('are made good on a node that was replaced by an empty one', async () => {
    const [, second] = cluster.nodes;
    if (second === undefined) throw new Error('two nodes');
    // Nothing of these lies on the second shard.
    for (const table of ['wxlive_shard.warehouse_ledger', 'wxlive_store.costs_store'])
      await second.command(typedByUser(`DROP TABLE IF EXISTS ${table} SYNC`));
    const { applied, viewsRendered } = await migrate(spread.warehouse, RENDER);
    expect(applied).toEqual(readSqlFolder('migrations').map(({ name }) => name));
    expect(viewsRendered).toBe(true);
    expect(await ask(second, 'SELECT count() > 0 AS there FROM wxlive.costs')).toEqual([{ there: 1 }]);
  });

  it('refuse addresses that do not reach every shard, and another cluster than it was made for', async () => {
    const { server, settings } = cluster;
    const [first = '', second = ''] = server.cluster.shardUrls;
    const under = async (change: object): Promise<void> => {
      const other = await openWarehouse({ ...settings, clickhouse: { ...server, ...change } });
      await migrate(other, RENDER).finally(() => other.close());
    };
    const shards = (shardUrls: readonly string[], name = server.cluster.name): object => ({
      cluster: { name, shardUrls },
    });
    await expect(under(shards([first, first]))).rejects.toThrow(
      /once: remote_servers leads to 2 nodes.*1 of 2/u,
    );
    await expect(under(shards([second]))).rejects.toThrow(/remote_servers leads to 2 nodes.*1 of 1/u);
    await expect(under(shards([first, second], 'elsewhere'))).rejects.toThrow(
      /knows no cluster "elsewhere"/u,
    );
    await expect(under({ cluster: undefined })).rejects.toThrow(/made for the cluster wxlive.*one node/u);
    await expect(under({})).resolves.toBeUndefined();
  });

  it('refuse a server that holds a warehouse of one node', async () => {
    const [node] = cluster.nodes;
    await node?.command(
      typedByUser('CREATE TABLE wxlive_store.plain (a UInt8) ENGINE = MergeTree ORDER BY a'),
    );
    await expect(migrate(spread.warehouse, RENDER)).rejects.toThrow(/made without clickhouse_cluster/u);
    await node?.command(typedByUser('DROP TABLE wxlive_store.plain SYNC'));
  });
});

describe('rows of a cluster', () => {
  it('were taken as on one node, file by file', () => {
    expect(answers.length).toBeGreaterThan(25);
    for (const one of answers) expect(one.spread, one.file).toEqual(one.single);
  });

  it.each([
    'events_store',
    'order_facts_store',
    'recent_keys_store',
    'identities_store',
    'attendance_store',
    'rejects_store',
  ])('of %s lie on both shards', async (table) => {
    const counts = await pieces(`SELECT count() AS n FROM wxlive_shard.${table}`);
    expect(Math.min(...counts), counts.join(', ')).toBeGreaterThan(0);
    const [whole] = await ask(spread.warehouse, `SELECT toUInt32(count()) AS n FROM wxlive_store.${table}`);
    expect(whole).toEqual({ n: counts.reduce((sum, count) => sum + count, 0) });
  });

  it('of one event, order or id lie on one shard', async () => {
    for (const [table, record] of [
      ['events_store', "bitAnd(event_key, toUInt128('1208925819614629174706175'))"],
      ['order_facts_store', 'order_id'],
      ['identities_store', 'member'],
    ]) {
      const [both] = await ask(
        spread.warehouse,
        `SELECT count() AS n FROM (SELECT ${record ?? ''} AS record FROM wxlive_store.${table ?? ''} GROUP BY record HAVING uniqExact(_shard_num) > 1)`,
      );
      expect(both, table).toEqual({ n: '0' });
    }
  });

  it('that need one place lie on the first shard', async () => {
    for (const table of ['changed_days', 'batches_ledger', 'links_store']) {
      const counts = await pieces(`SELECT count() AS n FROM wxlive_shard.${table}`);
      expect(counts[0], table).toBeGreaterThan(0);
      expect(counts[1], table).toBe(0);
    }
  });

  it('find their person on both shards when ids are linked late, and come in once', async () => {
    const event = (id: string, more: object): string =>
      JSON.stringify({ event_id: id, event: 'live_enter', room_id: 'L1', ...more });
    const file = (name: string, lines: readonly string[]): string => {
      const path = join(folder, name);
      writeFileSync(path, `${lines.join('\n')}\n`);
      return path;
    };
    const at = Date.UTC(2026, 8, 12, 4);
    const ids = [...Array(24).keys()].map((number) => `late-${String(number)}`);
    const early = ids.map((id, number) => event(id, { time: at + number * 60_000, openid: 'oLATE' }));
    await loadBoth(file('early.ndjson', early));
    const link = event('late-link', { time: at + 3_600_000, openid: 'oLATE', unionid: 'uLATE' });
    await loadBoth(file('link.ndjson', [link]));
    const people = await pieces(
      "SELECT uniqExact(viewer) AS n FROM wxlive_shard.events_store WHERE startsWith(event_id, 'late-')",
    );
    expect(people).toEqual([1, 1]);
    const [whole] = await ask(
      spread.warehouse,
      "SELECT toUInt32(uniqExact(viewer)) AS people, toUInt32(count()) AS events FROM wxlive.events WHERE startsWith(event_id, 'late-')",
    );
    expect(whole).toEqual({ people: 1, events: 25 });
    // The same events, some under another time.
    const moved = ids.map((id, number) =>
      event(id, { time: at + number * 60_000 + (number % 2), openid: 'oLATE' }),
    );
    await loadBoth(file('again.ndjson', moved));
    expect(answers.at(-1)?.spread).toMatchObject({ rows: 24, accepted: 0, duplicates: 24, conflicts: 12 });
    for (const one of answers.slice(-3)) expect(one.spread, one.file).toEqual(one.single);
  });

  it('are not added to by the same files again', async () => {
    // Merges may drop replaced rows meanwhile; events replace none.
    const tables = ['order_facts_store', 'minutes_store', 'attendance_store', 'identities_store'];
    const counts = ['events_store', ...tables.map((table) => `${table} FINAL`)].map(
      (table) => `SELECT '${table}' AS name, toUInt32(count()) AS rows FROM wxlive_shard.${table}`,
    );
    const stored = (): Promise<Row[][]> =>
      Promise.all(
        cluster.nodes.map((node) => ask(node, `SELECT * FROM (${counts.join(' UNION ALL ')}) ORDER BY name`)),
      );
    const before = await stored();
    for (const file of ['events-01.ndjson', 'sensors-01.log', 'orders-fen.csv']) {
      await loadBoth(join(SAMPLES, file));
      expect(answers.at(-1)?.spread, file).toMatchObject({ accepted: 0 });
    }
    expect(await stored()).toEqual(before);
  });

  it('go in behind a fence in every format, and not once it is shut', async () => {
    const table = 'wxlive_store.identities_store';
    const columns = ['member', 'viewer', 'applied', 'version'];
    const linked = `SELECT toUInt32(count()) AS n FROM ${table} WHERE member = toUUID('00000000-0000-0000-0000-000000000000')`;
    const nobody = { table, columns, format: 'RowBinary' as const, body: Buffer.alloc(41) };
    for (const { warehouse } of [spread, single]) {
      const guard = loadSql('kafka/lease-guard');
      const [now] = await ask(warehouse, 'SELECT max(epoch) AS epoch FROM wxlive_store.loader_lease_ledger');
      const epoch = Number(now?.['epoch']);
      await fenceInserts(warehouse, { guard, parameters: { lease_epoch: epoch } }).insert(nobody);
      const shut = fenceInserts(warehouse, { guard, parameters: { lease_epoch: epoch + 1 } });
      await expect(shut.insert(nobody)).rejects.toThrow(/395/u);
      expect(await ask(warehouse, linked)).toEqual([{ n: 1 }]);
    }
  });

  it('of two writers under one token are those of the first, through whichever node', async () => {
    const [, url = ''] = cluster.server.cluster.shardUrls;
    const other = await openWarehouse({ ...cluster.settings, clickhouse: { ...cluster.server, url } });
    const holders = ['00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b'];
    for (const [at, warehouse] of [spread.warehouse, other].entries()) {
      const term = { term: 7, holder: holders[at], until: 0, written_at: 0 };
      await warehouse.insert({
        table: 'wxlive_store.scheduler_terms_ledger',
        columns: Object.keys(term),
        format: 'JSONEachRow',
        body: Buffer.from(JSON.stringify(term)),
        settings: { insert_deduplication_token: 'term:7' },
      });
    }
    const terms = 'SELECT holder FROM wxlive_store.scheduler_terms_ledger WHERE term = 7';
    expect(await ask(other, terms)).toEqual([{ holder: holders[0] }]);
    await other.close();
  });
});

/** What two imports of one file cannot have alike: numbers of batches, and when they ran. */
const OWN_TIMES: Readonly<Record<string, readonly string[]>> = {
  batches: ['batch_id', 'started_at', 'seconds'],
  changed_days: ['batch_id', 'changed_at'],
  events: ['batch_id', 'received_at'],
  identities: ['first_seen'],
  identity_conflicts: ['first_seen'],
  minutes: ['batch_id', 'exported_at'],
  rejects: ['batch_id', 'received_at'],
  restatements: ['batch_id', 'exported_at', 'exported_before'],
  source_status: ['watermark'],
};

/** What the scheduler and exports write, and targets, which these files do not bring. */
const WITHOUT_ROWS = ['access_log', 'deliveries', 'report_runs', 'targets'];
const VIEWS = readSqlFolder('views').flatMap(({ text }) =>
  [...text.matchAll(/^CREATE OR REPLACE VIEW wxlive\.(\w+)/gmu)].map(([, name = '']) => name),
);

describe('answers of a cluster', () => {
  it.each(VIEWS)('are those of one node in wxlive.%s', async (name) => {
    const own = OWN_TIMES[name];
    const columns = own === undefined ? '*' : `* EXCEPT (${own.join(', ')})`;
    const sql = `SELECT ${columns} FROM wxlive.${name} ORDER BY ALL`;
    const [one = [], other = []] = await Promise.all(
      [single, spread].map(({ warehouse }) => ask(warehouse, sql)),
    );
    expect(one.length === 0).toBe(WITHOUT_ROWS.includes(name));
    expect(other.length).toBe(one.length);
    const known = new Set(one.map((each) => JSON.stringify(each)));
    const strange = other.filter((each) => !known.has(JSON.stringify(each)));
    expect(strange.slice(0, 3), `${String(strange.length)} other rows`).toEqual([]);
  });

  it.each(ANALYSES.map((analysis) => [analysis.name, analysis] as const))(
    'are those of one node in %s',
    async (name, analysis) => {
      const spec = SPECS.find((one) => one.kind === name)?.spec ?? analysis.example;
      const results = await Promise.all(
        [single, spread].map(async ({ warehouse }) => {
          const answer = await analysis.answer(warehouse, spec, { timeZone: RENDER.reportZone });
          if (!answer.ok) throw new Error(answer.failure.message);
          return rounded(answer.value.result);
        }),
      );
      expect(results[1]).toEqual(results[0]);
    },
  );

  it('are given to the analyst by each node, who reads nothing else', async () => {
    const wanted = `SELECT o.order_id AS order_id, o.amount_fen AS amount_fen, r.title AS title
      FROM wxlive.orders AS o INNER JOIN wxlive.rooms AS r ON o.room_id = r.room_id
      WHERE o.room_id IN (SELECT room_id FROM wxlive.events) ORDER BY ALL`;
    const rows = await ask(single.warehouse, wanted);
    expect(rows.length).toBeGreaterThan(5);
    for (const url of cluster.server.cluster.shardUrls) {
      // As any tool connects: without a setting of ours.
      const { user, password } = cluster.server.analyst;
      const analyst = openClient({ mode: 'server', url, user, password, database: 'wxlive' });
      expect(await ask(analyst, wanted)).toEqual(rows);
      const hidden = [
        'wxlive_store.events_store',
        'wxlive_shard.events_store',
        "cluster('wxlive', wxlive_shard.events_store)",
      ];
      for (const table of hidden)
        await expect(ask(analyst, `SELECT count() FROM ${table}`), table).rejects.toThrow(/ACCESS_DENIED/u);
      await analyst.close();
    }
  });

  it('are given to commands that are told of the cluster', async () => {
    const { server, settings } = cluster;
    const env = {
      CLICKHOUSE_URL: server.cluster.shardUrls[1] ?? '',
      CLICKHOUSE_USER: server.user,
      CLICKHOUSE_PASSWORD: server.password,
      CLICKHOUSE_ANALYST_USER: server.analyst.user,
      CLICKHOUSE_ANALYST_PASSWORD: server.analyst.password,
      CLICKHOUSE_CLUSTER: server.cluster.name,
      CLICKHOUSE_SHARD_URLS: server.cluster.shardUrls.join(','),
    };
    const count = 'SELECT count() AS n FROM wxlive.events';
    const result = await runWxlive(['sql', '--json', count], { dataDir: settings.dataDir, env });
    expect(result.exit, result.stderr).toBe(0);
    const [wanted] = await ask(single.warehouse, count);
    expect(result.stdout).toContain(String(wanted?.['n']));
    const alone = await runWxlive(['migrate'], {
      dataDir: settings.dataDir,
      env: { ...env, CLICKHOUSE_CLUSTER: '' },
    });
    expect(alone.exit).toBe(2);
    expect(alone.stderr).toContain('CLICKHOUSE_CLUSTER');
  });

  it('forget a person on both shards', async () => {
    const { pseudonymizer, seal } = spread.tools;
    const rawId = 'oLATE';
    const given = pseudonymizer.customersOfId(rawId);
    const about = `SELECT count() AS n FROM wxlive_shard.events_store WHERE viewer_key IN (${given.map((id) => `'${id}'`).join(', ')})`;
    expect(Math.min(...(await pieces(about)))).toBeGreaterThan(0);
    const erasure = await erasePerson(spread.warehouse, given, { pseudonymizer, seal, rawId });
    expect(erasure).toMatchObject({ state: 'erased', removed: { events_store: 25 } });
    expect(await pieces(about)).toEqual([0, 0]);
    const left = "SELECT toUInt32(count()) AS n FROM wxlive.events WHERE startsWith(event_id, 'late-')";
    expect(await ask(spread.warehouse, left)).toEqual([{ n: 0 }]);
  });
});

describe('what is rendered for replicas', () => {
  it('is read by the parser of the engine, statement by statement', async () => {
    const keeper = { name: 'wxlive', shardUrls: [] };
    expect(hasKeeper(keeper)).toBe(true);
    const files = [...readSqlFolder('migrations'), ...readSqlFolder('views')];
    const changes = sourceQueries().filter(({ text }) => /^(?:UPDATE|DELETE|ALTER) /mu.test(text));
    const statements = [
      ...files.flatMap((file) => renderStatements(file, RENDER)),
      ...changes.map(({ text }) => text),
    ].flatMap((statement) => renderForCluster(statement, keeper) ?? []);
    expect(statements.length).toBeGreaterThan(100);
    for (const statement of statements) {
      const text = statement.replace(/^(?:\s*--.*\n)*/u, '').replaceAll(/\{\w+:[^}]+\}/gu, 'NULL');
      const lines = await ask(single.warehouse, `EXPLAIN AST ${text}`);
      expect(lines.length, text.slice(0, 80)).toBeGreaterThan(1);
    }
    const broken = "EXPLAIN AST CREATE TABLE a ON CLUSTER 'b' ENGINE Replicated(";
    await expect(ask(single.warehouse, broken)).rejects.toThrow(/SYNTAX_ERROR/u);
  });
});

describe('a shard that does not take its part', () => {
  it('fails the import, and the same file again stores what is missing, once', async () => {
    const [, second] = cluster.nodes;
    const ids = [...Array(40).keys()].map((number) => `part-${String(number)}`);
    const path = join(folder, 'part.ndjson');
    const event = { event: 'live_enter', time: Date.UTC(2026, 8, 12, 4), openid: 'oPART' };
    writeFileSync(path, ids.map((id) => JSON.stringify({ ...event, event_id: id })).join('\n'));
    const alter = (what: string): Promise<void> | undefined =>
      second?.command(typedByUser(`ALTER TABLE wxlive_shard.events_store ${what}`));
    await alter('ADD CONSTRAINT nothing CHECK batch_seq = 0');
    await expect(spread.load(path)).rejects.toThrow(/469|VIOLATED_CONSTRAINT/u);
    await alter('DROP CONSTRAINT nothing');
    const stored = "SELECT count() AS n FROM wxlive_shard.events_store WHERE startsWith(event_id, 'part-')";
    const [left = 0, none] = await pieces(stored);
    expect(none).toBe(0);
    expect(left).toBeGreaterThan(0);
    expect(await spread.load(path)).toMatchObject({
      rows: 40,
      accepted: 40 - left,
      duplicates: left,
      conflicts: 0,
    });
    const counts = await pieces(stored);
    expect(counts[0]).toBe(left);
    expect(counts[1]).toBe(40 - left);
    const batches =
      "SELECT state, toUInt32(accepted) AS accepted FROM wxlive.batches WHERE file = 'part.ndjson' ORDER BY started_at";
    expect(await ask(spread.warehouse, batches)).toEqual([
      { state: 'failed', accepted: left },
      { state: 'loaded', accepted: 40 - left },
    ]);
  });
});

describe('a shard that is away', () => {
  it('is an error and never a smaller figure, and takes no row', async () => {
    await cluster.loseNode(1);
    const { url, user, password } = cluster.server;
    // Without trying again.
    const hasty = openClient({
      mode: 'server',
      url,
      user,
      password,
      settings: connectionSettings(cluster.server.cluster, 'owner'),
    });
    await expect(ask(hasty, 'SELECT count() FROM wxlive.rooms')).rejects.toThrow(
      /ALL_CONNECTION_TRIES_FAILED/u,
    );
    const insert = hasty.insert({
      table: 'wxlive_store.recent_keys_store',
      columns: ['key_hash'],
      format: 'JSONEachRow',
      body: Buffer.from('{"key_hash":1}'),
    });
    await expect(insert).rejects.toThrow(/ALL_CONNECTION_TRIES_FAILED|NETWORK_ERROR/u);
    await hasty.close();
  });
});

/** What the samples' answers are stated for. */
const SPECS = readExpected().analyses;

/** Sums of fractions depend on the order of their parts in the last digits. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'number' ? Number(part.toPrecision(10)) : part,
    ),
  );
}
