import { z } from 'zod';

/**
 * The JSON Schema (2020-12) of what a user writes: an editor completes and checks with it. Transforms show what goes in.
 *
 * @param title stands in the schema as its title
 */
export function jsonSchemaOf(schema: z.ZodType, title: string): Readonly<Record<string, unknown>> {
  return {
    title,
    ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' }),
  };
}
