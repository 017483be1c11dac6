import { createHash } from 'node:crypto';

/** Ids of one made-up person that must be readable nowhere after any import. */
export const CANARIES = {
  openid: 'oCANARYx7Qm2LpV9sKd4Rt8Wz3Fg',
  /** Stands only in rows that are rejected. */
  rejectedOpenid: 'oCANARYrejectZ8kTq5vNw1Hy6Jb',
  unionid: 'oUCANARY3hGf9JkL2mNbV7cXz5Qw',
  userId: 'CanaryMember-90417',
  anonymousId: 'CANARYanon-5f1e77c0a9d2',
  /** Of who shared the link. */
  sharer: 'oCANARYshareP4dM9xYc2Gu7Ls0E',
  externalUserid: 'wmCANARYAAb7Kq2ZpT9xWv4LsR1mYd8c',
  inviter: 'woCANARYAAinvite5Hk8Qw3Zr6Vt1NxP',
  phone: '13987601234',
  nickname: '金丝雀小号甲',
  ip: '203.0.113.177',
} as const;

export interface Trace {
  readonly canary: string;
  /** `plain`, `base64`, `hex`, … */
  readonly form: string;
}

interface Needle extends Trace {
  readonly bytes: Buffer;
}

/** Every form in which a canary may be hiding, as bytes. */
const NEEDLES: readonly Needle[] = Object.entries(CANARIES).flatMap(([canary, id]) => formsOf(canary, id));

function formsOf(canary: string, id: string): Needle[] {
  const raw = Buffer.from(id, 'utf8');
  const forms: [string, string | Buffer][] = [
    ['plain', raw],
    ['UTF-16', Buffer.from(id, 'utf16le')],
    ['URL-encoded', encodeURIComponent(id)],
    ['hex', raw.toString('hex')],
    ['HEX', raw.toString('hex').toUpperCase()],
    ['JSON escapes', id.replace(/[^\p{ASCII}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16)}`)],
  ];
  // Base64 has three faces, by where in the text the id begins; only the middle of each is sure.
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), raw]).toString('base64');
    const from = before === 0 ? 0 : 4;
    const middle = text.slice(from, Math.floor((before + raw.length) / 3) * 4);
    forms.push([`base64 +${before}`, middle]);
    forms.push([`base64url +${before}`, middle.replaceAll('+', '-').replaceAll('/', '_')]);
  }
  for (const algorithm of ['sha256', 'md5'] as const) {
    const digest = createHash(algorithm).update(raw).digest();
    const hex = digest.toString('hex');
    forms.push([algorithm, digest], [`${algorithm} hex`, hex], [`${algorithm} HEX`, hex.toUpperCase()]);
    forms.push([`${algorithm} base64`, digest.toString('base64').replace(/=+$/u, '')]);
    // As a UUID: the first 16 bytes, in text and as ClickHouse stores them.
    const uuid = digest.subarray(0, 16);
    const text = uuid.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
    const stored = Buffer.concat([
      Buffer.from(uuid.subarray(0, 8)).reverse(),
      Buffer.from(uuid.subarray(8)).reverse(),
    ]);
    forms.push([`${algorithm} UUID`, text], [`${algorithm} UUID bytes`, stored]);
  }
  const seen = new Set<string>();
  return forms.flatMap(([form, value]) => {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    const key = bytes.toString('latin1');
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ canary, form, bytes }];
  });
}

/** Which canaries stand in these bytes, and in which form. */
export function findCanaries(haystack: Uint8Array | string): Trace[] {
  const bytes = typeof haystack === 'string' ? Buffer.from(haystack, 'utf8') : Buffer.from(haystack);
  return NEEDLES.filter((needle) => bytes.includes(needle.bytes)).map(({ canary, form }) => ({
    canary,
    form,
  }));
}
