import { z } from 'zod';

import { fail, succeed, type Outcome } from '../outcome.js';

import { didYouMean, shownName, type AnalysisFailure } from './analysis-failure.js';
import { OPERATORS } from './common.js';
import { issueText } from './issue-text.js';

const objectShape = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

/** Operators as other languages write them. */
const SAME_OPERATOR: Readonly<Record<string, (typeof OPERATORS)[number]>> = {
  '=': 'eq',
  '==': 'eq',
  '===': 'eq',
  equals: 'eq',
  is: 'eq',
  '!=': 'ne',
  '<>': 'ne',
  not: 'ne',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  like: 'contains',
  matches: 'regex',
  exists: 'is_set',
};

/**
 * Checks what a user wrote against an analysis' spec and fills in the defaults.
 * A failure names the place (`steps[1].where[0].op`) and the nearest known key or operator. Values are never repeated:
 * what was typed may be somebody's id.
 */
export function parseSpec<Spec extends z.ZodType>(
  schema: Spec,
  input: unknown,
): Outcome<z.output<Spec>, AnalysisFailure> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return succeed(parsed.data);
  return fail(describeIssue(schema, deepest(parsed.error.issues), input));
}

type Issue = z.core.$ZodIssue;

/** Of the branches of a union, the one that got furthest says most. */
function deepest(issues: readonly Issue[]): Issue {
  // A mistyped key explains the missing one beside it.
  const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (first === undefined) throw new Error('a refused spec has at least one issue');
  if (first.code !== 'invalid_union') return first;
  const inner = first.errors
    .filter((branch) => branch.length > 0)
    .map((branch) => deepest(branch))
    .map((issue): Issue => ({ ...issue, path: [...first.path, ...issue.path] }));
  const unknownKey = inner.find((issue) => issue.code === 'unrecognized_keys');
  const longest = [...inner].sort((left, right) => right.path.length - left.path.length)[0];
  if (unknownKey !== undefined) return unknownKey;
  return longest !== undefined && longest.path.length > first.path.length ? longest : first;
}

function describeIssue(schema: z.ZodType, issue: Issue, input: unknown): AnalysisFailure {
  const place = placeText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = keysAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), issue.path);
    const shown = shownName(key);
    return {
      code: 'unknown_key',
      message: `unknown key '${shown}'${place === '' ? '' : ` in ${place}`}${didYouMean(key, known)}; known: ${known.join(', ')}`,
      zh: `${place === '' ? '' : `${place} 中`}没有键「${shown}」${didYouMean(key, known, 'zh')}；可用 ${known.join('、')}`,
    };
  }
  const got = valueAt(input, issue.path);
  if (issue.path.at(-1) === 'op' && typeof got === 'string') {
    const shown = shownName(got);
    const lower = got.toLowerCase();
    const meant = (Object.hasOwn(SAME_OPERATOR, lower) ? SAME_OPERATOR[lower] : undefined) ?? got;
    return {
      code: 'unknown_operator',
      message: `unknown operator '${shown}' at ${place}${didYouMean(meant, OPERATORS)}; known: ${OPERATORS.join(', ')}`,
      zh: `${place} 没有运算符「${shown}」${didYouMean(meant, OPERATORS, 'zh')}；可用 ${OPERATORS.join('、')}`,
    };
  }
  return {
    code: 'bad_spec',
    message: `${place === '' ? 'the spec' : place}: ${issueText(issue, got, 'en')}`,
    zh: `${place === '' ? '规格' : place}：${issueText(issue, got, 'zh')}`,
  };
}

function placeText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return value;
}

/** The keys a spec knows at a place, read from its JSON Schema. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  const parsed = objectShape.safeParse(schema);
  if (!parsed.success) return [];
  const { properties, items, anyOf = [], oneOf = [] } = parsed.data;
  const branches = [...anyOf, ...oneOf];
  const [head, ...rest] = path;
  const own =
    head === undefined
      ? Object.keys(properties ?? {})
      : typeof head === 'number'
        ? keysAt(items, rest)
        : keysAt(properties?.[String(head)], rest);
  return [...new Set([...own, ...branches.flatMap((branch) => keysAt(branch, path))])];
}
