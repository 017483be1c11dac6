import { describe, expect, it } from 'vitest';
import { createEvidenceReader, type EvidenceSource } from '../../../pipelines/channel/evidence.js';
import type { Evidence } from '../../../schemas/index.js';

const read = createEvidenceReader({ ownDomains: ['shop.example'] });
const empty: EvidenceSource = { query: null, url: null, referrer: null, evidence: {} };

function evidenceOf(source: Partial<EvidenceSource>): Partial<Evidence> {
  const { evidence } = read({ ...empty, ...source });
  return Object.fromEntries(Object.entries(evidence).filter(([, value]) => value !== '' && value !== false));
}
const ofQuery = (query: string) => evidenceOf({ query });
const ofUrl = (url: string) => evidenceOf({ url });

describe('reading a query', () => {
  it.each<[string, string, Partial<Evidence>]>([
    [
      'trims and lowers',
      'utm_source=%20WEIBO%20&utm_medium=Social&utm_campaign=A%20',
      { utm_source: 'weibo', utm_medium: 'social', utm_campaign: 'A' },
    ],
    ['+ is a space as received', 'utm_campaign=autumn+sale', { utm_campaign: 'autumn sale' }],
    ['an escaped + stays', 'utm_content=1%2B1', { utm_content: '1+1' }],
    ['an escaped + stays, encoded as a whole', 'utm_content%3D1%2B1', { utm_content: '1+1' }],
    ['+ within a whole is a space', 'utm_content%3D1+1', { utm_content: '1 1' }],
    ['decodes twice', 'utm_campaign=%25E5%258F%258C11', { utm_campaign: '双11' }],
    ['never thrice', 'utm_campaign=a%252541b', { utm_campaign: 'a%41b' }],
    ['a whole is one decode of two', 'utm_campaign%3D%25E5%258F%258C', { utm_campaign: '双' }],
    ['a whole leaves one decode', 'utm_campaign%3Da%252541b', { utm_campaign: 'a%41b' }],
    ['GB18030', 'utm_campaign=%CB%AB11%D4%A4%C8%C8', { utm_campaign: '双11预热' }],
    ['GB18030 with an unescaped second byte', 'utm_campaign=%8AD', { utm_campaign: '奃' }],
    ['neither', 'utm_campaign=%FF%FEx', { utm_campaign: '\ufffd\ufffdx' }],
    ['a % that begins nothing', 'utm_campaign=100%&utm_term=%zz', { utm_campaign: '100%', utm_term: '%zz' }],
    [
      'no value, not present',
      'utm_source=&utm_source=%20&utm_source=a&utm_source=b&utm_medium',
      { utm_source: 'a' },
    ],
    [
      'the query over its fragment',
      'utm_source=a#/x?utm_source=b&utm_term=t',
      { utm_source: 'a', utm_term: 't' },
    ],
    ['the fragment alone', '#/x?utm_source=b', { utm_source: 'b' }],
    ['a ? before it', '?utm_source=a', { utm_source: 'a' }],
    ['a path before it', 'pages/x?utm_source=a', { utm_source: 'a' }],
    [
      'two ?',
      'pages/x?id=5?utm_source=a&utm_medium=b',
      { utm_source: 'a', utm_medium: 'b', malformed: true },
    ],
    ['HTML', 'x=1&amp;utm_source=a', { utm_source: 'a' }],
    ['escaped names', '%75tm_source=a', { utm_source: 'a' }],
    ['= in a value', 'utm_content=a=b', { utm_content: 'a=b' }],
    ['characters beyond ASCII as they are', 'utm_campaign=双11%20x', { utm_campaign: '双11 x' }],
    ['nothing of ours', 'from=share&id=1', {}],
    ['nothing', '', {}],
  ])('%s', (_, query, evidence) => {
    expect(ofQuery(query)).toEqual(evidence);
  });
});

