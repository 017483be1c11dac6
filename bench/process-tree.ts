import { readdirSync, readFileSync } from 'node:fs';

/** Resident megabytes of a process and all it has started, now. Reads /proc: 0 elsewhere than on Linux. */
export function treeMegabytes(processId: number, leaveOut: RegExp | null = null): number {
  const command = read(`/proc/${processId}/cmdline`);
  if (leaveOut?.test(command) === true) return 0;
  const kilobytes = /^VmRSS:\s+(\d+) kB$/mu.exec(read(`/proc/${processId}/status`))?.[1] ?? 0;
  return childrenOf(processId).reduce(
    (sum, child) => sum + treeMegabytes(child, leaveOut),
    Number(kilobytes) / 1024,
  );
}

/** Linux counts processor time in hundredths of a second for every program. */
const TICKS_PER_SECOND = 100;

/** User and system seconds of a process and all it has started, those that have ended and were waited for included. */
export function treeCpuSeconds(processId: number): number {
  const fields = read(`/proc/${processId}/stat`)
    .replace(/^.*\) /su, '')
    .split(' ');
  // utime, stime, cutime, cstime
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
  return childrenOf(processId).reduce((sum, child) => sum + treeCpuSeconds(child), own);
}

/** Of all threads: a process started by a worker thread is told under that thread. */
function childrenOf(processId: number): number[] {
  return threadsOf(processId).flatMap((thread) =>
    read(`/proc/${processId}/task/${thread}/children`)
      .split(' ')
      .flatMap((child) => (child === '' ? [] : [Number(child)])),
  );
}

function threadsOf(processId: number): string[] {
  try {
    return readdirSync(`/proc/${processId}/task`);
  } catch {
    return [];
  }
}

/** '' for what has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
