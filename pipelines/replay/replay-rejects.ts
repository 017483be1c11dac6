import { z } from 'zod';
import {
  adapterSchema,
  DEFAULT_ACCOUNT,
  describeFailure,
  fail,
  FAILURES,
  succeed,
  type Outcome,
  type RejectCode,
  type RejectFailure,
} from '../../schemas/index.js';
import { loadSql } from '../../sql/index.js';
import { unpackOriginal } from './original.js';
import { isLetter, rereadLetter } from './reread-letter.js';
import { ReplayBatches, type ReadyReject } from './replay-batches.js';
import type {
  RejectSelection,
  RemainingReject,
  ReplayOptions,
  ReplayReport,
  ReplayTools,
} from './replay-options.js';
import { rereadRow, type RereadRow } from './reread-row.js';

const rejectRow = z.object({
  reject_id: z.string(),
  batch_id: z.string(),
  adapter: adapterSchema,
  account: z.string(),
  place: z.string(),
  code: z.string(),
  reason: z.string(),
  sealed: z.string(),
  received_ms: z.coerce.number(),
  position: z.string(),
  batch_seq: z.coerce.number(),
  sha256: z.string(),
});
type StoredReject = z.infer<typeof rejectRow>;

/** Rejects opened at once: bounded memory whatever the number of bad rows. */
const PAGE = 5_000;
const SHOWN = 20;
/** An end that no reject reaches: the greatest instant a DateTime64(3) of the store can hold is later. */
const END_OF_TIME_MS = 9_000_000_000_000;

/**
 * Takes bad rows through their adapter again, under today's settings, and on the way of every import into the
 * warehouse. A row that loads now, or turns out to be there already, is marked as replayed; the others stay, under the
 * reason that holds now. Rows never override what came in after them. Killed at any point and started again, it ends
 * in the same state: what was loaded but not marked is a duplicate.
 *
 * @throws when the warehouse cannot take the rows
 */
export async function replayRejects(
  selection: RejectSelection,
  options: ReplayOptions,
  tools: ReplayTools,
): Promise<ReplayReport> {
  const counts = { rows: 0, accepted: 0, duplicates: 0, conflicts: 0 };
  const shown: RemainingReject[] = [];
  const batches = new ReplayBatches(options, tools);
  let after: StoredReject | null = null;
  for (;;) {
    const page = await readPage(selection, after, tools);
    after = page.at(-1) ?? null;
    if (after === null) break;
    const ready: ReadyReject[] = [];
    const remaining: RemainingReject[] = [];
    const others: RemainingReject[] = [];
    for (const reject of page) {
      const row = reread(reject, options, tools);
      if (row.ok) {
        ready.push({ ...readyOf(reject), ...row.value });
        continue;
      }
      const remains = remainingOf(reject, row.failure, options);
      remaining.push(remains);
      // A letter keeps its code: by that it is known for a message.
      const restated = remains.code !== reject.code && !isLetter(reject.code);
      if (restated && isRejectCode(remains.code)) others.push(remains);
    }
    const outcome = await batches.load(ready);
    counts.rows += page.length;
    counts.accepted += outcome.accepted;
    counts.duplicates += outcome.duplicates;
    counts.conflicts += outcome.conflicts;
    for (const { rejectId, place } of outcome.held) remaining.push(heldOf(rejectId, place, options));
    for (const { row, reason } of outcome.refused) {
      remaining.push({ reject_id: row.rejectId, where: row.place, code: 'refused_by_warehouse', reason });
    }
    if (!options.dryRun) {
      await markReplayed(tools, outcome.loaded);
      await restateReasons(tools, others);
    }
    shown.push(...remaining.slice(0, SHOWN - shown.length));
    tools.progress.update('replay', counts.rows, 0);
    if (page.length < PAGE) break;
  }
  await batches.finish();
  tools.progress.end();
  const { rows, accepted, duplicates, conflicts } = counts;
  const rejected = rows - accepted - duplicates;
  const report = { rows, accepted, duplicates, rejected, conflicts };
  return { dry_run: options.dryRun, ...report, batches: batches.ids(), rejects: shown };
}