describe('codes', () => {
  it.each<[string, string, Partial<Evidence>]>([
    ['c', 'c=Ab1&from=share', { link_code: 'Ab1' }],
    ['scene, bare', 'scene=Ab1', { link_code: 'Ab1' }],
    ['scene with c', 'scene=c%3DAb1', { link_code: 'Ab1' }],
    ['scene with c, twice encoded', 'scene=c%253DAb1', { link_code: 'Ab1' }],
    ['scene with c, as it is', 'scene=c=Ab1', { link_code: 'Ab1' }],
    ['scene with c among others', 'scene=id%3D5%26c%3DAb1', { link_code: 'Ab1' }],
    ['scene with others only', 'scene=id%3D5', {}],
    ['scene of UTM', 'scene=utm_source%3Da%26utm_medium%3Db', { utm_source: 'a', utm_medium: 'b' }],
    ['cq', 'cq=Ab1', { link_code: 'Ab1' }],
    ['state', 'state=Ab1', { link_code: 'Ab1' }],
    ['state with c', 'state=c%3DAb1', { link_code: 'Ab1' }],
    ['q with c', 'q=https%3A%2F%2Fx.example%2Fs%3Fc%3DAb1%26d%3D2&scancode_time=1', { link_code: 'Ab1' }],
    ['q twice encoded', 'q=https%253A%252F%252Fx.example%252Fs%253Fc%253DAb1', { link_code: 'Ab1' }],
    ['q with a path', 'q=https%3A%2F%2Fx.example%2Fl%2FAb1', { link_code: 'Ab1' }],
    [
      'q with a path and more',
      'q=https%3A%2F%2Fx.example%2Fl%2FAb1%2F%3Futm_source%3Da',
      { link_code: 'Ab1', utm_source: 'a' },
    ],
    ['custom_params', 'custom_params=%7B%22path%22%3A%22p%22%2C%22c%22%3A%22Ab1%22%7D', { link_code: 'Ab1' }],
    ['custom_params, number', 'custom_params=%7B%22c%22%3A12%7D', { link_code: '12' }],
    [
      'custom_params, cut behind',
      'custom_params=%7B%22c%22%3A%22Ab1%22%2C%22path%22%3A%22pag',
      { link_code: 'Ab1', malformed: true },
    ],
    [
      'custom_params, cut before',
      'custom_params=%7B%22path%22%3A%22p%22%2C%22c%22%3A%22Ab',
      { malformed: true },
    ],
    ['the first place wins', 'state=S&scene=Sc&c=C&q=https%3A%2F%2Fx%2Fl%2FQ', { link_code: 'C' }],
    ['scene before q before state', 'state=S&q=https%3A%2F%2Fx%2Fl%2FQ&scene=Sc', { link_code: 'Sc' }],
    ['q before state', 'state=S&q=https%3A%2F%2Fx%2Fl%2FQ', { link_code: 'Q' }],
    ['beside UTM', 'utm_source=a&c=Ab1', { utm_source: 'a', link_code: 'Ab1' }],
    ['chan_id', 'chan_id=daogou_0731', { chan_id: 'daogou_0731' }],
    ['chan_id in scene', 'scene=chan_id%3Dx', { chan_id: 'x' }],
    ['an openid is no code', 'scene=oAAAAAAAAAAAAAAAAAAAAAAAAAAA', {}],
  ])('%s', (_, query, evidence) => {
    expect(ofQuery(query)).toEqual(evidence);
    const inUrl = ofUrl(`https://live.example/k?${query}`);
    expect(inUrl).toEqual(evidence);
  });
});

describe('URLs', () => {
  it.each<[string, Partial<Evidence>]>([
    ['https://live.example/k?utm_source=a&utm_term=%E7%9B%B4#/play', { utm_source: 'a', utm_term: '直' }],
    ['https://live.example/k#/play?utm_source=a', { utm_source: 'a' }],
    ['https://live.example/k?utm_source%3Da%26utm_medium%3Db', { utm_source: 'a', utm_medium: 'b' }],
    ['https%3A%2F%2Flive.example%2Fk%3Futm_source%3Da', { utm_source: 'a' }],
    [
      'https://live.example/k&utm_source=a&utm_medium=b',
      { utm_source: 'a', utm_medium: 'b', malformed: true },
    ],
    ['https://live.example/utm_source=a', { utm_source: 'a', malformed: true }],
    ['https://live.example/a=b/c', {}],
    ['https://live.example/k?x=1?utm_source=a', { utm_source: 'a', malformed: true }],
    ['pages/live/index?utm_source=a', { utm_source: 'a' }],
    ['https://live.example/k', {}],
  ])('%s', (url, evidence) => {
    expect(ofUrl(url)).toEqual(evidence);
  });

  it('take the utm set from one place only', () => {
    expect(
      evidenceOf({
        query: 'utm_term=t',
        url: 'https://x.example/?utm_source=a&c=Z',
        evidence: { utm_medium: 'm' },
      }),
    ).toEqual({
      utm_term: 't',
      link_code: 'Z',
    });
    expect(
      evidenceOf({ url: 'https://x.example/', evidence: { utm_source: ' Poster ', chan_id: 'c1', c: 'Z' } }),
    ).toEqual({
      utm_source: 'poster',
      chan_id: 'c1',
      link_code: 'Z',
    });
  });
});

