import { describe, expect, it } from 'vitest';
import { sensorsSource } from '../../../../pipelines/sources/sensors/source.js';
import type { SourceContext } from '../../../../pipelines/source.js';
import type { DraftEvent, DraftRecord, RejectCode } from '../../../../schemas/index.js';
import { contextOf, RECEIVED_AT, sampleRows } from '../sample-rows.js';

function events(rows: Awaited<ReturnType<typeof sampleRows>>): DraftEvent[] {
  return rows.flatMap(({ drafts }) => drafts.filter((draft) => draft.kind === 'event'));
}

describe('the samples', () => {
  it('sensors-01.log: 568 rows, 36 of them twice', async () => {
    const rows = await sampleRows(sensorsSource, 'sensors-01.log');
    expect(rows.length).toBe(568);
    expect(rows.filter(({ code }) => code !== null)).toEqual([]);
    const found = events(rows);
    expect(found.length).toBe(568);
    expect(new Set(found.map(({ identity }) => JSON.stringify(identity))).size).toBe(532);
    expect(new Set(found.map(({ account }) => account))).toEqual(new Set([null]));
    expect(found.every(({ ids }) => ids.openid !== undefined)).toBe(true);
    expect(found.filter(({ scene }) => scene !== null).length).toBe(47);
    expect(found.filter(({ event, watch_ms }) => event === 'live_leave' && watch_ms === null)).toEqual([]);
    expect(found.some(({ props }) => Object.values(props).includes('取值异常'))).toBe(false);
  });

  it('sensors-02.log: presets, durations, accounts, a profile that links, an item', async () => {
    const rows = await sampleRows(sensorsSource, 'sensors-02.log');
    expect(rows.filter(({ code }) => code !== null)).toEqual([]);
    const found = events(rows);
    const names = found.map(({ event, event_original }) => `${event_original} ${event}`);
    expect(names.slice(0, 7)).toEqual([
      '$MPShow mini_show',
      '$MPViewScreen page_view',
      '$MPPageLeave page_leave',
      '$MPPageLeave page_leave',
      '$MPHide mini_hide',
      '$MPShare $MPShare',
      '$MPShare live_share',
    ]);
    expect(found.slice(2, 5).map(({ watch_ms }) => watch_ms)).toEqual([8990, null, 10_020]);
    expect(found.find(({ account }) => account === 'wx00second00app2')).toMatchObject({
      room_id: '1181',
      event: 'live_like',
    });
    expect(found[0]).toMatchObject({ scene: 1089, query: null, referrer: null });
    expect(found[1]?.referrer).toBeNull();
    const links = rows.flatMap(({ drafts }) => drafts.filter((draft) => draft.kind === 'identity_link'));
    expect(links).toEqual([
      {
        kind: 'identity_link',
        ids: {
          unionid: 'oedgeBridgeUnionid000000000b',
          openid: 'oedgeBridgeOpenid0000000000a',
          anonymous_id: 'bridge-anon',
        },
        observed_at: 1_789_136_197_807,
      },
    ]);
  });

  it('sensors-03.log.gz: through gzip', async () => {
    const rows = await sampleRows(sensorsSource, 'sensors-03.log.gz');
    expect(events(rows).length).toBe(7);
  });
});

const base = {
  type: 'track',
  event: 'live_like',
  time: RECEIVED_AT - 3_600_000,
  distinct_id: 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  _track_id: 1,
  properties: { room_id: '1181' },
};

function normalize(value: unknown, part: Partial<SourceContext> = {}): readonly DraftRecord[] | RejectCode {
  const outcome = sensorsSource.normalize({ from: 'json', value }, contextOf(sensorsSource, part));
  return outcome.ok ? outcome.value : outcome.failure.code;
}

function one(value: unknown, part: Partial<SourceContext> = {}): DraftEvent {
  const found = normalize(value, part);
  const draft = typeof found === 'string' ? undefined : found[0];
  if (draft?.kind !== 'event') throw new Error(`no event: ${JSON.stringify(found)}`);
  return draft;
}

