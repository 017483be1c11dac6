import { nickname, staffName } from './names.js';
import type { SeededRandom } from './random.js';
import { DEPARTMENTS } from './company.js';

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** One person of the made-up audience. */
export interface Viewer {
  readonly openid: string;
  /** Known of most: the same person on H5 pages and in other mini-programs. */
  readonly unionid: string | null;
  readonly nickname: string;
  readonly tier: 'new' | 'regular' | 'vip';
  /** Around 1: how readily they come, stay and buy. */
  readonly zeal: number;
  readonly device: Device;
}

export interface Device {
  readonly brand: string;
  readonly model: string;
  readonly os: string;
  readonly version: string;
}
const DEVICES: readonly Device[] = [
  { brand: 'HUAWEI', model: 'Mate 60', os: 'HarmonyOS', version: '4.2.0' },
  { brand: 'Apple', model: 'iPhone 15', os: 'iOS', version: '17.5.1' },
  { brand: 'Apple', model: 'iPhone 16', os: 'iOS', version: '18.1' },
  { brand: 'Xiaomi', model: '15', os: 'Android', version: '15' },
  { brand: 'vivo', model: 'X200', os: 'Android', version: '15' },
];

export function wechatId(random: SeededRandom, prefix: string, length: number): string {
  return prefix + random.text(ID_ALPHABET, length - prefix.length);
}

export function buildViewers(random: SeededRandom, count: number): Viewer[] {
  return Array.from({ length: count }, () => {
    const tier = random.weighted([
      ['new', 0.55],
      ['regular', 0.33],
      ['vip', 0.12],
    ] as const);
    const liking = tier === 'new' ? 0.8 : tier === 'regular' ? 1.15 : 1.6;
    return {
      openid: wechatId(random, 'o', 28),
      unionid: random.chance(0.62) ? wechatId(random, 'o', 28) : null,
      nickname: nickname(random),
      tier,
      zeal: random.logNormal(liking, 0.25),
      device: random.pick(DEVICES),
    };
  });
}

/** Someone on the payroll. */
export interface Employee {
  readonly id: string;
  readonly name: string;
  readonly department: string;
}

export function buildEmployees(random: SeededRandom, count: number): Employee[] {
  let number = 1000;
  return Array.from({ length: count }, (_, at) => {
    number += random.integer(1, 9);
    return {
      id: `sy_${number}`,
      name: staffName(random),
      department: DEPARTMENTS[at % DEPARTMENTS.length] ?? DEPARTMENTS[0],
    };
  });
}

/** Someone outside the company in a WeCom live. */
export interface Outsider {
  readonly externalUserid: string;
  readonly name: string;
  /** 1 WeChat, 2 WeCom. */
  readonly type: 1 | 2;
}

/** Their names differ, so that a list without ids still tells them apart. */
export function buildOutsiders(random: SeededRandom, count: number): Outsider[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, at) => {
    const first = nickname(random);
    const name = taken.has(first) ? `${first}${at + 1000}` : first;
    taken.add(name);
    return { externalUserid: wechatId(random, 'wm', 32), name, type: random.chance(0.8) ? 1 : 2 };
  });
}
