import { z } from 'zod';
import { fail, livingInfoSchema, succeed, type Outcome } from '../../schemas/index.js';
import { loadSql, type Warehouse } from '../../sql/index.js';
import { trimKeys } from '../sources/export-cell.js';
import { endPull, leaveOut, type PullFailure } from './pull-failure.js';
import type { PulledBefore } from './pull-ledger.js';
import type { PullStep, PulledUnit } from './pulled-unit.js';
import type { WechatApi } from './wechat-api.js';

export interface WecomPull {
  readonly api: WechatApi;
  readonly warehouse: Warehouse;
  /** Of the pulled rows. */
  readonly account: string;
  /** Whose lives to look for; none: everyone in the roster and every anchor known. */
  readonly anchors: readonly string[];
  /** `--live`: these alone, also settled ones. */
  readonly lives: readonly string[];
  /** UTC ms, half open: lives that start in it, also settled ones. Without both: whatever may have changed. */
  readonly from: number | null;
  readonly to: number | null;
  readonly restateMs: number;
  readonly before: ReadonlyMap<string, PulledBefore>;
  readonly clock: { now(): number };
}

const LIST_LIMIT = 100;
/** A live has some thousand viewers, a page some hundred of them. */
const MOST_PAGES = 10_000;
const NO_SUCH_MEMBER = 'errcode 60111';
const STATUS = { ended: 2, expired: 3, cancelled: 4 } as const;

const listPage = z.looseObject({
  next_cursor: z.string().nullish(),
  livingid_list: z.array(z.string()).nullish(),
});
const watchPage = z.looseObject({
  ending: z.coerce.number().optional(),
  next_key: z.string().nullish(),
});
const anchorRow = z.object({ employee_id: z.string() });
const liveRow = z.object({ live_id: z.string() });

/** Lives of a corp with their watch lists: `get_user_all_livingid`, `get_living_info`, `get_watch_stat`. */
export async function* pullWecom(pull: WecomPull): AsyncGenerator<PullStep> {
  const asked = pull.lives.length > 0 || pull.from !== null || pull.to !== null;
  const seen = new Set<string>();
  for await (const found of livesOf(pull)) {
    if (!found.ok) {
      yield found;
      if (found.failure.endsPull) return;
      continue;
    }
    const live = found.value;
    if (seen.has(live)) continue;
    seen.add(live);
    if (!asked && pull.before.get(live)?.settled === true) {
      yield { skipped: true };
      continue;
    }
    const unit = await pullLive(pull, live);
    if (!unit.ok) {
      yield fail({ ...unit.failure, unit: live });
      if (unit.failure.endsPull) return;
    } else yield unit.value === null ? { skipped: true } : succeed(unit.value);
  }
}

type FoundLive = Outcome<string, PullFailure & { readonly unit: string }>;

/** Every live that may have to be pulled; some of them twice. */
async function* livesOf({ api, warehouse, account, anchors, lives }: WecomPull): AsyncGenerator<FoundLive> {
  if (lives.length > 0) {
    for (const live of lives) yield succeed(live);
    return;
  }
  // Also those that a push told of, or a file.
  for (const { live_id } of await warehouse.query(loadSql('pull/known-lives'), liveRow, { account })) {
    yield succeed(live_id);
  }
  const known = await warehouse.query(loadSql('pull/anchors'), anchorRow, { account });
  const staff = anchors.length > 0 ? anchors : known.map(({ employee_id }) => employee_id);
  for (const userid of staff) {
    const found = await livesOfAnchor(api, userid);
    if (found.ok) {
      for (const live of found.value) yield succeed(live);
      continue;
    }
    // The roster may name people who have no account in WeCom, or none any more.
    if (found.failure.platformCode === NO_SUCH_MEMBER && anchors.length === 0) continue;
    yield fail({ ...found.failure, unit: 'get_user_all_livingid' });
    if (found.failure.endsPull) return;
  }
}

