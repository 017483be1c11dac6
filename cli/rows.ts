import { z } from 'zod';

/** Any row of a query of the operator's commands. Loaded when a command runs, so that `--help` does without zod. */
export const anyRow = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
);
export type AnyRow = z.infer<typeof anyRow>;

export const memberRow = z.object({ member: z.string(), viewer: z.string() });
export const versionRow = z.object({ version: z.string() });
