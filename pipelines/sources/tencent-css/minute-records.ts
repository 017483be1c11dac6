import {
  cssMinuteSchema,
  cssResponseSchema,
  cssStreamPartSchema,
  fail,
  succeed,
  type FileFailure,
  type MinuteSummary,
  type Outcome,
} from '../../../schemas/index.js';
import type { ExpandedRow, RecordReader } from '../../source.js';
import { isObject, listOf, trimKeys } from '../export-cell.js';

const SOURCE = 'tencent-css';

/**
 * Neutral rows pass as they are; a CSS reply gives one row a minute (`DescribeStreamPlayInfoList`) or one a
 * stream (`DescribeAllStreamPlayInfoList`, summed over rates, protocols and domains). An error reply refuses the
 * file.
 */
export function minuteRecords(): RecordReader {
  return {
    expand(record) {
      if (!isObject(record)) return succeed([{ place: '', value: record }]);
      const wrapped = isObject(record['Response']);
      const reply = wrapped ? record['Response'] : record;
      if (!wrapped && !('DataInfoList' in record)) return succeed([{ place: '', value: record }]);
      return expandReply(reply, wrapped ? '.Response.DataInfoList' : '.DataInfoList');
    },
    finish: () => succeed({}),
  };
}

function expandReply(reply: unknown, place: string): Outcome<readonly ExpandedRow[], FileFailure> {
  const response = cssResponseSchema.safeParse(trimKeys(reply));
  if (!response.success) return fail({ code: 'source_error', detail: 'malformed Response' });
  const { Error: error, QueryTime: queryTime, DataInfoList: list } = response.data;
  if (error !== null && error !== undefined) {
    return fail({ code: 'source_error', detail: error.Code ?? 'Response.Error' });
  }
  if (typeof queryTime === 'string') return succeed(sumStreams(listOf(list), queryTime, place));
  return succeed(
    listOf(list).map((entry, index) => ({ place: `${place}[${index}]`, value: neutralMinute(entry) })),
  );
}

/** An entry that is no minute goes on as it is and is rejected with its own reason. */
function neutralMinute(entry: unknown): unknown {
  const minute = cssMinuteSchema.safeParse(trimKeys(entry));
  if (!minute.success) return entry;
  const { Time, Online, Request, Flux, Bandwidth } = minute.data;
  return {
    source: SOURCE,
    minute: Time,
    online: Online,
    requests: Request,
    flux_mb: Flux,
    bandwidth_mbps: Bandwidth,
  } satisfies MinuteSummary;
}

function sumStreams(entries: readonly unknown[], minute: string, place: string): ExpandedRow[] {
  const rows: ExpandedRow[] = [];
  const sums = new Map<string, { online: number; requests: number; bandwidth_mbps: number; at: number }>();
  entries.forEach((entry, index) => {
    const part = cssStreamPartSchema.safeParse(trimKeys(entry));
    if (!part.success) {
      rows.push({ place: `${place}[${index}]`, value: entry });
      return;
    }
    const { StreamName, Online, Request, Bandwidth } = part.data;
    const sum = sums.get(StreamName) ?? { online: 0, requests: 0, bandwidth_mbps: 0, at: index };
    sum.online += Number(Online ?? 0);
    sum.requests += Number(Request ?? 0);
    sum.bandwidth_mbps += Number(Bandwidth ?? 0);
    sums.set(StreamName, sum);
  });
  for (const [room, { at, online, requests, bandwidth_mbps }] of sums) {
    rows.push({
      place: `${place}[${at}]`,
      value: {
        source: SOURCE,
        room_id: room,
        minute,
        online,
        requests,
        // Mbps has three decimals; their sum keeps them.
        bandwidth_mbps: Number(bandwidth_mbps.toFixed(6)),
      } satisfies MinuteSummary,
    });
  }
  return rows;
}
