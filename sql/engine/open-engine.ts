import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { askVersion, readAddress, type EngineAddress } from './address.js';
import { joinAlivePipe } from './alive-pipe.js';
import { readCredentials, type EngineCredentials } from './credentials.js';
import { EngineError, folderError } from './engine-error.js';
import { engineFolder, type EngineFolder } from './folder.js';
import { tryOsLock } from './os-lock.js';
import { startEngine, type StartOptions, type StartedEngine } from './start.js';

export interface EngineOptions extends StartOptions {
  /** The data folder; made when missing. */
  readonly dataDir: string;
  /** How long an engine that is shutting down may take. */
  readonly shutdownWaitMs?: number;
}

/** A running engine this process counts as a user of. */
export interface Engine {
  readonly address: EngineAddress;
  readonly credentials: EngineCredentials;
  /** Lets go of the engine; it ends when nobody else holds it. */
  close(): void;
}

/**
 * Finds the engine of a data folder or starts it, exactly one however many processes ask at once, and counts this
 * process as its user. Throws EngineError.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const folder = engineFolder(options.dataDir);
  try {
    prepareFolder(folder);
    const found = await findEngine(folder);
    return found ?? (await startOrJoin(folder, options));
  } catch (error) {
    throw folderError(error, folder.dataDir);
  }
}

/** The running engine of a folder, or null: nobody reads its pipe, or the reader does not answer (yet, or any more). */
async function findEngine(folder: EngineFolder): Promise<Engine | null> {
  const pipe = joinAlivePipe(folder.alivePipe);
  if (pipe === null) return null;
  const address = readAddress(folder);
  const credentials = readCredentials(folder);
  if (
    address !== null &&
    credentials !== null &&
    (await askVersion({ host: address.host, port: address.engineHttpPort }, credentials.ownerPassword)) !==
      null
  ) {
    return asEngine({ address, pipe }, credentials);
  }
  // Not held while waiting: an engine whose starter was killed must see that nobody uses it.
  pipe.close();
  return null;
}

async function startOrJoin(folder: EngineFolder, options: EngineOptions): Promise<Engine> {
  const startTimeoutMs = options.startTimeoutMs ?? 60_000;
  const deadline = performance.now() + startTimeoutMs + 15_000;
  for (;;) {
    const lock = tryOsLock(folder.startLock);
    if (lock !== null) {
      try {
        return (
          (await waitUntilNobodyReads(folder, options.shutdownWaitMs ?? 10_000)) ??
          (await start(folder, options))
        );
      } finally {
        lock.release();
      }
    }
    await sleep(20);
    const found = await findEngine(folder);
    if (found !== null) return found;
    if (performance.now() > deadline) throw new EngineError('start_crowded', folder.dataDir);
  }
}

/** Under the start lock: an engine that is there after all, or null once the pipe has no reader. */
async function waitUntilNobodyReads(folder: EngineFolder, waitMs: number): Promise<Engine | null> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const found = await findEngine(folder);
    if (found !== null) return found;
    const pipe = joinAlivePipe(folder.alivePipe);
    if (pipe === null) return null;
    pipe.close();
    if (performance.now() > deadline) {
      throw new EngineError(
        'engine_stuck',
        `${folder.dataDir}, process ${readAddress(folder)?.processId ?? 'unknown'}`,
      );
    }
    await sleep(20);
  }
}

async function start(folder: EngineFolder, options: EngineOptions): Promise<Engine> {
  const started = await startEngine(folder, options);
  const credentials = readCredentials(folder);
  if (credentials === null) throw new EngineError('start_failed', `${folder.credentials} is gone`);
  return asEngine(started, credentials);
}

function asEngine(started: StartedEngine, credentials: EngineCredentials): Engine {
  return {
    address: started.address,
    credentials,
    close() {
      started.pipe.close();
    },
  };
}

function prepareFolder(folder: EngineFolder): void {
  if (!existsSync(folder.root)) mkdirSync(folder.root, { recursive: true, mode: 0o700 });
  accessSync(folder.root, constants.R_OK | constants.W_OK | constants.X_OK);
}
