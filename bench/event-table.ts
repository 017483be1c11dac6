import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod';

import { migrate, openWarehouse, typedByUser, type Warehouse } from '../sql/index.js';
import { engineEnded } from '../test/servers/clickhouse.js';

export const ZONE = 'Asia/Shanghai';

/** Synthetic events: `eventCount / 10` viewers, 200 lives of two hours over 60 days, a third of the rows in a funnel, a campaign with two posters. */
const INSERT = `
INSERT INTO wxlive_store.events_store
(event_key, event_id, platform, account, room_id, viewer_key, viewer, event, event_original, event_time, stated_time, received_at, utm_source, utm_campaign, utm_content, adapter, batch_seq, amount_fen)
SELECT
    bitShiftLeft(toUInt128(ms), 80) + number, concat('e', toString(number)), 'miniprogram', 'default', toString(live),
    id, id, name, name, at, at, at,
    if(has_utm, concat('source', toString(draw % 12)), ''),
    if(has_utm AND draw % 12 < 2, 'bench', ''),
    if(has_utm AND draw % 12 < 2, ['a', 'b'][person % 2 + 1], ''),
    'events', 1,
    if(name = 'order_pay', 100 + draw % 50000, NULL)
FROM
(
    SELECT
        number,
        intHash64(number) AS draw,
        (draw % {viewers:UInt64}) AS person,
        reinterpretAsUUID(concat(reinterpretAsString(intHash64(person)), reinterpretAsString(intHash64(person + 1)))) AS id,
        intHash64(person * 7 + intDiv(draw, 4294967296) % 3) % 200 AS live,
        1790000000000 + live * 25920000 + intDiv(draw, 65536) % 7200000 AS ms,
        fromUnixTimestamp64Milli(toInt64(ms), 'UTC') AS at,
        transform(intDiv(draw, 1024) % 100,
            arrayEnumerate(range(101)),
            arrayConcat(arrayResize(['live_heartbeat'], 50, 'live_heartbeat'), arrayResize(['live_enter'], 12, 'live_enter'), arrayResize(['goods_click'], 14, 'goods_click'), arrayResize(['order_pay'], 7, 'order_pay'), arrayResize(['goods_expose'], 18, 'goods_expose')),
            'live_like') AS name,
        name = 'live_enter' AND draw % 3 != 0 AS has_utm
    FROM numbers({first:UInt64}, {count:UInt64})
)`;

export interface BenchWarehouse {
  readonly warehouse: Warehouse;
  readonly dataDir: string;
  readonly close: () => Promise<void>;
}

/** A private engine with so many events in it. `WXLIVE_BENCH_DATA` keeps the folder for the next run. */
export async function openBenchWarehouse(eventCount: number): Promise<BenchWarehouse> {
  const kept = process.env['WXLIVE_BENCH_DATA'];
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), 'wxlive-bench-')));
  const warehouse = await openWarehouse({ dataDir, reportZone: ZONE });
  await migrate(warehouse, { reportZone: ZONE, channelGroups: {} });
  const present = await countEvents(warehouse);
  const viewers = Math.max(1, Math.floor(eventCount / 10));
  for (let first = present; first < eventCount; first += 2_000_000) {
    await warehouse.command(typedByUser(INSERT), {
      first,
      count: Math.min(2_000_000, eventCount - first),
      viewers,
    });
  }
  return {
    warehouse,
    dataDir,
    async close() {
      await warehouse.close();
      // It still writes for a moment after its last user is gone.
      await engineEnded(dataDir, 60_000);
      if (kept === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const addressSchema = z.object({ process_id: z.number() });

/** The engine's process over a data folder, to ask Linux for its processor time. */
export function engineProcessId(dataDir: string): number {
  const text = readFileSync(join(dataDir, 'engine/address.json'), 'utf8');
  return addressSchema.parse(JSON.parse(text)).process_id;
}

async function countEvents(warehouse: Warehouse): Promise<number> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of warehouse.stream(
    typedByUser('SELECT count() FROM wxlive_store.events_store'),
    'TSV',
  )) {
    chunks.push(chunk);
  }
  return Number(Buffer.concat(chunks).toString());
}

/** Runs a piece of work a few times; prints and returns the fastest in milliseconds. */
export async function measure(name: string, work: () => Promise<unknown>, times = 3): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < times; round += 1) {
    const start = process.hrtime.bigint();
    await work();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e6);
  }
  console.log(
    `${name.padEnd(40)} ${best.toFixed(0).padStart(7)} ms  rss ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`,
  );
  return best;
}
