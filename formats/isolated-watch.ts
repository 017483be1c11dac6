/**
 * Thread inside a reader's child process that ends the process when it uses too much memory or its parent is
 * gone, also while the main thread is busy in a loop that never comes back.
 */
import { workerData } from 'node:worker_threads';

export interface WatchData {
  /** Shared with the main thread: element 0 is the limit of resident memory in MiB, 0 for none. */
  readonly state: Int32Array<SharedArrayBuffer>;
  /** As the parent said it: by the time this thread starts, it may already be gone. */
  readonly parentPid: number;
}

const intervalMilliseconds = 40;
const { state, parentPid } = workerData as WatchData;

setInterval(() => {
  const limitMebibytes = Atomics.load(state, 0);
  const residentMebibytes = process.memoryUsage.rss() / (1024 * 1024);
  const overMemory = limitMebibytes > 0 && residentMebibytes > limitMebibytes;
  // An orphan is adopted by another process. SIGKILL cannot be held up by what the main thread does.
  if (overMemory || process.ppid !== parentPid) process.kill(process.pid, 'SIGKILL');
}, intervalMilliseconds);
