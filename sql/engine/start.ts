import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../package-root.js';
import { askVersion, readAddress, writeAddress, type EngineAddress } from './address.js';
import { openAlivePipe, type AlivePipe } from './alive-pipe.js';
import { configXml, SHADOWED_FILE_FUNCTION } from './config.js';
import { ensureCredentials } from './credentials.js';
import { EngineError } from './engine-error.js';
import { engineLibrary, recordVersion, refuseDowngrade } from './engine-version.js';
import type { EngineFolder } from './folder.js';
import { freePorts } from './free-port.js';
import { writePrivateFile } from './private-file.js';
import { usersXml, type AnalystLimits } from './users.js';

export interface StartOptions {
  /** IANA zone of the analyst's sessions. */
  readonly reportZone: string;
  readonly analystLimits?: AnalystLimits;
  /** How long the engine may take to answer; a folder of many parts takes longer than an empty one. */
  readonly startTimeoutMs?: number;
}

export interface StartedEngine {
  readonly address: EngineAddress;
  readonly pipe: AlivePipe;
}

const PORT_ATTEMPTS = 5;
const LOCKED_ATTEMPTS = 50;
const ADDRESS_IN_USE = /Address already in use|code: 210|NETWORK_ERROR/i;
const FOLDER_LOCKED = 'Cannot lock file';
const DISK_FULL = /No space left|File too large|Disk quota exceeded/i;

/** Starts the engine of a folder nobody runs one on. Only under the folder's start lock. */
export async function startEngine(folder: EngineFolder, options: StartOptions): Promise<StartedEngine> {
  const library = await engineLibrary();
  refuseDowngrade(folder, library);
  const credentials = ensureCredentials(folder);
  const memoryBytes = machineMemoryBytes();
  const limits = options.analystLimits ?? defaultAnalystLimits(memoryBytes);
  mkdirSync(folder.functions, { recursive: true, mode: 0o700 });
  writePrivateFile(join(folder.functions, 'function_file.sql'), SHADOWED_FILE_FUNCTION);
  writePrivateFile(folder.users, usersXml(credentials, options.reportZone, limits));

  let lastAddress = readAddress(folder);
  let portsTaken = 0;
  let folderLocked = 0;
  for (;;) {
    const ports = await choosePorts(lastAddress);
    const engines = { httpPort: ports.engineHttpPort, nativePort: ports.engineNativePort };
    writePrivateFile(folder.config, configXml(folder, engines, Math.floor(memoryBytes * 0.6)));

    const attempt = await attemptStart(folder, library.path, ports, credentials.ownerPassword, options);
    if (attempt.ok) {
      recordVersion(folder, library, attempt.version);
      writeAddress(folder, attempt.engine.address);
      return attempt.engine;
    }
    if (ADDRESS_IN_USE.test(attempt.words) && portsTaken < PORT_ATTEMPTS) {
      portsTaken += 1;
      lastAddress = null;
    } else if (attempt.words.includes(FOLDER_LOCKED) && folderLocked < LOCKED_ATTEMPTS) {
      // The kernel closes a killed engine's files one after the other: its pipe may be gone before its folder lock.
      folderLocked += 1;
      await sleep(200);
    } else {
      throw new EngineError(DISK_FULL.test(attempt.words) ? 'folder_full' : 'start_failed', attempt.words);
    }
  }
}

interface ChosenPorts {
  readonly httpPort: number;
  readonly engineHttpPort: number;
  readonly nativePort: number;
  readonly engineNativePort: number;
}

/** What others know stays the same while it is free. */
async function choosePorts(last: EngineAddress | null): Promise<ChosenPorts> {
  const [httpPort = 0, nativePort = 0, engineHttpPort = 0, engineNativePort = 0] = await freePorts([
    last?.httpPort,
    last?.nativePort,
    undefined,
    undefined,
  ]);
  return { httpPort, engineHttpPort, nativePort, engineNativePort };
}

type Attempt =
  | { readonly ok: true; readonly engine: StartedEngine; readonly version: string }
  | { readonly ok: false; readonly words: string };

async function attemptStart(
  folder: EngineFolder,
  library: string,
  ports: ChosenPorts,
  ownerPassword: string,
  options: StartOptions,
): Promise<Attempt> {
  const { reader, writer } = openAlivePipe(folder.alivePipe);
  let child: ChildProcess;
  let log: number | null = null;
  try {
    log = openSync(folder.log, 'w', 0o600);
    child = spawnChild(folder, library, ports, [reader, log, log]);
  } catch (error) {
    writer.close();
    throw error;
  } finally {
    closeSync(reader);
    if (log !== null) closeSync(log);
  }
  const ended: string[] = [];
  child.once('error', (error) => ended.push(error.message));
  child.once('exit', (code, signal) => ended.push(`ended with ${signal ?? `code ${String(code)}`}`));

  const { httpPort, engineHttpPort, nativePort } = ports;
  const processId = child.pid ?? 0;
  const address: EngineAddress = { host: '127.0.0.1', httpPort, engineHttpPort, nativePort, processId };
  // Through the door, so that it is open too.
  const asked = { host: address.host, port: httpPort };
  const deadline = performance.now() + (options.startTimeoutMs ?? 60_000);
  for (;;) {
    const version = await askVersion(asked, ownerPassword);
    if (version !== null) {
      child.removeAllListeners();
      child.unref();
      return { ok: true, version, engine: { address, pipe: writer } };
    }
    const gaveUp = performance.now() > deadline;
    if (ended.length > 0 || gaveUp) {
      writer.close();
      if (gaveUp) child.kill('SIGKILL');
      const words = readFileSync(folder.log, 'utf8').split(', Stack trace', 1)[0]?.trim().slice(0, 600) ?? '';
      return {
        ok: false,
        words: `${gaveUp ? 'no answer in time' : ended.join(', ')}${words === '' ? '' : `: ${words}`}`,
      };
    }
    await sleep(10);
  }
}

function spawnChild(
  folder: EngineFolder,
  library: string,
  ports: ChosenPorts,
  stdio: [number, number, number],
): ChildProcess {
  const script = join(packageRoot(), 'dist', 'sql', 'engine', 'child.js');
  if (!existsSync(script)) throw new EngineError('start_failed', `${script} is missing: run npm run build`);
  const { httpPort, engineHttpPort, nativePort, engineNativePort } = ports;
  const listened = [httpPort, engineHttpPort, nativePort, engineNativePort].map(String);
  // An empty environment: the engine looks into it for cloud and AI credentials, and secrets of ours are in it.
  return spawn(
    process.execPath,
    ['--max-old-space-size=64', script, library, folder.config, folder.dataDir, ...listened],
    {
      cwd: folder.root,
      detached: true,
      env: { TZ: 'UTC' },
      stdio,
    },
  );
}

/** Memory of the machine or of the container it is in, in bytes. */
function machineMemoryBytes(): number {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  return constrained > 0 && constrained < total ? constrained : total;
}

function defaultAnalystLimits(memoryBytes: number): AnalystLimits {
  return {
    memoryBytes: Math.min(4 * 1024 ** 3, Math.floor(memoryBytes * 0.25)),
    executionSeconds: 120,
    temporaryDiskBytes: 20 * 1024 ** 3,
    concurrentQueries: 8,
  };
}
