import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ANALYSES } from '../../reports/index.js';
import { jsonSchemaOf, ownEventSchema, reportDefinitionSchema, settingsSchema } from '../../schemas/index.js';
import { packageRoot } from '../../sql/index.js';

const shape = z.looseObject({ title: z.string(), properties: z.record(z.string(), z.unknown()) });

describe('JSON Schemas', () => {
  it.each([
    ['settings', settingsSchema],
    ['event', ownEventSchema({ receivedAt: 0, zone: null })],
    ...ANALYSES.map(({ name, spec }) => [name, spec] as const),
  ] as const)('%s has one with its keys', (name, schema) => {
    const made = shape.parse(jsonSchemaOf(schema, name));
    expect(Object.keys(made.properties).length).toBeGreaterThan(3);
    expect(() => JSON.stringify(made)).not.toThrow();
  });

  it('of a report knows every key that the built-in reports use', () => {
    const made = shape.parse(jsonSchemaOf(reportDefinitionSchema, 'report'));
    const folder = join(packageRoot(), 'reports', 'definitions');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
      const definition = z
        .record(z.string(), z.unknown())
        .parse(parse(readFileSync(join(folder, file), 'utf8')));
      for (const key of Object.keys(definition)) expect(Object.keys(made.properties)).toContain(key);
    }
  });
});
