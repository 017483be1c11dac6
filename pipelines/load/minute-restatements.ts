import { z } from 'zod';
import type { CanonicalMinute } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { rowText, type JsonRow } from './json-rows.js';
import type { Restatement } from './restatements.js';

const ROOM = ['platform', 'account', 'room_id', 'source'];

interface Told {
  readonly first: CanonicalMinute;
  rows: number;
  /** The newest among its rows, UTC ms. */
  exportedAt: number;
  changed: number;
}

const headRow = z.object({
  platform: z.string(),
  account: z.string(),
  room_id: z.string(),
  source: z.string(),
  rows: z.coerce.number(),
  own_rows: z.coerce.number(),
  exported_at: z.coerce.number(),
});
const earlierRow = z.object({
  platform: z.string(),
  account: z.string(),
  room_id: z.string(),
  source: z.string(),
  outcome: z.enum(['first', 'newer', 'equal', 'older']),
  rows: z.coerce.number(),
  rows_before: z.coerce.number(),
  exported_at: z.coerce.number(),
  exported_before: z.coerce.number().nullable(),
});

/**
 * How minute figures of a batch met those that were there, by room and source: a newer figure replaces the older one, a
 * minute that is absent stays. The batch may have stored some already: a message that a killed loader had stored comes
 * again, or a file comes in several. What was there before the first of them is what was there before the batch.
 */
export class MinuteRestatements {
  private readonly rooms = new Map<string, Told>();

  private constructor(
    private readonly heads: ReadonlyMap<string, z.infer<typeof headRow>>,
    /** What the batch has written down of rooms of which it has stored minutes. */
    private readonly earlier: ReadonlyMap<string, z.infer<typeof earlierRow>>,
  ) {}

  /** Reads what counts now, of these rooms. */
  static async read(
    warehouse: Warehouse,
    batchSeq: number,
    rooms: readonly string[],
  ): Promise<MinuteRestatements> {
    const batch = { batch: batchSeq };
    const heads = await warehouse.query(loadSql('load/minute-heads'), headRow, { rooms, ...batch });
    const earlier = heads.some(({ own_rows }) => own_rows > 0)
      ? await warehouse.query(loadSql('load/restated-minutes'), earlierRow, batch)
      : [];
    return new MinuteRestatements(byRoom(heads), byRoom(earlier));
  }

  /** A row of the batch. */
  tell(minute: CanonicalMinute): void {
    const key = keyOf(minute);
    const told = this.rooms.get(key);
    if (told === undefined) {
      this.rooms.set(key, { first: minute, rows: 1, exportedAt: minute.exported_at, changed: 0 });
    } else {
      told.rows++;
      told.exportedAt = Math.max(told.exportedAt, minute.exported_at);
    }
  }

  /** Rows that count from now on. */
  change(rows: readonly JsonRow[]): void {
    for (const row of rows) {
      const told = this.rooms.get(rowText(row, ROOM));
      if (told !== undefined) told.changed++;
    }
  }

  /** What is known so far of the rooms of these rows. */
  of(minutes: readonly CanonicalMinute[]): readonly Restatement[] {
    return [...new Set(minutes.map(keyOf))].flatMap((key) => {
      const told = this.rooms.get(key);
      return told === undefined ? [] : [this.restatement(key, told)];
    });
  }

  private restatement(key: string, told: Told): Restatement {
    const { platform, account, room_id, source } = told.first;
    const head = this.heads.get(key);
    const own = head?.own_rows ?? 0;
    const earlier = own > 0 ? this.earlier.get(key) : undefined;
    // A minute that the batch states twice, another time each, is counted twice: no export has one.
    const changed = told.changed + (earlier === undefined ? 0 : own);
    const exportedAt = Math.max(told.exportedAt, earlier?.exported_at ?? 0);
    const exportedBefore = earlier === undefined ? (head?.exported_at ?? null) : earlier.exported_before;
    const unchanged = exportedAt < (exportedBefore ?? 0) ? 'older' : 'equal';
    return {
      kind: 'minutes',
      platform,
      account,
      room_id,
      scope: source,
      outcome: exportedBefore === null ? 'first' : changed > 0 ? 'newer' : unchanged,
      rows: Math.max(told.rows, earlier?.rows ?? 0, earlier === undefined ? 0 : changed),
      rows_before: earlier?.rows_before ?? head?.rows ?? 0,
      changed,
      vanished: 0,
      kept_scope: '',
      exported_at: exportedAt,
      exported_before: exportedBefore,
    };
  }
}

function byRoom<Row extends JsonRow>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [rowText(row, ROOM), row]));
}

function keyOf({ platform, account, room_id, source }: CanonicalMinute): string {
  return rowText({ platform, account, room_id, source }, ROOM);
}
