import { Command } from 'commander';
import type { CommandDefinition } from '../command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';

/** `wxlive schema NAME`: the JSON Schema of a settings file, a report, an event or an analysis. */
export function schemaCommand(): CommandDefinition {
  const command = new Command('schema')
    .description('各种文件的 JSON Schema，供编辑器检查 / JSON Schemas, for editors')
    .argument('[name]', 'settings、report、event 或分析名 / or an analysis', '')
    .addHelpText('after', '\n例 / example:\n  wxlive schema settings > wxlive.schema.json');
  return {
    command,
    async run(app, args) {
      const { jsonSchemaOf, ownEventSchema, reportDefinitionSchema, settingsSchema } =
        await import('../../schemas/index.js');
      const { ANALYSES } = await import('../../reports/index.js');
      const schemas = new Map([
        ['settings', settingsSchema],
        ['report', reportDefinitionSchema],
        ['event', ownEventSchema({ receivedAt: 0, zone: null })],
        ...ANALYSES.map(({ name, spec }) => [name, spec] as const),
      ]);
      const name = args[0] ?? '';
      if (name === '') {
        for (const known of schemas.keys()) await print(`${known}\n`);
        return EXIT.done;
      }
      const schema = schemas.get(name);
      if (schema === undefined) {
        const names = [...schemas.keys()].join(', ');
        throw new UsageError(
          app.say(`没有 ${name} 的 Schema；可用：${names}`, `no schema of ${name}; there are: ${names}`),
        );
      }
      await printJson(jsonSchemaOf(schema, `wxlive ${name}`));
      return EXIT.done;
    },
  };
}
