import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { READER_HEAP_MEBIBYTES } from './limits.js';
import { builtFile } from './package-root.js';

/** Idle children kept warm: starting one costs about 60 ms, a small workbook 3 ms. */
const idleChildren = 2;
const idleMilliseconds = 30_000;
/** Nothing a library may have leaked grows for ever. */
const runsPerChild = 200;

interface Idle {
  readonly child: ChildProcess;
  readonly timer: NodeJS.Timeout;
  readonly forget: () => void;
}

const idle: Idle[] = [];
const runsOf = new WeakMap<ChildProcess, number>();

/** A child ready to run a reader: a warm one, or a new one. It keeps the parent alive until it is given back. */
export function acquireChild(): ChildProcess {
  for (let warm = idle.pop(); warm !== undefined; warm = idle.pop()) {
    clearTimeout(warm.timer);
    warm.child.off('exit', warm.forget);
    if (warm.child.connected && warm.child.exitCode === null && warm.child.signalCode === null) {
      warm.child.ref();
      warm.child.channel?.ref();
      return countRun(warm.child);
    }
  }
  const child = fork(fileURLToPath(builtFile('formats/isolated-child.js')), [String(process.pid)], {
    serialization: 'advanced',
    // Nothing of the parent's: its environment holds secrets, its standard error is for people.
    env: { NODE_NO_WARNINGS: '1', TZ: 'UTC' },
    execArgv: [`--max-old-space-size=${READER_HEAP_MEBIBYTES}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return countRun(child);
}

/** Gives a child back after a run that ended well; an idle one does not keep the parent alive. */
export function releaseChild(child: ChildProcess, reusable: boolean): void {
  child.removeAllListeners();
  if (
    !reusable ||
    !child.connected ||
    idle.length >= idleChildren ||
    (runsOf.get(child) ?? 0) >= runsPerChild
  ) {
    endChild(child);
    return;
  }
  const forget = (): void => {
    const at = idle.findIndex((other) => other.child === child);
    if (at >= 0) idle.splice(at, 1);
    clearTimeout(timer);
  };
  const timer = setTimeout(() => {
    forget();
    endChild(child);
  }, idleMilliseconds);
  timer.unref();
  child.once('exit', forget);
  child.on('error', () => undefined);
  child.unref();
  child.channel?.unref();
  idle.push({ child, timer, forget });
}

/** Ends a child at once, whatever it is doing. */
export function endChild(child: ChildProcess): void {
  child.on('error', () => undefined);
  child.kill('SIGKILL');
  child.unref();
  child.channel?.unref();
}

function countRun(child: ChildProcess): ChildProcess {
  runsOf.set(child, (runsOf.get(child) ?? 0) + 1);
  return child;
}
