import type { IdentityDomain } from '../../schemas/index.js';

/**
 * Names of props, columns and URL parameters whose value is a person's id, name, number or address, whatever it
 * looks like. Compared without `$`, `_`, `-`, case.
 */
const NAMES: Readonly<Record<Exclude<IdentityDomain, 'staff'>, readonly string[]>> = {
  wx: ['openid', 'unionid', 'externaluserid', 'externalid'],
  user: [
    'userid',
    'uid',
    'memberid',
    'loginid',
    'distinctid',
    'customerid',
    'identityloginid',
    'mobile',
    'mobilephone',
    'cellphone',
    'phone',
    'phonenumber',
    'phoneno',
    'tel',
    'telephone',
    'identitymobile',
    'email',
    'identityemail',
    'idcard',
    'idcardno',
    'nickname',
    'nick',
    'wxname',
    'wechatname',
    'username',
    'realname',
    'truename',
    'fullname',
    'receiver',
    'receivername',
    'consignee',
    'consigneename',
    'contactname',
    'recipient',
    '手机',
    '手机号',
    '手机号码',
    '电话',
    '联系电话',
    '邮箱',
    '身份证',
    '身份证号',
    '昵称',
    '微信昵称',
    '姓名',
    '真实姓名',
    '收货人',
    '收件人',
    '联系人',
    '微信号',
    'wechatid',
    'wxid',
  ],
  anon: [
    'anonymousid',
    'deviceid',
    'clientid',
    'cookieid',
    'identitympid',
    'identityanonymousid',
    'identitycookieid',
    'ip',
    'ipaddress',
    'clientip',
    'userip',
    'remoteip',
    'imei',
    'idfa',
    'oaid',
    'androidid',
    'mac',
    'macaddress',
    'useragentid',
  ],
};

const domains: ReadonlyMap<string, IdentityDomain> = new Map(
  (['wx', 'user', 'anon'] as const).flatMap((domain) => NAMES[domain].map((name) => [name, domain] as const)),
);

/** The domain of the ids that stand under a name; null when the name says nothing of people. */
export function domainOfName(name: string): IdentityDomain | null {
  const folded = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[$_\-\s.]+/gu, '');
  const domain = domains.get(folded);
  if (domain !== undefined) return domain;
  if (/(?:openid|unionid|externaluserid)s?$/u.test(folded)) return 'wx';
  if (/(?:distinctid|loginid|userid|memberid|nickname|mobile|phone)s?$/u.test(folded)) return 'user';
  return /(?:anonymousid|deviceid|clientip)s?$/u.test(folded) ? 'anon' : null;
}
