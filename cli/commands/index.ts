import type { CommandDefinition } from '../command.js';
import { connectCommand } from './connect.js';
import { importCommand } from './import.js';
import { inspectCommand } from './inspect.js';
import { sqlCommand } from './sql.js';

/** Every command: one line each. Only words are loaded here; what a command does is loaded when it runs. */
export const COMMANDS: readonly (() => CommandDefinition)[] = [
  importCommand,
  inspectCommand,
  sqlCommand,
  connectCommand,
];
