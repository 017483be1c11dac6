import { z } from 'zod';
import { fail, succeed, type Outcome } from '../../schemas/index.js';
import { textOf, trimKeys } from '../sources/export-cell.js';
import { EMPTY_CODES } from '../sources/miniprogram-rooms.js';
import { leaveOut, type PullFailure } from './pull-failure.js';
import type { PullStep } from './pulled-unit.js';
import type { WechatApi } from './wechat-api.js';

export interface RoomsPull {
  readonly api: WechatApi;
  readonly clock: { now(): number };
}

export const ROOMS_UNIT = 'rooms';
/** The platform advises at most 100 (DOMAIN §2.1). */
const PAGE_ROOMS = 100;
const MOST_PAGES = 10_000;
/** A list that changes while it is read is read again so often. */
const MOST_PASSES = 3;

const pageSchema = z.looseObject({
  total: z.coerce.number().int().nonnegative().optional(),
  room_info: z.array(z.unknown()).nullish(),
});

/** The rooms of a mini-program: `getliveinfo`, all pages as one list. */
export async function* pullRooms({ api, clock }: RoomsPull): AsyncGenerator<PullStep> {
  let before = '';
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    const pulledAt = clock.now();
    const list = await readList(api);
    if (!list.ok) {
      yield fail({ ...list.failure, unit: ROOMS_UNIT });
      return;
    }
    const { records, rooms, isWhole } = list.value;
    const seen = JSON.stringify(rooms);
    // A list that stays as it is has no more to show, whatever its total says.
    if (isWhole || seen === before) {
      const file = { name: 'getliveinfo.json', adapter: 'miniprogram-rooms', room: null, records } as const;
      yield succeed({ unit: ROOMS_UNIT, pulledAt, settled: false, whole: true, files: [file] });
      return;
    }
    before = seen;
  }
  yield fail({ ...leaveOut('incomplete', 'the list changes while it is read'), unit: ROOMS_UNIT });
}

interface RoomList {
  readonly records: readonly string[];
  /** Ids of the rooms, sorted. */
  readonly rooms: readonly string[];
  /** It did not change meanwhile, and holds as many different rooms as it says. */
  readonly isWhole: boolean;
}

/**
 * All pages once. The list is sorted by start, the newest first, and counted by position: a room made or removed
 * meanwhile shifts the rest, so that one may be missed. Hence the count of different rooms.
 */
async function readList(api: WechatApi): Promise<Outcome<RoomList, PullFailure>> {
  const records: string[] = [];
  const rooms = new Set<string>();
  const totals = new Set<number>();
  for (let start = 0; records.length < MOST_PAGES;) {
    const answer = await api.call(
      {
        method: 'POST',
        path: 'wxa/business/getliveinfo',
        body: JSON.stringify({ start, limit: PAGE_ROOMS }),
      },
      EMPTY_CODES,
    );
    if (!answer.ok) return answer;
    const page = pageSchema.safeParse(trimKeys(answer.value.document));
    if (!page.success) return fail(leaveOut('bad_answer', 'getliveinfo'));
    const { room_info, total } = page.data;
    const listed = room_info ?? [];
    for (const room of listed) rooms.add(textOf(trimKeys(room)['roomid']) ?? `#${rooms.size}`);
    records.push(answer.value.text);
    start += listed.length;
    if (total !== undefined) totals.add(total);
    // The end is where `total` says; an old sample of the docs misplaces it: then a page that is not full is the last.
    const isLast = total === undefined ? listed.length < PAGE_ROOMS : start >= total;
    if (listed.length === 0 || isLast) {
      const isWhole = totals.size === 0 || (totals.size === 1 && totals.has(rooms.size));
      return succeed({ records, rooms: [...rooms].sort(), isWhole });
    }
  }
  return fail(leaveOut('too_large'));
}
