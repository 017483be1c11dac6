import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SAMPLES } from '../reports/analyses/expected-figures.js';

const rejectSchema = z.object({
  line: z.number().optional(),
  index: z.number().optional(),
  sheet: z.string().optional(),
  row: z.number().optional(),
  code: z.union([z.string(), z.array(z.string())]),
});
const fileSchema = z.object({
  adapter: z.string().nullable(),
  rows: z.number().nullish(),
  accepted: z.number().nullish(),
  duplicates: z.number().nullish(),
  rejected: z.number().nullish(),
  min_accepted: z.number().optional(),
  conflicts: z.tuple([z.number(), z.number()]).optional(),
  rejects: z.array(rejectSchema).optional(),
  codes: z.array(z.string()).optional(),
});
const passwordName = z.string().nullable();
const expectedSchema = z.object({
  pseudonym_key: z.string(),
  passwords: z.record(z.string(), z.string()),
  imports: z.array(
    z.object({
      phase: z.enum(['A', 'B', 'C', 'D']),
      files: z.array(z.string()),
      room: z.string().nullable(),
      password: passwordName,
      exit: z.array(z.number()),
      time_zone: z.string().optional(),
      accept_shrink: z.boolean().optional(),
      again: z.boolean().optional(),
      held: z.array(z.string()).optional(),
      fails: z.array(z.string()).optional(),
    }),
  ),
  files: z.record(z.string(), fileSchema),
  queries: z.array(
    z.object({
      after_phase: z.string(),
      name: z.string(),
      sql: z.string(),
      rows: z.array(z.array(z.string())),
    }),
  ),
  unreadable: z.array(
    z.object({
      file: z.string(),
      why: z.string(),
      room: z.string().nullable(),
      password: passwordName,
      exit: z.array(z.number()),
      codes: z.array(z.string()).nullable(),
    }),
  ),
  inspect: z.array(
    z.object({
      file: z.string(),
      format: z.string().nullable().optional(),
      encoding: z.string().optional(),
      adapter: z.string().nullable().optional(),
      header: z.array(z.string()).optional(),
      encrypted: z.object({ scheme: z.string() }).optional(),
      error: z.string().optional(),
    }),
  ),
  orders_known: z.object({
    both: z.array(z.string()),
    file: z.array(z.string()),
    tracked: z.array(z.string()),
  }),
  viewer_lookup: z.object({ id: z.string(), viewer: z.string() }),
});
export type ExpectedSamples = z.infer<typeof expectedSchema>;
export type ExpectedFile = z.infer<typeof fileSchema>;
export type ImportCall = ExpectedSamples['imports'][number];

/** The figures that came with the samples, as far as imports and queries go. */
export function readExpectedSamples(): ExpectedSamples {
  return expectedSchema.parse(JSON.parse(readFileSync(join(SAMPLES, 'expected.json'), 'utf8')));
}

/** The environment of every command over the samples: the key, and each password as `PW_<name>`. */
export function samplesEnvironment(expected: ExpectedSamples): Record<string, string> {
  const passwords = Object.entries(expected.passwords).map(
    ([name, password]) => [`PW_${name}`, password] as const,
  );
  return { WXLIVE_PSEUDONYM_KEY: expected.pseudonym_key, ...Object.fromEntries<string>(passwords) };
}

/** `import` as a user types one call of `expected.json`; files relative to the samples' folder. */
export function importArguments(call: ImportCall): string[] {
  return [
    'import',
    '--json',
    ...call.files,
    ...(call.room === null ? [] : ['--room', call.room]),
    ...(call.password === null ? [] : ['--password-env', `PW_${call.password}`]),
    ...(call.time_zone === undefined ? [] : ['--time-zone', call.time_zone]),
    ...(call.accept_shrink === true ? ['--accept-shrink'] : []),
  ];
}
