import { createHash } from 'node:crypto';
import {
  dayOf,
  describeFailure,
  type AdapterName,
  type CanonicalRecord,
  type Language,
  type RejectCode,
  type RejectFailure,
} from '../../schemas/index.js';
import { placeDraft } from '../import/place-draft.js';
import { rejectId, type Reject } from '../load/rejects.js';
import { maskPreview } from '../privacy/mask-preview.js';
import type { Placement } from '../privacy/placement.js';
import type { Pseudonymizer } from '../privacy/pseudonymize.js';
import type { Seal } from '../privacy/seal.js';
import type { Source, SourceContext } from '../source.js';
import type { CollectedRow } from './collected-rows.js';

/** A row of a request that was not taken. */
export interface RejectedRow {
  /** From 0, among the rows of the request. */
  readonly index: number;
  readonly code: RejectCode;
  readonly reason: string;
}

/** A request as records: no raw id is left in it but in what is sealed. */
export interface PreparedRequest {
  readonly adapter: AdapterName;
  /** `/v1/events`: what `batches` calls the file. */
  readonly route: string;
  /** UTC ms. */
  readonly receivedAt: number;
  readonly records: readonly CanonicalRecord[];
  /** The row each record came from. */
  readonly recordRows: readonly number[];
  /** Rows that say something: accepted, duplicates and rejected together. */
  readonly rows: number;
  readonly rejected: readonly RejectedRow[];
  /** The rejected ones as they are stored. */
  readonly rejects: readonly Reject[];
  /** Unknown keys that were left out. */
  readonly droppedKeys: number;
}

export interface PrepareTools {
  readonly sources: readonly Source[];
  readonly pseudonymizer: Pseudonymizer;
  readonly seal: Seal;
  readonly eventMap: Readonly<Record<string, string>>;
  readonly language: Language;
}

export interface RequestRows {
  readonly adapter: AdapterName;
  readonly route: string;
  readonly receivedAt: number;
  readonly rows: readonly CollectedRow[];
  /** The bytes as they came: the same request again finds its rejects stored. */
  readonly body: string | Uint8Array;
}

/** Rows worked through before others get their turn. */
const ROWS_AT_ONCE = 500;
const PLATFORM_ZONE = 'Asia/Shanghai';

/** Normalizes and pseudonymizes the rows of a request. */
export async function prepareRequest(request: RequestRows, tools: PrepareTools): Promise<PreparedRequest> {
  const { adapter, receivedAt } = request;
  const source = tools.sources.find((one) => one.name === adapter);
  if (source === undefined) throw new TypeError(`no source is called ${adapter}`);
  const context = contextOf(request, tools);
  const placement: Placement = {
    adapter,
    receivedAt,
    account: null,
    room: null,
    exportedAt: receivedAt,
    day: dayOf(receivedAt, PLATFORM_ZONE),
  };
  const records: CanonicalRecord[] = [];
  const recordRows: number[] = [];
  const rejected: RejectedRow[] = [];
  const rejects: Reject[] = [];
  let rows = 0;
  let droppedKeys = 0;
  let fingerprint: string | null = null;
  const refuse = (index: number, row: CollectedRow, failure: RejectFailure): void => {
    fingerprint ??= createHash('sha256').update(request.body).digest('hex');
    const reason = describeFailure(failure, tools.language).message;
    rejected.push({ index, code: failure.code, reason });
    rejects.push(sealReject(row, failure, reason, rejectId(fingerprint, row.place), tools.seal));
  };
  for (const [index, row] of request.rows.entries()) {
    if (index > 0 && index % ROWS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    const drafts = row.value.ok
      ? source.normalize({ from: 'json', value: row.value.value }, context)
      : row.value;
    if (!drafts.ok) {
      rows++;
      refuse(index, row, drafts.failure);
      continue;
    }
    if (drafts.value.length > 0) rows++;
    for (const draft of drafts.value) {
      const placed = placeDraft(draft, null);
      if (!placed.ok) {
        refuse(index, row, { code: 'missing_key', field: 'room_id' });
        break;
      }
      if (placed.value.kind === 'event') droppedKeys += placed.value.dropped_keys.length;
      records.push(tools.pseudonymizer.pseudonymize(placed.value, placement));
      recordRows.push(index);
    }
  }
  const { route } = request;
  return { adapter, route, receivedAt, records, recordRows, rows, rejected, rejects, droppedKeys };
}

function contextOf({ adapter, receivedAt }: RequestRows, tools: PrepareTools): SourceContext {
  return {
    adapter,
    room: null,
    receivedAt,
    wallClockZone: null,
    amountUnit: null,
    eventMap: tools.eventMap,
    table: '',
    tableIndex: 0,
    titles: [],
    straightFromClient: true,
  };
}

function sealReject(
  row: CollectedRow,
  failure: RejectFailure,
  reason: string,
  id: string,
  seal: Seal,
): Reject {
  const original = row.original();
  return {
    rejectId: id,
    place: row.place,
    code: failure.code,
    reason,
    preview: maskPreview(original),
    sealed: seal.seal(original, id),
    pseudonyms: [],
  };
}
