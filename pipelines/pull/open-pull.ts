import type { Logger } from '../../schemas/index.js';
import type { Warehouse } from '../../sql/index.js';
import type { Seal } from '../privacy/seal.js';
import { pullCss } from './css.js';
import { HttpClient, type Waiting } from './http-client.js';
import { readPulls, type PullSourceName } from './pull-ledger.js';
import type { Pull } from './pulled-unit.js';
import { pullRooms } from './rooms.js';
import { TencentApi } from './tencent-api.js';
import { TokenCache } from './token-cache.js';
import { WechatApi, type TokenSource } from './wechat-api.js';
import { pullWecom } from './wecom.js';

/** Where a source is pulled from, and as whom. */
export type PullTarget =
  | {
      readonly source: 'wecom';
      readonly account: string;
      readonly apiUrl: string;
      readonly corpId: string;
      readonly secret: string;
      readonly anchors: readonly string[];
    }
  | {
      readonly source: 'rooms';
      readonly account: string;
      readonly apiUrl: string;
      readonly appId: string;
      readonly secret: string;
    }
  | {
      readonly source: 'css';
      readonly account: string;
      readonly apiUrl: string;
      readonly secretId: string;
      readonly secretKey: string;
      readonly streams: readonly string[];
    };

/** What is asked for beyond what is due. */
export interface PullScope {
  /** UTC ms, half open; with either, also what is settled. */
  readonly from: number | null;
  readonly to: number | null;
  /** WeCom: these lives alone. */
  readonly lives: readonly string[];
}

/** How all pulls go about it. */
export interface PullManner {
  readonly timeoutMs: number;
  readonly requestsPerSecond: number;
  readonly restateMs: number;
  readonly waiting: Waiting;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** The parts of an import that a pull needs besides. */
export interface PullPlace {
  readonly warehouse: Warehouse;
  readonly seal: Seal;
  readonly dataDir: string;
}

/** A pull that begins when it is read, and how often it asked so far. */
export interface OpenedPull {
  readonly steps: Pull;
  readonly client: Pick<HttpClient, 'requests' | 'retries'>;
}

export async function openPull(
  target: PullTarget,
  scope: PullScope,
  manner: PullManner,
  place: PullPlace,
): Promise<OpenedPull> {
  const { waiting: clock, restateMs } = manner;
  const client = new HttpClient({ ...manner, baseUrl: target.apiUrl });
  const before = await readPulls(place.warehouse, target.source, target.account);
  const common = { ...scope, before, restateMs, clock };
  switch (target.source) {
    case 'wecom': {
      const { account, anchors } = target;
      const api = wechatApi(client, wecomTokens(target), place, clock);
      return {
        client,
        steps: pullWecom({ ...common, api, warehouse: place.warehouse, account, anchors }),
      };
    }
    case 'rooms': {
      const api = wechatApi(client, miniprogramTokens(target), place, clock);
      return { client, steps: pullRooms({ api, clock }) };
    }
    case 'css': {
      const api = new TencentApi(client, target, clock);
      return { client, steps: pullCss({ ...common, api, streams: target.streams }) };
    }
  }
}

export type { PullSourceName };

function wechatApi(
  client: HttpClient,
  source: TokenSource,
  { dataDir, seal }: PullPlace,
  clock: { now(): number },
): WechatApi {
  return new WechatApi(client, new TokenCache(dataDir, seal, clock), source);
}

function wecomTokens(target: Extract<PullTarget, { source: 'wecom' }>): TokenSource {
  const { corpId: corpid, secret: corpsecret, apiUrl } = target;
  return {
    name: TokenCache.nameOf('wecom', apiUrl, corpid, corpsecret),
    request: () => ({ method: 'GET', path: 'cgi-bin/gettoken', query: { corpid, corpsecret } }),
  };
}

/** The stable interface: asking it leaves the tokens of the company's other systems as they are. */
function miniprogramTokens(target: Extract<PullTarget, { source: 'rooms' }>): TokenSource {
  const { appId: appid, secret, apiUrl } = target;
  return {
    name: TokenCache.nameOf('miniprogram', apiUrl, appid, secret),
    request: (force) => ({
      method: 'POST',
      path: 'cgi-bin/stable_token',
      body: JSON.stringify({ grant_type: 'client_credential', appid, secret, force_refresh: force }),
    }),
  };
}
