import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../schemas/index.js';
import { WarehouseError, type Warehouse } from '../../sql/index.js';
import { openBusOf, type DirectBus } from '../bus/direct.js';
import type { KafkaBus } from '../bus/kafka-bus.js';
import type { KafkaClient } from '../bus/kafka-client.js';
import { LANES, topicName } from '../bus/lanes.js';
import { turnsUnder } from '../bus/loading-turns.js';
import { createTopicsOf, type TopicSettings } from '../bus/topic-plans.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import type { Seal } from '../privacy/seal.js';
import { FlushPace } from './flush-pace.js';
import { FlushStore } from './flush-store.js';
import { LaneConsumer } from './lane-consumer.js';
import { openLoaderFigures, type LoaderFigures } from './loader-figures.js';
import { OffsetLedger } from './offset-ledger.js';
import type { Cut } from './partition-inbox.js';
import { acquireWarehouseLease, isFenced, type WarehouseLease } from './warehouse-lease.js';

export interface KafkaLoaderOptions {
  readonly client: KafkaClient;
  /** Where dead letters go. */
  readonly letters: KafkaBus;
  readonly topics: TopicSettings;
  readonly group: string;
  /** Migrated. */
  readonly warehouse: Warehouse;
  readonly dataDir: string;
  readonly seal: Seal;
  readonly metrics: MetricsRegistry;
  readonly logger: Logger;
  readonly flushIntervalMs: number;
  readonly flushRecords: number;
  /** @default 30000: a partition that has messages and gives none for so long is stuck in the client */
  readonly stallMs?: number;
  /** @default 96 MiB a lane: with more waiting, nothing is taken from the brokers */
  readonly mostWaitingBytes?: number;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const LAG_LOOK_MS = 5_000;
const STALL_MS = 30_000;
const MOST_WAITING_BYTES = 96 * 2 ** 20;
/** Of the time a process has to end, some is left for the lease. */
const STOP_WAIT_MS = 5_000;
const IDLE_LOOK_MS = 200;
/** On a machine that is that slow, reading what lies there may take longer than a stall: each one waits twice as long. */
const MOST_PATIENCE = 16;

/** Brings what lies in Kafka into the warehouse, exactly once in effect, while it holds the loader lease. */
export class KafkaLoader {
  private readonly stopping = new AbortController();
  private readonly figures: LoaderFigures;
  private running: Promise<void> | null = null;
  private state: 'starting' | 'waiting' | 'loading' = 'starting';
  /** An import that goes past Kafka was let in: the lease is asked back. A second loader that stands by asks for nothing. */
  private handedOver = false;
  private patience = 1;

