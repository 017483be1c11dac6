import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { treeCpuSeconds, treeMegabytes } from '../process-tree.js';
import type { FuzzedReader, FuzzResult } from './case.js';
import type { FuzzOrder } from './child.js';

/** What every refusal and every reading of a small file has to keep. */
const MOST_SECONDS = 20;
const MOST_MEGABYTES = 1024;
const SAMPLE_MS = 100;
/** On a machine that does other work a case may wait long: so long nobody who still works is called hung. */
const LONGEST_WAIT_SECONDS = 600;

export interface FuzzedCase extends FuzzResult {
  readonly reader: FuzzedReader;
  readonly seed: number;
  readonly seconds: number;
  /** Of the child and the reader it keeps in a process of its own. */
  readonly peakMegabytes: number;
}

/** Runs the cases of some seeds in several processes; one that fails or hangs costs its own case alone. */
export async function fuzz(
  orders: Iterator<FuzzOrder>,
  processes: number,
  done: (result: FuzzedCase) => void,
): Promise<void> {
  await Promise.all(
    Array.from({ length: processes }, async () => {
      let child: ChildProcess | null = null;
      for (let next = orders.next(); next.done !== true; next = orders.next()) {
        child ??= fork(fileURLToPath(new URL('./child.js', import.meta.url)));
        const result = await runOne(child, next.value);
        done(result);
        if (result.complaint === null) continue;
        child.kill('SIGKILL');
        child = null;
      }
      child?.disconnect();
    }),
  );
}

async function runOne(child: ChildProcess, order: FuzzOrder): Promise<FuzzedCase> {
  const begun = performance.now();
  const cpuBefore = treeCpuSeconds(child.pid ?? 0);
  let peakMegabytes = 0;
  const sampling = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, treeMegabytes(child.pid ?? 0));
  }, SAMPLE_MS);
  let watching: NodeJS.Timeout | undefined;
  const result = await new Promise<FuzzResult>((resolve) => {
    watching = setInterval(() => {
      const waited = (performance.now() - begun) / 1000;
      const worked = treeCpuSeconds(child.pid ?? 0) - cpuBefore;
      if (worked < 2 * MOST_SECONDS && waited < LONGEST_WAIT_SECONDS) return;
      const complaint = `no answer within ${waited.toFixed(0)} s, ${worked.toFixed(0)} s of work`;
      resolve({ outcome: 'hung', complaint });
    }, 1000);
    child.once('message', (message: FuzzResult) => {
      resolve(message);
    });
    child.once('exit', (code, signal) => {
      resolve({ outcome: 'died', complaint: `the process ended (${signal ?? code ?? 'unknown'})` });
    });
    child.send(order);
  });
  clearInterval(watching);
  clearInterval(sampling);
  const cpuSeconds = treeCpuSeconds(child.pid ?? 0) - cpuBefore;
  child.removeAllListeners();
  const seconds = (performance.now() - begun) / 1000;
  return {
    ...result,
    ...order,
    seconds,
    peakMegabytes,
    complaint: result.complaint ?? costs(Math.min(seconds, cpuSeconds), peakMegabytes),
  };
}

/** On a machine that does other work a case may wait long: what it worked counts. */
function costs(seconds: number, megabytes: number): string | null {
  if (seconds > MOST_SECONDS) return `took ${seconds.toFixed(1)} s`;
  return megabytes > MOST_MEGABYTES ? `took ${megabytes.toFixed(0)} MB` : null;
}
