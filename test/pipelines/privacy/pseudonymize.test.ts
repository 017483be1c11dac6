import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PseudonymKey } from '../../../pipelines/privacy/key.js';
import type { Placement } from '../../../pipelines/privacy/placement.js';
import { createPseudonymizer } from '../../../pipelines/privacy/pseudonymize.js';
import type { CanonicalRecord, DraftAttendance, DraftEvent, DraftRecord } from '../../../schemas/index.js';
import { readExpected } from '../sources/sample-rows.js';

const expected = readExpected();
function keyOf(text: string): PseudonymKey {
  const key = PseudonymKey.parse(text);
  if (!key.ok) throw new Error(key.failure);
  return key.value;
}
const key = keyOf(expected.pseudonym_key);
const pseudonymizer = createPseudonymizer(key);
const { viewerId } = pseudonymizer;
const placement: Placement = {
  adapter: 'events',
  receivedAt: 5,
  account: null,
  room: null,
  exportedAt: 6,
  day: '2026-09-10',
};
const openid = 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const unionid = 'oBBBBBBBBBBBBBBBBBBBBBBBBBBB';

const draft: DraftEvent = {
  kind: 'event',
  event_id: 'e1',
  identity: [],
  account: null,
  platform: 'miniprogram',
  room_id: '',
  ids: { openid },
  event: 'live_like',
  event_original: 'live_like',
  event_time: 1,
  stated_time: 2,
  scene: null,
  query: null,
  url: null,
  referrer: null,
  evidence: {},
  referrer_id: null,
  goods_id: '',
  order_id: '',
  refund_id: '',
  amount_fen: null,
  watch_ms: null,
  props: {},
  dropped_keys: [],
};

function event(part: Partial<DraftEvent>, place: Partial<Placement> = {}) {
  return pseudonymizer.pseudonymizeEvent({ ...draft, ...part }, { ...placement, ...place });
}

describe('the key', () => {
  it('is read as hex, base64 and base64url, at least 32 bytes', () => {
    const bytes = Buffer.alloc(33, 0xfb);
    for (const text of [
      bytes.toString('hex'),
      bytes.toString('base64'),
      ` ${bytes.toString('base64url')}\n`,
    ]) {
      expect(keyOf(text).bytes()).toEqual(bytes);
    }
    expect(PseudonymKey.parse('ab'.repeat(31))).toEqual({ ok: false, failure: 'too_short' });
    expect(PseudonymKey.parse('')).toEqual({ ok: false, failure: 'unreadable' });
    expect(PseudonymKey.parse('pass word '.repeat(9))).toEqual({ ok: false, failure: 'unreadable' });
  });

  it('shows itself nowhere', () => {
    const shown = [
      String(key),
      JSON.stringify({ key }),
      inspect({ key }, { depth: 9, showHidden: true }),
      Object.values(key).join(),
    ];
    for (const text of shown) {
      expect(text).not.toContain(key.bytes().toString('hex'));
      expect(text).not.toContain(expected.pseudonym_key.slice(0, 12));
    }
  });

  it('is known again by its fingerprint', () => {
    expect(key.matches(key.fingerprint())).toBe(true);
    expect(keyOf('ab'.repeat(32)).matches(key.fingerprint())).toBe(false);
    expect(key.matches('')).toBe(false);
  });
});

