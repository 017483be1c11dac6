/** What guessers try first: the well-known lists, their Chinese favourites, and the names this product lies near. */
const COMMON = [
  'password',
  'passwort',
  'passw0rd',
  'passwd',
  'secret',
  'letmein',
  'welcome',
  'iloveyou',
  'login',
  'master',
  'dragon',
  'monkey',
  'sunshine',
  'princess',
  'football',
  'baseball',
  'shadow',
  'superman',
  'trustno',
  'changeme',
  'default',
  'admin',
  'administrator',
  'root',
  'user',
  'guest',
  'test',
  'demo',
  'temp',
  'hello',
  'company',
  'manager',
  'report',
  'excel',
  'office',
  'summer',
  'winter',
  'spring',
  'autumn',
  'january',
  'monday',
  'qwerty',
  'qwertz',
  'azerty',
  'asdf',
  'zxcv',
  'qazwsx',
  '1qaz2wsx',
  'q1w2e3r4',
  'a1b2c3',
  'abc123',
  '5201314',
  '1314520',
  '147258369',
  '159357',
  '789456',
  'woaini',
  'woaiwojia',
  'nihao',
  'mima',
  'zhongguo',
  'beijing',
  'shanghai',
  'guangzhou',
  'shenzhen',
  'wechat',
  'weixin',
  'wecom',
  'wxlive',
  'zhibo',
  'kandian',
  'tencent',
  'taobao',
  'alibaba',
  '密码',
  '直播',
  '微信',
  '公司',
] as const;
/** Longest first, so that a word is not cut by a shorter one inside it. */
const COMMON_WORDS = [...COMMON].sort((a, b) => b.length - a.length);

/** Rows along which fingers walk. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '!@#$%^&*()',
];
const LEAST_RUN = 3;
/** Letters written as the digits and signs that look like them. */
const DISGUISES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '@': 'a',
  $: 's',
  '!': 'i',
};
/** Stands for something predictable; no key types it. */
const MARK = '\u0000';

/**
 * How many characters of a password a guesser has to guess: a common word, a run (`3456`, `rewq`), a repeated
 * character or block and a year count once, however long they are.
 */
export function effectiveLength(password: string): number {
  const lower = password.toLowerCase();
  const disguised = lower.replaceAll(/[013458@$!]/g, (character) => DISGUISES[character] ?? character);
  return Math.min(...[lower, disguised].map((text) => Array.from(squeeze(text)).length));
}

function squeeze(text: string): string {
  const withoutWords = COMMON_WORDS.reduce((rest, word) => rest.replaceAll(word, MARK), text);
  const withoutYears = withoutWords.replaceAll(/(?:19|20)\d\d/g, MARK);
  const withoutRuns = squeezeRuns(withoutYears);
  // a block that comes again adds nothing; separators between blocks are part of them
  const withoutRepeats = withoutRuns.replaceAll(/(.+?)\1+/gu, '$1');
  return withoutRepeats.replaceAll(new RegExp(`${MARK}+`, 'g'), MARK);
}

/** Walks along a row of keys, either way, count once. */
function squeezeRuns(text: string): string {
  const rows = ROWS.flatMap((row) => [row, Array.from(row).reverse().join('')]);
  let squeezed = '';
  for (let start = 0; start < text.length;) {
    let end = start + 1;
    while (end < text.length && rows.some((row) => row.includes(text.slice(start, end + 1)))) end += 1;
    squeezed += end - start >= LEAST_RUN ? MARK : text.slice(start, end);
    start = end;
  }
  return squeezed;
}
