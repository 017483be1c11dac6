import { z } from 'zod';

/** The kinds of link a company registers (PRODUCT §3, DOMAIN §5). */
export const LINK_KINDS = [
  'mp_code',
  'url_scheme',
  'url_link',
  'short_link',
  'qr_rule',
  'live_room',
  'wecom_contact',
  'h5',
  'menu',
  'article',
  'ad',
  'other',
] as const;
export const linkKindSchema = z.enum(LINK_KINDS);
export type LinkKind = z.infer<typeof linkKindSchema>;

export function isLinkKind(text: string): text is LinkKind {
  return (LINK_KINDS as readonly string[]).includes(text);
}
