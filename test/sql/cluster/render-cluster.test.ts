import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../sql/cluster/cluster-settings.js';
import { renderForCluster } from '../../../sql/cluster/render-cluster.js';
import type { SqlText } from '../../../sql/connection/warehouse.js';
import { loadSql, packageRoot } from '../../../sql/index.js';
import { readSqlFolder, renderStatements } from '../../../sql/render.js';
import { sourceQueries } from './source-queries.js';

const SETTINGS = { reportZone: 'Asia/Shanghai', channelGroups: {} };
const PLAIN: ClusterSettings = { name: 'wxlive', shardUrls: ['http://one:8123', 'http://two:8123'] };
const KEEPER: ClusterSettings = { name: 'wxlive', shardUrls: [] };

const migrations = readSqlFolder('migrations').map((file) => ({
  ...file,
  statements: renderStatements(file, SETTINGS),
}));
/** Throws on one that no cluster can run: a migration that moves rows. */
const render = (statement: SqlText, cluster: ClusterSettings): readonly SqlText[] => {
  const statements = renderForCluster(statement, cluster);
  if (statements === null) throw new Error(`not for a cluster: ${statement}`);
  return statements;
};
const rendered = (cluster: ClusterSettings): readonly SqlText[] =>
  migrations.flatMap(({ statements }) => statements.flatMap((statement) => render(statement, cluster)));
/** Tables of a text by the statement that makes them. */
const made = (statements: readonly string[], database: string): string[] =>
  statements.flatMap((statement) => {
    const table = new RegExp(`^\\s*(?:--.*\\s+)*CREATE TABLE IF NOT EXISTS ${database}\\.(\\w+)`, 'u').exec(
      statement,
    );
    return table?.[1] === undefined ? [] : [table[1]];
  });

describe('migrations for a cluster', () => {
  it('make of every table a piece, and a whole above the pieces', () => {
    const one = made(
      migrations.flatMap(({ statements }) => statements),
      'wxlive_store',
    );
    expect(one.length).toBeGreaterThan(25);
    for (const cluster of [PLAIN, KEEPER]) {
      expect(made(rendered(cluster), 'wxlive_shard')).toEqual(one);
      expect(made(rendered(cluster), 'wxlive_store')).toEqual(one);
    }
  });

  it('leave the pieces as the tables of one node, without Keeper', () => {
    const pieces = rendered(PLAIN).filter((one) => /TABLE (?:IF (?:NOT )?EXISTS )?wxlive_shard\./u.test(one));
    const plain = migrations.flatMap(({ statements }) => statements);
    expect(pieces.map((one) => one.replaceAll('wxlive_shard.', 'wxlive_store.'))).toEqual(plain);
  });

  it('spread rows by a part of what makes them copies of one another', () => {
    for (const [table, key] of wholes()) {
      const create = rendered(PLAIN).find((one) =>
        one.includes(`CREATE TABLE IF NOT EXISTS wxlive_shard.${table}\n`),
      );
      const order = /^ORDER BY (.+)$/mu.exec(create ?? '')?.[1] ?? '';
      const columns = [...key.matchAll(/[a-z_]+(?=[,)])/gu)].map(([column]) => column);
      expect(key === '0' || columns.length > 0, table).toBe(true);
      for (const column of columns) expect(order.match(/\w+/gu), `${table} by ${key}`).toContain(column);
    }
  });

  it('keep copies of one event on one shard, whatever time they state', () => {
    const keys = new Map(wholes());
    expect(keys.get('events_store')).toBe('toUInt64(event_key)');
    expect(keys.get('recent_keys_store')).toBe('toUInt64(key_hash)');
    // The time stands in the upper 48 bits of the key: none of it is among the lower 64.
    const keyOf = (time: number, hash: bigint): bigint => (BigInt(time) << 80n) | hash;
    const hash = 2n ** 79n + 12345n;
    expect(BigInt.asUintN(64, keyOf(1_790_000_000_000, hash))).toBe(
      BigInt.asUintN(64, keyOf(1_795_000_000_000, hash)),
    );
    expect(BigInt.asUintN(64, keyOf(1_790_000_000_000, hash))).toBe(BigInt.asUintN(64, hash));
  });

  it('are those of the golden file for replicas and Keeper', async () => {
    // Migrations that have landed never change: neither does this.
    const landed = migrations.filter(({ name }) => /^000[1-46-9]_/u.test(name));
    const text = landed
      .flatMap(({ statements }) => statements.flatMap((one) => render(one, KEEPER)))
      .map((one) => `${one.trim()};\n`)
      .join('\n');
    await expect(text).toMatchFileSnapshot(join(packageRoot(), 'test/fixtures/cluster/replicated.sql'));
  });

  it('name the cluster in every statement for Keeper, and in none without', () => {
    for (const statement of rendered(KEEPER)) expect(statement).toMatch(/ ON CLUSTER 'wxlive'(?: |\n|$)/u);
    for (const statement of rendered(PLAIN)) expect(statement).not.toContain('ON CLUSTER');
    expect(rendered(KEEPER).join('\n')).not.toMatch(/ENGINE = (?:Replacing)?MergeTree|non_replicated/u);
  });
});

describe('views for a cluster', () => {
  const views = readSqlFolder('views').flatMap((file) => renderStatements(file, SETTINGS));

  it('are those of one node', () => {
    for (const view of views) expect(renderForCluster(view, PLAIN)).toEqual([view]);
  });

  it('are made on the whole cluster by Keeper, with the same text', () => {
    for (const view of views) {
      const [one = '', ...more] = renderForCluster(view, KEEPER) ?? [];
      expect(more).toEqual([]);
      expect(one.replace(" ON CLUSTER 'wxlive'", '')).toBe(view);
      expect(one).toMatch(/^(?:--.*\n)*CREATE OR REPLACE VIEW [\w.]+ ON CLUSTER 'wxlive'\s/u);
    }
  });
});

describe('statements of the code for a cluster', () => {
  it('change stored rows in the pieces, and only those', () => {
    const changing = sourceQueries().filter(({ text }) => /^(?:UPDATE|DELETE|ALTER) /mu.test(text));
    expect(changing.length).toBeGreaterThan(10);
    for (const { name, text } of changing) {
      const [one = '', ...more] = renderForCluster(text, PLAIN) ?? [];
      expect(more, name).toEqual([]);
      const first = one.replace(/^(?:--.*\n)*/u, '').split('\n', 1)[0] ?? '';
      expect(first, name).toContain('wxlive_shard.');
      expect(first, name).not.toContain('wxlive_store.');
    }
  });

  it('let questions and rows on their way in be as they are', () => {
    for (const name of [
      'load/stored-keys',
      'load/insert-events',
      'load/make-keys',
      'load/mark-event-days',
      'operate/rejects',
    ])
      expect(renderForCluster(loadSql(name), PLAIN)).toBeNull();
  });

  it.each([
    'TRUNCATE TABLE wxlive_store.events_store',
    'OPTIMIZE TABLE wxlive_store.events_store',
    'DROP DATABASE wxlive',
  ])('refuse %s: nobody thought of it', (text) => {
    expect(() => renderForCluster(text as SqlText, PLAIN)).toThrow(/does not know/u);
  });
});

/** Table → sharding key of the wholes. */
function wholes(): [string, string][] {
  return rendered(PLAIN).flatMap((statement) => {
    const parts = /ENGINE = Distributed\('wxlive', 'wxlive_shard', '(\w+)', (.+)\)$/mu.exec(statement);
    return parts?.[1] === undefined || parts[2] === undefined ? [] : [[parts[1], parts[2]]];
  });
}
