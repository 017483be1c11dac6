import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { clusterSettings } from '../../cli/cluster-settings.js';
import { readSettings } from '../../cli/settings-file.js';
import { packageRoot } from '../../sql/index.js';
import { startedShards } from '../servers/cluster.js';

/** What compose.cluster.yaml adds to compose.yaml is compared with that file, the settings and the servers' own list. */
const folder = join(packageRoot(), 'docker');
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const service = z.object({
  image: z.string().optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  volumes: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  healthcheck: z.unknown().optional(),
  depends_on: z.record(z.string(), z.unknown()).optional(),
});
const file = z.object({
  services: z.record(z.string(), z.looseObject(service.shape)),
  volumes: z.record(z.string(), z.unknown()),
});
const base = file.parse(parse(text('compose.yaml'), { merge: true }));
const added = file.parse(parse(text('compose.cluster.yaml')));
const first = 'clickhouse';
const second = 'clickhouse-2';

describe('docker/compose.cluster.yaml', () => {
  it('tells every process of wxlive of the cluster, in settings that it takes', () => {
    const ours = Object.entries(base.services).filter(
      ([, { image }]) => image?.startsWith('wxlive') === true,
    );
    expect(ours.length).toBeGreaterThan(3);
    for (const [name, { environment }] of ours) {
      const own = added.services[name]?.environment ?? {};
      const plain: Record<string, string> = {};
      for (const [key, value] of Object.entries({ ...environment, ...own }))
        if (!key.endsWith('_FILE') && value !== null) plain[key] = value.replace(/^\$\{\w+:-(.*)\}$/u, '$1');
      const settings = clusterSettings(readSettings({ config: undefined }, plain));
      expect(settings, name).toEqual({
        name: 'wxlive',
        shardUrls: [`http://${first}:8123`, `http://${second}:8123`],
      });
    }
    expect(Object.keys(added.services).filter((name) => !(name in base.services))).toEqual([second]);
  });

  it('starts the nodes that remote_servers names, under the name of the setting', () => {
    const servers = text('clickhouse/cluster.d/remote_servers.xml');
    expect(startedShards(servers)).toEqual([first, second].map((host) => ({ host, port: 9000 })));
    expect(servers).toMatch(/<remote_servers>\s*<wxlive>/u);
    const named = [...servers.matchAll(/from_env="(\w+)"/gu)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(['WXLIVE_PASSWORD']));
    expect(text('clickhouse/start-cluster-node.sh')).toContain('export WXLIVE_PASSWORD');
  });

  it('makes the second node as the first', () => {
    const one = base.services[first];
    const here = added.services[first];
    const other = added.services[second];
    if (one === undefined || here === undefined || other === undefined) throw new Error('two nodes');
    expect(other.image).toBe(one.image);
    expect(other.environment).toEqual(one.environment);
    expect(other.secrets).toEqual(one.secrets);
    expect(other.healthcheck).toEqual(one.healthcheck);
    expect(other.entrypoint).toEqual(here.entrypoint);
    const data = (volumes: readonly string[]): string[] =>
      volumes.map((volume) => volume.replace(/^clickhouse-(?:2-)?data:/u, 'data:')).sort();
    expect(data(other.volumes)).toEqual(data([...one.volumes, ...here.volumes]));
    for (const volume of other.volumes) {
      const [from = ''] = volume.split(':');
      if (from.startsWith('./')) expect(existsSync(join(folder, from)), from).toBe(true);
      else expect(added.volumes).toHaveProperty(from);
    }
    expect(added.services['migrate']?.depends_on).toHaveProperty([second]);
  });
});
