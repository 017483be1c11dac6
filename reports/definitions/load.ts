import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import {
  fail,
  reportDefinitionSchema,
  succeed,
  type Outcome,
  type ReportDefinition,
} from '../../schemas/index.js';
import { packageRoot } from '../../sql/index.js';

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
  const definitions: ReportDefinition[] = [];
  for (const folder of folders) {
    for (const name of readdirSync(folder)
      .filter((file) => /\.ya?ml$/.test(file))
      .sort()) {
      const parsed = parseDefinition(readFileSync(join(folder, name), 'utf8'), name);
      if (!parsed.ok) return parsed;
      definitions.push(parsed.value);
    }
  }
  return succeed(definitions);
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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    return fail({
      code: 'bad_definition',
      message: `${file}:${line}: ${error.message.split('\n')[0] ?? ''}`,
    });
  }
  const parsed = reportDefinitionSchema.safeParse(document.toJS());
  if (parsed.success) return succeed(parsed.data);
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const line = lineOf(document, path, lines);
  return fail({
    code: 'bad_definition',
    message: `${file}:${line}: ${path.map(String).join('.')}: ${issue?.message ?? ''}`,
  });
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
