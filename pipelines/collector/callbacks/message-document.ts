import { SaxesParser } from 'saxes';
import { fail, succeed, type Outcome } from '../../../schemas/index.js';

type Value = string | Value[] | { [name: string]: Value };

const DEEPEST = 16;
const MOST_ELEMENTS = 10_000;

/**
 * A pushed message as an object, whether it came as JSON or as XML: `<xml><Event>…</Event></xml>` gives
 * `{"Event":"…"}`, a repeated element a list. Document types are refused, so nothing is expanded or fetched.
 */
export function parseMessage(text: string): Outcome<Readonly<Record<string, unknown>>, 'unreadable'> {
  const value = text.trimStart().startsWith('<') ? parseXml(text) : parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? succeed({ ...value })
    : fail('unreadable');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll('\0', ''));
  } catch {
    return null;
  }
}

interface Element {
  readonly name: string;
  text: string;
  readonly children: Map<string, Value[]>;
}

function parseXml(text: string): Value | null {
  const parser = new SaxesParser();
  const open: Element[] = [];
  let elements = 0;
  let root: Value | null = null;
  const refuse = (): never => {
    throw new SyntaxError('no message');
  };
  parser.on('error', refuse);
  parser.on('doctype', refuse);
  parser.on('opentag', ({ name }) => {
    elements++;
    if (open.length >= DEEPEST || elements > MOST_ELEMENTS) refuse();
    open.push({ name, text: '', children: new Map() });
  });
  const append = (piece: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    const value = valueOf(element);
    const parent = open.at(-1);
    if (parent === undefined) root = value;
    else parent.children.set(element.name, [...(parent.children.get(element.name) ?? []), value]);
  });
  try {
    parser.write(text).close();
    return root;
  } catch {
    return null;
  }
}

function valueOf({ text, children }: Element): Value {
  if (children.size === 0) return text.trim();
  return Object.fromEntries(
    [...children].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  );
}
