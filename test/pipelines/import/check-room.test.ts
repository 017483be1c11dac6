import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkRoom } from '../../../pipelines/import/check-room.js';
import type { ImportOptions } from '../../../pipelines/import/import-options.js';
import { openInput } from '../../../pipelines/import/open-input.js';
import { SOURCES } from '../../../pipelines/index.js';
import { PLAIN_IMPORT } from '../import-tools.js';

const folder = mkdtempSync(join(tmpdir(), 'wxlive-room-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const OPTIONS: ImportOptions = { ...PLAIN_IMPORT, room: '1181' };

const event = (at: number, room: string): string =>
  JSON.stringify({
    event_id: `e${at}`,
    event: 'live_enter',
    time: 1_788_962_400_000 + at,
    openid: 'o'.padEnd(28, 'a'),
    ...(room === '' ? {} : { room_id: room }),
  });

describe('the room of a file that is streamed', () => {
  it.each([
    ['no row names one', ['', ''], true],
    ['every row that names one names it', ['', '1181'], true],
    ['the last of many rows names another', [...Array.from({ length: 5_000 }, () => ''), '1182'], false],
    ['only a row that is no event names another', ['', '!'], true],
  ] as const)('%s', async (name, rooms, fits) => {
    const path = join(folder, `${name.length}.ndjson`);
    const lines = rooms.map((room, at) => (room === '!' ? '{"room_id":"1182",' : event(at, room)));
    writeFileSync(path, `${lines.join('\n')}\n`);
    const input = await openInput(path, SOURCES, OPTIONS);
    if (!input.ok) throw new Error(input.failure.code);
    const checked = await checkRoom(input.value, OPTIONS);
    expect(checked).toEqual(
      fits ? { ok: true, value: null } : { ok: false, failure: { code: 'room_mismatch' } },
    );
  });
});
