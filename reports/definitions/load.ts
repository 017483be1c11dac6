import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import {
  alertDefinitionSchema,
  fail,
  reportDefinitionSchema,
  succeed,
  type AlertDefinition,
  type Outcome,
  type ReportDefinition,
  type ScheduleDefinition,
} from '../../schemas/index.js';
import { packageRoot } from '../../sql/index.js';
import { parseCron } from '../schedule/cron.js';

/** A definition that cannot be used: which file, which line and key, and what is wrong. */
export interface DefinitionFailure {
  readonly code: 'bad_definition' | 'no_such_report';
  readonly message: string;
}

/** The folder of the built-in reports, and that of the user when there is one. */
export function definitionFolders(own: string | undefined): readonly string[] {
  return [join(packageRoot(), 'reports', 'definitions'), ...(own === undefined ? [] : [own])];
}

/** Every definition of the folders; the first that is wrong is the failure. */
export function loadDefinitions(
  folders: readonly string[],
): Outcome<readonly ReportDefinition[], DefinitionFailure> {
  const { definitions, failures } = readDefinitions(folders);
  const [failure] = failures;
  return failure === undefined ? succeed(definitions) : fail(failure);
}

/** The definitions that can be used, and what is wrong with the others. One of a later folder replaces its namesake. */
export function readDefinitions(folders: readonly string[]): {
  readonly definitions: readonly ReportDefinition[];
  readonly failures: readonly DefinitionFailure[];
} {
  const definitions = new Map<string, ReportDefinition>();
  const failures: DefinitionFailure[] = [];
  for (const folder of folders) {
    for (const { name, text } of yamlFiles(folder)) {
      const parsed = parseDefinition(text, name);
      if (parsed.ok) definitions.set(parsed.value.name, parsed.value);
      else failures.push(parsed.failure);
    }
  }
  return { definitions: [...definitions.values()], failures };
}

/** The alert definitions of the folder `alerts` in the user's own folder, and what is wrong with others. */
export function readAlertDefinitions(own: string | undefined): {
  readonly alerts: readonly AlertDefinition[];
  readonly failures: readonly DefinitionFailure[];
} {
  const folder = own === undefined ? null : join(own, 'alerts');
  const alerts: AlertDefinition[] = [];
  const failures: DefinitionFailure[] = [];
  for (const { name, text } of folder === null || !existsSync(folder) ? [] : yamlFiles(folder)) {
    const parsed = parseYaml(text, `alerts/${name}`, alertDefinitionSchema);
    if (parsed.ok) alerts.push(parsed.value);
    else failures.push(parsed.failure);
  }
  return { alerts, failures };
}

function yamlFiles(folder: string): readonly { readonly name: string; readonly text: string }[] {
  const names = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));
  return names.sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

/** One definition by its name. */
export function loadDefinition(
  name: string,
  folders: readonly string[],
): Outcome<ReportDefinition, DefinitionFailure> {
  const all = loadDefinitions(folders);
  if (!all.ok) return all;
  const found = all.value.find((definition) => definition.name === name);
  if (found !== undefined) return succeed(found);
  const known = all.value.map((definition) => definition.name).join(', ');
  return fail({ code: 'no_such_report', message: `${name}: ${known}` });
}

/** Reads a definition; a mistake is named with its line and key. */
export function parseDefinition(text: string, file: string): Outcome<ReportDefinition, DefinitionFailure> {
  return parseYaml(text, file, reportDefinitionSchema);
}

function parseYaml<Parsed extends { readonly schedule?: ScheduleDefinition | undefined }>(
  text: string,
  file: string,
  schema: z.ZodType<Parsed>,
): Outcome<Parsed, DefinitionFailure> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const wrong = (line: number, message: string): Outcome<Parsed, DefinitionFailure> =>
    fail({ code: 'bad_definition', message: `${file}:${line}: ${message}` });
  const [error] = document.errors;
  if (error !== undefined) return wrong(lines.linePos(error.pos[0]).line, error.message.split('\n')[0] ?? '');
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path ?? [];
    return wrong(lineOf(document, path, lines), `${path.map(String).join('.')}: ${issue?.message ?? ''}`);
  }
  const { schedule } = parsed.data;
  const cron = schedule === undefined ? null : parseCron(schedule.cron, schedule.time_zone);
  if (cron?.ok === false)
    return wrong(lineOf(document, ['schedule', 'cron'], lines), `schedule.cron: ${cron.failure.message}`);
  return succeed(parsed.data);
}

/** The line of the deepest node of the path that exists. */
function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if ((isScalar(node) || isMap(node)) && node.range !== undefined && node.range !== null) {
      return lines.linePos(node.range[0]).line;
    }
  }
  return 1;
}
