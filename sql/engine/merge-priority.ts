import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

const THREADS = '/proc/self/task';
/** The name that the engine gives the threads that merge parts. */
const MERGING = 'MergeMutate';
/** On a full machine a merge gets a tenth of what a statement gets; on an idle one all of it. */
const NICENESS = 10;

/**
 * Lets statements go before merges: nobody waits for a merge, and rows are visible without it. The engine's own setting
 * for it asks for CAP_SYS_NICE, which a user's process does not have and does not need to be nicer. Linux alone has
 * priorities of threads; elsewhere this does nothing. Returns how many threads it found.
 */
export function calmMerges(): number {
  let found = 0;
  try {
    for (const thread of readdirSync(THREADS)) {
      if (readFileSync(`${THREADS}/${thread}/comm`, 'utf8').trim() !== MERGING) continue;
      setPriority(Number(thread), NICENESS);
      found++;
    }
  } catch {
    // Another system, or a thread that ended meanwhile: merges keep their priority.
  }
  return found;
}
