import { DEFAULT_ACCOUNT, type AdapterName } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import { batchId, writeBatch } from '../load/batch-ledger.js';
import { storeRejects } from '../load/rejects.js';
import type { DeadLetters } from './dead-letters.js';
import type { PoisonMessage, RecordMessage, RejectMessage } from './flush-messages.js';
import { wholeOrTogether, type RecordPublisher } from './record-publisher.js';
import { addRows, groupBy, noRows, type StoredRows } from './stored-rows.js';

/** What of a flush belongs to no file. */
export interface LiveContent {
  readonly live: readonly RecordMessage[];
  readonly rejects: readonly RejectMessage[];
  readonly poison: readonly PoisonMessage[];
}

export interface LiveTools {
  readonly warehouse: Warehouse;
  readonly publisher: RecordPublisher;
  readonly letters: DeadLetters;
  readonly nextBatchSeq: () => number;
}

/** Records and bad rows of one adapter and route. */
interface Group {
  readonly adapter: AdapterName;
  /** What `batches` calls the file. */
  readonly route: string;
  readonly records: RecordMessage[];
  readonly rejects: RejectMessage[];
  readonly poison: PoisonMessage[];
}

/** What HTTP brought, and what nobody can read: a batch a flush and route, good rows and bad ones. */
export class LiveBatches {
  constructor(private readonly tools: LiveTools) {}

  async store(content: LiveContent): Promise<StoredRows> {
    const total = noRows();
    for (const group of groupsOf(content)) addRows(total, await this.storeGroup(group));
    await this.storeOthers(content.rejects.filter(({ origin }) => !isLive(origin)));
    return total;
  }

  private async storeGroup({ adapter, route, records, rejects, poison }: Group): Promise<StoredRows> {
    const { warehouse, publisher, letters } = this.tools;
    const batchSeq = this.tools.nextBatchSeq();
    const startedAt = Date.now();
    const write = ({ rows, accepted, rejected, conflicts }: StoredRows, state: 'loading' | 'loaded') =>
      writeBatch(warehouse, {
        ...{ batchSeq, file: route, sha256: '', adapter, account: DEFAULT_ACCOUNT, startedAt },
        ...{ rows, accepted, rejected, conflicts, duplicates: rows - accepted - rejected, held: 0 },
        state,
        newerBy: 'import',
      });
    await write(noRows(), 'loading');
    const stored = noRows();
    const bad = rejects.length + poison.length;
    addRows(stored, { ...noRows(), rows: bad, rejected: bad });
    for (const message of poison) await letters.ofMessage(message, batchSeq);
    for (const same of groupBy(rejects, ({ origin }) => JSON.stringify(origin))) {
      const [first] = same;
      if (first === undefined) continue;
      const origin = { ...first.origin, batchId: batchId(batchSeq) };
      await storeRejects(
        warehouse,
        origin,
        same.map(({ reject }) => reject),
      );
    }
    const snapshot = { exportedAt: startedAt, scopes: [], acceptShrink: false };
    for (const messages of wholeOrTogether(records)) {
      addRows(stored, await publisher.publish(messages, batchSeq, snapshot));
    }
    await write(stored, 'loaded');
    return stored;
  }

  /** Bad rows of files and letters of a loader: counted in a batch elsewhere. */
  private async storeOthers(rejects: readonly RejectMessage[]): Promise<void> {
    for (const same of groupBy(rejects, ({ origin }) => JSON.stringify(origin))) {
      const [first] = same;
      if (first === undefined) continue;
      await storeRejects(
        this.tools.warehouse,
        first.origin,
        same.map(({ reject }) => reject),
      );
    }
  }
}

function isLive({ batchId: batch, route }: RejectMessage['origin']): boolean {
  return batch === '' && route !== undefined;
}

function groupsOf({ live, rejects, poison }: LiveContent): readonly Group[] {
  const groups = new Map<string, Group>();
  const groupOf = (adapter: AdapterName, route: string): Group => {
    const key = `${adapter}\u0000${route}`;
    const group = groups.get(key) ?? { adapter, route, records: [], rejects: [], poison: [] };
    groups.set(key, group);
    return group;
  };
  for (const message of live) groupOf(message.adapter, message.route).records.push(message);
  for (const message of rejects) {
    const { origin } = message;
    if (isLive(origin)) groupOf(origin.adapter, origin.route ?? '').rejects.push(message);
  }
  for (const message of poison) groupOf('events', message.place.topic).poison.push(message);
  return [...groups.values()];
}
