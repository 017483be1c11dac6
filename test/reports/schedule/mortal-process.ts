import type { SchedulerTools } from '../../../reports/schedule/scheduler-tools.js';
import type { Outbox } from '../../../reports/ledger/outbox.js';
import type { Warehouse } from '../../../sql/index.js';

/** What a process of a test ends with where it dies. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** A process of which everything it does may be its last; a dead one does nothing more. */
export interface MortalProcess {
  dead: boolean;
  /** Asked at every point where it may die. */
  readonly dies: (point: DeathPoint) => boolean;
}

/** `warehouse`: each statement; `outbox`: each file; `work`: what a scheduler calls. */
export type DeathPoint = 'warehouse' | 'outbox' | 'work';

type Work<Given extends unknown[], Result> = (...given: Given) => Promise<Result>;

/** The same work of a process that may die before and after it. */
export function mortal<Given extends unknown[], Result>(
  process: MortalProcess,
  point: DeathPoint,
  work: Work<Given, Result>,
): Work<Given, Result> {
  const live = (): void => {
    if (!process.dead && process.dies(point)) process.dead = true;
    if (process.dead) throw new Crash();
  };
  return async (...given) => {
    live();
    const result = await work(...given);
    live();
    return result;
  };
}

/** The warehouse as a process sees it that may die between any two statements. */
export function mortalWarehouse(process: MortalProcess, warehouse: Warehouse): Warehouse {
  const guard = mortal<[], undefined>(process, 'warehouse', () => Promise.resolve(undefined));
  return {
    ...warehouse,
    async query(sql, row, parameters, options) {
      await guard();
      const rows = await warehouse.query(sql, row, parameters, options);
      await guard();
      return rows;
    },
    insert: mortal(process, 'warehouse', (request) => warehouse.insert(request)),
  };
}

/** The outbox of a process that may die between any two files. */
export function mortalOutbox(process: MortalProcess, outbox: Outbox): Outbox {
  return {
    ...outbox,
    find: mortal(process, 'outbox', (run, recipient) => outbox.find(run, recipient)),
    draft: mortal(process, 'outbox', async (run) => {
      const draft = await outbox.draft(run);
      return {
        write: mortal(process, 'outbox', (recipient, file, bytes) => draft.write(recipient, file, bytes)),
        seal: mortal(process, 'outbox', (frozen) => draft.seal(frozen)),
        commit: mortal(process, 'outbox', () => draft.commit()),
        // a process that is dead tidies nothing
        discard: mortal(process, 'outbox', () => draft.discard()),
      };
    }),
  };
}

/** The channels of a process that may die before and after a send and its claim. */
export function mortalChannels(
  process: MortalProcess,
  channels: SchedulerTools['channels'],
): SchedulerTools['channels'] {
  return new Map(
    [...channels].map(([name, channel]) => [
      name,
      {
        ...channel,
        send: mortal(process, 'work', (shipment: Parameters<typeof channel.send>[0]) =>
          channel.send({ ...shipment, claim: mortal(process, 'work', (step) => shipment.claim(step)) }),
        ),
      },
    ]),
  );
}
