/** A process of the pool of `nightly-fuzz.ts`: runs one case after the other and says what came of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFuzzCase, type FuzzedReader, type FuzzResult } from './case.js';

/** To the child. */
export interface FuzzOrder {
  readonly reader: FuzzedReader;
  readonly seed: number;
}

const folder = mkdtempSync(join(tmpdir(), 'wxlive-fuzz-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
process.on('disconnect', () => process.exit());
// A promise that nobody awaited: the case whose turn it is has failed, and so has this process.
process.on('unhandledRejection', (error) => {
  report({ outcome: 'thrown', complaint: `unhandled rejection: ${String(error)}` });
});
process.on('message', (order: FuzzOrder) => {
  void runFuzzCase(order.reader, order.seed, folder).then(report);
});

function report(result: FuzzResult): void {
  process.send?.(result);
}
