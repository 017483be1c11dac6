import { z } from 'zod';

/** The kinds of live link a company runs; the only list of them. */
export const PLATFORMS = ['miniprogram', 'kandian', 'wecom'] as const;
export const platformSchema = z.enum(PLATFORMS);
export type Platform = z.infer<typeof platformSchema>;

/** What people call a platform, in reports and on the terminal. */
export const PLATFORM_LABELS: Readonly<Record<Platform, { readonly zh: string; readonly en: string }>> = {
  miniprogram: { zh: '小程序直播', en: 'Mini-program live' },
  kandian: { zh: '看点直播', en: 'Kandian live' },
  wecom: { zh: '企业微信直播', en: 'WeCom live' },
};

export function isPlatform(text: string): text is Platform {
  return (PLATFORMS as readonly string[]).includes(text);
}

/** The account of rows and files that carry none (PRODUCT §3). */
export const DEFAULT_ACCOUNT = 'default';
