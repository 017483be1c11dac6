import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a finished child took. Memory and processor time are read from /proc, so on Linux alone. */
export interface Spent {
  readonly seconds: number;
  /** User and system time of the process itself, in seconds; to the last sample before its end. */
  readonly cpuSeconds: number;
  /** Most resident memory it ever had, in megabytes. */
  readonly peakMegabytes: number;
  readonly output: string;
}

const SAMPLE_MS = 20;
/** Linux counts processor time in hundredths of a second for every program. */
const TICKS_PER_SECOND = 100;

/** Runs `node …` and watches it. Throws when it ends with another code than those given. */
export async function runWatched(args: readonly string[], codes: readonly number[] = [0]): Promise<Spent> {
  const begun = process.hrtime.bigint();
  let cpuSeconds = 0;
  let peakMegabytes = 0;
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, args, { maxBuffer: 1 << 26 }, (error, output, errors) => {
      clearInterval(timer);
      const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
      if (child.exitCode !== null && codes.includes(child.exitCode))
        resolve({ seconds, cpuSeconds, peakMegabytes, output });
      else
        reject(new Error(`node ${args.join(' ')} ended with ${child.exitCode}: ${errors}`, { cause: error }));
    });
    const timer = setInterval(() => {
      if (child.pid === undefined) return;
      cpuSeconds = cpuSecondsOf(child.pid) ?? cpuSeconds;
      peakMegabytes = peakMegabytesOf(child.pid) ?? peakMegabytes;
    }, SAMPLE_MS);
  });
}

/** User and system seconds of a process; undefined when it is gone. */
export function cpuSecondsOf(processId: number): number | undefined {
  const fields = read(`/proc/${processId}/stat`)
    ?.replace(/^.*\) /su, '')
    .split(' ');
  if (fields === undefined) return undefined;
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function peakMegabytesOf(processId: number): number | undefined {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/mu.exec(read(`/proc/${processId}/status`) ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
