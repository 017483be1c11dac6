/**
 * A thread beside the engine, which keeps the main thread for itself: ends the process when a write to a file has failed
 * (a merge on a full disk), because the engine itself goes on as if it had not; see write-check.ts. Our own writes ask
 * after each statement; this asks for what nobody waits for. It also lets statements go before merges, and is where
 * the doors stand.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { openHttpDoor } from './http-door.js';
import { openNativeDoor } from './native-door.js';
import { releaseOwnHold } from './own-hold.js';
import type { WatchTask } from './watch-task.js';

const PAUSE_MS = 2_000;
const { dataDir, ownHold, doors } = workerData as WatchTask;

void releaseOwnHold(ownHold);

if (doors !== null) {
  const { http, native } = doors;
  for (const door of [
    openNativeDoor(native.port, native.enginePort, { passwords: readPasswords }),
    openHttpDoor(http.port, http.enginePort),
  ]) {
    door.once('error', ({ message }) => {
      writeSync(2, `${message.includes('EADDRINUSE') ? 'Address already in use' : message}\n`);
      process.kill(process.pid, 'SIGKILL');
    });
  }
}

async function readPasswords(): Promise<ReadonlyMap<string, string> | null> {
  const { ANALYST, OWNER, readCredentials } = await import('./credentials.js');
  const { engineFolder } = await import('./folder.js');
  const made = readCredentials(engineFolder(dataDir));
  return made === null
    ? null
    : new Map([
        [OWNER, made.ownerPassword],
        [ANALYST, made.analystPassword],
      ]);
}

await sleep(PAUSE_MS);
// Loaded only now: the engine's start has the processor for itself.
const { OWNER, readCredentials } = await import('./credentials.js');
const { readAddress } = await import('./address.js');
const { engineFolder } = await import('./folder.js');
const { calmMerges } = await import('./merge-priority.js');
const { loadSql } = await import('../query-file.js');

const folder = engineFolder(dataDir);
const body = loadSql('operate/failed-writes');
let calmed = false;
for (;;) {
  // The threads come with the first table.
  calmed ||= calmMerges() > 0;
  const address = readAddress(folder);
  const password = readCredentials(folder)?.ownerPassword;
  if (address?.processId === process.pid && password !== undefined) {
    const text = await fetch(`http://${address.host}:${address.engineHttpPort}/`, {
      method: 'POST',
      headers: { 'X-ClickHouse-User': OWNER, 'X-ClickHouse-Key': password },
      body,
    }).then(
      (answer) => (answer.ok ? answer.text() : ''),
      () => '',
    );
    if (/^[1-9]\d*\s*$/.test(text)) {
      writeSync(2, 'writes to files failed, the disk is full or at its limit: ended at once\n');
      process.kill(process.pid, 'SIGKILL');
    }
  }
  await sleep(PAUSE_MS);
}