describe('viewers', () => {
  it('are the first 16 bytes of the HMAC, as the samples state', () => {
    expect(viewerId('wx', expected.viewer_lookup.id)).toBe(expected.viewer_lookup.viewer);
    for (const domain of ['wx', 'user', 'anon', 'staff'] as const) {
      const hash = createHmac('sha256', key.bytes())
        .update(domain)
        .update(Buffer.of(0))
        .update('张三👏')
        .digest('hex');
      expect(viewerId(domain, '张三👏').replaceAll('-', '')).toBe(hash.slice(0, 32));
    }
  });

  it('stay what they are when more are met than can be remembered', () => {
    const first = viewerId('anon', 'first');
    for (let number = 0; number < 120_000; number += 1) viewerId('anon', `n${number}`);
    expect(viewerId('anon', 'first')).toBe(first);
  });

  it('are unionid, openid, user_id, anonymous_id in this order; a member number of WeChat’s look is wx', () => {
    expect(event({ ids: { unionid, openid, user_id: 'u', anonymous_id: 'a' } }).viewer_key).toBe(
      viewerId('wx', unionid),
    );
    expect(event({ ids: { openid, user_id: 'u' } }).viewer_key).toBe(viewerId('wx', openid));
    expect(event({ ids: { user_id: 'u', anonymous_id: 'a' } }).viewer_key).toBe(viewerId('user', 'u'));
    expect(event({ ids: { anonymous_id: 'a' } }).viewer_key).toBe(viewerId('anon', 'a'));
    expect(event({ ids: { user_id: openid } }).viewer_key).toBe(viewerId('wx', openid));
    expect(event({ ids: { anonymous_id: openid } }).viewer_key).toBe(viewerId('wx', openid));
    expect(() => event({ ids: {} })).toThrow(/identity/u);
  });

  it('link what was given together, never the anonymous id', () => {
    const linked = (ids: DraftEvent['ids']) => event({ ids }).linked.map(({ kind }) => kind);
    expect(linked({ unionid, openid, user_id: 'u', anonymous_id: 'a' })).toEqual([
      'unionid',
      'openid',
      'user_id',
    ]);
    expect(linked({ openid, unionid })).toEqual(['unionid', 'openid']);
    expect(linked({ openid })).toEqual([]);
    expect(linked({ openid, anonymous_id: 'a' })).toEqual([]);
    expect(linked({ openid, user_id: openid })).toEqual([]);
    // The same openid with another unionid, and alone again.
    expect(event({ ids: { openid, unionid: 'oCCCCCCCCCCCCCCCCCCCCCCCCCCC' } }).viewer_key).toBe(
      viewerId('wx', 'oCCCCCCCCCCCCCCCCCCCCCCCCCCC'),
    );
    expect(event({ ids: { openid } }).viewer_key).toBe(viewerId('wx', openid));
  });
});

describe('events', () => {
  it('take account from row, command, default', () => {
    expect(event({ account: 'a' }, { account: 'b' }).account).toBe('a');
    expect(event({}, { account: 'b' }).account).toBe('b');
    expect(event({}).account).toBe('default');
  });

  it('without an id of their own get a keyed hash that tells their parts apart', () => {
    const hash = (identity: string[]) => event({ event_id: null, identity }).event_id;
    expect(hash(['a', 'b'])).toMatch(/^[0-9a-f]{32}$/u);
    expect(new Set([hash(['a', 'b']), hash(['ab', '']), hash(['', 'ab']), hash(['a', 'b', ''])]).size).toBe(
      4,
    );
    expect(hash(['a', 'b'])).toBe(hash(['a', 'b']));
  });

  it('keep props as text, scrubbed by name and by look', () => {
    const { props } = event({
      ids: { user_id: 'u70001' },
      props: {
        n: 1.5,
        yes: true,
        tags: ['a', `x ${openid}`],
        text: `ich u70001 ${openid}`,
        phone: 13_800_138_000,
        bytes: 13_800_138_000,
        nickname: '小明',
        $latest_share_distinct_id: 'dev-1',
        openid: 'abc',
        mobiles: ['1', '2'],
        [openid]: 'x',
        user_id: 'null',
      },
    });
    expect(props).toEqual({
      n: '1.5',
      yes: 'true',
      tags: `["a","x ${viewerId('wx', openid)}"]`,
      text: `ich ${viewerId('user', 'u70001')} ${viewerId('wx', openid)}`,
      phone: viewerId('user', '13800138000'),
      bytes: viewerId('user', '13800138000'),
      nickname: viewerId('user', '小明'),
      $latest_share_distinct_id: viewerId('user', 'dev-1'),
      openid: viewerId('wx', 'abc'),
      mobiles: JSON.stringify([viewerId('user', '1'), viewerId('user', '2')]),
      [viewerId('wx', openid)]: 'x',
      user_id: 'null',
    });
  });

  it('keep channel values, room, event and event_id as they came', () => {
    const kept = event({
      event_id: openid,
      event: openid,
      room_id: openid,
      query: `utm_source=a&c=${openid}`,
    });
    expect(kept).toMatchObject({
      event_id: openid,
      event: openid,
      room_id: openid,
      evidence: { link_code: openid },
    });
    expect(event({ goods_id: openid, order_id: openid, refund_id: openid })).toMatchObject({
      goods_id: viewerId('wx', openid),
      order_id: viewerId('wx', openid),
      refund_id: viewerId('wx', openid),
    });
    expect(event({ order_id: '13800138000' }).order_id).toBe('13800138000');
  });

  it('name the sharer by pseudonym', () => {
    expect(event({ query: `share_openid=${unionid}` }).referrer_viewer).toBe(viewerId('wx', unionid));
    expect(event({ referrer_id: 'member7' }).referrer_viewer).toBe(viewerId('user', 'member7'));
    expect(event({ referrer_id: '13641436799042-nQGpGzUt' }).referrer_viewer).toBe(
      viewerId('anon', '13641436799042-nQGpGzUt'),
    );
    expect(event({}).referrer_viewer).toBeNull();
  });
});

