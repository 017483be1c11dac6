/** What means something in the markdown of 企业微信, and what stands for it as a mere character. */
const MARKS: Readonly<Record<string, string>> = {
  '[': '［',
  ']': '］',
  '<': '＜',
  '>': '＞',
  '`': '｀',
  '*': '＊',
  '#': '＃',
};

/** A text as one line of a robot's markdown: no link, no mention (`<@…>`), no colour and no heading can come of it. */
export function plainMarkdown(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[[\]<>`*#]/g, (mark) => MARKS[mark] ?? mark);
}