async function readPage(
  selection: RejectSelection,
  after: StoredReject | null,
  { warehouse }: ReplayTools,
): Promise<StoredReject[]> {
  return warehouse.query(loadSql('replay/rejects'), rejectRow, {
    code: selection.code ?? '',
    batch: selection.batch ?? '',
    adapter: selection.adapter ?? '',
    from_ms: selection.from ?? 0,
    to_ms: selection.to ?? END_OF_TIME_MS,
    after_ms: after?.received_ms ?? -1,
    after_batch: after?.batch_id ?? '',
    after_position: after?.position ?? '0',
    after_id: after?.reject_id ?? '',
    limit: PAGE,
  });
}

function reread(
  reject: StoredReject,
  options: ReplayOptions,
  tools: ReplayTools,
): Outcome<RereadRow, RejectFailure | { readonly code: 'sealed' }> {
  const source = tools.sources.find(({ name }) => name === reject.adapter);
  const opened = tools.seal.open(reject.sealed, reject.reject_id);
  if (!opened.ok || source === undefined) return fail({ code: 'sealed' });
  const records = isLetter(reject.code) ? rereadLetter(opened.value) : null;
  if (records !== null) return succeed({ records, exportedAt: reject.received_ms });
  // `file!sheet!A17`: only tables have such places.
  const original = unpackOriginal(opened.value, reject.place.includes('!'));
  // The account of a file that named none is not known as stated.
  const account = reject.account === DEFAULT_ACCOUNT ? null : reject.account;
  return rereadRow(
    original,
    source,
    { account, receivedAt: reject.received_ms },
    options,
    tools.pseudonymizer,
  );
}

function readyOf(reject: StoredReject): Omit<ReadyReject, keyof RereadRow> {
  return {
    rejectId: reject.reject_id,
    place: reject.place,
    adapter: reject.adapter,
    account: reject.account,
    batchSeq: reject.batch_seq,
    sha256: reject.sha256,
  };
}

function remainingOf(
  reject: StoredReject,
  failure: RejectFailure | { readonly code: 'sealed' },
  options: ReplayOptions,
): RemainingReject {
  const { reject_id, place: where } = reject;
  if (failure.code === 'sealed') {
    const reason =
      options.language === 'zh'
        ? '原文无法打开（已删除，或由其他密钥封存）'
        : 'the original cannot be opened (erased, or sealed by another key)';
    return { reject_id, where, code: 'sealed', reason };
  }
  return { reject_id, where, code: failure.code, reason: describeFailure(failure, options.language).message };
}

function heldOf(rejectId: string, where: string, options: ReplayOptions): RemainingReject {
  const reason =
    options.language === 'zh'
      ? '名单会比现有的短三成以上：核对后加 --accept-shrink'
      : 'the list would be more than 30 % shorter than the one there: check it, then add --accept-shrink';
  return { reject_id: rejectId, where, code: 'held', reason };
}

function isRejectCode(code: RemainingReject['code']): code is RejectCode {
  return code in FAILURES;
}

async function markReplayed({ warehouse }: ReplayTools, rejects: readonly string[]): Promise<void> {
  if (rejects.length > 0) await warehouse.command(loadSql('replay/mark-replayed'), { rejects });
}

async function restateReasons(
  { warehouse }: ReplayTools,
  rejects: readonly RemainingReject[],
): Promise<void> {
  if (rejects.length === 0) return;
  const ids = rejects.map(({ reject_id }) => reject_id);
  await warehouse.command(loadSql('replay/restate-reasons'), {
    rejects: ids,
    ids,
    codes: rejects.map(({ code }) => code),
    reasons: rejects.map(({ reason }) => reason),
  });
}
