import { z } from 'zod';

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
});

const analysisSection = z.strictObject({
  id,
  title: words,
  note: words.optional(),
  /** Name of an analysis (PRODUCT §6); from and to are those of the report. */
  analysis: z.string(),
  spec: z.record(z.string(), z.unknown()).default({}),
  /** Metrics the section shows, for the dictionary. */
  metrics: z.array(z.string()).default([]),
  charts: z.boolean().default(true),
  tables: z.boolean().default(true),
});

const querySection = z.strictObject({
  id,
  title: words,
  note: words.optional(),
  /** File below sql/queries/reports/: a query over the public views with {from_ms} and {to_ms}. */
  query: z.string(),
  columns: z.array(column).min(1),
});

const curveSection = z.strictObject({
  id,
  title: words,
  note: words.optional(),
  /** Query with `at_ms`, `platform`, `series` and `value`, one row a point; one chart a platform. */
  curve: z.string(),
  metrics: z.array(z.string()).default([]),
});

export const sectionDefinitionSchema = z.union([analysisSection, querySection, curveSection]);
export type SectionDefinition = z.infer<typeof sectionDefinitionSchema>;

const highlight = z.strictObject({
  metric: z.string(),
  kind: z.enum(['integer', 'decimal', 'percent', 'money_fen', 'duration_seconds']),
});

/** A report as its YAML says it (PRODUCT §7). */
export const reportDefinitionSchema = z.strictObject({
  name: id,
  title: words,
  subtitle: words,
  period: z.enum(['yesterday', 'last_7_days', 'last_30_days']),
  formats: z.array(z.enum(['xlsx', 'pdf'])).min(1),
  /** Query with one row and a column for each metric, for the report's period and the one before. */
  highlights: z.strictObject({
    query: z.string(),
    /** Change from which page one tells of it, as a fraction. */
    tell_from: z.number().positive(),
    figures: z.array(highlight).max(3),
  }),
  sections: z.array(sectionDefinitionSchema).min(1),
});
export type ReportDefinition = z.infer<typeof reportDefinitionSchema>;
