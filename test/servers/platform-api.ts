import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is wrong with the next answers of an API, one each. */
export type ApiFault =
  /** Any body, status and headers. */
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  /** A JSON answer with HTTP 200. */
  | { readonly answer: unknown }
  /** The connection ends without, or in the middle of, an answer. */
  | { readonly cut: 'before' | 'middle' }
  /** The answer comes after so many milliseconds. */
  | { readonly slowMs: number };

export interface ApiCall {
  /** `get_watch_stat`, `gettoken`, `DescribeStreamPlayInfoList`. */
  readonly api: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** APIs of WeCom, mini-programs and Tencent Cloud CSS on this machine, with the documented shapes (DOMAIN §1, §2, §4). */
export interface TestPlatform {
  readonly url: string;
  /** Every call that came, faults included. */
  readonly calls: readonly ApiCall[];
  /** Watch pages by live; `get_living_info` replies by live; live ids by anchor. */
  readonly lives: Map<string, { info: unknown; pages: unknown[] }>;
  readonly anchors: Map<string, string[]>;
  rooms: unknown[];
  /** Minutes by stream, as `DataInfoList` has them; all sessions as events. */
  readonly streams: Map<string, readonly { readonly Time: string }[]>;
  /** The platform's clock. */
  now: () => number;
  /** Runs before each answer. */
  onCall: (call: ApiCall) => void;
  fail(api: string, ...faults: ApiFault[]): void;
  /** Tokens given out so far are refused from now on. */
  expireTokens(): void;
  count(api: string): number;
  close(): Promise<void>;
}

export const CORP = { id: 'wwTESTcorp', secret: 'wecom-secret-CANARY-1' };
export const MINIPROGRAM = { id: 'wxTESTapp', secret: 'mini-secret-CANARY-2' };
export const TENCENT = { id: 'AKIDtestCANARY3', key: 'tencent-key-CANARY-4' };
const ROOMS_LIMIT = 100;
const BEIJING_MS = 8 * 3_600_000;

export async function startTestPlatform(): Promise<TestPlatform> {
  const calls: ApiCall[] = [];
  const faults = new Map<string, ApiFault[]>();
  const tokens = new Set<string>();
  let given = 0;
  const giveToken = (): unknown => {
    // Asked again it gives the same one, as both platforms do.
    const known = [...tokens].at(-1);
    const token = known ?? `token-CANARY-${String(++given)}`;
    tokens.add(token);
    return { errcode: 0, errmsg: 'ok', access_token: token, expires_in: 7200 };
  };

  const answerOf = (call: ApiCall, url: URL): unknown => {
    const { api, body } = call;
    if (api === 'gettoken') {
      const { searchParams: query } = url;
      if (query.get('corpid') !== CORP.id) return { errcode: 40_013, errmsg: 'invalid corpid' };
      if (query.get('corpsecret') !== CORP.secret) return { errcode: 40_001, errmsg: 'invalid credential' };
      return giveToken();
    }
    if (api === 'stable_token') {
      if (body['appid'] !== MINIPROGRAM.id) return { errcode: 40_013, errmsg: 'invalid appid' };
      if (body['secret'] !== MINIPROGRAM.secret) return { errcode: 40_125, errmsg: 'invalid appsecret' };
      return giveToken();
    }
    const token = url.searchParams.get('access_token') ?? '';
    if (!tokens.has(token))
      return { errcode: token === '' ? 41_001 : 42_001, errmsg: 'access_token expired' };
    if (api === 'get_user_all_livingid') return livesPage(platform, body);
    if (api === 'get_living_info') {
      const live = platform.lives.get(url.searchParams.get('livingid') ?? '');
      return live?.info ?? { errcode: 40_058, errmsg: 'invalid livingid', livingid_list: [] };
    }
    if (api === 'get_watch_stat') return watchPage(platform, body);
    if (api === 'getliveinfo') return roomsPage(platform, body);
    return { errcode: 43_004, errmsg: 'no such api' };
  };

  const platform: TestPlatform = {
    url: '',
    calls,
    lives: new Map(),
    anchors: new Map(),
    rooms: [],
    streams: new Map(),
    now: () => Date.now(),
    onCall: () => undefined,
    fail(api, ...more) {
      faults.set(api, [...(faults.get(api) ?? []), ...more]);
    },
    expireTokens() {
      tokens.clear();
    },
    count: (api) => calls.filter((call) => call.api === api).length,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString('utf8');
    const url = new URL(request.url ?? '/', 'http://platform');
    const action = request.headers['x-tc-action'];
    const api = typeof action === 'string' ? action : (url.pathname.split('/').at(-1) ?? '');
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    const call = { api, body };
    calls.push(call);
    platform.onCall(call);
    const fault = faults.get(api)?.shift();
    const reply = (answer: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(answer));
    };
    if (fault !== undefined) {
      if ('answer' in fault) {
        reply(fault.answer);
        return;
      }
      if ('status' in fault) {
        response.writeHead(fault.status, fault.headers);
        response.end(fault.body);
        return;
      }
      if ('cut' in fault) {
        if (fault.cut === 'middle') {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
          response.write('{"errcode":0,"errmsg":"ok","stat_info":{"users":[');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        response.destroy();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, fault.slowMs));
    }
    reply(typeof action === 'string' ? tencentAnswer(platform, call, request, text) : answerOf(call, url));
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(platform, { url: `http://127.0.0.1:${String(port)}` });
  return platform;
}

function livesPage({ anchors }: TestPlatform, body: ApiCall['body']): unknown {
  const lives = anchors.get(String(body['userid']));
  if (lives === undefined) return { errcode: 60_111, errmsg: 'userid not found', livingid_list: [] };
  const start = Number(body['cursor'] === '' ? 0 : String(body['cursor']).slice(1));
  const next = start + Math.min(2, Number(body['limit']));
  return {
    errcode: 0,
    errmsg: 'ok',
    next_cursor: next < lives.length ? `c${String(next)}` : '',
    livingid_list: lives.slice(start, next),
  };
}

function watchPage({ lives }: TestPlatform, body: ApiCall['body']): unknown {
  const live = lives.get(String(body['livingid']));
  if (live === undefined) return { errcode: 40_058, errmsg: 'invalid livingid' };
  const key = String(body['next_key']);
  const at = key === '0' || key === '' ? 0 : Number(key.slice(1));
  const isLast = at >= live.pages.length - 1;
  const page = live.pages[at] ?? { stat_info: { users: [], external_users: [] } };
  // The last page's next_key is empty (captured), but an empty one says nothing by itself.
  return {
    errcode: 0,
    errmsg: 'ok',
    ...page,
    ending: isLast ? 1 : 0,
    next_key: isLast ? '' : `k${String(at + 1)}`,
  };
}

function roomsPage({ rooms }: TestPlatform, body: ApiCall['body']): unknown {
  if (rooms.length === 0) return { errcode: 1, errmsg: 'no room' };
  const start = Number(body['start']);
  const limit = Math.min(ROOMS_LIMIT, Number(body['limit']));
  return { errcode: 0, errmsg: 'ok', total: rooms.length, room_info: rooms.slice(start, start + limit) };
}

function tencentAnswer(
  { streams, now }: TestPlatform,
  { api, body }: ApiCall,
  request: IncomingMessage,
  text: string,
): unknown {
  const failure = (Code: string): unknown => ({
    Response: { Error: { Code, Message: 'refused' }, RequestId: 'r-1' },
  });
  const refused = checkSignature(request, text, now());
  if (refused !== null) return failure(refused);
  const from = Date.parse(String(body['StartTime']));
  const to = Date.parse(String(body['EndTime']));
  const within = ({ Time }: { readonly Time: string }): boolean => {
    const at = Date.parse(`${Time.replace(' ', 'T')}Z`) - BEIJING_MS;
    return at >= from && at <= to;
  };
  if (api === 'DescribeStreamPlayInfoList') {
    if (to - from > 86_400_000) return failure('InvalidParameter');
    const DataInfoList = (streams.get(String(body['StreamName'])) ?? []).filter(within);
    return { Response: { DataInfoList, RequestId: 'r-2' } };
  }
  const page = Number(body['PageNum']);
  const size = 1;
  const rows =
    api === 'DescribeLiveStreamEventList'
      ? [...streams].filter(([, minutes]) => minutes.some(within)).map(([StreamName]) => ({ StreamName }))
      : [];
  const common = { PageNum: page, PageSize: size, TotalNum: rows.length, TotalPage: rows.length };
  const listed = rows.slice((page - 1) * size, page * size);
  const list = api === 'DescribeLiveStreamEventList' ? { EventList: listed } : { OnlineInfo: listed };
  return { Response: { ...list, ...common, RequestId: 'r-3' } };
}

/** The signature computed once more, from what arrived; null when it is right. */
function checkSignature(request: IncomingMessage, body: string, now: number): string | null {
  const { authorization = '', host = '' } = request.headers;
  const timestamp = String(request.headers['x-tc-timestamp']);
  const found =
    /Credential=([^/]+)\/([\d-]+)\/live\/tc3_request, SignedHeaders=([a-z;-]+), Signature=(\w+)/.exec(
      authorization,
    );
  if (found?.[1] !== TENCENT.id) return 'AuthFailure.SecretIdNotFound';
  if (Math.abs(Number(timestamp) * 1000 - now) > 300_000) return 'AuthFailure.SignatureExpire';
  const [, , day = '', names = '', signature] = found;
  const digest = (value: string): string => createHash('sha256').update(value).digest('hex');
  const mac = (key: string | Buffer, value: string): Buffer =>
    createHmac('sha256', key).update(value).digest();
  const headers = names
    .split(';')
    .map((name) => `${name}:${name === 'host' ? host : String(request.headers[name])}\n`);
  const canonical = `POST\n/\n\n${headers.join('')}\n${names}\n${digest(body)}`;
  const key = mac(mac(mac(`TC3${TENCENT.key}`, day), 'live'), 'tc3_request');
  const text = `TC3-HMAC-SHA256\n${timestamp}\n${day}/live/tc3_request\n${digest(canonical)}`;
  return mac(key, text).toString('hex') === signature ? null : 'AuthFailure.SignatureFailure';
}
