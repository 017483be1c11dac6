/** May not begin a line. */
const NOT_AT_START = new Set('、。，．,.;:；：！!？?…—～~·％%‰℃°）)》〉」』】〕］]}｝’”〞ー々');
/** May not end a line. */
const NOT_AT_END = new Set('（(《〈「『【〔［[{｛‘“〝￥¥＄$#＃@');
/** Set without spaces between words, so a line may break beside it. */
const IDEOGRAPHIC =
  /[\u2E80-\u303F\u3040-\u30FF\u3100-\u312F\u31A0-\u31BF\u3200-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFFEF\u{1F000}-\u{1FAFF}\u{20000}-\u{3FFFF}]/u;
const AFTER_IN_WORD = new Set('-/\\&?=_|,;');

/**
 * The pieces between which a line may break, with the spaces that follow them: between hanzi by the rules of Chinese
 * setting (no 、。 at the start of a line, no （ at its end), between Latin words at spaces.
 */
export function piecesOf(text: string): string[] {
  const found: string[] = [];
  let word = '';
  let previous = '';
  for (const cluster of clustersOf(text)) {
    if (word !== '' && mayBreakBetween(previous, cluster)) {
      found.push(word);
      word = '';
    }
    word += cluster;
    previous = cluster;
  }
  if (word !== '') found.push(word);
  return found;
}

function mayBreakBetween(before: string, after: string): boolean {
  if (/^\s/.test(after)) return false;
  if (NOT_AT_START.has(after) || NOT_AT_END.has(before)) return false;
  if (/\s$/.test(before) && !before.includes('\u00A0')) return true;
  if (IDEOGRAPHIC.test(before) || IDEOGRAPHIC.test(after)) return true;
  // 1,234 and 2026-09-10 stay whole
  return AFTER_IN_WORD.has(before) && !/^\d/.test(after);
}

const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' });
/** Nothing in it combines with what stands before: every character is a cluster. */
const SIMPLE =
  /^[\x20-\x7E\u00A0-\u02FF\u2010-\u2027\u2030-\u205E\u3000-\u3029\u3041-\u3096\u30A1-\u30FF\u4E00-\u9FFF\uFF01-\uFF5E]*$/;

/** The characters as people count them: a letter with its marks is one. */
export function clustersOf(text: string): string[] {
  return SIMPLE.test(text) ? Array.from(text) : Array.from(segmenter.segment(text), ({ segment }) => segment);
}
