import { closeSync, constants, fstatSync, openSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 50;
/** By then the engine has opened its standard input or will not. */
const LONGEST_MS = 60_000;
/** Its standard input, the hold itself, and the engine's own way to its standard input. */
const DESCRIPTORS_OF_A_READ_PIPE = 3;

/**
 * The engine's own hold on its alive pipe while it starts. It opens its standard input by name, which waits until the
 * pipe has a writer: when its starter was killed before and nobody else came, it would wait for ever.
 */
export function openOwnHold(alivePipe: string): number {
  return openSync(alivePipe, constants.O_RDWR | constants.O_NONBLOCK);
}

/** Lets go as soon as the engine reads the pipe: from then on its users alone keep it. */
export async function releaseOwnHold(hold: number): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (countDescriptors(hold) < DESCRIPTORS_OF_A_READ_PIPE && performance.now() < deadline) {
    await sleep(LOOK_MS);
  }
  closeSync(hold);
}

/** How many descriptors of this process are of the same pipe. */
function countDescriptors(hold: number): number {
  const { dev, ino } = fstatSync(hold);
  let count = 0;
  for (const name of readdirSync('/dev/fd')) {
    try {
      const other = fstatSync(Number(name));
      if (other.dev === dev && other.ino === ino) count++;
    } catch {
      // Closed meanwhile: the listing's own.
    }
  }
  return count;
}
