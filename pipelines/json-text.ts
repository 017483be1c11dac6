/** No source reads anything so deep; the stack of `JSON.stringify` ends at some thousands of levels. */
const DEEPEST = 500;

/**
 * The JSON text of a value that was parsed, however deep its sender nested it: `JSON.parse` has no limit,
 * `JSON.stringify` ends with the stack. What lies deeper than 500 levels becomes null.
 */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(shallow(value, 0));
  }
}

function shallow(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return null;
  if (Array.isArray(value)) return value.map((item) => shallow(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shallow(item, depth + 1)]));
}
