/** U+2E81 … U+2EF3 in order, from Unicode's EquivalentUnifiedIdeograph.txt; U+2E9A is unassigned. */
const SUPPLEMENT =
  '厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵\u2e9a旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹' +
  '虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟';

const UNIFIED: ReadonlyMap<string, string> = new Map(
  Array.from(SUPPLEMENT, (character, at) => [String.fromCodePoint(0x2e81 + at), character]),
);

/**
 * Text with CJK and Kangxi radicals (⼈ U+2F08, ⻓ U+2ED3) replaced by the ordinary characters they look like (人, 长).
 * Chromium writes the radical when a font draws both with one glyph. Everything else stays, full-width forms included.
 */
export function unifyRadicals(text: string): string {
  return text.replace(/[\u2e80-\u2fdf]/g, (character) => {
    // NFKC gives the traditional 戶; fonts for simplified Chinese share the glyph with 户.
    if (character === '\u2f3e') return '户';
    return UNIFIED.get(character) ?? character.normalize('NFKC');
  });
}
