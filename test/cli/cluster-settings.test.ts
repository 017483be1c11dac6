import { describe, expect, it } from 'vitest';
import { clusterSettings, refuseCluster } from '../../cli/cluster-settings.js';
import { UsageError } from '../../cli/exit-codes.js';
import { readSettings } from '../../cli/settings-file.js';

const settings = (environment: Record<string, string>): ReturnType<typeof readSettings> =>
  readSettings({ config: undefined }, environment);
const CLICKHOUSE_URL = 'http://node-1:8123';

describe('settings of a cluster', () => {
  it('are none for one node', () => {
    expect(clusterSettings(settings({}))).toBeUndefined();
    expect(clusterSettings(settings({ CLICKHOUSE_URL }))).toBeUndefined();
    expect(() => {
      refuseCluster(settings({ CLICKHOUSE_URL }));
    }).not.toThrow();
  });

  it('name the cluster and its shards, or none of these where there is Keeper', () => {
    const CLICKHOUSE_SHARD_URLS = 'http://node-1:8123, http://node-2:8123';
    const named = { CLICKHOUSE_URL, CLICKHOUSE_CLUSTER: 'wxlive' };
    expect(clusterSettings(settings({ ...named, CLICKHOUSE_SHARD_URLS }))).toEqual({
      name: 'wxlive',
      shardUrls: ['http://node-1:8123', 'http://node-2:8123'],
    });
    expect(clusterSettings(settings(named))).toEqual({ name: 'wxlive', shardUrls: [] });
    expect(() => {
      refuseCluster(settings(named));
    }).toThrow(UsageError);
  });

  it.each([
    [
      'shards without a name',
      { CLICKHOUSE_URL, CLICKHOUSE_SHARD_URLS: CLICKHOUSE_URL },
      /CLICKHOUSE_CLUSTER/u,
    ],
    ['a cluster without a node', { CLICKHOUSE_CLUSTER: 'wxlive' }, /CLICKHOUSE_URL/u],
    [
      'a name that would end its quotes',
      { CLICKHOUSE_URL, CLICKHOUSE_CLUSTER: "a' ON" },
      /clickhouse_cluster/u,
    ],
    [
      'an address that is none',
      { CLICKHOUSE_URL, CLICKHOUSE_CLUSTER: 'a', CLICKHOUSE_SHARD_URLS: 'node-1' },
      /shard_urls/u,
    ],
  ])('refuse %s', (_what, environment, words) => {
    expect(() => clusterSettings(settings(environment))).toThrow(UsageError);
    expect(() => clusterSettings(settings(environment))).toThrow(words);
  });
});