describe('sharers', () => {
  const id = 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  it.each([
    `share_openid=${id}`,
    `scene=${id}`,
    `sampshare=${encodeURIComponent(JSON.stringify({ d: 1, p: 'pages/x', i: id, m: 'x' }))}`,
    `sampshare=${encodeURIComponent(encodeURIComponent(JSON.stringify({ i: id })))}`,
  ])('%s', (query) => {
    expect(read({ ...empty, query }).referrerId).toBe(id);
    expect(read({ ...empty, url: `https://x.example/?${query}` }).referrerId).toBe(id);
  });

  it('nobody', () => {
    expect(read({ ...empty, query: 'from=share' }).referrerId).toBeNull();
  });
});

describe('referrers', () => {
  it.each([
    ['https://www.baidu.com/s?wd=x', 'www.baidu.com', 'search'],
    ['https://m.sogou.com/', 'm.sogou.com', 'search'],
    ['https://www.so.com/s', 'www.so.com', 'search'],
    ['https://quark.sm.cn/s', 'quark.sm.cn', 'search'],
    ['https://www.google.com.hk:443/', 'www.google.com.hk', 'search'],
    ['https://cn.bing.com/', 'cn.bing.com', 'search'],
    ['https://m.weibo.cn/u/1', 'm.weibo.cn', 'social'],
    ['https://www.zhihu.com/', 'www.zhihu.com', 'social'],
    ['https://www.xiaohongshu.com/', 'www.xiaohongshu.com', 'social'],
    ['https://tieba.baidu.com/f', 'tieba.baidu.com', 'social'],
    ['https://mail.qq.com/', 'mail.qq.com', 'email'],
    ['https://mail.163.com/', 'mail.163.com', 'email'],
    ['https://mail.google.com/', 'mail.google.com', 'email'],
    ['https://docs.google.com/', 'docs.google.com', ''],
    ['https://a.SHOP.example./x', 'a.shop.example', 'internal'],
    ['https://news.partner.example/a?id=1', 'news.partner.example', ''],
    ['https://user:pw@news.partner.example/', 'news.partner.example', ''],
    ['//news.partner.example', 'news.partner.example', ''],
    ['https://notbaidu.com/', 'notbaidu.com', ''],
    ['直接打开', '', ''],
    ['pages/live/index', '', ''],
  ])('%s', (referrer, host, group) => {
    const { evidence } = read({ ...empty, referrer });
    expect([evidence.referrer_host, evidence.referrer_group]).toEqual([host, group]);
  });

  it('of the page itself are internal', () => {
    const { evidence } = read({
      ...empty,
      url: 'https://live.example/k',
      referrer: 'https://live.example/a',
    });
    expect(evidence.referrer_group).toBe('internal');
  });
});

describe('hostile queries', () => {
  it.each([
    ['many ?', '?a=1'.repeat(100_000)],
    ['many &', '&a'.repeat(300_000)],
    ['many %', `utm_source=${'%'.repeat(500_000)}`],
    ['much JSON', `custom_params={${'"a":'.repeat(200_000)}`],
    ['many escapes', `utm_source=${'%25'.repeat(200_000)}`],
  ])('%s end', (_, query) => {
    expect(() => read({ ...empty, query, url: query, referrer: query })).not.toThrow();
  });
});
