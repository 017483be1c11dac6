import type { AdapterName, Language, Logger } from '../../schemas/index.js';
import { openInsertSizes } from '../metrics/insert-sizes.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import type { CollectedRow } from './collected-rows.js';
import type { Flush, FlushReply, FlushTarget } from './flush.js';
import { GroupCommit } from './group-commit.js';
import { prepareRequest, type PreparedRequest, type PrepareTools, type RejectedRow } from './prepare.js';
import { RateLimit } from './rate-limit.js';

export interface CollectorOptions {
  readonly target: FlushTarget;
  readonly tools: PrepareTools;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly flushIntervalMs: number;
  readonly flushRecords: number;
  readonly answerTimeoutMs: number;
  /** More than these waiting: further requests are told to come again. */
  readonly mostWaitingRecords: number;
  /** Rows a second and key; 0: no limit. */
  readonly rowsPerSecond: number;
}

/** A request as the routes hand it over. */
export interface CollectRequest {
  readonly adapter: AdapterName;
  /** The pattern of the route. */
  readonly route: string;
  /** Name of the key it came with. */
  readonly sender: string;
  /** When its last byte arrived, UTC ms. */
  readonly receivedAt: number;
  readonly rows: readonly CollectedRow[];
  readonly body: string | Uint8Array;
}

export interface Collected {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedRow[];
}

export type CollectAnswer =
  | ({ readonly state: 'stored' } & Collected)
  /** The key sends more than it may (429). */
  | { readonly state: 'too_fast'; readonly retryAfterSeconds: number }
  /** Too much waits, the warehouse does not answer, or this process ends (503). */
  | { readonly state: 'busy' | 'late' | 'stopping'; readonly retryAfterSeconds: number }
  | { readonly state: 'failed' };

/** Takes rows from HTTP and answers when they are durable. Made once a process. */
export class Collector {
  private readonly commit: GroupCommit;
  private readonly limit: RateLimit;
  private readonly counters: ReturnType<typeof openCounters>;
  private preparing = 0;
  private stopping = false;

  constructor(private readonly options: CollectorOptions) {
    const { flushIntervalMs, flushRecords, answerTimeoutMs, logger, metrics, target } = options;
    this.counters = openCounters(metrics);
    metrics.beforeRender(() => {
      this.counters.waiting.set(this.commit.waitingRecords);
    });
    this.limit = new RateLimit(options.rowsPerSecond);
    this.commit = new GroupCommit(target, {
      flushIntervalMs,
      flushRecords,
      answerTimeoutMs,
      logger,
      onFlush: (flush, reply, requests) => {
        this.count(flush, reply, requests);
      },
      onFailure: (transient) => {
        this.counters.failures.add({ transient: String(transient) });
      },
    });
  }

  get language(): Language {
    return this.options.tools.language;
  }

  /** Whether a request would be let in now: asked before its body is read. */
  busy(): boolean {
    return this.stopping || this.commit.waitingRecords >= this.options.mostWaitingRecords;
  }

  async collect(request: CollectRequest): Promise<CollectAnswer> {
    if (this.stopping) return { state: 'stopping', retryAfterSeconds: 5 };
    if (this.busy()) return { state: 'busy', retryAfterSeconds: 2 };
    const waitSeconds = this.limit.take(request.sender, request.rows.length);
    if (waitSeconds > 0) return { state: 'too_fast', retryAfterSeconds: waitSeconds };
    this.preparing++;
    try {
      const prepared = await prepareRequest(request, this.options.tools);
      this.counters.dropped.add({ adapter: request.adapter }, prepared.droppedKeys);
      if (prepared.records.length + prepared.rejects.length === 0) {
        return { state: 'stored', accepted: 0, duplicates: 0, rejected: [] };
      }
      const answer = await this.commit.submit(prepared);
      if (answer.state === 'late') return { state: 'late', retryAfterSeconds: 5 };
      return answer.state === 'failed' ? answer : { ...answer, rejected: prepared.rejected };
    } finally {
      this.preparing--;
    }
  }

  /** Takes nothing new, makes durable what was taken, and closes the target. */
  async stop(): Promise<void> {
    this.stopping = true;
    // What is being prepared is still taken: its client has sent it before the end was known.
    while (this.preparing > this.commit.waitingRequests) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await this.commit.stop();
  }

  private count(flush: Flush, reply: FlushReply, requests: readonly PreparedRequest[]): void {
    const { adapter } = flush;
    const { counters } = this;
    let accepted = 0;
    for (const one of reply.accepted) accepted += one;
    counters.accepted.add({ adapter }, accepted);
    counters.duplicates.add({ adapter }, flush.records.length - accepted);
    for (const { code } of flush.rejects) counters.rejected.add({ adapter, code });
    if (!this.options.target.visible) return;
    counters.insertRecords.observe(flush.records.length, { adapter });
    const now = Date.now();
    for (const { receivedAt, records } of requests) {
      if (records.length === 0) continue;
      counters.visible.observe(Math.max(0, now - receivedAt) / 1000, { adapter }, records.length);
    }
  }
}

function openCounters(metrics: MetricsRegistry) {
  return {
    accepted: metrics.counter('wxlive_accepted_total', 'Records stored for the first time.'),
    duplicates: metrics.counter('wxlive_duplicates_total', 'Records that were known already.'),
    rejected: metrics.counter('wxlive_rejected_total', 'Rows that cannot be used, by reason.'),
    dropped: metrics.counter('wxlive_dropped_keys_total', 'Unknown keys left out of events.'),
    failures: metrics.counter('wxlive_flush_failures_total', 'Tries to store a flush that failed.'),
    waiting: metrics.gauge('wxlive_waiting_records', 'Records that wait to be durable.'),
    insertRecords: openInsertSizes(metrics),
    visible: metrics.histogram(
      'wxlive_receipt_to_visible_seconds',
      'From the receipt of a record until a query shows it.',
    ),
  };
}
