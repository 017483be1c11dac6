import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';
import type { StoredRange } from './offset-range.js';

const offsetRow = z.object({
  topic: z.string(),
  partition: z.coerce.number(),
  first_offset: z.coerce.number(),
  last_offset: z.coerce.number(),
  state: z.enum(['intended', 'done']),
  fingerprint: z.string(),
});
const COLUMNS = [
  ...['cluster', 'topic', 'partition', 'first_offset', 'last_offset', 'state', 'fingerprint', 'version'],
];
/** Versions of one epoch; the epoch stands before them, so that no clock is asked who was later. */
const VERSIONS_AN_EPOCH = 2 ** 32;

/** A range and where it lies. */
export interface PlacedRange extends StoredRange {
  readonly topic: string;
  readonly partition: number;
}

/** How far each partition is stored, as the warehouse knows it. Only under the loader lease. */
export class OffsetLedger {
  private written = 0;

  constructor(
    private readonly warehouse: Warehouse,
    private readonly cluster: string,
    private readonly epoch: number,
  ) {}

  async read(): Promise<readonly PlacedRange[]> {
    const rows = await this.warehouse.query(loadSql('kafka/offsets'), offsetRow, { cluster: this.cluster });
    return rows.map(({ first_offset, last_offset, ...row }) => ({
      ...row,
      first: first_offset,
      last: last_offset,
    }));
  }

  /** Remembers ranges, all or none. */
  async write(ranges: readonly PlacedRange[]): Promise<void> {
    if (ranges.length === 0) return;
    const version = this.epoch * VERSIONS_AN_EPOCH + ++this.written;
    const lines = ranges.map(({ topic, partition, first, last, state, fingerprint }) =>
      JSON.stringify({
        cluster: this.cluster,
        topic,
        partition,
        first_offset: first,
        last_offset: last,
        state,
        fingerprint,
        version,
      }),
    );
    await this.warehouse.insert({
      table: 'wxlive_store.kafka_offsets_ledger',
      columns: COLUMNS,
      format: 'JSONEachRow',
      body: Buffer.from(lines.join('\n')),
    });
  }
}
