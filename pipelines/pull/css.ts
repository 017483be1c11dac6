import { z } from 'zod';
import { DAY_MS, dayNumber, dayOf, dayText, fail, succeed, type Outcome } from '../../schemas/index.js';
import { listOf } from '../sources/export-cell.js';
import { leaveOut, type PullFailure } from './pull-failure.js';
import type { PulledBefore } from './pull-ledger.js';
import type { PullStep, PulledUnit } from './pulled-unit.js';
import type { TencentApi } from './tencent-api.js';

export interface CssPull {
  readonly api: TencentApi;
  /** Whose minutes; none: every stream that was pushed on the day. */
  readonly streams: readonly string[];
  /** UTC ms, half open: its days, also settled ones. Without both: days that may have changed. */
  readonly from: number | null;
  readonly to: number | null;
  readonly restateMs: number;
  readonly before: ReadonlyMap<string, PulledBefore>;
  readonly clock: { now(): number };
}

/** The statistics speak of days and minutes of Beijing, whatever the report zone. */
const ZONE = 'Asia/Shanghai';
const BEIJING_MS = 8 * 3_600_000;
/** The API looks back a month, at most 24 hours at a time, and is some 4 minutes late (DOMAIN §4.2). */
const MOST_DAYS_BACK = 30;
const LATE_MS = 5 * 60_000;
const PAGE_ROWS = 100;
/** The API gives no more than 10,000 rows of a question. */
const MOST_ROWS = 10_000;

const namedStreams = z.array(z.looseObject({ StreamName: z.string().nullish() })).nullish();
const streamPage = z.looseObject({
  EventList: namedStreams,
  OnlineInfo: namedStreams,
  TotalNum: z.coerce.number().optional(),
  TotalPage: z.coerce.number().optional(),
});

/** Minutes of streams by Beijing day: `DescribeLiveStreamEventList` for who was on, `DescribeStreamPlayInfoList`. */
export async function* pullCss(pull: CssPull): AsyncGenerator<PullStep> {
  const { from, to, clock } = pull;
  const until = clock.now() - LATE_MS;
  const asked = from !== null || to !== null;
  const oldest = until - (MOST_DAYS_BACK - 1) * DAY_MS;
  const first = dayOf(Math.max(from ?? oldest, oldest), ZONE);
  const last = dayOf(Math.min((to ?? Infinity) - 1, until), ZONE);
  for (let number = dayNumber(first); number <= dayNumber(last); number++) {
    const day = dayText(number);
    if (pull.streams.length > 0) {
      const ended = yield* pullStreams(pull, day, pull.streams, until, asked);
      if (ended) return;
      continue;
    }
    if (!asked && !isDue(pull, day)) {
      yield { skipped: true };
      continue;
    }
    const pulledAt = clock.now();
    const streams = await streamsOf(pull.api, day, until);
    if (!streams.ok) {
      yield fail({ ...streams.failure, unit: day });
      if (streams.failure.endsPull) return;
      continue;
    }
    const ended = yield* pullStreams(pull, day, streams.value, until, true);
    if (ended) return;
    // The day itself is remembered after its streams: a pull that was killed finds them again.
    yield succeed({ unit: day, pulledAt, settled: isSettled(pull, day, pulledAt), whole: true, files: [] });
  }
}

/** @returns whether the pull ends here */
async function* pullStreams(
  pull: CssPull,
  day: string,
  streams: readonly string[],
  until: number,
  asked: boolean,
): AsyncGenerator<PullStep, boolean> {
  for (const stream of streams) {
    const unit = `${day} ${stream}`;
    if (!asked && !isDue(pull, day, unit)) {
      yield { skipped: true };
      continue;
    }
    const pulled = await pullStream(pull, day, stream, until);
    if (pulled.ok) yield pulled;
    else {
      yield fail({ ...pulled.failure, unit });
      if (pulled.failure.endsPull) return true;
    }
  }
  return false;
}

