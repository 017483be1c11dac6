import type { DraftAttendance } from '../../../schemas/index.js';

type ViewerType = DraftAttendance['viewer_type'];

const WORDS: Readonly<Record<ViewerType, readonly string[]>> = {
  staff: [
    '内部',
    '内部成员',
    '内部用户',
    '内部员工',
    '企业成员',
    '企业员工',
    '成员',
    '员工',
    '同事',
    'staff',
    'internal',
  ],
  wechat: ['微信用户', '微信', '微信好友', '微信观众', '1', 'wechat'],
  wecom: ['企业微信用户', '外部企业微信用户', '企业微信', '2', 'wecom'],
  outsider: [
    '外部',
    '外部联系人',
    '外部用户',
    '外部成员',
    '外部观众',
    '外部人员',
    '客户',
    '访客',
    '游客',
    'external',
    'outsider',
  ],
};
const BY_WORD: ReadonlyMap<string, ViewerType> = new Map(
  (Object.keys(WORDS) as ViewerType[]).flatMap((type) => WORDS[type].map((word) => [word, type] as const)),
);

/** Word of the type column → type; undefined for a word never seen. */
export function viewerTypeOfWord(word: string): ViewerType | undefined {
  return BY_WORD.get(word.normalize('NFKC').toLowerCase().replace(/\s+/gu, ''));
}

/**
 * An external_userid (`wm…`, `wo…`) or an openid: never a company identifier, whatever column it stands in and
 * whatever the type column says (PRODUCT §4, Identity).
 */
export function isOutsiderId(id: string): boolean {
  return /^w[mo][A-Za-z0-9_-]{18,}$/u.test(id) || /^o[A-Za-z0-9_-]{24,32}$/u.test(id);
}

/** The mark of an outsider in names: `昵称@微信`; no part of the name. */
const OUTSIDER_MARK = /\s*[@＠]\s*(?:企业)?微信$/u;

export function splitOutsiderMark(name: string): { readonly name: string; readonly marked: boolean } {
  const bare = name.replace(OUTSIDER_MARK, '').trim();
  return { name: bare, marked: bare !== name.trim() };
}
