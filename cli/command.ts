import type { Command } from 'commander';
import type { App } from './compose.js';

/** Options as commander gives them. */
export type Options = Readonly<Record<string, unknown>>;

/** One command: its words, and what it does; the result is the exit code. */
export interface CommandDefinition {
  readonly command: Command;
  run(app: App, args: readonly string[], options: Options, given: readonly unknown[]): Promise<number>;
}

/** A text option; undefined when it was not given. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

export function flag(options: Options, name: string): boolean {
  return options[name] === true;
}

/** A repeatable option. */
export function listOption(options: Options, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** For commander: collects a repeatable option. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
