import { z } from 'zod';

import { fail, succeed, type Outcome } from '../outcome.js';

import { didYouMean, type AnalysisFailure } from './analysis-failure.js';
import { OPERATORS } from './common.js';

const objectShape = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

/**
 * Checks what a user wrote against an analysis' spec and fills in the defaults.
 * A failure names the place (`steps[1].where[0].op`) and the nearest known key or operator.
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
    const where = place === '' ? '' : ` in ${place}`;
    return {
      code: 'unknown_key',
      message: `unknown key '${key}'${where}${didYouMean(key, known)}; known: ${known.join(', ')}`,
    };
  }
  const got = valueAt(input, issue.path);
  if (issue.path.at(-1) === 'op' && typeof got === 'string') {
    return {
      code: 'unknown_operator',
      message: `unknown operator '${got}' at ${place}${didYouMean(got, OPERATORS)}; known: ${OPERATORS.join(', ')}`,
    };
  }
  const seen = got === undefined ? '' : ` (got ${shortText(got)})`;
  return { code: 'bad_spec', message: `${place === '' ? 'the spec' : place}: ${issue.message}${seen}` };
}

function shortText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
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
