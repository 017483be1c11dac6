import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../schemas/index.js';
import { WarehouseError, type Warehouse } from './warehouse.js';

/** A connection and whatever it stands on (the private engine). */
export interface Link {
  readonly warehouse: Warehouse;
  close(): Promise<void>;
}

export interface RetryOptions {
  readonly mode: Warehouse['mode'];
  /** Opens a connection; called again when the old one is unreachable and `reopen` is set. */
  readonly open: () => Promise<Link>;
  /** The other side may be gone for good (a private engine that was killed): open anew instead of asking it again. */
  readonly reopen: boolean;
  readonly logger?: Logger | undefined;
  /** Tries in all. @default 5, over about 3 s */
  readonly attempts?: number;
}

const FIRST_PAUSE_MS = 100;

/**
 * A Warehouse that tries again: reads after any transient failure, writes only when they cannot have arrived. Every
 * retry is logged as a warning; after the last one the failure is thrown. Inside a session nothing is retried, since
 * its temporary tables would be gone.
 */
export function openRetrying(options: RetryOptions): Warehouse {
  const attempts = options.attempts ?? 5;
  let current: Promise<Link> | null = null;
  let closed = false;

  async function link(): Promise<Link> {
    if (closed) throw new WarehouseError('the connection was closed', null, false);
    if (current === null) {
      const opening = options.open();
      current = opening;
      opening.catch(() => {
        if (current === opening) current = null;
      });
    }
    return current;
  }

  /** Whoever sees the broken link first drops it; the others find the new one. */
  function drop(broken: Promise<Link> | null): void {
    if (!options.reopen || broken === null || current !== broken) return;
    current = null;
    broken.then((old) => old.close()).catch(() => undefined);
  }

  async function pauseAfter(
    error: unknown,
    attempt: number,
    used: Promise<Link> | null,
    again: boolean,
  ): Promise<void> {
    if (!(error instanceof WarehouseError) || closed) throw error;
    const broken = error.code === null && error.transient;
    if (broken) drop(used);
    if (!again || attempt >= attempts) throw error;
    const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
    options.logger?.warn('ClickHouse did not answer, trying again', {
      attempt,
      attempts,
      pause_ms: pauseMs,
      code: error.code,
      reason: error.message,
    });
    await sleep(pauseMs);
  }

  async function retry<Result>(
    idempotent: boolean,
    work: (warehouse: Warehouse) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      let used: Promise<Link> | null = null;
      try {
        const opened = await link();
        used = current;
        return await work(opened.warehouse);
      } catch (error) {
        await pauseAfter(error, attempt, used, mayRepeat(error, idempotent));
      }
    }
  }

  const warehouse: Warehouse = {
    mode: options.mode,
    query: (sql, row, parameters, queryOptions) =>
      retry(true, (inner) => inner.query(sql, row, parameters, queryOptions)),
    async *stream(sql, format, parameters, queryOptions) {
      for (let attempt = 1; ; attempt += 1) {
        let used: Promise<Link> | null = null;
        let begun = false;
        try {
          const opened = await link();
          used = current;
          for await (const chunk of opened.warehouse.stream(sql, format, parameters, queryOptions)) {
            begun = true;
            yield chunk;
          }
          return;
        } catch (error) {
          await pauseAfter(error, attempt, used, !begun && mayRepeat(error, true));
        }
      }
    },
    insert: (request) => {
      // A stream of rows can be sent once; bytes any number of times.
      const repeatable = request.body instanceof Uint8Array || Array.isArray(request.body);
      return retry(false, (inner) =>
        inner.insert(request).catch((error: unknown) => {
          if (repeatable || !(error instanceof WarehouseError) || !error.unreached) throw error;
          throw new WarehouseError(error.message, error.code, error.transient, { cause: error });
        }),
      );
    },
    command: (sql, parameters, queryOptions) =>
      retry(false, (inner) => inner.command(sql, parameters, queryOptions)),
    session: async (work) => {
      const inner = await retry(true, async (candidate) => {
        await candidate.ping();
        return candidate;
      });
      return inner.session(work);
    },
    ping: () => retry(true, (inner) => inner.ping()),
    async close() {
      closed = true;
      const last = current;
      current = null;
      const opened = await last?.catch(() => null);
      await opened?.close();
    },
  };
  return warehouse;
}

function mayRepeat(error: unknown, idempotent: boolean): boolean {
  return error instanceof WarehouseError && error.transient && (idempotent || error.unreached);
}
