import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { engineFolder } from '../../../sql/engine/folder.js';
import { packageRoot } from '../../../sql/package-root.js';

/** A process of the product under test; lines of its output are awaited one by one. */
export interface User {
  readonly child: ChildProcess;
  /** The next line; throws when the process ended without one. */
  line(): Promise<string>;
  /** Its end: exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(): Promise<void>;
}

const users = new Set<ChildProcess>();

/** Starts `engine-user.mjs`; `before` is put in front of the command (`prlimit …`). */
export function startUser(
  what: 'hold' | 'query' | 'busy' | 'insert' | 'lease',
  dataDir: string,
  argument = '',
  options: { before?: readonly string[]; uid?: number } = {},
): User {
  const script = join(packageRoot(), 'test', 'fixtures', 'engine', 'engine-user.mjs');
  const [command, ...rest] = [...(options.before ?? []), process.execPath, script, what, dataDir, argument];
  const child = spawn(command, rest, {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  users.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => {
      users.delete(child);
      resolve(signal ?? code ?? -1);
    });
  });
  return {
    child,
    ended,
    async line() {
      const next = await lines.next();
      if (next.done === true) throw new Error(`the process ended (${String(await ended)}) without a line`);
      return next.value;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Ends what a failed test left behind. */
export function endUsers(): void {
  for (const child of users) child.kill('SIGKILL');
}

/** Process numbers of the engines that run on a data folder. */
export function enginesOn(dataDir: string): number[] {
  const config = engineFolder(dataDir).config;
  return execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('child.js') && line.includes(config))
    .map((line) => Number.parseInt(line, 10));
}