describe('identities', () => {
  it.each<[string, object, DraftEvent['ids']]>([
    ['distinct_id alone, by its look: openid', {}, { openid: base.distinct_id }],
    ['a device', { distinct_id: '13641436799042-nQGpGzUt' }, { anonymous_id: '13641436799042-nQGpGzUt' }],
    ['the anonymous id again', { distinct_id: 'a1', anonymous_id: 'a1' }, { anonymous_id: 'a1' }],
    ['a member', { distinct_id: 'member7', anonymous_id: 'a1' }, { user_id: 'member7', anonymous_id: 'a1' }],
    [
      'a login',
      { login_id: 'm7', distinct_id: 'm7', anonymous_id: 'a1' },
      { user_id: 'm7', anonymous_id: 'a1' },
    ],
    [
      'a login that is the openid',
      { login_id: base.distinct_id, identities: { $identity_mp_openid: base.distinct_id } },
      { openid: base.distinct_id },
    ],
    [
      'signing up',
      { type: 'track_signup', event: '$SignUp', distinct_id: '13641436799042-nQGpGzUt', anonymous_id: 'x-1' },
      { user_id: '13641436799042-nQGpGzUt', anonymous_id: 'x-1' },
    ],
    [
      'by app',
      { identities: { $identity_mp_wx00app_openid: 'o1', $identity_mp_unionid: 'o2', $identity_mp_id: 'd' } },
      { openid: 'o1', unionid: 'o2', anonymous_id: 'd' },
    ],
    [
      'sentinels are none',
      { identities: { $identity_mp_unionid: '未取到值' } },
      { openid: base.distinct_id },
    ],
    [
      'unbinding links nobody',
      { type: 'track_id_unbind', identities: { $identity_mp_unionid: 'o2', $identity_login_id: 'm' } },
      { unionid: 'o2' },
    ],
    [
      'mobile and mail are no ids',
      { identities: { $identity_mobile: '13800138000', $identity_email: 'a@b.cn' } },
      { openid: base.distinct_id },
    ],
  ])('%s', (_, fields, ids) => {
    expect(one({ ...base, ...fields }).ids).toEqual(ids);
  });

  it('lets a profile link only when it names two people’s ids', () => {
    const profile = { ...base, type: 'profile_set' };
    expect(normalize(profile)).toEqual([]);
    expect(
      normalize({ ...profile, identities: { $identity_mp_unionid: 'o2', $identity_mp_openid: 'o1' } }),
    ).toHaveLength(1);
  });
});

describe('quirks', () => {
  it.each<[string, unknown, RejectCode]>([
    ['seconds for milliseconds', { ...base, time: 1_789_000_000 }, 'time_unit'],
    ['no event', { ...base, event: '' }, 'missing_event'],
    ['no identity', { ...base, distinct_id: '' }, 'missing_identity'],
    ['nested properties', { ...base, properties: { a: {} } }, 'nested_props'],
    ['an unknown type', { ...base, type: 'trace' }, 'bad_value'],
    ['no type', { ...base, type: undefined }, 'missing_key'],
    ['what the encryption plugin sends', { ekey: 'x', pkv: 1, payloads: ['y'] }, 'encrypted_payload'],
    ['no object', [], 'not_json'],
  ])('%s', (_, value, code) => {
    expect(normalize(value)).toBe(code);
  });

  it('drops what is about nobody', () => {
    expect(normalize({ type: 'item_set', item_type: 'goods', item_id: 'g1' })).toEqual([]);
    expect(normalize({ ...base, event: '$ShortUrlRedirect', distinct_id: '1.2.3.4' })).toEqual([]);
  });

  it('takes H5 pages for kandian, a stated platform first', () => {
    expect(one({ ...base, lib: { $lib: 'js' } }).platform).toBe('kandian');
    expect(one({ ...base, lib: { $lib: 'Java' } }).platform).toBe('miniprogram');
    expect(one({ ...base, lib: { $lib: 'js' }, properties: { platform: 'wecom' } }).platform).toBe('wecom');
  });

  it('takes $utm_* for evidence and $latest_utm_* for none', () => {
    const properties = { $utm_source: 'Poster', $utm_medium: '未取到值', $latest_utm_source: 'old' };
    expect(one({ ...base, properties }).evidence).toEqual({ utm_source: 'Poster' });
  });

  it('corrects the clock of a client that sent it straight, and keeps what was stated', () => {
    const skewed = {
      ...base,
      time: RECEIVED_AT + 40 * 86_400_000,
      _flush_time: RECEIVED_AT + 40 * 86_400_000 + 5_000,
    };
    expect(normalize(skewed)).toBe('time_out_of_range');
    expect(one(skewed, { straightFromClient: true })).toMatchObject({
      event_time: RECEIVED_AT - 5_000,
      stated_time: skewed.time,
    });
    // Seconds are the way through the network.
    const near = { ...base, _flush_time: RECEIVED_AT - 20_000 };
    expect(one(near, { straightFromClient: true }).event_time).toBe(base.time);
  });

  it('lets event_map go before the presets', () => {
    const eventMap = { $MPShow: 'live_enter', my_enter: 'live_enter' };
    expect(one({ ...base, event: '$MPShow' }, { eventMap }).event).toBe('live_enter');
    expect(one({ ...base, event: 'my_enter' }, { eventMap })).toMatchObject({
      event: 'live_enter',
      event_original: 'my_enter',
    });
  });
});
