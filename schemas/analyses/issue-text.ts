import type { z } from 'zod';

import type { Language, Words } from '../ports.js';

import { didYouMean, shownName } from './analysis-failure.js';

type Issue = z.core.$ZodIssue;

/** What JSON calls its kinds of values. */
const KINDS: Readonly<Record<string, Words>> = {
  string: { zh: '文本', en: 'a text' },
  number: { zh: '数字', en: 'a number' },
  int: { zh: '整数', en: 'a whole number' },
  boolean: { zh: 'true 或 false', en: 'true or false' },
  array: { zh: '列表 […]', en: 'a list […]' },
  tuple: { zh: '列表 […]', en: 'a list […]' },
  object: { zh: '对象 {…}', en: 'an object {…}' },
  record: { zh: '对象 {…}', en: 'an object {…}' },
  null: { zh: 'null', en: 'null' },
};
/** What is counted where something is too long or too short. */
const UNITS: Readonly<Record<string, Words>> = {
  string: { zh: ' 个字符', en: ' characters' },
  array: { zh: ' 项', en: ' items' },
};

/**
 * What is wrong with a value, in one language, without repeating the value; `got` is what stands there. An issue of our
 * own schemas has both languages already: `Chinese | English`.
 */
export function issueText(issue: Issue, got: unknown, language: Language): string {
  const say = (zh: string, en: string): string => (language === 'zh' ? zh : en);
  switch (issue.code) {
    case 'custom': {
      const [zh = '', en = zh] = issue.message.split(' | ', 2);
      return say(zh, en);
    }
    case 'invalid_type':
    case 'invalid_union': {
      if (got === undefined) return say('缺少此项', 'is missing');
      const wanted = kindsOf(issue).map((kind) => KINDS[kind]?.[language] ?? kind);
      if (wanted.length === 0) return say('不是可用的值', 'is no value that can stand here');
      return say(`应为${wanted.join('或')}`, `must be ${wanted.join(' or ')}`);
    }
    case 'invalid_value': {
      const known = issue.values.map(String);
      const listed = known.join(say('、', ', '));
      if (typeof got !== 'string') return say(`应为 ${listed} 之一`, `must be one of ${listed}`);
      return say(
        `没有「${shownName(got)}」${didYouMean(got, known, 'zh')}；可用 ${listed}`,
        `there is no '${shownName(got)}'${didYouMean(got, known)}; known: ${listed}`,
      );
    }
    case 'too_small':
    case 'too_big': {
      const least = issue.code === 'too_small';
      const bound = String(least ? issue.minimum : issue.maximum);
      const unit = UNITS[issue.origin]?.[language] ?? '';
      if (issue.inclusive === false) {
        return say(
          `应${least ? '大于' : '小于'} ${bound}${unit}`,
          `must be ${least ? 'above' : 'below'} ${bound}${unit}`,
        );
      }
      return say(
        `应${least ? '至少' : '至多'}为 ${bound}${unit}`,
        `must be ${bound}${unit} at ${least ? 'least' : 'most'}`,
      );
    }
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return say('不是可用的值', 'is no value that can stand here');
  }
}

/** The kinds of values that a place takes. */
function kindsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_type') return [issue.expected];
  if (issue.code !== 'invalid_union') return [];
  const kinds = issue.errors.flatMap((branch) =>
    branch.filter(({ path }) => path.length === 0).flatMap(kindsOf),
  );
  return [...new Set(kinds)];
}