async function livesOfAnchor(
  api: WechatApi,
  userid: string,
): Promise<Outcome<readonly string[], PullFailure>> {
  const lives: string[] = [];
  const cursors = new Set<string>();
  for (let cursor = ''; ;) {
    const answer = await api.call({
      method: 'POST',
      path: 'cgi-bin/living/get_user_all_livingid',
      body: JSON.stringify({ userid, cursor, limit: LIST_LIMIT }),
    });
    if (!answer.ok) return answer;
    const page = listPage.safeParse(trimKeys(answer.value.document));
    if (!page.success) return fail(leaveOut('bad_answer'));
    lives.push(...(page.data.livingid_list ?? []));
    // An empty cursor is the mark of the last page (DOMAIN §1.3).
    cursor = page.data.next_cursor ?? '';
    if (cursor === '') return succeed(lives);
    if (cursors.has(cursor)) return fail(leaveOut('incomplete', 'next_cursor repeats'));
    cursors.add(cursor);
  }
}

/** null when it is not of the time asked for. */
async function pullLive(pull: WecomPull, live: string): Promise<Outcome<PulledUnit | null, PullFailure>> {
  const pulledAt = pull.clock.now();
  const answer = await pull.api.call({
    method: 'GET',
    path: 'cgi-bin/living/get_living_info',
    query: { livingid: live },
  });
  if (!answer.ok) return answer;
  const reply = trimKeys(answer.value.document);
  const info = livingInfoSchema.safeParse(trimKeys(reply['living_info']));
  if (!info.success) return fail(leaveOut('bad_answer', 'living_info'));
  const startSeconds = Number(info.data.living_start ?? info.data.reserve_start ?? 0);
  const start = startSeconds * 1000;
  if (start < (pull.from ?? -Infinity) || start >= (pull.to ?? Infinity)) return succeed(null);
  // The reply does not say whose it is.
  const record = JSON.stringify({ ...reply, livingid: live });
  const infoFile = { name: fileName('get_living_info', live), adapter: 'wecom-live', room: live } as const;
  const files = [{ ...infoFile, records: [record] }];
  const status = Number(info.data.status ?? Number.NaN);
  const over = status === STATUS.expired || status === STATUS.cancelled;
  if (status !== STATUS.ended) return succeed({ unit: live, pulledAt, settled: over, whole: over, files });
  const pages = await watchPages(pull.api, live);
  if (!pages.ok) return pages;
  const end = start + Number(info.data.living_duration ?? 0) * 1000;
  const list = { name: fileName('get_watch_stat', live), adapter: 'wecom-watch', room: live } as const;
  return succeed({
    unit: live,
    pulledAt,
    settled: pulledAt >= end + pull.restateMs,
    whole: true,
    files: [...files, { ...list, records: pages.value }],
  });
}

/** All pages of a watch list: only `ending: 1` says that it is whole (DOMAIN §1.1). */
async function watchPages(
  api: WechatApi,
  livingid: string,
): Promise<Outcome<readonly string[], PullFailure>> {
  const pages: string[] = [];
  const keys = new Set<string>();
  for (let key = '0'; pages.length < MOST_PAGES;) {
    const answer = await api.call({
      method: 'POST',
      path: 'cgi-bin/living/get_watch_stat',
      body: JSON.stringify({ livingid, next_key: key }),
    });
    if (!answer.ok) return answer;
    const page = watchPage.safeParse(trimKeys(answer.value.document));
    if (!page.success) return fail(leaveOut('bad_answer', 'get_watch_stat'));
    pages.push(answer.value.text);
    if (page.data.ending === 1) return succeed(pages);
    const next = page.data.next_key ?? '';
    // Asked for once more it would give the same pages for ever.
    if (page.data.ending === undefined || next === '' || next === key || keys.has(next)) {
      return fail(leaveOut('incomplete', `page ${pages.length} is not the last and names no next one`));
    }
    keys.add(next);
    key = next;
  }
  return fail(endPull('too_large'));
}

/** Names must hold no time: it would be taken for the time of the export. Ids of lives are free text. */
function fileName(api: string, live: string): string {
  const id = /20\d{2}[-_.]?\d{2}/u.test(live) ? '' : `-${live}`;
  return `${api}${id}.json`;
}
