import type { SqlText } from './connection/warehouse.js';

/** What a statement of ours makes or changes: `database.name`; no match: it is of another kind. */
const MADE =
  /^(?:\s|--.*\n)*(?:CREATE TABLE|CREATE OR REPLACE VIEW|ALTER TABLE)(?: IF NOT EXISTS)? (\w+\.\w+)/u;

/**
 * Runs statements that make tables and views, each as soon as the earlier ones it names are done: most of the time of a
 * statement is waiting for the disk. One of another kind waits for all before it, and all after it wait for that.
 */
export async function runStatements(
  statements: readonly SqlText[],
  run: (statement: SqlText) => Promise<void>,
): Promise<void> {
  const made = new Map<string, Promise<void>>();
  const running: Promise<void>[] = [];
  let barrier: Promise<unknown> = Promise.resolve();
  for (const statement of statements) {
    const name = MADE.exec(statement)?.[1];
    const named = [...made].filter(([other]) => names(statement, other)).map(([, done]) => done);
    const awaited = name === undefined ? running.slice() : [barrier, ...named];
    const done = Promise.all(awaited).then(() => run(statement));
    running.push(done);
    if (name === undefined) barrier = done;
    else made.set(name, done);
  }
  const outcomes = await Promise.allSettled(running);
  // The first in their order: those that name what it did not make fail with it.
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function names(statement: string, name: string): boolean {
  return new RegExp(`\\b${name.replace('.', '\\.')}\\b`, 'u').test(statement);
}
