import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../sql/engine/free-port.js';
import { startWxlive } from '../../cli/run-wxlive.js';

export interface KeptOptions {
  readonly roles: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
}

const LAST_LINES = 400;
const BEGUN = '--- started';

/** A `wxlive serve` that is started again whenever it ends, on the same port, until it is told to stay down. */
export class KeptProcess {
  /** What it wrote to stderr, of all its lives. */
  readonly lines: string[] = [];
  kills = 0;
  private child: ChildProcess | null = null;
  private keeping: Promise<void> | null = null;
  private wanted = false;

  private constructor(
    readonly port: number,
    private readonly options: KeptOptions,
  ) {}

  static async start(options: KeptOptions): Promise<KeptProcess> {
    const kept = new KeptProcess(await freePort(), options);
    kept.up();
    return kept;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get processId(): number {
    return this.child?.pid ?? 0;
  }

  /** Whether its present life has said so. */
  said(words: string): boolean {
    return this.lines.slice(this.lines.lastIndexOf(BEGUN)).some((line) => line.includes(words));
  }

  up(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.keeping = this.keep();
  }

  /** SIGTERM; the exit code. */
  async down(): Promise<number | null> {
    this.wanted = false;
    const { child } = this;
    child?.kill('SIGTERM');
    await this.keeping;
    return child?.exitCode ?? null;
  }

  /** kill -9; true when there was something to kill. */
  kill(): boolean {
    const killed = this.child !== null && this.child.exitCode === null && this.child.kill('SIGKILL');
    if (killed) this.kills++;
    return killed;
  }

  /** The text of a route; null when nobody answers. */
  async get(path: string): Promise<string | null> {
    const answer = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => null,
    );
    const text = await answer?.text().catch(() => null);
    return answer?.ok === true ? (text ?? null) : null;
  }

  /** Waits until it says that it is ready. */
  async ready(): Promise<void> {
    while (this.wanted && (await this.get('/readyz')) === null) await sleep(30);
  }

  private async keep(): Promise<void> {
    while (this.wanted) {
      const { roles, dataDir, env } = this.options;
      const child = startWxlive(['serve', '--roles', roles, '--port', String(this.port)], { dataDir, env });
      this.child = child;
      this.lines.push(BEGUN);
      child.stdout?.resume();
      child.stderr?.on('data', (chunk: Buffer) => {
        this.lines.push(
          ...chunk
            .toString()
            .split('\n')
            .filter((line) => line !== '' && !line.includes('"message":"request"')),
        );
        this.lines.splice(0, this.lines.length - LAST_LINES);
      });
      await new Promise((resolve) => child.once('close', resolve));
    }
  }
}
