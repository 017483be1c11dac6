import { describeFailure, type FileFailure, type Language } from '../../schemas/index.js';

/** Why something could not be pulled. `detail` is a code of the platform, never what stood in an answer. */
export interface PullFailure extends FileFailure {
  /** The rest would fail alike: the pull ends here. Else only this live, room list or stream is left out. */
  readonly endsPull: boolean;
  /** errcode of WeChat or WeCom, code of Tencent Cloud. */
  readonly platformCode?: string;
}

/** A failure after which the rest of the pull would fail alike. */
export function endPull(code: FileFailure['code'], platformCode?: string): PullFailure {
  return { code, endsPull: true, ...codeOf(platformCode) };
}

/** A failure of this one thing. */
export function leaveOut(code: FileFailure['code'], platformCode?: string): PullFailure {
  return { code, endsPull: false, ...codeOf(platformCode) };
}

function codeOf(platformCode: string | undefined): { detail?: string; platformCode?: string } {
  return platformCode === undefined ? {} : { detail: platformCode, platformCode };
}

/** What the platform's own code asks for, where it is known (DOMAIN §1.4, §2.1). */
const ADVICE: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  'errcode 40013': { zh: '核对 corpid / appid', en: 'check the corp id or appid' },
  'errcode 40001': { zh: '核对密钥（Secret）', en: 'check the secret' },
  'errcode 40125': { zh: '核对密钥（AppSecret）', en: 'check the AppSecret' },
  'errcode 40164': {
    zh: '在公众平台“开发设置”里把本机出口 IP 加入白名单',
    en: 'add the public address of this machine to the IP whitelist of the mini-program',
  },
  'errcode 48001': {
    zh: '该小程序没有直播接口权限：先开通直播',
    en: 'the mini-program has no live API: enable it',
  },
  'errcode 48002': {
    zh: '在企业微信后台给该应用开通直播接口',
    en: 'grant the app the live API in the console',
  },
  'errcode 60020': {
    zh: '在企业微信后台把本机出口 IP 加入“企业可信 IP”',
    en: 'add the public address of this machine to the trusted IPs of the app',
  },
  'errcode 60111': { zh: '该成员不存在：核对 wecom_anchors', en: 'no such member: check wecom_anchors' },
  'errcode 84074': { zh: '给该应用开通客户联系权限', en: 'grant the app the external contact permission' },
  'errcode 301002': {
    zh: '把该应用加入“可调用接口的应用”',
    en: 'add the app to those that may call the live API',
  },
  'AuthFailure.SignatureExpire': { zh: '校准本机时钟', en: 'set the clock of this machine' },
  'AuthFailure.UnauthorizedOperation': {
    zh: '给该子账号授予云直播只读权限（QcloudLIVEReadOnlyAccess）',
    en: 'grant the sub-account read access to CSS (QcloudLIVEReadOnlyAccess)',
  },
};

/** The failure in words, with what to do. */
export function describePullFailure(
  failure: PullFailure,
  language: Language,
): { readonly message: string; readonly fix: string } {
  const { message, fix } = describeFailure(failure, language);
  const advice = failure.platformCode === undefined ? undefined : ADVICE[failure.platformCode];
  return { message, fix: advice === undefined ? fix : advice[language] };
}
