import type { SeededRandom } from './random.js';

/** A way into the mini-program: what the client reports, and the channel it is. */
export interface Entrance {
  /** `utm_source`, `chan_id` or the group of the scene: what the product must call it. */
  readonly channel: string;
  readonly scene: number;
  readonly query: string;
  /** The link was opened through a redirect that records the click. */
  readonly clickQuery: string | null;
  /** Poster variant, when it is a poster. */
  readonly variant: 'a' | 'b' | null;
  /** How much likelier than others they buy who come this way. */
  readonly quality: number;
}

/** A row of the link registry. */
export interface SampleLink {
  readonly code: string;
  readonly kind: string;
  readonly utm: readonly [source: string, medium: string, campaign: string, content: string, term: string];
  readonly platform: string;
  readonly room: string;
  readonly url: string;
  readonly note: string;
}

const CAMPAIGN = 'double11';
export const LINKS: readonly SampleLink[] = [
  link('Qp7mKa2', 'mp_code', ['poster', 'offline', 'double11_poster', 'a', ''], '1001', '海报 A：茶山日出'),
  link('Rt4nWb9', 'mp_code', ['poster', 'offline', 'double11_poster', 'b', ''], '1001', '海报 B：一杯热茶'),
  link('Sm3xC11', 'url_scheme', ['sms', 'push', CAMPAIGN, 'sms1109', ''], '1002', ''),
  link('Em8vD26', 'url_link', ['email', 'newsletter', CAMPAIGN, 'edm46', ''], '1002', ''),
  link('Kl5yE07', 'short_link', ['kol_linxia', 'influencer', CAMPAIGN, 'note1', ''], '1002', '林夏'),
  link('Wc2zF63', 'wecom_contact', ['wecom_sales', 'private', 'wecom_fans', '', ''], '', ''),
  link('St9uG48', 'qr_rule', ['store_qr', 'offline', 'store_visit', 'desk', ''], '1003', '门店台卡'),
  link('Bd1wH35', 'h5', ['baidu', 'cpc', 'brand', '', '双11茶叶'], 'kd-2001', ''),
  link('Tt6sJ52', 'h5', ['toutiao', 'feed', 'brand', 'f2', ''], 'kd-2002', ''),
  link('Xh0rK84', 'h5', ['xiaohongshu', 'social', CAMPAIGN, 'note9', ''], 'kd-2001', ''),
];

function link(code: string, kind: string, utm: SampleLink['utm'], room: string, note: string): SampleLink {
  const isH5 = kind === 'h5';
  const url = isH5 ? `https://live.shanyeji.example/k/${room}` : '';
  return { code, kind, utm, platform: isH5 ? 'kandian' : 'miniprogram', room, url, note };
}

interface Way extends Omit<Entrance, 'scene'> {
  readonly scenes: readonly number[];
  /** How many new people come this way, and how many who know us. */
  readonly asNew: number;
  readonly asKnown: number;
}

function way(
  channel: string,
  scenes: readonly number[],
  query: string,
  weights: readonly [asNew: number, asKnown: number],
  quality: number,
  more: Partial<Pick<Entrance, 'clickQuery' | 'variant'>> = {},
): Way {
  const [asNew, asKnown] = weights;
  return { channel, scenes, query, asNew, asKnown, quality, clickQuery: null, variant: null, ...more };
}

const utm = (source: string, medium: string, content: string, term = ''): string =>
  `utm_source=${source}&utm_medium=${medium}&utm_campaign=${CAMPAIGN}&utm_content=${content}` +
  (term === '' ? '' : `&utm_term=${encodeURIComponent(term)}`);

const WAYS: readonly Way[] = [
  way('poster', [1047, 1048], 'scene=c%3DQp7mKa2', [12, 1], 0.85, { variant: 'a' }),
  way('poster', [1047, 1048], 'scene=c%3DRt4nWb9', [12, 1], 1.45, { variant: 'b' }),
  way('wechat_group', [1008], utm('wechat_group', 'social', 'card'), [14, 20], 1.2),
  way('moments_ads', [1045, 1046], utm('moments_ads', 'cpc', 'video01'), [18, 2], 0.5),
  way('sms', [1065], 'cq=c%3DSm3xC11', [3, 10], 1.0, { clickQuery: 'c=Sm3xC11' }),
  way('email', [1194], 'c=Em8vD26', [1, 4], 0.9, { clickQuery: 'c=Em8vD26' }),
  way('kol_linxia', [1179], 'c=Kl5yE07', [13, 3], 1.3, { clickQuery: 'c=Kl5yE07' }),
  way('official_account', [1058], utm('official_account', 'article', 'art1109', '普洱茶'), [8, 7], 1.1),
  way('oa_menu', [1035], 'chan_id=oa_menu', [2, 3], 1.0),
  way('wecom_sales', [1192], 'state=Wc2zF63', [3, 6], 2.2),
  way('store_qr', [1011], 'c=St9uG48', [4, 2], 1.4),
  way('search', [1006, 1053], '', [5, 5], 1.1),
  way('share_single', [1007], '', [5, 6], 1.0),
  way('message', [1107], '', [0, 12], 1.3),
  way('direct', [1089, 1001], '', [2, 22], 1.25),
];

/** How someone comes this time. */
export function pickEntrance(random: SeededRandom, isKnown: boolean): Entrance {
  const chosen = random.weighted(WAYS.map((each) => [each, isKnown ? each.asKnown : each.asNew] as const));
  const { channel, query, clickQuery, variant, quality, scenes } = chosen;
  return { channel, query, clickQuery, variant, quality, scene: random.pick(scenes) };
}

/** Ways to the H5 pages: address and referrer as the page's own script reports them. */
export function pickH5Entrance(
  random: SeededRandom,
  room: string,
): {
  readonly channel: string;
  readonly url: string;
  readonly referrer: string | null;
  readonly code: string | null;
} {
  const page = `https://live.shanyeji.example/k/${room}`;
  return random.weighted([
    [
      {
        channel: 'baidu',
        url: `${page}?c=Bd1wH35`,
        referrer: 'https://www.baidu.com/link?url=x',
        code: 'Bd1wH35',
      },
      5,
    ],
    [{ channel: 'toutiao', url: `${page}?c=Tt6sJ52`, referrer: null, code: 'Tt6sJ52' }, 4],
    [{ channel: 'xiaohongshu', url: `${page}?c=Xh0rK84`, referrer: null, code: 'Xh0rK84' }, 4],
    [
      {
        channel: 'official_account',
        url: `${page}?${utm('official_account', 'article', 'art1109')}`,
        referrer: null,
        code: null,
      },
      3,
    ],
    [{ channel: 'search', url: page, referrer: 'https://cn.bing.com/search?q=tea', code: null }, 2],
  ] as const);
}
