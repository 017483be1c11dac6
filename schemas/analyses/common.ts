import { z } from 'zod';

import { PLATFORMS } from '../platform.js';

import { didYouMean, shownName } from './analysis-failure.js';

/** The operators of a condition (PRODUCT §6). */
export const OPERATORS = [
  'eq',
  'ne',
  'in',
  'not_in',
  'contains',
  'not_contains',
  'starts_with',
  'gt',
  'gte',
  'lt',
  'lte',
  'is_set',
  'is_not_set',
  'regex',
] as const;
export type Operator = (typeof OPERATORS)[number];

const scalarSchema = z.union([z.string().max(10_000), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof scalarSchema>;

/** One condition on an event: all conditions of a list must hold. */
export const conditionSchema = z
  .strictObject({
    field: z.string().min(1).max(300).describe('a column of events, props.KEY, or touch.COLUMN'),
    op: z.enum(OPERATORS).describe('how the field is compared'),
    value: z
      .union([scalarSchema, z.array(scalarSchema).max(10_000)])
      .optional()
      .describe('what it is compared with; a list for in and not_in; absent for is_set and is_not_set'),
  })
  .superRefine(({ op, value }, context) => {
    const problem = valueProblem(op, value);
    if (problem !== null) context.addIssue({ code: 'custom', path: ['value'], message: problem });
  });
export type Condition = z.infer<typeof conditionSchema>;

function valueProblem(op: Operator, value: Scalar | Scalar[] | undefined): string | null {
  switch (op) {
    case 'is_set':
    case 'is_not_set':
      return value === undefined ? null : `运算符 ${op} 不带值 | op ${op} takes no value`;
    case 'in':
    case 'not_in':
      return Array.isArray(value) ? null : `运算符 ${op} 需要一组值 | op ${op} needs a list of values`;
    case 'contains':
    case 'not_contains':
    case 'starts_with':
    case 'regex':
      return typeof value === 'string' || (typeof value === 'number' && op !== 'regex')
        ? null
        : `运算符 ${op} 需要文本 | op ${op} needs a text`;
    case 'eq':
    case 'ne':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return value === undefined || Array.isArray(value)
        ? `运算符 ${op} 需要一个值 | op ${op} needs one value`
        : null;
  }
}

export const whereSchema = z
  .array(conditionSchema)
  .max(100)
  .default([])
  .describe('conditions that every counted event meets; default none');

const boundSchema = z
  .union([z.string().max(64), z.int()])
  .nullable()
  .default(null);

/** The keys every analysis has. */
export const commonShape = {
  from: boundSchema.describe(
    'first instant: ISO 8601 with offset, epoch ms, or a date (its first instant in the report zone); default no bound',
  ),
  to: boundSchema.describe(
    'end, itself outside: ISO 8601 with offset, epoch ms, or a date (that whole day is inside); default no bound',
  ),
  platforms: z.array(z.enum(PLATFORMS)).default([]).describe('only these platforms; default all'),
  accounts: z.array(z.string().max(300)).max(1000).default([]).describe('only these accounts; default all'),
  rooms: z
    .array(z.union([z.string().max(600), z.int().transform(String)]))
    .max(1000)
    .default([])
    .describe('only these rooms, each `room` or `account:room`; default all'),
  where: whereSchema,
};
export const commonSchema = z.object(commonShape);
export type CommonSpec = z.infer<typeof commonSchema>;

/** What a condition or a step may match: an event name, and further conditions. */
export const eventMatchSchema = z.strictObject({
  event: z.string().min(1).max(100).describe('the event name'),
  where: whereSchema,
});
export type EventMatch = z.infer<typeof eventMatchSchema>;

/** Remarks beside the figures: why a result is empty, what was left out. */
export const notesSchema = z.array(z.string());

/** How a touch is named (PRODUCT §6): one column of the touch or several joined by `/`. */
export const CHANNEL_COLUMNS = [
  'channel',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
  'link_code',
] as const;
export type ChannelColumn = (typeof CHANNEL_COLUMNS)[number];

export const channelDimensionSchema = z
  .string()
  .default('channel')
  .superRefine((text, context) => {
    const unknown = text.split('/').filter((part) => !isChannelColumn(part));
    if (unknown.length > 0 || text.split('/').length > 4) {
      context.addIssue({
        code: 'custom',
        message: channelProblem(unknown),
      });
    }
  })
  .describe('what a touch is called: a channel column or several joined by /; default channel');

function channelProblem(unknown: readonly string[]): string {
  const shown = unknown.map(shownName);
  const zh = unknown.map((name) => didYouMean(name, CHANNEL_COLUMNS, 'zh')).join('');
  const en = unknown.map((name) => didYouMean(name, CHANNEL_COLUMNS)).join('');
  const known = CHANNEL_COLUMNS.join(', ');
  return (
    `${shown.length === 0 ? '最多四列' : `没有渠道列「${shown.join('」「')}」${zh}`}；可用 ${known}，以 / 连接 | ` +
    `${shown.length === 0 ? 'at most four columns' : `'${shown.join("', '")}' is no channel column${en}`}; join up to four of ${known} by /`
  );
}

export function isChannelColumn(text: string): text is ChannelColumn {
  return (CHANNEL_COLUMNS as readonly string[]).includes(text);
}

/** The columns of a checked channel dimension. */
export function channelColumns(dimension: string): ChannelColumn[] {
  return dimension.split('/').filter(isChannelColumn);
}

/** Labels that name no channel of their own. */
export const NO_TOUCH = '(none)';
export const NOT_SET = '(not set)';
export const DIRECT = 'direct';
export const OTHER = '(other)';
