import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAlivePipe } from '../../sql/engine/alive-pipe.js';
import { configXml } from '../../sql/engine/config.js';
import { engineLibrary } from '../../sql/engine/engine-version.js';
import { engineFolder } from '../../sql/engine/folder.js';
import { freePort } from '../../sql/engine/free-port.js';
import { packageRoot } from '../../sql/index.js';
import { buildChildOnce, makeDataDir } from './clickhouse.js';

/** A users.xml like the one a server comes with; users.d lies beside it. */
const BASE = `<clickhouse>
  <profiles><default/></profiles>
  <users><default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default><interval><duration>3600</duration></interval></default></quotas>
</clickhouse>`;

export const COMPOSE_PASSWORDS = {
  wxlive: 'password-of-the-owner',
  analyst: 'password-of-the-analyst',
} as const;

export interface ComposeClickHouse {
  readonly url: string;
  stop(): Promise<void>;
}

/** An engine with the users, rights, limits and quota of docker/clickhouse/users.d, as the compose file's server has them. */
export async function startComposeClickHouse(): Promise<ComposeClickHouse> {
  buildChildOnce();
  const dataDir = makeDataDir();
  const folder = engineFolder(dataDir);
  const ports = { httpPort: await freePort(), nativePort: await freePort() };
  const given = readFileSync(join(packageRoot(), 'docker/clickhouse/users.d/wxlive.xml'), 'utf8');
  // The engine of the tests begins with statements of `default`, which a server does not.
  const users = given.replace('<default remove="remove"/>', '');
  if (users === given) throw new Error('users.d keeps the user default');
  mkdirSync(join(dirname(folder.users), 'users.d'), { recursive: true });
  mkdirSync(folder.store, { recursive: true });
  writeFileSync(folder.config, configXml(folder, ports, 2e9));
  writeFileSync(folder.users, BASE);
  writeFileSync(join(dirname(folder.users), 'users.d', 'wxlive.xml'), users);
  const { path } = await engineLibrary();
  const child = join(packageRoot(), 'dist', 'sql', 'engine', 'child.js');
  const { reader, writer } = openAlivePipe(folder.alivePipe);
  const engine = spawn(process.execPath, [child, path, folder.config, dataDir], {
    cwd: folder.root,
    stdio: [reader, 'ignore', 'ignore'],
    env: {
      TZ: 'UTC',
      PATH: '/usr/bin:/bin',
      WXLIVE_PASSWORD_SHA256: sha256(COMPOSE_PASSWORDS.wxlive),
      ANALYST_PASSWORD_SHA256: sha256(COMPOSE_PASSWORDS.analyst),
    },
  });
  closeSync(reader);
  const url = `http://127.0.0.1:${ports.httpPort}`;
  while (!(await fetch(`${url}/ping`).catch(() => null))?.ok) {
    if (engine.exitCode !== null) throw new Error('the engine ended');
    await sleep(50);
  }
  return {
    url,
    async stop() {
      const ended = once(engine, 'exit');
      writer.close();
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