const attendance: DraftAttendance = {
  kind: 'attendance',
  account: null,
  live_id: 'lv1',
  scope: 'outsiders',
  employee_id: null,
  external_id: 'wmAUTHORED0000000000000000000001',
  name: '示例用户',
  department: null,
  viewer_type: 'wechat',
  watch_seconds: 1,
  replay_seconds: null,
  commented: null,
  mic: null,
  inviter_employee_id: null,
  inviter_external_id: null,
  first_enter_at: null,
  last_leave_at: null,
};

function record<Kind extends CanonicalRecord['kind']>(
  given: DraftRecord & { readonly kind: Kind },
  part: Partial<Placement> = {},
) {
  const made = pseudonymizer.pseudonymize(given, { ...placement, ...part });
  expect(made.kind).toBe(given.kind);
  return made as Extract<CanonicalRecord, { readonly kind: Kind }>;
}

describe('attendance', () => {
  it('knows staff by their number, outsiders by pseudonym only', () => {
    const staff = record({
      ...attendance,
      scope: 'staff',
      employee_id: 'emp_7',
      external_id: null,
      viewer_type: 'staff',
    });
    expect(staff).toMatchObject({ employee_id: 'emp_7', viewer_key: viewerId('staff', 'emp_7') });
    const outsider = record(attendance);
    expect(outsider).toMatchObject({
      employee_id: '',
      viewer_key: viewerId('wx', attendance.external_id ?? ''),
    });
    expect(JSON.stringify(outsider)).not.toContain('示例用户');
  });

  it('hides an outsider’s id in the column of employees, and as an inviter', () => {
    const hidden = record({
      ...attendance,
      scope: 'staff',
      employee_id: attendance.external_id,
      external_id: null,
      inviter_employee_id: attendance.external_id,
    });
    expect(hidden).toMatchObject({
      employee_id: '',
      viewer_key: viewerId('wx', attendance.external_id ?? ''),
      inviter: viewerId('wx', attendance.external_id ?? ''),
    });
    expect(record({ ...attendance, inviter_employee_id: 'emp_7' }).inviter).toBe('emp_7');
  });

  it('takes an outsider without an id for one viewer per live and name', () => {
    const nameless = { ...attendance, external_id: null };
    const first = record(nameless);
    expect(record(nameless).viewer_key).toBe(first.viewer_key);
    expect(record({ ...nameless, name: '别人' }).viewer_key).not.toBe(first.viewer_key);
    expect(record({ ...nameless, live_id: 'lv2' }).viewer_key).not.toBe(first.viewer_key);
    expect(record({ ...nameless, live_id: null }, { room: 'lv1' }).viewer_key).toBe(first.viewer_key);
  });

  it('joins a sign-in by name within the live', () => {
    const signIn = {
      kind: 'sign_in',
      account: null,
      live_id: 'lv1',
      round: 1,
      started_at: null,
      name: ' 示例用户',
      outsider: true,
      department: '-',
    } as const;
    expect(record(signIn).name_key).toBe(record(attendance).name_key);
    expect(record({ ...signIn, live_id: 'lv2' }).name_key).not.toBe(record(attendance).name_key);
    expect(record({ ...attendance, name: null }).name_key).toBe('');
  });
});

describe('orders', () => {
  const order = {
    kind: 'order',
    account: null,
    platform: null,
    order_id: '1',
    room_id: '',
    ids: {},
    amount_fen: 1,
    created_at: null,
    paid_at: null,
    status: 'paid',
    refund_id: '',
    refund_fen: null,
    refunded_at: null,
    goods_id: '',
  } as const;

  it('say whether their account was stated', () => {
    expect(record(order)).toMatchObject({
      account: 'default',
      account_stated: false,
      platform: 'miniprogram',
      viewer_key: null,
    });
    expect(record({ ...order, account: 'a' })).toMatchObject({ account: 'a', account_stated: true });
    expect(record(order, { account: 'b', room: '7' })).toMatchObject({
      account: 'b',
      account_stated: true,
      room_id: '7',
    });
    expect(record({ ...order, ids: { openid, unionid } })).toMatchObject({
      viewer_key: viewerId('wx', unionid),
      linked: [{}, {}],
    });
  });
});

describe('looking up', () => {
  it('takes an id for what it looks like', () => {
    expect(pseudonymizer.viewerOfId(openid)).toBe(viewerId('wx', openid));
    expect(pseudonymizer.viewerOfId('member7')).toBe(viewerId('user', 'member7'));
    expect(pseudonymizer.viewersOfId('member7')).toHaveLength(4);
  });
});