  constructor(private readonly options: KafkaLoaderOptions) {
    this.figures = openLoaderFigures(options.metrics);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** null when it loads or waits for its turn, else what is amiss. */
  get trouble(): string | null {
    return this.state === 'starting' ? 'loader_starting' : null;
  }

  /** Stores what is on its way and hands the lease on. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Turn after turn until it is stopped; whatever ends one, the next begins with what the warehouse remembers. */
  private async run(): Promise<void> {
    const { logger } = this.options;
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.stopping.signal.aborted) {
      const began = performance.now();
      try {
        await this.takeTurn();
      } catch (error) {
        if (isOver(this.stopping.signal)) return;
        this.state = 'starting';
        logger.error('the loader begins anew', { reason: reasonOf(error) });
        pauseMs =
          performance.now() - began > 30_000 ? FIRST_PAUSE_MS : Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
        await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  private async takeTurn(): Promise<void> {
    const { client, warehouse, topics, logger, dataDir } = this.options;
    await createTopicsOf(client, topics);
    const cluster = await client.clusterId();
    this.state = 'waiting';
    const lease = await acquireWarehouseLease(warehouse, {
      signal: this.stopping.signal,
      wants: this.handedOver,
      onWait: (host, processId) => {
        logger.info('another loader loads', { host, process_id: processId });
      },
    });
    this.handedOver = false;
    logger.info('loading', { epoch: lease.epoch });
    try {
      const bus = await openBusOf(lease.warehouse, turnsUnder(lease, dataDir));
      try {
        await this.load(lease, cluster, bus);
      } finally {
        await bus.close();
      }
    } finally {
      await lease.release();
    }
  }

  private async load(lease: WarehouseLease, cluster: string, bus: DirectBus): Promise<void> {
    const { seal, letters, logger, client, topics, group } = this.options;
    const ledger = new OffsetLedger(lease.warehouse, cluster, lease.epoch);
    const store = new FlushStore({
      warehouse: lease.warehouse,
      bus,
      letters,
      letterTopic: topicName(topics.prefix, 'dead_letters'),
      seal,
      logger,
      cluster,
    });
    const ended = new AbortController();
    const end = (reason: string): void => {
      ended.abort(new Error(reason));
    };
    const stored = await ledger.read();
    const lane = (suffix: string, lanes: readonly (typeof LANES)[number][]): LaneConsumer =>
      new LaneConsumer({
        client,
        group: `${group}${suffix}`,
        topics: lanes.map((one) => topicName(topics.prefix, one)),
        stored,
        figures: this.figures,
        logger,
        mostWaitingBytes: this.options.mostWaitingBytes ?? MOST_WAITING_BYTES,
        onEnd: end,
      });
    const live = lane(
      '',
      LANES.filter((one) => one !== 'import'),
    );
    const files = lane('-import', ['import']);
    const forget = this.figures.watch([live, files]);
    const stallMs = (this.options.stallMs ?? STALL_MS) * this.patience;
    const lag = setInterval(
      () => {
        for (const one of [live, files]) {
          void one.look(stallMs).then((stalled) => {
            if (!stalled || ended.signal.aborted) return;
            this.figures.stalls.add();
            this.patience = Math.min(2 * this.patience, MOST_PATIENCE);
            end('the consumer stalled');
          });
        }
      },
      Math.min(LAG_LOOK_MS, stallMs / 2),
    ).unref();
    const over = AbortSignal.any([this.stopping.signal, lease.lost, ended.signal]);
    try {
      await Promise.all([live.start(), files.start()]);
      this.state = 'loading';
      await this.flushUntil(over, [live, files], store, ledger, lease);
      if (this.handedOver) logger.info('another process loads past Kafka: it is let in');
      else if (!this.stopping.signal.aborted) throw reasonFor(over);
    } finally {
      clearInterval(lag);
      forget();
      await Promise.race([Promise.allSettled([live.stop(), files.stop()]), sleep(STOP_WAIT_MS)]);
    }
  }

  /** The lanes in turns, one flush each, so that neither waits for more than a flush of the other. */
  private async flushUntil(
    over: AbortSignal,
    lanes: readonly LaneConsumer[],
    store: FlushStore,
    ledger: OffsetLedger,
    lease: WarehouseLease,
  ): Promise<void> {
    const { flushIntervalMs, flushRecords } = this.options;
    const pace = new FlushPace(flushIntervalMs, flushRecords);
    while (!over.aborted) {
      await waitForSome(lanes, over);
      if (lease.wanted()) {
        this.handedOver = true;
        return;
      }
      await pace.due(lanes, over);
      let records = 0;
      for (const lane of lanes) {
        if (isOver(over)) return;
        const waiting = lane.records;
        const cuts = lane.cut(flushRecords);
        if (cuts.length === 0) continue;
        records += waiting - lane.records;
        await this.flush(cuts, over, store, ledger);
        lane.done(cuts);
        this.patience = 1;
      }
      pace.flushed(records);
      // Ranges that wait for their rest.
      if (records === 0) await sleep(50, undefined, { signal: over }).catch(() => undefined);
    }
  }

  /** Stores ranges; an outage is waited out, however long it takes, as long as the turn lasts. */
  private async flush(
    cuts: readonly Cut[],
    over: AbortSignal,
    store: FlushStore,
    ledger: OffsetLedger,
  ): Promise<void> {
    const ranges = cuts.map(({ topic, partition, range }) => ({ topic, partition, ...range }));
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const began = performance.now();
      try {
        await ledger.write(ranges);
        const result = await store.store(cuts);
        await ledger.write(ranges.map((range) => ({ ...range, state: 'done' as const })));
        this.figures.flushed(result, (performance.now() - began) / 1000);
        return;
      } catch (error) {
        if (isFenced(error)) {
          throw new Error('the loader lease has passed to another process', { cause: error });
        }
        this.figures.failures.add({ transient: String(isTransient(error)) });
        this.options.logger.warn('a flush failed, trying again', {
          transient: isTransient(error),
          code: error instanceof WarehouseError ? error.code : null,
          reason: reasonOf(error),
        });
        if (over.aborted) throw error;
        await sleep(pauseMs, undefined, { signal: over });
        // Tried again it is a range that may be stored in part.
        cuts = cuts.map((cut) => ({ ...cut, again: true }));
      }
    }
  }
}

/** Until something came, or it is time to look whether somebody waits for the lease. */
async function waitForSome(lanes: readonly LaneConsumer[], over: AbortSignal): Promise<void> {
  if (lanes.some((lane) => lane.records > 0) || over.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      go();
    }, IDLE_LOOK_MS);
    const go = (): void => {
      clearTimeout(timer);
      over.removeEventListener('abort', go);
      for (const lane of lanes) lane.onArrival = null;
      resolve();
    };
    over.addEventListener('abort', go);
    for (const lane of lanes) lane.onArrival = go;
  });
}

function reasonFor(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('the turn ended');
}

/** Asked anew each time: it changes while others work. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

function isTransient(error: unknown): boolean {
  return error instanceof WarehouseError && error.transient;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
