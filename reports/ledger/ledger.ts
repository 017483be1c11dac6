import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { CHANNELS, type Clock } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { DELIVERY_STATES, deliveryText, type Delivery, type RunKey, type Standing } from './delivery.js';
import { databaseTime } from './database-time.js';

/** What a run told, to be compared later. */
export interface IssuedRun extends RunKey {
  readonly state: 'complete' | 'provisional';
  /** UTC ms, half open. */
  readonly from: number;
  readonly to: number;
  readonly startedAt: number;
  readonly figures: ReadonlyMap<string, number | null>;
}

/** A day whose facts changed after it was past. */
export interface ChangedDay {
  readonly day: string;
  /** Empty: every platform. */
  readonly platform: string;
  readonly source: string;
}

/** Every delivery with its states, append-only; of two writers of one state one is taken. */
export interface DeliveryLedger {
  /** Deliveries that are not delivered or failed, and all that were due at `since` or later, by due time. */
  deliveries(since: number): Promise<readonly Delivery[]>;
  /** Writes the next state; null when another writer was first: read again. */
  advance(delivery: Delivery, change: Partial<Standing>, term: number): Promise<Delivery | null>;
  /** The last rendering of each issue due at `since` or later. */
  runs(since: number): Promise<readonly IssuedRun[]>;
  /** Past days that changed after `after`, until `until` (UTC ms). */
  changedDays(after: number, until: number): Promise<readonly ChangedDay[]>;
  /** How far the scheduler has come, by name. */
  marks(): Promise<ReadonlyMap<string, number>>;
  mark(name: string, at: number): Promise<void>;
}

const TABLE = 'wxlive_store.delivery_states_ledger';
const COLUMNS = [
  'report',
  'scheduled_at',
  'issue',
  'recipient',
  'channel',
  'version',
  'state',
  'frozen',
  'step',
  'attempts',
  'next_at',
  'message_id',
  'detail',
  'term',
  'writer',
  'written_at',
] as const;
const MARK_PREFIX = 'scheduler:';
/** A detail is for people, not a place for logs. */
const MOST_DETAIL = 400;

const deliveryRow = z
  .object({
    report: z.string(),
    scheduled_ms: z.coerce.number(),
    issue: z.coerce.number(),
    recipient: z.string(),
    channel: z.enum(CHANNELS),
    version: z.coerce.number(),
    state: z.enum(DELIVERY_STATES),
    frozen: z.union([z.boolean(), z.coerce.number().transform((value) => value !== 0)]),
    step: z.coerce.number(),
    attempts: z.coerce.number(),
    next_ms: z.coerce.number(),
    message_id: z.string(),
    detail: z.string(),
    term: z.coerce.number(),
    written_ms: z.coerce.number(),
  })
  .transform(({ scheduled_ms, next_ms, message_id, written_ms, ...same }): Delivery => ({
    ...same,
    scheduledAt: scheduled_ms,
    nextAt: next_ms,
    messageId: message_id,
    writtenAt: written_ms,
  }));
const runRow = z
  .object({
    report: z.string(),
    scheduled_ms: z.coerce.number(),
    issue: z.coerce.number(),
    state: z.enum(['complete', 'provisional']),
    from_ms: z.coerce.number(),
    to_ms: z.coerce.number(),
    started_ms: z.coerce.number(),
    figure_ids: z.array(z.string()),
    figure_values: z.array(z.number().nullable()),
  })
  .transform(
    ({ scheduled_ms, from_ms, to_ms, started_ms, figure_ids, figure_values, ...same }): IssuedRun => ({
      ...same,
      scheduledAt: scheduled_ms,
      from: from_ms,
      to: to_ms,
      startedAt: started_ms,
      figures: new Map(figure_ids.map((id, index) => [id, figure_values[index] ?? null])),
    }),
  );
const takenRow = z.object({ writer: z.string() });
const changedRow = z
  .object({ changed_day: z.string(), platform: z.string(), source: z.string() })
  .transform(({ changed_day, ...same }): ChangedDay => ({ day: changed_day, ...same }));
const markRow = z.object({ name: z.string(), value: z.coerce.number() });

/** The ledger in the warehouse. Throws WarehouseError when it cannot be reached: nothing was changed then, or all. */
export function openDeliveryLedger(warehouse: Warehouse, clock: Clock): DeliveryLedger {
  return {
    deliveries: (since) => warehouse.query(loadSql('ledger/deliveries'), deliveryRow, { since_ms: since }),

    async advance(delivery, change, term) {
      const next: Delivery = {
        ...delivery,
        ...change,
        detail: (change.detail ?? '').slice(0, MOST_DETAIL),
        version: delivery.version + 1,
        term,
        writtenAt: clock.now(),
      };
      const writer = randomUUID();
      await warehouse.insert({
        table: TABLE,
        columns: COLUMNS,
        format: 'JSONEachRow',
        body: Buffer.from(
          JSON.stringify({
            report: next.report,
            scheduled_at: databaseTime(next.scheduledAt),
            issue: next.issue,
            recipient: next.recipient,
            channel: next.channel,
            version: next.version,
            state: next.state,
            frozen: next.frozen,
            step: next.step,
            attempts: next.attempts,
            next_at: databaseTime(next.nextAt),
            message_id: next.messageId,
            detail: next.detail,
            term: next.term,
            writer,
            written_at: databaseTime(next.writtenAt),
          }),
        ),
        // the database drops a second block under the same token: that is what makes one writer the first
        settings: { insert_deduplication_token: `${deliveryText(next)}=${next.version}` },
      });
      const [taken] = await warehouse.query(loadSql('ledger/taken'), takenRow, {
        report: next.report,
        scheduled_ms: next.scheduledAt,
        issue: next.issue,
        recipient: next.recipient,
        channel: next.channel,
        version: next.version,
      });
      return taken?.writer === writer ? next : null;
    },

    runs: (since) => warehouse.query(loadSql('ledger/runs'), runRow, { from_ms: since }),

    changedDays: (after, until) =>
      warehouse.query(loadSql('ledger/changed-days'), changedRow, { after_ms: after, until_ms: until }),

    async marks() {
      const rows = await warehouse.query(loadSql('ledger/marks'), markRow);
      return new Map(rows.map(({ name, value }) => [name.slice(MARK_PREFIX.length), value]));
    },

    async mark(name, at) {
      await warehouse.insert({
        table: 'wxlive_store.warehouse_ledger',
        columns: ['name', 'value', 'written_at'],
        format: 'JSONEachRow',
        body: Buffer.from(
          JSON.stringify({
            name: `${MARK_PREFIX}${name}`,
            value: String(at),
            written_at: databaseTime(clock.now()),
          }),
        ),
      });
    },
  };
}
