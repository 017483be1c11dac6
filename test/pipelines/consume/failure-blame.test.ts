import { describe, expect, it } from 'vitest';
import { blamesRecord } from '../../../pipelines/consume/failure-blame.js';
import { WarehouseError } from '../../../sql/index.js';

describe('the fault of a failure', () => {
  it('is the record’s where the database speaks of the rows', () => {
    for (const code of [6, 27, 41, 53, 69, 117, 252, 321, 349, 376, 407, 469]) {
      expect(blamesRecord(new WarehouseError('refused', code, false)), String(code)).toBe(true);
    }
    expect(blamesRecord(new RangeError('a number out of range'))).toBe(true);
    expect(blamesRecord(new TypeError('no id'))).toBe(true);
  });

  it('is never the record’s when the database is away, busy, full, shut, lacks a table or refuses the user', () => {
    const unreached = new WarehouseError('connection refused', null, true, { unreached: true });
    expect(blamesRecord(unreached)).toBe(false);
    // Not reached, and not worth another try either: an address that is no ClickHouse.
    expect(blamesRecord(new WarehouseError('not an answer of ClickHouse', null, false))).toBe(false);
    // UNKNOWN_TABLE, TIMEOUT_EXCEEDED, READONLY, NOT_ENOUGH_SPACE, TABLE_IS_READ_ONLY, MEMORY_LIMIT_EXCEEDED,
    // NO_SUCH_COLUMN, fence of the lease, ACCESS_DENIED, AUTHENTICATION_FAILED, SHUTDOWN (aborted)
    for (const code of [60, 159, 164, 243, 242, 241, 16, 395, 497, 516, 236]) {
      for (const transient of [true, false]) {
        expect(blamesRecord(new WarehouseError('refused', code, transient)), String(code)).toBe(false);
      }
    }
    // The same code as of a row, but passing: too many parts of the table, not of the block.
    expect(blamesRecord(new WarehouseError('too many parts', 252, true))).toBe(false);
    expect(blamesRecord(new Error('anything else'))).toBe(false);
    expect(blamesRecord('a text')).toBe(false);
  });
});
