import { describe, expect, it } from 'vitest';
import { PseudonymKey } from '../../../pipelines/privacy/key.js';
import { isSuspicious, scrubText } from '../../../pipelines/privacy/scrub.js';
import { createViewerIdMaker } from '../../../pipelines/privacy/viewer-id.js';
import { seededRandom } from '../../seeded-random.js';

const key = PseudonymKey.parse('ab'.repeat(32));
if (!key.ok) throw new Error('key');
const viewerId = createViewerIdMaker(key.value);
const openid = 'oCANARY_id-0000000000000000A';
const external = 'wmCANARY000000000000000000000001';
const wx = (id: string) => viewerId('wx', id);
const user = (id: string) => viewerId('user', id);
const anon = (id: string) => viewerId('anon', id);
const scrub = (text: string) => scrubText(text, [], viewerId);

describe('scrubText', () => {
  it.each<[string, string]>([
    [openid, wx(openid)],
    [`我的号 ${openid}`, `我的号 ${wx(openid)}`],
    [`我的号${openid}。`, `我的号${wx(openid)}。`],
    [`uid_${openid}`, `uid_${wx(openid)}`],
    [`${openid}-${openid}`, `${wx(openid)}-${wx(openid)}`],
    [`a/${external}/b`, `a/${wx(external)}/b`],
    [`x%3D${openid}%26`, `x%3D${wx(openid)}%26`],
    [`x%253D${openid}`, `x%253D${wx(openid)}`],
    ['电话13800138000谢谢', `电话${user('13800138000')}谢谢`],
    ['tel13800138000', `tel${user('13800138000')}`],
    ['+86 13800138000', user('13800138000')],
    ['8613800138000', user('13800138000')],
    ['138-0013-8000', user('13800138000')],
    ['138 0013 8000', user('13800138000')],
    ['x%3D13800138000', `x%3D${user('13800138000')}`],
    ['ip 203.0.113.7.', `ip ${anon('203.0.113.7')}.`],
    ['2001:db8:0:1:1:1:1:1', anon('2001:db8:0:1:1:1:1:1')],
    ['Mail Li.Lei@Example.com', `Mail ${user('li.lei@example.com')}`],
    ['pages/x?openid=abc&id=5', `pages/x?openid=${wx('abc')}&id=5`],
    ['a=1&user_id=u7', `a=1&user_id=${user('u7')}`],
    ['?q=x%3Fopenid%3Dabc%26c%3D1', `?q=x%3Fopenid%3D${wx('abc')}%26c%3D1`],
    ['share_openid=abc', `share_openid=${wx('abc')}`],
    ['{"openid":"abc","n":1}', `{"openid":"${wx('abc')}","n":1}`],
    [
      '{"user":{"user_id":10086,"list":["13800138000"]}}',
      `{"user":{"user_id":"${user('10086')}","list":["${user('13800138000')}"]}}`,
    ],
    ['{"openid":"abc","cut":"x', `{"openid":"${wx('abc')}","cut":"x`],
    [
      `sampshare=${encodeURIComponent(JSON.stringify({ d: 1, i: 'dev-1', m: 'x' }))}&a=1`,
      `sampshare=${user('dev-1')}&a=1`,
    ],
  ])('%s', (text, clean) => {
    expect(scrub(text)).toBe(clean);
  });

  it.each([
    '',
    'vip',
    'pages/live/index?from=share&id=5',
    '20260909164849233040',
    'd41d8cd98f00b204e9800998ecf8427e',
    'c0f4362e-7bfc-99a2-638b-24d8df995c6d',
    'order_20260909164849233040aa',
    'one-more-of-many-lower-case-words-here',
    '1789102800000',
    '12345678901',
    'HarmonyOS 4.2.0',
    '8.0.50.2340',
    '999.1.1.1',
    '12:34:56',
    'openid=',
    '{"a":[1,2,{"b":"普洱茶"}]}',
    '什么时候发货👏',
  ])('leaves %s', (text) => {
    expect(scrub(text)).toBe(text);
  });

  it('replaces the record’s own ids whatever their shape', () => {
    const own = [
      { raw: 'u70001', viewer: user('u70001') },
      { raw: '李雷/7', viewer: user('李雷/7') },
      { raw: 'n1', viewer: user('n1') },
    ];
    const clean = (text: string) => scrubText(text, own, viewerId);
    expect(clean('id u70001, xu70001, u700012')).toBe(`id ${user('u70001')}, xu70001, u700012`);
    expect(clean('x%3Du70001')).toBe(`x%3D${user('u70001')}`);
    expect(clean('von 李雷/7')).toBe(`von ${user('李雷/7')}`);
    expect(clean(`x=${encodeURIComponent('李雷/7')}`)).toBe(`x=${user('李雷/7')}`);
    // Replaced as its own, not hashed again for its name.
    expect(clean('{"user_id":"u70001"}')).toBe(`{"user_id":"${user('u70001')}"}`);
    expect(clean('user_id=u70001&device_id=c0f4362e-7bfc-99a2-638b-24d8df995c6d')).toBe(
      `user_id=${user('u70001')}&device_id=${anon('c0f4362e-7bfc-99a2-638b-24d8df995c6d')}`,
    );
    // Too short to be told from words.
    expect(clean('n1')).toBe('n1');
  });

  it('replaces what looks like an id once', () => {
    for (const text of [`${openid} 13800138000 a@b.cn 203.0.113.7`, `x%3D${openid}`]) {
      expect(scrub(scrub(text))).toBe(scrub(text));
    }
  });

  it('finds an id anywhere in a text', () => {
    const random = seededRandom(3);
    const around = ['', ' ', '，', '"', '=', '&', '/', '%20', '%3D', '中', ':', '(', '\n', '_', '-'];
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
    for (let round = 0; round < 5_000; round += 1) {
      const id = `${random.pick(['o', 'o', 'wm', 'wo'])}${random.text(alphabet, 27)}`.slice(0, 29) + 'Q';
      const whole = id.startsWith('o') ? id.slice(0, 27) + 'Q' : id;
      const text = random.pick(around) + whole + random.pick(around);
      expect(scrub(text)).not.toContain(whole);
    }
  });

  it('ends on hostile texts', () => {
    for (const text of [
      'o'.repeat(200_000),
      '_o'.repeat(50_000),
      `_${openid}`.repeat(50_000),
      '1.'.repeat(100_000),
      'a@'.repeat(50_000),
      '['.repeat(100_000),
      ':a'.repeat(50_000),
      'a='.repeat(50_000),
    ]) {
      expect(() => scrub(text)).not.toThrow();
    }
  });
});

describe('isSuspicious', () => {
  it('is false for the texts of nearly all events', () => {
    expect(
      ['vip', 'normal', '5g', 'pages/live/index', 'HUAWEI Mate 60', '3.4.1', '1192', '什么时候发货'].some(
        isSuspicious,
      ),
    ).toBe(false);
  });
});
