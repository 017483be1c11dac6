import type { AttendanceScope } from '../../schemas/index.js';
import type { SnapshotOptions } from '../bus/bus.js';
import type { FileRun } from './run-import.js';

/** What the loader is told of a file beside its rows. */
export function snapshotOf(
  { options, earlier }: FileRun,
  exportedAt: number,
  scopes: readonly AttendanceScope[],
): SnapshotOptions {
  const { acceptShrink } = options;
  // Whoever says how new a file is means it, also when it was imported before.
  const repeats = earlier === null || options.exportedAt !== null ? {} : { repeats: earlier.batches };
  return { exportedAt, scopes, acceptShrink, ...repeats };
}
