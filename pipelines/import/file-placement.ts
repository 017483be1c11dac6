import type { Placement } from '../privacy/placement.js';
import type { FileRun } from './run-import.js';

/** Platform exports are Beijing time (PRODUCT §3). */
const BEIJING_MS = 8 * 3_600_000;

/** What a file gives to drafts that leave it open. */
export function placementOf(run: FileRun, exportedAt: number, day: string | null): Placement {
  const { options, identity } = run;
  return {
    adapter: identity.adapter,
    receivedAt: identity.startedAt,
    account: options.account,
    room: options.room,
    exportedAt,
    day: day ?? new Date(exportedAt + BEIJING_MS).toISOString().slice(0, 10),
  };
}
