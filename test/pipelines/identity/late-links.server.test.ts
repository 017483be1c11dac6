import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MAX_GROUP } from '../../../pipelines/identity/link-identities.js';
import { typedByUser } from '../../../sql/index.js';
import { openImportBench, type ImportBench } from '../import-tools.js';

/** Who is one person, through files into the warehouse: learnt late, in chains, against each other. */
const folder = mkdtempSync(join(tmpdir(), 'wxlive-links-'));
let bench: ImportBench;
let count = 0;

beforeAll(async () => {
  bench = await openImportBench();
});
afterAll(async () => {
  await bench.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Ids = Readonly<Partial<Record<'openid' | 'unionid' | 'user_id' | 'anonymous_id', string>>>;

/** One file of one event each for these ids; the prefix tells the events of a test. */
async function load(prefix: string, people: readonly Ids[]): Promise<void> {
  const path = join(folder, `${prefix}-${count++}.ndjson`);
  const lines = people.map((ids, at) =>
    JSON.stringify({
      event_id: `${prefix}:${count}:${at}`,
      event: 'live_enter',
      time: '2026-09-09T20:00:00+08:00',
      room_id: 'r1',
      ...ids,
    }),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  expect(await bench.load(path)).toMatchObject({ accepted: people.length, rejected: 0 });
}

const rows = (sql: string): Promise<Record<string, unknown>[]> =>
  bench.warehouse.query(typedByUser(sql), z.record(z.string(), z.unknown()));

async function people(prefix: string): Promise<number> {
  const [row] = await rows(
    `SELECT toUInt32(uniqExact(viewer)) AS people FROM wxlive.events WHERE startsWith(event_id, '${prefix}:')`,
  );
  return Number(row?.['people']);
}

async function conflicts(): Promise<Map<string, number>> {
  const found = await rows(
    'SELECT reason, toUInt32(count()) AS n FROM wxlive.identity_conflicts GROUP BY reason',
  );
  return new Map(found.map(({ reason, n }) => [String(reason), Number(n)]));
}

const openid = (letter: string): string => `o${letter.repeat(27)}`;
const unionid = (letter: string): string => `oU${letter.repeat(26)}`;

describe('links', () => {
  it('learnt late make one person of earlier events', async () => {
    await load('late', [{ openid: openid('a') }, { unionid: unionid('a') }]);
    expect(await people('late')).toBe(2);
    await load('late', [{ openid: openid('a'), unionid: unionid('a') }]);
    expect(await people('late')).toBe(1);
  });

  it('are transitive, whatever comes first', async () => {
    await load('chain', [{ openid: openid('b'), user_id: 'member b' }]);
    await load('chain', [{ openid: openid('c'), unionid: unionid('c') }]);
    await load('chain', [{ user_id: 'shop b' }]);
    expect(await people('chain')).toBe(3);
    await load('chain', [
      { unionid: unionid('c'), user_id: 'shop b' },
      { openid: openid('c'), user_id: 'member b' },
    ]);
    expect(await people('chain')).toBe(1);
  });

  it('that would join two unionids are refused and listed, and the events load', async () => {
    await load('two', [{ openid: openid('d'), unionid: unionid('d') }]);
    await load('two', [{ openid: openid('d'), unionid: unionid('e') }]);
    expect(await people('two')).toBe(2);
    expect((await conflicts()).get('two_unionids')).toBe(1);
    // Also through a third id, and not twice in the list.
    await load('two', [{ openid: openid('d'), unionid: unionid('e') }]);
    expect((await conflicts()).get('two_unionids')).toBe(1);
    await load('two', [
      { user_id: 'member d', unionid: unionid('e') },
      { user_id: 'member d', openid: openid('d') },
    ]);
    expect(await people('two')).toBe(2);
    expect((await conflicts()).get('two_unionids')).toBe(2);
  });

  it('are not made by placeholders, nor by an anonymous id', async () => {
    const placeholders = ['', 'null', 'undefined', '0', '未取到值'];
    await load(
      'place',
      placeholders.flatMap((user_id, at) => [
        { openid: openid('fghij'[at] ?? ''), user_id },
        { openid: openid('fghij'[at] ?? ''), unionid: user_id, anonymous_id: 'device one' },
      ]),
    );
    expect(await people('place')).toBe(placeholders.length);
  });

  it('stop at the greatest size a person can have, and say so', async () => {
    const members = Array.from({ length: MAX_GROUP + 4 }, (_none, at) => ({
      openid: openid('k'),
      user_id: `member k${at}`,
    }));
    for (const member of members) await load('cap', [{ user_id: member.user_id }]);
    await load('cap', members);
    const [group] = await rows(
      `SELECT toUInt32(max(n)) AS largest FROM (SELECT viewer, count() AS n FROM wxlive.identities GROUP BY viewer)`,
    );
    expect(group).toEqual({ largest: MAX_GROUP });
    expect((await conflicts()).get('group_too_large')).toBe(5);
    // Those that found no room stay people of their own.
    const alone = members.length - (MAX_GROUP - 1);
    const [own] = await rows(
      `SELECT toUInt32(uniqExact(viewer)) AS n FROM wxlive.events WHERE startsWith(event_id, 'cap:')`,
    );
    expect(own).toEqual({ n: alone + 1 });
  });
});
