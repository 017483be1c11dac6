import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  openWarehouse,
  packageRoot,
  type ClusterSettings,
  type ServerSettings,
  type Warehouse,
  type WarehouseSettings,
} from '../../sql/index.js';
import { writeAddress } from '../../sql/engine/address.js';
import { ANALYST, ensureCredentials, OWNER } from '../../sql/engine/credentials.js';
import { engineFolder } from '../../sql/engine/folder.js';
import { freePort } from '../../sql/engine/free-port.js';
import { buildChildOnce, engineEnded, makeDataDir } from './clickhouse.js';

export interface TestCluster {
  /** How a command goes to the cluster, by its first node. */
  readonly settings: WarehouseSettings;
  readonly server: ServerSettings & {
    readonly analyst: { readonly user: string; readonly password: string };
    readonly cluster: ClusterSettings;
  };
  /** The nodes alone, each as its own private engine; not migrated. */
  readonly nodes: readonly Warehouse[];
  /** Ends the engine of a node, for good. */
  loseNode(at: number): Promise<void>;
  stop(): Promise<void>;
}

const NAME = 'wxlive';

/** Where a `remote_servers` list of ours finds its shards, in order. */
export function startedShards(list: string): { readonly host: string; readonly port: number }[] {
  return [...list.matchAll(/<host>([^<]+)<\/host>\s*<port>(\d+)<\/port>/gu)].map(([, host = '', port]) => ({
    host,
    port: Number(port),
  }));
}

/** Two shards of one node each, without Keeper: two private engines whose `remote_servers` name both. */
export async function startTestCluster(): Promise<TestCluster> {
  buildChildOnce();
  const reportZone = 'Asia/Shanghai';
  const folders = [makeDataDir(), makeDataDir()].map(engineFolder);
  const addresses = [];
  for (const folder of folders) {
    mkdirSync(join(folder.root, 'config.d'), { recursive: true, mode: 0o700 });
    const [httpPort, nativePort] = [await freePort(), await freePort()];
    addresses.push({
      host: '127.0.0.1' as const,
      httpPort,
      engineHttpPort: httpPort,
      nativePort,
      processId: 0,
    });
  }
  const [first, ...others] = folders;
  if (first === undefined) throw new Error('a cluster has nodes');
  const { ownerPassword, analystPassword } = ensureCredentials(first);
  for (const other of others) copyFileSync(first.credentials, other.credentials);
  // The list that docker/ starts its servers with, led to where these listen.
  let list = readFileSync(join(packageRoot(), 'docker/clickhouse/cluster.d/remote_servers.xml'), 'utf8');
  for (const [at, { host, port }] of startedShards(list).entries()) {
    const address = addresses[at];
    if (address === undefined) throw new Error('remote_servers.xml names more shards than there are engines');
    list = list.replace(
      new RegExp(`<host>${host}</host>\\s*<port>${String(port)}</port>`, 'u'),
      `<host>${address.host}</host><port>${String(address.nativePort)}</port>`,
    );
  }
  list = list.replaceAll('<password from_env="WXLIVE_PASSWORD"/>', `<password>${ownerPassword}</password>`);
  const nodes: Warehouse[] = [];
  for (const [at, folder] of folders.entries()) {
    const address = addresses[at];
    if (address === undefined) throw new Error('a node has an address');
    // The engine takes the ports of its last address while they are free.
    writeAddress(folder, address);
    writeFileSync(join(folder.root, 'config.d', 'cluster.xml'), list);
    const node = await openWarehouse({ dataDir: folder.dataDir, reportZone });
    await node.ping();
    nodes.push(node);
  }
  const urls = addresses.map(({ host, httpPort }) => `http://${host}:${String(httpPort)}`);
  const server = {
    url: urls[0] ?? '',
    user: OWNER,
    password: ownerPassword,
    analyst: { user: ANALYST, password: analystPassword },
    cluster: { name: NAME, shardUrls: urls },
  };
  const ownDir = makeDataDir();
  const dataDirs = folders.map(({ dataDir }) => dataDir);
  const loseNode = async (at: number): Promise<void> => {
    await nodes[at]?.close();
    await engineEnded(dataDirs[at] ?? '');
  };
  return {
    settings: { dataDir: ownDir, reportZone, clickhouse: server },
    server,
    nodes,
    loseNode,
    async stop() {
      await Promise.all(nodes.map((_node, at) => loseNode(at)));
      for (const dataDir of [ownDir, ...dataDirs]) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
