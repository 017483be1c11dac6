import { setTimeout as sleep } from 'node:timers/promises';
import type { AdapterName, CanonicalRecord, Logger } from '../../schemas/index.js';
import { WarehouseError } from '../../sql/index.js';
import type { Reject } from '../load/rejects.js';
import { acceptedRows, type Flush, type FlushReply, type FlushTarget } from './flush.js';
import type { PreparedRequest } from './prepare.js';

export interface GroupCommitOptions {
  /** Between the beginnings of two flushes at least so long, unless `flushRecords` wait. */
  readonly flushIntervalMs: number;
  /** So many records are enough for a flush at once, and the most in one. */
  readonly flushRecords: number;
  /** So long a request waits for its records to be durable before it is told to come again. */
  readonly answerTimeoutMs: number;
  readonly logger: Logger;
  /** Told of every flush that succeeded. */
  readonly onFlush: (flush: Flush, reply: FlushReply, requests: readonly PreparedRequest[]) => void;
  /** Told of every try that failed. */
  readonly onFailure: (transient: boolean) => void;
}

/** What became of one request: rows stored now, and rows that were known. */
export type CommitAnswer =
  | { readonly state: 'stored'; readonly accepted: number; readonly duplicates: number }
  /** Not durable in time: it may still be, and sending it again is harmless. */
  | { readonly state: 'late' }
  /** Refused by the database for a reason that will not pass. */
  | { readonly state: 'failed' };

interface Waiting {
  readonly request: PreparedRequest;
  readonly arrivedAt: number;
  readonly deadline: NodeJS.Timeout;
  readonly answer: (answer: CommitAnswer) => void;
  answered: boolean;
}

/** A lone request waits so long for company. */
const LINGER_MS = 5;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Merges small requests into few writes: whatever waits when a flush begins goes together, each adapter by itself, and
 * each request is answered from its own slice of the reply. A transient failure is tried again until nobody waits any
 * more; one that will not pass is narrowed down to the requests that cause it.
 */
export class GroupCommit {
  private readonly queue: Waiting[] = [];
  private records = 0;
  private requests = 0;
  private working: Promise<void> | null = null;
  private lastStart = Number.NEGATIVE_INFINITY;
  private hurry: (() => void) | null = null;
  private stopping = false;

  constructor(
    private readonly target: FlushTarget,
    private readonly options: GroupCommitOptions,
  ) {}

  /** Records that wait or are on their way. */
  get waitingRecords(): number {
    return this.records;
  }

  /** Requests that wait for their answer. */
  get waitingRequests(): number {
    return this.requests;
  }

  /** Resolves when the request's records are durable, or it is known that they are not. */
  async submit(request: PreparedRequest): Promise<CommitAnswer> {
    return new Promise((resolve) => {
      const weight = weightOf(request);
      const waiting: Waiting = {
        request,
        arrivedAt: performance.now(),
        deadline: setTimeout(() => {
          waiting.answer({ state: 'late' });
        }, this.options.answerTimeoutMs),
        answered: false,
        answer: (answer) => {
          if (waiting.answered) return;
          waiting.answered = true;
          clearTimeout(waiting.deadline);
          this.records -= weight;
          this.requests--;
          resolve(answer);
        },
      };
      this.queue.push(waiting);
      this.records += weight;
      this.requests++;
      if (this.records >= this.options.flushRecords) this.hurry?.();
      this.working ??= this.work();
    });
  }

  /** Flushes what waits, without waiting for company, and resolves when nothing is on its way. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.hurry?.();
    await this.working;
    await this.target.close();
  }

  private async work(): Promise<void> {
    while (this.queue.length > 0) {
      await this.gather();
      this.lastStart = performance.now();
      for (const requests of this.takeLanes()) await this.flush(requests);
    }
    this.working = null;
  }

  /** Waits until a flush is due. */
  private async gather(): Promise<void> {
    const first = this.queue[0]?.arrivedAt ?? 0;
    const due = Math.max(first + LINGER_MS, this.lastStart + this.options.flushIntervalMs);
    const waitMs = due - performance.now();
    if (waitMs <= 0 || this.stopping || this.records >= this.options.flushRecords) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.hurry = null;
  }

  /** What waits now, each adapter by itself, each in pieces that are not too large. */
  private takeLanes(): Waiting[][] {
    const lanes = new Map<AdapterName, Waiting[][]>();
    let weight = 0;
    for (const waiting of this.queue.splice(0)) {
      if (waiting.answered) continue;
      const pieces = lanes.get(waiting.request.adapter) ?? [[]];
      lanes.set(waiting.request.adapter, pieces);
      const own = weightOf(waiting.request);
      if (weight > 0 && weight + own > this.options.flushRecords) {
        pieces.push([]);
        weight = 0;
      }
      weight += own;
      pieces.at(-1)?.push(waiting);
    }
    return [...lanes.values()].flat().filter((piece) => piece.length > 0);
  }

  private async flush(requests: readonly Waiting[]): Promise<void> {
    const flush = mergeRequests(requests.map(({ request }) => request));
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const reply = await this.target.flush(flush);
        answerEach(requests, flush, reply);
        this.options.onFlush(
          flush,
          reply,
          requests.map(({ request }) => request),
        );
        return;
      } catch (error) {
        const transient = error instanceof WarehouseError && error.transient;
        this.options.onFailure(transient);
        this.options.logger.warn('a flush failed', {
          adapter: flush.adapter,
          records: flush.records.length,
          transient,
          reason: error instanceof Error ? error.name : 'unknown',
          code: error instanceof WarehouseError ? error.code : null,
        });
        if (!transient) {
          await this.narrow(requests);
          return;
        }
        if (requests.every(({ answered }) => answered) || this.stopping) {
          for (const waiting of requests) waiting.answer({ state: 'late' });
          return;
        }
        await sleep(pauseMs);
      }
    }
  }

  /** One request that the database refuses must not take the others with it. */
  private async narrow(requests: readonly Waiting[]): Promise<void> {
    if (requests.length === 1) {
      requests[0]?.answer({ state: 'failed' });
      return;
    }
    const half = requests.length >> 1;
    await this.flush(requests.slice(0, half));
    await this.flush(requests.slice(half));
  }
}

function weightOf({ records, rejects }: PreparedRequest): number {
  return records.length + rejects.length;
}

function mergeRequests(requests: readonly PreparedRequest[]): Flush {
  const records: CanonicalRecord[] = [];
  const recordRows: number[] = [];
  const rejects: Reject[] = [];
  let rows = 0;
  let startedAt = Number.POSITIVE_INFINITY;
  let rowOffset = 0;
  for (const request of requests) {
    for (const record of request.records) records.push(record);
    let most = 0;
    for (const row of request.recordRows) {
      recordRows.push(rowOffset + row);
      most = row + 1;
    }
    rowOffset += most;
    for (const reject of request.rejects) rejects.push(reject);
    rows += request.rows;
    startedAt = Math.min(startedAt, request.receivedAt);
  }
  const { adapter = 'events', route = '' } = requests[0] ?? {};
  return { adapter, route, startedAt, records, recordRows, rows, rejects };
}

function answerEach(requests: readonly Waiting[], flush: Flush, reply: FlushReply): void {
  let from = 0;
  for (const waiting of requests) {
    const { records, rows, rejected } = waiting.request;
    const to = from + records.length;
    const accepted = acceptedRows(flush.recordRows, reply.accepted, from, to);
    from = to;
    waiting.answer({ state: 'stored', accepted, duplicates: rows - rejected.length - accepted });
  }
}
