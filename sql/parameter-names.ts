import type { SqlParameters, SqlText } from './connection/warehouse.js';

const IGNORED = /'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|--[^\n]*|\/\*[\s\S]*?\*\//g;
const PLACEHOLDER = /\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*:\s*[A-Za-z]/g;

/** Names of the `{name:Type}` placeholders of a statement, those in texts and comments left out. */
export function parameterNames(sql: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const match of sql.replace(IGNORED, ' ').matchAll(PLACEHOLDER))
    if (match[1] !== undefined) names.add(match[1]);
  return names;
}

/** Throws before anything is sent when a parameter is missing or the statement does not know it: a mistake of the code. */
export function checkParameters(sql: SqlText, parameters: SqlParameters | undefined): void {
  const wanted = parameterNames(sql);
  const given = Object.keys(parameters ?? {});
  const missing = [...wanted].filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !wanted.has(name));
  if (missing.length === 0 && unknown.length === 0) return;
  const parts = [
    ...(missing.length === 0 ? [] : [`missing ${missing.join(', ')}`]),
    ...(unknown.length === 0 ? [] : [`unknown ${unknown.join(', ')}`]),
  ];
  throw new TypeError(`parameters of the statement "${firstLine(sql)}": ${parts.join('; ')}`);
}

function firstLine(sql: string): string {
  const line = sql.trim().split('\n', 1)[0] ?? '';
  return line.startsWith('--') ? line.replace(/^-+\s*/, '').slice(0, 80) : 'without a heading';
}
