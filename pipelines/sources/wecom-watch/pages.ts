import { fail, succeed, type AttendanceScope } from '../../../schemas/index.js';
import type { ExpandedRow, RecordReader } from '../../source.js';
import { isObject, listOf, trimKeys } from '../export-cell.js';
import { checkReply } from '../wechat-reply.js';

/** The lists of `get_watch_stat` and of its school variants (DOMAIN §1.1, §1.3). */
const LISTS = ['users', 'external_users', 'students', 'parents', 'visitors'] as const;
export type WatchList = (typeof LISTS)[number];

/** One viewer as a page lists it. */
export interface ListedViewer {
  readonly list: WatchList;
  readonly entry: unknown;
}

export function isListedViewer(value: unknown): value is ListedViewer {
  return isObject(value) && (LISTS as readonly unknown[]).includes(value['list']) && 'entry' in value;
}

const BOTH: readonly AttendanceScope[] = ['staff', 'outsiders'];

/**
 * The pages of one live in order, as an array or NDJSON in one file. The last must say that it is the last:
 * `ending: 1`, in the school's second version `has_more: 0`; a part of a list must not replace the whole one.
 * The API always lists everyone, so the file stands for staff and outsiders even where a list is empty.
 */
export function watchPages(): RecordReader {
  let ended = false;
  let pages = 0;
  return {
    expand(record) {
      const reply = checkReply(record);
      if (!reply.ok) return reply;
      const page = trimKeys(record);
      pages += 1;
      ended = isLastPage(page);
      const key = 'stat_infoes' in page ? 'stat_infoes' : 'stat_info';
      // The school's variants give the block as an object, once seen as a list of objects.
      const blocks = Array.isArray(page[key]) ? listOf(page[key]) : [page[key]];
      const rows: ExpandedRow[] = [];
      blocks.forEach((block, blockIndex) => {
        const lists = trimKeys(block);
        const place = blocks.length > 1 ? `.${key}[${blockIndex}]` : `.${key}`;
        for (const list of LISTS) {
          listOf(lists[list]).forEach((entry, index) => {
            rows.push({ place: `${place}.${list}[${index}]`, value: { list, entry } satisfies ListedViewer });
          });
        }
      });
      return succeed(rows);
    },
    finish() {
      if (ended) return succeed({ scopes: BOTH });
      return fail({ code: 'incomplete', detail: pages === 0 ? 'no page' : `page ${pages} is not the last` });
    },
  };
}

/** Only these fields tell; an empty `next_key` does not. */
function isLastPage(page: Readonly<Record<string, unknown>>): boolean {
  if ('ending' in page) return Number(page['ending']) === 1;
  return 'has_more' in page && Number(page['has_more']) === 0;
}
