import { fsyncSync, ftruncateSync, mkdirSync, readFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { WarehouseError } from '../connection/warehouse.js';
import { folderError } from './engine-error.js';
import { tryOsLock, type OsLock } from './os-lock.js';

/** The right to write facts into a data folder; one process at a time has it. */
export interface LoaderLease {
  /** Grows by one with every lease of the folder: what a later holder wrote is told from what an earlier one did. */
  readonly epoch: number;
  /** Somebody waits for the lease: whoever may be interrupted lets go, and queues up behind them. */
  wanted(): boolean;
  release(): void;
}

export interface LoaderLeaseOptions {
  /** How long to wait for the holder; 0 asks once. */
  readonly waitMs: number;
  /** Told at once when there is somebody to wait for, then every second. */
  readonly onWait?: (waitedMs: number, holderProcessId: number | null) => void;
  readonly signal?: AbortSignal;
}

const recordSchema = z.object({ epoch: z.number().int().nonnegative(), process_id: z.number().int() });
const POLL_MS = 25;
const REPORT_MS = 1_000;

/**
 * Takes the loader lease of a data folder: a lock of the kernel, gone with its holder however that ended. Throws a
 * transient WarehouseError when the holder did not let go within `waitMs`. Whoever waits first holds a second lock, the
 * head of the queue: so a holder can see that it is waited for, and having let go it cannot be there first again.
 */
export async function acquireLoaderLease(dataDir: string, options: LoaderLeaseOptions): Promise<LoaderLease> {
  const folder = resolve(dataDir);
  const path = join(folder, 'loader.lock');
  const queuePath = join(folder, 'loader.queue');
  const started = performance.now();
  let reportAt = 0;
  let head: OsLock | null = null;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (;;) {
      head ??= tryOsLock(queuePath);
      const lease = head === null ? null : tryLease(path, queuePath);
      if (lease !== null) return lease;
      const waited = Math.round(performance.now() - started);
      if (waited >= options.waitMs) throw heldError(path, folder, waited);
      if (waited >= reportAt) {
        options.onWait?.(waited, readRecord(path)?.process_id ?? null);
        reportAt = waited + REPORT_MS;
      }
      await sleep(
        Math.min(POLL_MS, options.waitMs - waited),
        undefined,
        options.signal === undefined ? {} : { signal: options.signal },
      );
    }
  } catch (error) {
    throw folderError(error, folder);
  } finally {
    head?.release();
  }
}

function tryLease(path: string, queuePath: string): LoaderLease | null {
  const lock = tryOsLock(path);
  if (lock === null) return null;
  try {
    const epoch = nextEpoch(path);
    // Written in place: replacing the file would replace what is locked. Padded, so a longer old record leaves no tail.
    const record = JSON.stringify({ epoch, process_id: process.pid }).padEnd(80);
    writeSync(lock.fileDescriptor, record, 0);
    ftruncateSync(lock.fileDescriptor, record.length);
    fsyncSync(lock.fileDescriptor);
    return {
      epoch,
      wanted() {
        const queue = tryOsLock(queuePath);
        queue?.release();
        return queue === null;
      },
      release() {
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The last record; null when there is none or it cannot be read (being written now, or torn by a power cut). */
function readRecord(path: string): z.infer<typeof recordSchema> | null {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function nextEpoch(path: string): number {
  const record = readRecord(path);
  if (record !== null) return record.epoch + 1;
  // Epochs count from 1; after a torn record the clock is above any of them, so they go on growing.
  return readFileSync(path).length === 0 ? 1 : Date.now();
}

function heldError(path: string, folder: string, waitedMs: number): WarehouseError {
  return new WarehouseError(
    `process ${readRecord(path)?.process_id ?? 'unknown'} is loading into ${folder} (waited ${waitedMs} ms): wait until it has finished, then try again`,
    null,
    true,
    { unreached: true },
  );
}
