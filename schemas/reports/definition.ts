import { z } from 'zod';
import {
  deliverySchema,
  latenessSchema,
  recipientSchema,
  scheduleSchema,
  secretSourceSchema,
} from './delivery.js';

const words = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const kind = z.enum([
  'text',
  'integer',
  'decimal',
  'percent',
  'money_fen',
  'duration_seconds',
  'instant',
  'day',
]);
const id = z.string().regex(/^[a-z][a-z0-9-]*$/, { error: 'small letters, digits and hyphens' });

const column = z.strictObject({
  /** Column of the query. */
  key: z.string(),
  /** Absent: the metric's name. */
  label: words.optional(),
  kind,
  metric: z.string().optional(),
  emphasis: z.enum(['bar', 'change']).optional(),
  /** Left out where no row has a value. */
  when_known: z.boolean().default(false),
});

/**
 * Columns of the section's tables that stand beside the period before, the same weekday (a report of one day) and the
 * target (rows named by a channel); rows are met by their texts.
 */
const compare = z.array(z.string()).default([]);

/** Sources of source_status the section rests on, for those of a query; absent: all. An analysis knows its own. */
const sources = z.array(z.enum(['events', 'minutes', 'wecom-watch'])).optional();

const analysisSection = z.strictObject({
  id,
  title: words,
  note: words.optional(),
  /** Name of an analysis (PRODUCT §6); from and to are those of the report. */
  analysis: z.string(),
  spec: z.record(z.string(), z.unknown()).default({}),
  /** Query below sql/queries/reports/: the section is made for each of its rows, `{name}` in spec and title replaced. */
  for_each: z.string().optional(),
  compare,
  /** Key of the result whose words stand above the tables: `verdict`. */
  lead: z.string().optional(),
  /** Metrics the section shows, for the dictionary. */
  metrics: z.array(z.string()).default([]),
  charts: z.boolean().default(true),
  /** Which tables of the analysis are shown, by their place from 1; true: all. */
  tables: z.union([z.boolean(), z.array(z.number().int().positive())]).default(true),
});

const querySection = z.strictObject({
  id,
  title: words,
  note: words.optional(),
  /** File below sql/queries/reports/: a query over the public views with {from_ms} and {to_ms}. */
  query: z.string(),
  columns: z.array(column).min(1),
  /** Stands in place of rows when there are none. */
  empty: words.optional(),
  compare,
  sources,
});

const curveSection = z.strictObject({
  id,
  title: words,
  note: words.optional(),
  /**
   * Query with `series` and `value`, one row a point: of minutes with `at_ms` and `platform`, one chart a platform; of
   * days with `day`, one chart.
   */
  curve: z.string(),
  axis: z.enum(['minute', 'day']).default('minute'),
  /** What the values of days are. */
  kind: z.enum(['integer', 'decimal', 'percent', 'money_fen', 'duration_seconds']).default('integer'),
  metrics: z.array(z.string()).default([]),
  sources,
});

const textSection = z.strictObject({ id, title: words, text: words });

export const sectionDefinitionSchema = z.union([analysisSection, querySection, curveSection, textSection]);
export type SectionDefinition = z.infer<typeof sectionDefinitionSchema>;

const highlight = z.strictObject({
  metric: z.string(),
  kind: z.enum(['integer', 'decimal', 'percent', 'money_fen', 'duration_seconds']),
  /** Whether a rise is good news; default up. */
  better: z.enum(['up', 'down']).optional(),
});

const highlightShape = {
  /** Change from which page one tells of it, as a fraction. */
  tell_from: z.number().positive(),
  figures: z.array(highlight).max(3),
};

const reportShape = z.strictObject({
  name: id,
  title: words,
  subtitle: words,
  period: z.enum(['yesterday', 'last_7_days', 'last_30_days', 'last_week', 'last_month']),
  formats: z.array(z.enum(['xlsx', 'pdf'])).min(1),
  /** Page one: up to three figures, each with a column of the query's one row or a key of the analysis's `total`. */
  highlights: z.union([
    z.strictObject({ query: z.string(), ...highlightShape }),
    z.strictObject({
      analysis: z.string(),
      spec: z.record(z.string(), z.unknown()).default({}),
      ...highlightShape,
    }),
  ]),
  sections: z.array(sectionDefinitionSchema).min(1),
  /** Who gets it; with a schedule it goes out by itself. */
  recipients: z.array(recipientSchema).default([]),
  /** Where the password of recipients without one of their own comes from. */
  password: secretSourceSchema.optional(),
  schedule: scheduleSchema.optional(),
  delivery: deliverySchema.default({}),
  lateness: latenessSchema.prefault({}),
  /** Groups of fewer than five people are blanked: for readers who are not the company's staff. */
  suppress_small_groups: z.boolean().default(false),
  /** Each copy shows whom it is for; without it recipients share one rendering. */
  watermark: z.boolean().default(true),
});
/** A report as its YAML says it, with what its recipients and channels need of each other. */
export const reportDefinitionSchema = reportShape.superRefine((report, context) => {
  if (report.schedule !== undefined && report.recipients.length === 0)
    context.addIssue({ code: 'custom', path: ['schedule'], message: 'a schedule needs recipients' });
  const names = new Set<string>();
  report.recipients.forEach((recipient, index) => {
    const wrong = (key: string, message: string): void => {
      context.addIssue({ code: 'custom', path: ['recipients', index, key], message });
    };
    if (names.has(recipient.name)) wrong('name', 'two recipients have this name');
    names.add(recipient.name);
    if (recipient.password === undefined && report.password === undefined)
      wrong('password', 'a recipient needs a password source, its own or the report’s');
    for (const channel of recipient.channels) {
      if (channel === 'smtp' && recipient.email === undefined) wrong('channels', 'smtp needs an email');
      if (channel === 'wecom_robot' && (recipient.webhook ?? report.delivery.wecom_robot) === undefined)
        wrong('channels', 'wecom_robot needs a webhook, here or in delivery');
      if (channel === 'folder' && (recipient.folder ?? report.delivery.folder) === undefined)
        wrong('channels', 'folder needs a path, here or in delivery');
    }
  });
});
export type ReportDefinition = z.infer<typeof reportDefinitionSchema>;
