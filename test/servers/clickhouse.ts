import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAnalyst, openWarehouse, type Warehouse, type WarehouseSettings } from '../../sql/index.js';
import { joinAlivePipe } from '../../sql/engine/alive-pipe.js';
import { engineFolder } from '../../sql/engine/folder.js';
import { packageRoot } from '../../sql/package-root.js';

export interface TestWarehouse {
  /** As the owner; empty, not migrated. */
  readonly warehouse: Warehouse;
  readonly dataDir: string;
  readonly settings: WarehouseSettings;
  /** As the analyst; closed with the rest. */
  analyst(): Promise<Warehouse>;
  /** Closes, waits until the engine has ended and removes the folder. */
  stop(): Promise<void>;
}

/**
 * The one way for a test to get a ClickHouse: a private engine over a folder of its own. Databases of the product have
 * fixed names, so a shared server cannot be used by several tests at once; the tests of server mode start an engine of
 * this kind and go to it by its address.
 */
export async function startTestWarehouse(options: { reportZone?: string } = {}): Promise<TestWarehouse> {
  buildChildOnce();
  const dataDir = makeDataDir();
  const settings: WarehouseSettings = { dataDir, reportZone: options.reportZone ?? 'Asia/Shanghai' };
  const warehouse = await openWarehouse(settings);
  const opened: Warehouse[] = [warehouse];
  return {
    warehouse,
    dataDir,
    settings,
    async analyst() {
      const analyst = await openAnalyst(settings);
      opened.push(analyst);
      return analyst;
    },
    async stop() {
      await Promise.all(opened.map((one) => one.close()));
      await engineEnded(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A new empty data folder; the test removes it. */
export function makeDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'wxlive-test-'));
}

/** Waits until no engine reads the folder's pipe any more. */
export async function engineEnded(dataDir: string, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const pipe = joinAlivePipe(engineFolder(dataDir).alivePipe);
    if (pipe === null) return;
    pipe.close();
    if (performance.now() > deadline) throw new Error(`an engine still runs on ${dataDir}`);
    await sleep(10);
  }
}

/** The engine's child process runs from dist/: builds it when it is missing (`npm test` has built it). */
export function buildChildOnce(): void {
  const root = packageRoot();
  if (existsSync(join(root, 'dist', 'sql', 'engine', 'child.js'))) return;
  execFileSync(
    process.execPath,
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
}
