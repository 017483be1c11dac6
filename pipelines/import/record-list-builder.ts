import type { CanonicalRecord } from '../../schemas/index.js';
import { RecordPartBuilder, type NumberedRecord, type RecordPart } from '../load/record-part.js';

/** Makes parts that hold their records as they are: what travels through Kafka is encoded for the bus, not for the database. */
export class RecordListBuilder {
  private records: NumberedRecord[] = [];

  get size(): number {
    return this.records.length;
  }

  add(record: CanonicalRecord): void {
    this.records.push({ record, number: this.records.length });
  }

  take(): RecordPart {
    const { records } = this;
    this.records = [];
    const empty = new RecordPartBuilder(() => {
      throw new TypeError('no event is encoded here');
    }).take();
    return { ...empty, count: records.length, others: records };
  }
}
