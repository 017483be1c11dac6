import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrate, openWarehouse, type Warehouse } from '../../../sql/index.js';

export const ZONE = 'Asia/Shanghai';

export interface ScratchWarehouse {
  readonly warehouse: Warehouse;
  close(): Promise<void>;
}

/** A private engine over a new folder, migrated and empty. */
export async function openScratchWarehouse(): Promise<ScratchWarehouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'wxlive-analyses-'));
  const warehouse = await openWarehouse({ dataDir, reportZone: ZONE });
  await migrate(warehouse, { reportZone: ZONE, channelGroups: {} });
  return {
    warehouse,
    async close() {
      await warehouse.close();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** An event as a test writes it; what is left out is empty. */
export interface ScratchEvent {
  readonly event_id: string;
  /** A number below 2^32; the viewer is a UUID made of it. */
  readonly person: number;
  /** The id the event came with, linked to the person; default the person's own. */
  readonly linked_id?: number;
  readonly event: string;
  /** UTC milliseconds. */
  readonly time: number;
  readonly platform?: string;
  readonly account?: string;
  readonly room_id?: string;
  readonly scene?: number | null;
  readonly utm_source?: string;
  readonly utm_campaign?: string;
  readonly utm_medium?: string;
  readonly utm_content?: string;
  readonly goods_id?: string;
  readonly amount_fen?: number | null;
  readonly props?: Readonly<Record<string, string>>;
}

export function viewerOf(person: number): string {
  return `00000000-0000-4000-8000-${person.toString(16).padStart(12, '0')}`;
}

/** Puts events into the storage as they are, in the order given. */
export async function insertEvents(warehouse: Warehouse, events: readonly ScratchEvent[]): Promise<void> {
  const lines = events.map(({ person, linked_id, time, ...event }, index) =>
    JSON.stringify({
      event_key: String(BigInt(time) * 2n ** 80n + BigInt(index)),
      platform: 'miniprogram',
      account: 'default',
      room_id: '',
      viewer_key: viewerOf(linked_id ?? person),
      viewer: viewerOf(person),
      event_original: event.event,
      event_time: instant(time),
      stated_time: instant(time),
      received_at: instant(time),
      adapter: 'events',
      batch_seq: 1,
      ...event,
    }),
  );
  await warehouse.insert({
    table: 'wxlive_store.events_store',
    columns: [
      'event_id',
      'event',
      'event_key',
      'platform',
      'account',
      'room_id',
      'viewer_key',
      'viewer',
      'event_original',
      'event_time',
      'stated_time',
      'received_at',
      'adapter',
      'batch_seq',
      'scene',
      'utm_source',
      'utm_campaign',
      'utm_medium',
      'utm_content',
      'goods_id',
      'amount_fen',
      'props',
    ],
    format: 'JSONEachRow',
    body: Buffer.from(lines.join('\n')),
  });
}

function instant(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '');
}