/** A day is pulled while it lasts, once it is over, and once more when nothing of it changes any longer. */
function isDue({ before, restateMs, clock }: CssPull, day: string, unit = day): boolean {
  const last = before.get(unit);
  if (last === undefined) return true;
  if (last.settled) return false;
  const over = endOf(day) + LATE_MS;
  return last.pulledAt < over || clock.now() >= over + restateMs;
}

function isSettled({ restateMs }: CssPull, day: string, pulledAt: number): boolean {
  return pulledAt >= endOf(day) + LATE_MS + restateMs;
}

async function pullStream(
  pull: CssPull,
  day: string,
  stream: string,
  until: number,
): Promise<Outcome<PulledUnit, PullFailure>> {
  const pulledAt = pull.clock.now();
  const answer = await pull.api.call('DescribeStreamPlayInfoList', {
    StartTime: isoSecond(startOf(day)),
    EndTime: isoSecond(Math.min(endOf(day) - 1_000, until)),
    StreamName: stream,
  });
  if (!answer.ok) return answer;
  const minutes = answer.value.response['DataInfoList'];
  // A stream nobody watched gives no list, or an empty one.
  const records = listOf(minutes).length === 0 ? [] : [answer.value.text];
  const name = fileName(stream);
  return succeed({
    unit: `${day} ${stream}`,
    pulledAt,
    settled: isSettled(pull, day, pulledAt),
    whole: true,
    files: records.length === 0 ? [] : [{ name, adapter: 'minutes', room: stream, records }],
  });
}

/** The streams that were pushed on the day, or before it and into it; of today also those that are on now. */
async function streamsOf(
  api: TencentApi,
  day: string,
  until: number,
): Promise<Outcome<readonly string[], PullFailure>> {
  const streams = new Set<string>();
  const bounds = {
    StartTime: isoSecond(startOf(day) - DAY_MS),
    EndTime: isoSecond(Math.min(endOf(day), until)),
  };
  const events = await addStreams(streams, api, 'DescribeLiveStreamEventList', bounds);
  if (!events.ok) return events;
  if (until < endOf(day)) {
    // The list of events tells of a session when it is over.
    const online = await addStreams(streams, api, 'DescribeLiveStreamOnlineList', {});
    if (!online.ok) return online;
  }
  return succeed([...streams].sort());
}

/** Adds the streams of all pages; `TotalPage` says which is the last. */
async function addStreams(
  streams: Set<string>,
  api: TencentApi,
  action: 'DescribeLiveStreamEventList' | 'DescribeLiveStreamOnlineList',
  parameters: Readonly<Record<string, string>>,
): Promise<Outcome<null, PullFailure>> {
  let rows = 0;
  for (let page = 1; ; page++) {
    const answer = await api.call(action, { ...parameters, PageNum: page, PageSize: PAGE_ROWS });
    if (!answer.ok) return answer;
    const parsed = streamPage.safeParse(answer.value.response);
    if (!parsed.success) return fail(leaveOut('bad_answer', action));
    const { EventList, OnlineInfo, TotalPage: pages, TotalNum: total } = parsed.data;
    const listed = EventList ?? OnlineInfo ?? [];
    for (const { StreamName: stream } of listed) {
      if (stream !== null && stream !== undefined && stream !== '') streams.add(stream);
    }
    rows += listed.length;
    const isLast = pages === undefined ? rows >= (total ?? Infinity) : page >= pages;
    if (isLast || listed.length === 0) return succeed(null);
    if (rows >= MOST_ROWS) return fail(leaveOut('too_large', 'set css_streams'));
  }
}

function startOf(day: string): number {
  return dayNumber(day) * DAY_MS - BEIJING_MS;
}

function endOf(day: string): number {
  return startOf(day) + DAY_MS;
}

/** `2026-09-09T16:00:00Z`. */
function isoSecond(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Names must hold no time: it would be taken for the time of the export. Streams are free text. */
function fileName(stream: string): string {
  const shown = /20\d{2}[-_.]?\d{2}/u.test(stream) ? '' : `-${stream}`;
  return `DescribeStreamPlayInfoList${shown}.json`;
}
